package steps

import (
	"context"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

const noLongerNamed = "it carries this bridge's mark, but the file no longer names it"

// leftoverRole is a role of ours that the file no longer names. It goes with all that is on it.
type leftoverRole struct {
	b     spec.Bridge
	about About
	role  role
}

func newLeftoverRole(b spec.Bridge, r role, profiles []Step) Step {
	needs := make([]string, 0, len(profiles))
	for _, p := range profiles {
		needs = append(needs, p.About().ID)
	}
	return &leftoverRole{b: b, role: r, about: About{
		ID: "aws.role:" + r.Name, Cloud: "aws", Kind: "role", Name: r.Name, Title: "role " + r.Path + r.Name + " of an earlier file",
		Scope: "bridge", Needs: needs, Why: noLongerNamed,
	}}
}

func (s *leftoverRole) leftover() {}

// About says which role this is.
func (s *leftoverRole) About() About { return s.about }

// Plan removes the role unless somebody else's work hangs on it: an inline policy of another name than ours, another who
// may take it, an instance profile, another role. Managed policies bear no mark: they come off with it, and are named.
func (s *leftoverRole) Plan(ctx context.Context, w *World, _ Want) (Change, error) {
	var have policies
	var profiles, roles []string
	step := &roleStep{b: s.b, role: spec.Role{Name: s.role.Name, Path: s.role.Path}, direction: "to-google"}
	err := all(
		into(&have, func() (policies, error) { return readPolicies(ctx, w, s.role.Name) }),
		into(&profiles, func() ([]string, error) { return step.otherProfiles(ctx, w) }),
		into(&roles, func() ([]string, error) { return step.otherRoles(ctx, w, &s.role) }),
	)
	if err != nil {
		return Change{}, err
	}
	if others := slices.Concat(foreignInline(have), s.strangers(), profiles, roles); len(others) > 0 {
		return s.about.held("%s; others hang on it: %s", noLongerNamed, strings.Join(others, ", ")), nil
	}
	reason := noLongerNamed
	if len(have.Attached) > 0 {
		reason += "; these policies come off it, whoever attached them: " + strings.Join(leaves(have.Attached), ", ")
	}
	e := policyEdit{Detach: have.Attached, Delete: sortedKeys(have.Inline)}
	c := s.about.change(Remove, reason)
	return c.with(policiesSeen{have, e}, lines(e.command(s.role.Name), command("aws", "iam", "delete-role", "--role-name", s.role.Name)),
		append(e.fields(have), drop("arn", s.role.ARN))...), nil
}

// foreignInline are the inline policies under names that are not ours.
func foreignInline(have policies) []string {
	var out []string
	for _, name := range sortedKeys(have.Inline) {
		if !ownInline(name) {
			out = append(out, "inline policy "+name)
		}
	}
	return out
}

// strangers are who may take the role besides Google's account, AWS services, and whoever a proof has lent it to.
func (s *leftoverRole) strangers() []string {
	var out []string
	for _, t := range statementsIn(s.role.Trust) {
		own := t.Sid == "GoogleServiceAccount" || t.Sid == s.b.TrustSid() || strings.HasPrefix(t.Sid, borrowSid)
		service := len(t.Principal) == 1 && len(t.Principal["Service"]) > 0
		if t.Effect == "Allow" && !own && !service {
			out = append(out, "a trust statement of somebody else"+named(t.Sid))
		}
	}
	return out
}

func leaves(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = leaf(n)
	}
	return out
}

// Apply takes everything off the role and deletes it.
func (s *leftoverRole) Apply(ctx context.Context, w *World, c Change) error {
	seen, _ := c.Seen.(policiesSeen)
	now, err := readRole(ctx, w, s.role.Name)
	if err != nil {
		return err
	}
	if err := still(s.about.Title, &s.role, now); err != nil {
		return err
	}
	have, err := readPolicies(ctx, w, s.role.Name)
	if err != nil {
		return err
	}
	if err := still(s.about.Title, seen.Have, have); err != nil {
		return err
	}
	if err := strip(ctx, w, s.role.Name, seen.Edit.Detach, seen.Edit.Delete); err != nil {
		return err
	}
	return deleteRole(ctx, w, s.role.Name)
}

// leftoverProfile is an instance profile of ours that the file no longer names.
type leftoverProfile struct{ *profileStep }

func newLeftoverProfile(b spec.Bridge, p profile) Step {
	return &leftoverProfile{&profileStep{b: b, name: p.Name, path: p.Path, about: About{
		ID: "aws.instance-profile:" + p.Name, Cloud: "aws", Kind: "instance-profile", Name: p.Name,
		Title: "instance profile " + p.Path + p.Name + " of an earlier file", Scope: "bridge", Why: noLongerNamed,
	}}}
}

func (s *leftoverProfile) leftover() {}

// Plan removes the profile unless instances carry it.
func (s *leftoverProfile) Plan(ctx context.Context, w *World, _ Want) (Change, error) {
	return s.profileStep.Plan(ctx, w, Absent)
}

// leftoverExplicit is our OIDC provider for Google when the file no longer goes to AWS.
type leftoverExplicit struct {
	b     spec.Bridge
	about About
}

func newLeftoverExplicit(b spec.Bridge) Step {
	return &leftoverExplicit{b: b, about: About{
		ID: "aws.oidc-provider", Cloud: "aws", Kind: "oidc-provider", Name: spec.GoogleIssuer, Title: "OIDC provider " + spec.GoogleIssuer + " of an earlier file",
		Scope: "account", Why: noLongerNamed,
	}}
}

func (s *leftoverExplicit) leftover() {}

// About says which provider this is.
func (s *leftoverExplicit) About() About { return s.about }

// Plan removes the provider when at most one number is left in it and no role but a leftover of ours names it.
func (s *leftoverExplicit) Plan(ctx context.Context, w *World, _ Want) (Change, error) {
	others, p, err := s.hanging(ctx, w)
	if err != nil || p == nil {
		return s.about.gone(), err
	}
	if len(others) > 0 {
		return s.about.held("%s; others hang on it: %s", noLongerNamed, strings.Join(others, ", ")), nil
	}
	return s.about.change(Remove, noLongerNamed).with(p,
		command("aws", "iam", "delete-open-id-connect-provider", "--open-id-connect-provider-arn", p.ARN), drop("arn", p.ARN)), nil
}

func (s *leftoverExplicit) hanging(ctx context.Context, w *World) ([]string, *oidcProvider, error) {
	p, err := readGoogleProvider(ctx, w)
	if err != nil || p == nil {
		return nil, nil, err
	}
	list, err := readRoles(ctx, w)
	if err != nil {
		return nil, nil, err
	}
	var out []string
	for _, r := range list {
		if !strings.Contains(r.Trust, `"`+p.ARN+`"`) {
			continue
		}
		full, err := readRole(ctx, w, r.Name)
		if err != nil {
			return nil, nil, err
		}
		if full != nil && byTags(s.b, full.Tags) != ours {
			out = append(out, "role "+r.Name)
		}
	}
	return append(out, countOf(max(0, len(p.ClientIDs)-1), "more client id", "more client ids")...), p, nil
}

// Apply deletes the provider, after looking again.
func (s *leftoverExplicit) Apply(ctx context.Context, w *World, c Change) error {
	others, p, err := s.hanging(ctx, w)
	if err != nil || p == nil {
		return err
	}
	seen, _ := c.Seen.(*oidcProvider)
	if err := still(s.about.Title, seen, p); err != nil {
		return err
	}
	if len(others) > 0 {
		return moved(s.about.Title)
	}
	return eraseGoogleProvider(ctx, w, s.about.Title, p.ARN)
}
