package steps

import (
	"context"
	"fmt"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// roleStep is an IAM role: trust, session length, boundary, description and tags. It is the only writer of the role's
// document; what the role may do is the next step's.
type roleStep struct {
	b         spec.Bridge
	about     About
	role      spec.Role
	arn       string
	direction string
	field     string // "toAWS.role" or "toGoogle.role"
}

func newRoleToAWS(b spec.Bridge) Step {
	s := &roleStep{b: b, role: b.ToAWS.Role, arn: b.ToAWSRoleARN(), direction: "to-aws", field: "toAWS.role"}
	needs := []string{"google.service-account.to-aws"}
	if b.ToAWS.Provider == spec.ProviderExplicit {
		needs = append(needs, "aws.oidc-provider")
	}
	s.about = roleAbout(s, needs, "the service account becomes this role in AWS")
	return s
}

func newRoleToGoogle(b spec.Bridge) Step {
	s := &roleStep{b: b, role: b.ToGoogle.Role.Role, arn: b.ToGoogleRoleARN(), direction: "to-google", field: "toGoogle.role"}
	s.about = roleAbout(s, nil, "the workload runs with this role, and Google knows it by this role")
	return s
}

func roleAbout(s *roleStep, needs []string, why string) About {
	return About{
		ID: "aws.role." + s.direction, Cloud: "aws", Kind: "role", Name: s.role.Name, Title: "role " + s.role.Path + s.role.Name,
		Scope: "bridge", Direction: s.direction, Needs: needs, Why: why,
		Permissions: []string{
			"iam:GetRole", "iam:CreateRole", "iam:TagRole", "iam:UpdateRole", "iam:UpdateAssumeRolePolicy", "iam:DeleteRole",
			"iam:ListRoles", "iam:ListInstanceProfilesForRole",
		},
	}
}

// About says which role this is.
func (s *roleStep) About() About { return s.about }

// roleSeen is what a plan saw of a role and, where it was known, what trust it is to get.
type roleSeen struct {
	Role  *role
	Trust string
}

// Plan looks at the role.
func (s *roleStep) Plan(ctx context.Context, w *World, want Want) (Change, error) {
	r, err := readRole(ctx, w, s.role.Name)
	if err != nil {
		return Change{}, err
	}
	if want == Absent {
		return s.planAbsent(ctx, w, r)
	}
	live, err := s.liveNumber(ctx, w)
	if err != nil {
		return Change{}, err
	}
	if c, blocked, err := s.providerClash(ctx, w); blocked || err != nil {
		return c, err
	}
	switch {
	case r == nil:
		return s.planCreate(live), nil
	case byTags(s.b, r.Tags) == ours:
		return s.planOurs(w, r, live), nil
	case s.b.Adopts(s.field):
		return s.planAdopt(w, r, live), nil
	}
	return s.about.blocked("list "+s.field+" under adopt, or choose another "+s.field+".name", "%s", stranger(byTags(s.b, r.Tags))).unless(s.field), nil
}

// liveNumber is the number of the service account that the role has to trust: that of the living account, else of the
// deleted one that is to be brought back, else not known yet.
func (s *roleStep) liveNumber(ctx context.Context, w *World) (string, error) {
	if s.direction != "to-aws" {
		return "", nil
	}
	a, err := readAccount(ctx, w, s.b.ToAWSAccountProject(), s.b.ToAWSEmail())
	if err != nil || a != nil {
		return numberOf(a), err
	}
	n, _, err := newAccountToAWS(s.b).(*accountStep).revivable(ctx, w)
	return n, err
}

// providerClash blocks the built-in principal while an explicit provider for Google exists: which of the two AWS would
// ask first is not documented.
func (s *roleStep) providerClash(ctx context.Context, w *World) (Change, bool, error) {
	if s.direction != "to-aws" || s.b.ToAWS.Provider != spec.ProviderBuiltin {
		return Change{}, false, nil
	}
	p, err := readGoogleProvider(ctx, w)
	if p == nil || err != nil {
		return Change{}, false, err
	}
	return s.about.blocked("set toAWS.provider: explicit, or remove that provider if nobody needs it",
		"the account has an OIDC provider for Google (%s), which interferes with the built-in one", p.ARN), true, nil
}

// trust is the document that the role is to have; ok is false while the account's number is not known.
func (s *roleStep) trust(live string) (document string, ok bool) {
	if s.direction == "to-google" {
		return s.b.WorkloadTrust().Compact(), true
	}
	return s.b.Trust(live).Compact(), live != ""
}

func (s *roleStep) description() string { return RoleDescription(s.b, s.direction) }

func (s *roleStep) seconds() int32 { return int32(s.role.MaxSession.Seconds()) }

func (s *roleStep) planCreate(live string) Change {
	doc, known := s.trust(live) // without the number it has blanks
	fields := []Field{set("arn", s.arn), set("trust", blanksUnknown(asJSON(doc))), set("maxSession", s.role.MaxSession.String())}
	if s.role.PermissionsBoundary != "" {
		fields = append(fields, set("permissionsBoundary", s.role.PermissionsBoundary))
	}
	fields = append(fields, set("tags", s.b.Tags()))
	if !known {
		doc = "file://trust.json" // the number goes in once the account is there
	}
	words := []string{
		"aws", "iam", "create-role", "--role-name", s.role.Name, "--path", s.role.Path, "--description", s.description(),
		"--max-session-duration", fmt.Sprint(s.seconds()), "--assume-role-policy-document", doc, "--tags",
	}
	words = append(words, tagWords(s.b.Tags())...)
	if s.role.PermissionsBoundary != "" {
		words = append(words, "--permissions-boundary", s.role.PermissionsBoundary)
	}
	return s.about.change(Create, "it is not there").with(roleSeen{Trust: ifKnown(doc, known)}, command(words...), fields...)
}

func ifKnown(v string, known bool) string {
	if known {
		return v
	}
	return ""
}

func tagWords(tags map[string]string) []string {
	var out []string
	for _, t := range awsTags(tags) {
		out = append(out, "Key="+*t.Key+",Value="+*t.Value)
	}
	return out
}

// know tells the other steps that the role is there.
func (s *roleStep) know(w *World, arn string) {
	if s.direction == "to-aws" {
		w.Facts.ToAWSRoleARN.Set(arn)
		return
	}
	w.Facts.ToGoogleRoleARN.Set(arn)
}

func spelled(seconds int32) string { return (time.Duration(seconds) * time.Second).String() }
