package steps

import (
	"context"
	"slices"

	"google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// accountStep is a service account: on the way to AWS the identity that comes in, on the way to Google what the role
// acts as.
type accountStep struct {
	b         spec.Bridge
	about     About
	project   string // the one it lives in; another than the bridge's can only be adopted
	email     string
	id        string // the e-mail's local part
	field     string // what adopt: names it by
	direction string
	fact      func(*Facts) *Known[string]
	leftover  bool // an earlier file wanted it
	fallen    bool // the file in force dropped it, and with it the VMs that run as it
}

func newAccountToAWS(b spec.Bridge) Step {
	s := &accountStep{
		b: b, project: b.ToAWSAccountProject(), email: b.ToAWSEmail(), id: b.ToAWSAccountID(),
		field: "toAWS.serviceAccount", direction: "to-aws",
		fact: func(f *Facts) *Known[string] { return &f.ToAWSUniqueID },
	}
	s.about = accountAbout(s, "AWS knows the workload by the number of this account")
	return s
}

func newAccountToGoogle(b spec.Bridge) Step {
	s := &accountStep{
		b: b, project: b.ToGoogleAccountProject(), email: b.ToGoogleEmail(), id: b.ToGoogleAccountID(),
		field: "toGoogle.serviceAccount", direction: "to-google",
		fact: func(f *Facts) *Known[string] { return &f.ToGoogleUniqueID },
	}
	s.about = accountAbout(s, "the role acts in Google as this account")
	return s
}

func accountAbout(s *accountStep, why string) About {
	return About{
		ID: "google.service-account." + s.direction, Cloud: "google", Kind: "service-account", Name: s.email,
		Title: "service account " + s.id, Scope: "bridge", Direction: s.direction, Needs: []string{"google.apis"}, Why: why,
		Permissions: []string{
			"iam.serviceAccounts.get", "iam.serviceAccounts.create", "iam.serviceAccounts.delete",
			"iam.serviceAccounts.undelete", "iam.serviceAccounts.enable", "iam.serviceAccounts.getIamPolicy",
		},
	}
}

// About says which account this is.
func (s *accountStep) About() About { return s.about }

// accountSeen is what a plan saw of an account.
type accountSeen struct {
	UniqueID, Description string
	Disabled              bool
	Revive                string // the number of the deleted account to bring back
}

func seenOf(a *iam.ServiceAccount) accountSeen {
	if a == nil {
		return accountSeen{}
	}
	return accountSeen{UniqueID: a.UniqueId, Description: a.Description, Disabled: a.Disabled}
}

// Plan looks at the account.
func (s *accountStep) Plan(ctx context.Context, w *World, want Want) (Change, error) {
	a, err := readAccount(ctx, w, s.project, s.email)
	if err != nil {
		return Change{}, err
	}
	if a != nil && s.fact != nil {
		s.fact(w.Facts).Set(a.UniqueId)
	}
	switch {
	case want == Absent:
		return s.planAbsent(ctx, w, a)
	case a == nil:
		return s.planMissing(ctx, w)
	}
	return s.planThere(ctx, w, a)
}

func (s *accountStep) planThere(ctx context.Context, w *World, a *iam.ServiceAccount) (Change, error) {
	owner := byDescription(s.b, a.Description)
	accepted, err := s.accepted(ctx, w, a)
	if err != nil {
		return Change{}, err
	}
	enable := command("gcloud", "iam", "service-accounts", "enable", s.email, "--project", s.project)
	switch {
	case owner != ours && !s.b.Adopts(s.field) && !accepted:
		return s.about.blocked("list "+s.field+" under adopt, or name another account in "+s.field, "%s", stranger(owner)).unless(s.field), nil
	case owner != ours && a.Disabled:
		return s.about.blocked("if it may be used again: "+enable, "it is to be adopted but is disabled"), nil
	case owner != ours:
		return s.planAdopt(ctx, w, a)
	case a.Disabled:
		c := s.about.change(Update, "somebody disabled it")
		return c.with(seenOf(a), enable, turn("disabled", true, false)), nil
	}
	return s.planKept(ctx, w, a)
}

// planKept tells which pods may act as our account on the way to AWS without the file asking for it. Who let them in
// cannot be told. On the way to Google the binding's step tells.
func (s *accountStep) planKept(ctx context.Context, w *World, a *iam.ServiceAccount) (Change, error) {
	reason := "number " + a.UniqueId
	if s.direction != "to-aws" || s.b.ToAWS.GKE != nil {
		return s.about.keep(reason), nil
	}
	p, err := readAccountPolicy(ctx, w, s.project, s.email)
	if err != nil && !explain.Is(err, explain.Denied) {
		return Change{}, err
	}
	var left []grant
	var commands []string
	for _, g := range grantsIn(p) {
		if g.Role == workloadUser("").Role {
			left = append(left, g)
			commands = append(commands, command(append([]string{"gcloud", "iam", "service-accounts", "remove-iam-policy-binding", s.email, "--project", s.project}, g.flags()...)...))
		}
	}
	return s.about.keep(alsoThere(reason, left, lines(commands...))).noticed(len(left) > 0), nil
}

// accepted reports whether a person has named this very account by its number: now, or before, in which case our own role
// trusts it. That is how a re-created account, which bears no mark, stays the bridge's.
func (s *accountStep) accepted(ctx context.Context, w *World, a *iam.ServiceAccount) (bool, error) {
	if s.direction != "to-aws" || w.Consent.AcceptAccount == a.UniqueId {
		return s.direction == "to-aws", nil
	}
	r, err := readRole(ctx, w, s.b.ToAWS.Role.Name)
	return r != nil && byTags(s.b, r.Tags) == ours && slices.Equal(numbersIn(r.Trust), []string{a.UniqueId}), err
}

// planAdopt says adopt while something of ours is missing on the account; the steps that add it do the writing.
func (s *accountStep) planAdopt(ctx context.Context, w *World, a *iam.ServiceAccount) (Change, error) {
	used, err := s.used(ctx, w, a)
	if err != nil {
		return Change{}, err
	}
	if used {
		return s.about.keep("adopted, number " + a.UniqueId), nil
	}
	c := s.about.change(Adopt, "number "+a.UniqueId+" exists and may be adopted; nothing on it is changed but what this bridge adds")
	return c.with(seenOf(a), ""), nil
}

// used reports whether what the bridge adds to an adopted account is already there: the role's trust in its number on
// the way to AWS, the binding on the way to Google.
func (s *accountStep) used(ctx context.Context, w *World, a *iam.ServiceAccount) (bool, error) {
	if s.direction == "to-aws" {
		r, err := readRole(ctx, w, s.b.ToAWS.Role.Name)
		return r != nil && slices.Contains(numbersIn(r.Trust), a.UniqueId), err
	}
	var n string
	var p *iam.Policy
	err := all(
		into(&n, func() (string, error) { return number(ctx, w) }),
		into(&p, func() (*iam.Policy, error) { return readAccountPolicy(ctx, w, s.project, s.email) }),
	)
	return err == nil && contains(grantsIn(p), workloadUser(s.b.Member(n))), err
}

// planMissing creates the account, or brings a deleted one back when what it left behind in the clouds names it.
func (s *accountStep) planMissing(ctx context.Context, w *World) (Change, error) {
	if s.project != s.b.Google.Project {
		return s.about.blocked("make it there first, or name an account of "+s.b.Google.Project+" in "+s.field,
			"it is not there, and accounts of another project are only adopted"), nil
	}
	old, why, err := s.revivable(ctx, w)
	if err != nil {
		return Change{}, err
	}
	if old != "" {
		return s.planRestore(ctx, w, old, why)
	}
	c := s.about.change(Create, "it is not there")
	return c.with(accountSeen{}, s.createCommand(),
		set("email", s.email), set("displayName", s.displayName()), set("description", s.b.Description()), set("uniqueId", notYet)), nil
}

func (s *accountStep) displayName() string { return AccountDisplayName(s.b, s.direction) }

func (s *accountStep) createCommand() string {
	return command("gcloud", "iam", "service-accounts", "create", s.id, "--project", s.project,
		"--display-name", s.displayName(), "--description", s.b.Description())
}
