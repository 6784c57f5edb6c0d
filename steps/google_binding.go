package steps

import (
	"context"
	"slices"
	"strings"

	"google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// bindingStep lets one member act as a service account: on the way to Google exactly the role's principal set, on the way
// to AWS a Kubernetes account. It is the only writer of that account's policy.
type bindingStep struct {
	b              spec.Bridge
	about          About
	project, email string
	field          string // what adopt: names the account by
	member         func(number string) string
	pooled         bool // the member is a principal of the bridge's pool
}

func newBinding(b spec.Bridge) Step {
	return &bindingStep{
		b: b, project: b.ToGoogleAccountProject(), email: b.ToGoogleEmail(), field: "toGoogle.serviceAccount", member: b.Member, pooled: true,
		about: About{
			ID: "google.binding", Cloud: "google", Kind: "binding", Name: b.ToGoogleEmail(), Title: "workloadIdentityUser on " + b.ToGoogleAccountID(),
			Scope: "bridge", Direction: "to-google", Needs: []string{"google.pool", "google.service-account.to-google"},
			Why:         "only sessions of the one role may act as the account",
			Permissions: []string{"iam.serviceAccounts.getIamPolicy", "iam.serviceAccounts.setIamPolicy"},
		},
	}
}

func newKubernetesBinding(b spec.Bridge) Step {
	return &bindingStep{
		b: b, project: b.ToAWSAccountProject(), email: b.ToAWSEmail(), field: "toAWS.serviceAccount", member: func(string) string { return b.GKEMember() },
		about: About{
			ID: "google.gke-binding", Cloud: "google", Kind: "gke-binding", Name: b.ToAWS.GKE.Namespace + "/" + b.ToAWS.GKE.ServiceAccount,
			Title: "Kubernetes account " + b.ToAWS.GKE.Namespace + "/" + b.ToAWS.GKE.ServiceAccount + " on " + b.ToAWSAccountID(),
			Scope: "bridge", Direction: "to-aws", Needs: []string{"google.service-account.to-aws"},
			Why:         "pods of the Kubernetes account act as the service account",
			Permissions: []string{"iam.serviceAccounts.getIamPolicy", "iam.serviceAccounts.setIamPolicy"},
		},
	}
}

// About says who may act as whom.
func (s *bindingStep) About() About { return s.about }

// bindingSeen is what a plan agreed to change.
type bindingSeen struct {
	Edit    edit
	Fresh   bool // the account or the pool is not there yet
	Adopted bool // the account is somebody else's
}

// bindingView is all that a plan looks at.
type bindingView struct {
	account *iam.ServiceAccount
	policy  *iam.Policy
	pool    *iam.WorkloadIdentityPool
	pools   []string
	earlier []string // principals of roles of ours that the file no longer names
	want    grant
}

func (s *bindingStep) look(ctx context.Context, w *World) (bindingView, error) {
	var v bindingView
	n := ""
	calls := []func() error{
		into(&v.account, func() (*iam.ServiceAccount, error) { return readAccount(ctx, w, s.project, s.email) }),
		into(&v.policy, func() (*iam.Policy, error) { return readAccountPolicy(ctx, w, s.project, s.email) }),
		into(&n, func() (string, error) { return number(ctx, w) }),
	}
	if s.pooled {
		calls = append(calls,
			into(&v.pool, func() (*iam.WorkloadIdentityPool, error) {
				return readPool(ctx, w, s.b.PoolName(s.b.Google.Project))
			}),
			into(&v.pools, func() ([]string, error) { return markedPools(ctx, w) }),
			into(&v.earlier, func() ([]string, error) { return earlierPrincipals(ctx, w) }),
		)
	}
	err := all(calls...)
	v.want = workloadUser(s.member(n))
	return v, err
}

// Plan looks at the account's policy.
func (s *bindingStep) Plan(ctx context.Context, w *World, want Want) (Change, error) {
	v, err := s.look(ctx, w)
	switch {
	case err != nil:
		return Change{}, err
	case want == Absent:
		return s.planAbsent(w, v), nil
	}
	owned := v.account == nil || byDescription(s.b, v.account.Description) == ours
	if who := s.others(v); !owned && len(who) > 0 {
		return s.about.blocked("take them off it, or choose another account in "+s.field,
			"the account to be adopted already lets others in: %s", strings.Join(who, ", ")), nil
	}
	seen := bindingSeen{Fresh: v.account == nil || s.pooled && (v.pool == nil || deleted(v.pool.State)), Adopted: !owned}
	if !contains(grantsIn(v.policy), v.want) {
		seen.Edit.Add = []grant{v.want}
	}
	var left []grant
	if owned {
		seen.Edit.Remove, left = s.besides(v)
	}
	return s.present(seen, left), nil
}

func (s *bindingStep) present(seen bindingSeen, left []grant) Change {
	about, e := s.about, seen.Edit
	takeAway := s.commands(edit{Remove: left})
	action, reason := Create, "the member may not yet act as the account"
	switch {
	case e.empty():
		return about.keep(alsoThere("the member may act as the account", left, takeAway)).noticed(len(left) > 0)
	case len(e.Add) == 0:
		action, reason = Remove, "the file no longer names their role"
		about.Title = e.title("on " + firstPart(s.email))
	case len(e.Remove) > 0:
		action, reason = Update, "the member is missing, and the file no longer names the role of the other"
		about.Title = e.title("on " + firstPart(s.email))
	}
	return about.change(action, alsoThere(reason, left, takeAway)).with(seen, s.commands(e), e.fields()...)
}

// besides are the others who may act as our account. Principals of a role of ours that the file no longer names go with
// it; nothing on the rest says who let them in, so they are told and left.
func (s *bindingStep) besides(v bindingView) (going, left []grant) {
	for _, g := range grantsIn(v.policy) {
		switch {
		case g.Role != v.want.Role || g.same(v.want):
		case slices.Contains(v.earlier, g.Member):
			going = append(going, g)
		default:
			left = append(left, g)
		}
	}
	return going, left
}

// others lists who gets into an account that is not ours through the very binding that we would add to, or because it
// is open to all.
func (s *bindingStep) others(v bindingView) []string {
	var out []string
	for _, g := range grantsIn(v.policy) {
		everybody := g.Member == "allUsers" || g.Member == "allAuthenticatedUsers"
		if everybody || g.Role == v.want.Role && !g.same(v.want) {
			out = append(out, g.String())
		}
	}
	return out
}

func (s *bindingStep) commands(e edit) string {
	var out []string
	for _, g := range e.Add {
		out = append(out, command(append([]string{"gcloud", "iam", "service-accounts", "add-iam-policy-binding", s.email, "--project", s.project}, g.flags()...)...))
	}
	for _, g := range e.Remove {
		out = append(out, command(append([]string{"gcloud", "iam", "service-accounts", "remove-iam-policy-binding", s.email, "--project", s.project}, g.flags()...)...))
	}
	return lines(out...)
}

// planAbsent takes the member off again. On an account that is not ours, with a member of a pool that is not ours,
// nothing in the clouds says that we put it there: then only the journal can tell, and else it stays.
func (s *bindingStep) planAbsent(w *World, v bindingView) Change {
	if v.account == nil || !contains(grantsIn(v.policy), v.want) {
		return s.about.gone()
	}
	e := edit{Remove: []grant{v.want}}
	if byDescription(s.b, v.account.Description) != ours && !namesAny(v.want.Member, v.pools) && !w.Evidence.shows(s.about.ID, v.want) {
		c := s.about.keep("account and member were both adopted: nothing shows that this bridge joined them")
		c.Undo = s.commands(e)
		return c
	}
	return s.about.change(Remove, "the file put it there").with(bindingSeen{Edit: e}, s.commands(e), e.fields()...)
}

// Apply makes the change on whatever the policy is by now: what others did to it meanwhile stays.
func (s *bindingStep) Apply(ctx context.Context, w *World, c Change) error {
	seen, ok := c.Seen.(bindingSeen)
	if !ok || seen.Edit.empty() {
		return nil
	}
	if seen.Adopted {
		v, err := s.look(ctx, w)
		if err != nil {
			return err
		}
		if len(s.others(v)) > 0 {
			return moved(s.about.Title)
		}
	}
	return accountPolicy(w, s.project, s.email).rewrite(ctx, seen.Edit, seen.Fresh)
}
