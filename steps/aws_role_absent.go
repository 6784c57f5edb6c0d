package steps

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// planAbsent removes our role when nobody else hangs on it, or our statement from a role that was adopted.
func (s *roleStep) planAbsent(ctx context.Context, w *World, r *role) (Change, error) {
	if r == nil {
		return s.about.gone(), nil
	}
	s.know(w, r.ARN)
	if byTags(s.b, r.Tags) != ours {
		return s.planUnadopt(r), nil
	}
	others, err := s.hanging(ctx, w, r)
	if err != nil {
		return Change{}, err
	}
	about := s.about
	about.Title = "role " + r.Path + r.Name // the file may say another path by now
	if len(others) > 0 {
		return about.held("others hang on it: %s", strings.Join(others, ", ")), nil
	}
	c := about.change(Remove, "it was made by this bridge")
	c.Lasts, c.Until = "sessions issued before live on, without the role's permissions", until(w.Now().Add(s.role.MaxSession))
	return c.with(roleSeen{Role: r}, command("aws", "iam", "delete-role", "--role-name", r.Name), drop("arn", r.ARN)), nil
}

// planUnadopt takes our statement back out of a role that is somebody else's.
func (s *roleStep) planUnadopt(r *role) Change {
	if _, there := statementOf(r.Trust, s.b.TrustSid()); !there {
		return s.about.keep("it was not made by this bridge")
	}
	about := s.about
	about.Title = "our trust statement in role " + r.Path + r.Name
	return about.change(Remove, "the role was adopted: only our own statement goes").with(roleSeen{Role: r},
		command("aws", "iam", "update-assume-role-policy", "--role-name", r.Name, "--policy-document", "file://trust.json"),
		drop("trust."+s.b.TrustSid(), asJSON(r.Trust)))
}

// hanging lists what hangs on the role and is not the bridge's.
func (s *roleStep) hanging(ctx context.Context, w *World, r *role) ([]string, error) {
	var have policies
	var profiles, roles []string
	err := all(
		into(&have, func() (policies, error) { return readPolicies(ctx, w, r.Name) }),
		into(&profiles, func() ([]string, error) { return s.otherProfiles(ctx, w) }),
		into(&roles, func() ([]string, error) { return s.otherRoles(ctx, w, r) }),
	)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, arn := range have.Attached {
		if !slices.Contains(s.role.ManagedPolicies, arn) {
			out = append(out, "policy "+leaf(arn)+" is attached")
		}
	}
	return slices.Concat(out, foreignInline(have), s.otherStatements(r), profiles, roles), nil
}

// otherStatements lists who else our role's trust lets in by now.
func (s *roleStep) otherStatements(r *role) []string {
	var out []string
	for _, t := range statementsIn(r.Trust) {
		own := t.Sid == "GoogleServiceAccount" || t.Sid == s.b.TrustSid() || strings.HasPrefix(t.Sid, borrowSid)
		if s.direction == "to-google" {
			own = own || sameStatement(t, s.b.WorkloadTrust().Statement[0])
		}
		if t.Effect == "Allow" && !own {
			out = append(out, "a trust statement of somebody else"+named(t.Sid))
		}
	}
	return out
}

// otherProfiles lists the instance profiles that hold the role, besides the bridge's own.
func (s *roleStep) otherProfiles(ctx context.Context, w *World) ([]string, error) {
	names, err := readProfilesOf(ctx, w, s.role.Name)
	var out []string
	for _, n := range names {
		own := false
		if s.direction == "to-google" {
			p, err := readProfile(ctx, w, n)
			if err != nil {
				return nil, err
			}
			own = p == nil || byTags(s.b, p.Tags) == ours
			if own && p != nil {
				users, err := otherInstances(ctx, w, s.b, p.ARN)
				if err != nil {
					return nil, err
				}
				own = len(users) == 0
			}
		}
		if !own {
			out = append(out, "instance profile "+n)
		}
	}
	return out, err
}

// otherRoles lists roles of the account that trust this one.
func (s *roleStep) otherRoles(ctx context.Context, w *World, r *role) ([]string, error) {
	list, err := readRoles(ctx, w)
	var out []string
	for _, other := range list {
		if other.Name != r.Name && strings.Contains(other.Trust, `"`+r.ARN+`"`) {
			out = append(out, "role "+other.Name+" trusts it")
		}
	}
	return out, err
}

// remove deletes the role, or only our statement when it was adopted, after looking again.
func (s *roleStep) remove(ctx context.Context, w *World, seen roleSeen) error {
	r, err := s.unchanged(ctx, w, seen)
	if err != nil {
		return err
	}
	if byTags(s.b, r.Tags) != ours {
		return s.unadopt(ctx, w, r)
	}
	others, err := s.hanging(ctx, w, r)
	if err != nil {
		return err
	}
	if len(others) > 0 {
		return moved(s.about.Title)
	}
	if err := deleteRole(ctx, w, r.Name); err != nil {
		return err
	}
	forget(&w.Facts.ToAWSRoleARN, r.ARN)
	forget(&w.Facts.ToGoogleRoleARN, r.ARN)
	return nil
}

func (s *roleStep) unadopt(ctx context.Context, w *World, r *role) error {
	doc, err := splice(r.Trust, s.b.TrustSid(), nil)
	if err != nil {
		return err
	}
	if len(rawStatements(doc)) == 0 {
		return &explain.Problem{
			Op: "take our statement out of role " + r.Name, Kind: explain.Conflict,
			Reason: "it is the only one left, and IAM takes no trust policy without statements",
			Do:     []string{"let the role's owner put another statement in, or delete the role"},
		}
	}
	if err := s.putTrust(ctx, w, doc); err != nil {
		return err
	}
	return s.untilTrust(ctx, w, r.Trust, func(now string) bool {
		_, there := statementOf(now, s.b.TrustSid())
		return !there
	})
}

// deleteRole deletes a role from which everything was taken, and waits until it is gone.
func deleteRole(ctx context.Context, w *World, name string) error {
	return erase(ctx, "role "+name, func(ctx context.Context) error {
		_, err := write(ctx, "delete role "+name, func(ctx context.Context) (*iam.DeleteRoleOutput, error) {
			return w.AWS.IAM.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &name})
		})
		return err
	}, func(ctx context.Context) (bool, error) {
		r, err := readRole(ctx, w, name)
		return r != nil, err
	})
}
