package steps

import (
	"context"
	"slices"
	"strings"

	"google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// grantsStep is the roles in the project. It alone writes the project's policy, so it also takes out what goes with an
// account or a role of ours that the file no longer names.
type grantsStep struct{ b spec.Bridge }

func newGrants(b spec.Bridge) Step { return grantsStep{b} }

// About says which roles are given.
func (s grantsStep) About() About {
	a := About{
		ID: "google.grants", Cloud: "google", Kind: "grants", Name: s.b.Google.Project, Title: "no roles in the project",
		Scope: "project", Direction: "to-google", Needs: []string{"google.apis"},
		Why:         "what comes in may do nothing until roles in the project say so",
		Permissions: []string{"resourcemanager.projects.getIamPolicy", "resourcemanager.projects.setIamPolicy"},
	}
	if s.b.ToGoogle == nil {
		a.Permissions = nil // nothing is given on the way to AWS
		return a
	}
	var roles []string
	for _, g := range s.b.ToGoogle.Grants {
		roles = append(roles, g.Role)
	}
	if len(roles) > 0 {
		a.Title = strings.Join(roles, ", ") + " in the project"
	}
	a.Needs = []string{"google.service-account.to-google"}
	if s.direct() {
		a.Needs = []string{"google.pool"} // the policy refuses principals of a pool that is not there
	}
	return a
}

func (s grantsStep) direct() bool {
	return s.b.ToGoogle != nil && s.b.ToGoogle.Access == spec.AccessDirect
}

// grantsView is all that a plan looks at.
type grantsView struct {
	policy   *iam.Policy
	unread   bool
	accounts []*iam.ServiceAccount
	pools    []string // marked as ours
	earlier  []string // principals of roles of ours that the file no longer names
	want     []grant
	fresh    bool // who gets the roles is not there yet
	owned    bool // who gets the roles is ours
}

func (s grantsStep) look(ctx context.Context, w *World) (grantsView, error) {
	var v grantsView
	var pool *iam.WorkloadIdentityPool
	n := ""
	calls := []func() error{
		func() (err error) { v.policy, v.unread, err = s.policy(ctx, w); return err },
		into(&v.accounts, func() ([]*iam.ServiceAccount, error) { return readAccounts(ctx, w) }),
		into(&v.pools, func() ([]string, error) { return markedPools(ctx, w) }),
		into(&v.earlier, func() ([]string, error) { return earlierPrincipals(ctx, w) }),
		into(&n, func() (string, error) { return number(ctx, w) }),
	}
	if s.direct() {
		calls = append(calls, into(&pool, func() (*iam.WorkloadIdentityPool, error) {
			return readPool(ctx, w, s.b.PoolName(s.b.Google.Project))
		}))
	}
	var account *iam.ServiceAccount
	if s.b.ToGoogle != nil && !s.direct() {
		calls = append(calls, into(&account, func() (*iam.ServiceAccount, error) {
			return readAccount(ctx, w, s.b.ToGoogleAccountProject(), s.b.ToGoogleEmail())
		}))
	}
	if err := all(calls...); err != nil || s.b.ToGoogle == nil {
		return v, err
	}
	v.want = wantedGrants(s.b, s.b.GrantMember(n))
	if s.direct() {
		v.fresh = pool == nil || deleted(pool.State)
		v.owned = pool == nil || byDescription(s.b, pool.Description) == ours
		return v, nil
	}
	v.fresh = account == nil
	v.owned = account == nil || byDescription(s.b, account.Description) == ours
	return v, nil
}

// policy reads the project's policy. Who may not read it and asks for no roles does without.
func (s grantsStep) policy(ctx context.Context, w *World) (*iam.Policy, bool, error) {
	p, err := readProjectPolicy(ctx, w)
	if explain.Is(err, explain.Denied) && (s.b.ToGoogle == nil || len(s.b.ToGoogle.Grants) == 0) {
		return &iam.Policy{}, true, nil
	}
	return p, false, err
}

// grantsSeen is what a plan agreed to change.
type grantsSeen struct {
	Edit  edit
	Fresh bool
}

// Plan looks at the project's policy.
func (s grantsStep) Plan(ctx context.Context, w *World, want Want) (Change, error) {
	v, err := s.look(ctx, w)
	switch {
	case err != nil:
		return Change{}, err
	case want == Absent:
		return s.planAbsent(w, v), nil
	case v.unread:
		return s.About().keep("no roles are asked for, and we may not read which there are"), nil
	}
	return s.present(v), nil
}

// present gives what the file asks for and takes out what goes with something of ours. All else is left.
func (s grantsStep) present(v grantsView) Change {
	seen := grantsSeen{Fresh: v.fresh}
	have := grantsIn(v.policy)
	for _, g := range v.want {
		if !contains(have, g) {
			seen.Edit.Add = append(seen.Edit.Add, g)
		}
	}
	seen.Edit.Remove = append(s.ofLeftovers(v), s.deadTwins(v)...)
	left := s.others(v, seen.Edit.Remove)
	about, e := s.About(), seen.Edit
	action, reason := Create, "they are not given yet"
	switch {
	case e.empty():
		return about.keep(alsoThere("as the file asks", left, s.commands(edit{Remove: left}))).noticed(len(left) > 0)
	case len(e.Add) == 0:
		action, reason = Remove, "they were given to what is gone, or is no longer in the file"
	case len(e.Remove) > 0 || len(e.Add) < len(v.want):
		action, reason = Update, "they differ from the file"
	}
	if action != Create {
		about.Title = e.title("in the project")
	}
	return about.change(action, alsoThere(reason, left, s.commands(edit{Remove: left}))).with(seen, s.commands(e), e.fields()...)
}

// others are roles in the project of an account or pool of ours that the file does not ask for. Nothing on them says who
// gave them, so they are told and left. Those of the account on the way to AWS are not looked at: no file gives it any.
func (s grantsStep) others(v grantsView, going []grant) []grant {
	members := s.grantees(v)
	var out []grant
	for _, g := range grantsIn(v.policy) {
		if contains(v.want, g) || contains(going, g) {
			continue
		}
		mine := slices.ContainsFunc(members, func(m string) bool { return sameMember(m, g.Member) })
		if mine || namesAny(g.Member, v.pools) {
			out = append(out, g)
		}
	}
	return out
}

// deadTwins are what Google leaves of the file's grants when our account is deleted: the same grants to the dead number
// of the same account. They give nothing to anybody, and would come alive with that number only.
func (s grantsStep) deadTwins(v grantsView) []grant {
	if s.b.ToGoogle == nil || s.direct() || !v.owned {
		return nil
	}
	prefix := "deleted:serviceAccount:" + s.b.ToGoogleEmail() + "?uid="
	var out []grant
	for _, g := range grantsIn(v.policy) {
		alive := g
		alive.Member = s.b.GrantMember("")
		if strings.HasPrefix(g.Member, prefix) && contains(v.want, alive) {
			out = append(out, g)
		}
	}
	return out
}

// grantees are the accounts of ours that this or an earlier file gave roles to.
func (s grantsStep) grantees(v grantsView) []string {
	var out []string
	for _, a := range v.accounts {
		if byDescription(s.b, a.Description) == ours && directionOf(a) == "to-google" {
			out = append(out, "serviceAccount:"+a.Email)
		}
	}
	return out
}

// directionOf reads from an account of ours which way it was made for.
func directionOf(a *iam.ServiceAccount) string {
	return a.DisplayName[strings.LastIndex(a.DisplayName, " ")+1:]
}

// planAbsent takes back what the file gave, and what an earlier file gave to accounts that are left over. Other roles of
// our own account are somebody else's doing: they keep the account, not the other way round. Of roles that an adopted
// account holds only the journal can tell whether we gave them.
func (s grantsStep) planAbsent(w *World, v grantsView) Change {
	have := grantsIn(v.policy)
	var given, kept []grant
	for _, g := range v.want {
		switch {
		case !contains(have, g):
		case v.owned || w.Evidence.shows(s.About().ID, g):
			given = append(given, g)
		default:
			kept = append(kept, g)
		}
	}
	e := edit{Remove: append(given, s.ofLeftovers(v)...)}
	if !v.fresh {
		e.Remove = append(e.Remove, s.deadTwins(v)...)
	}
	about := s.About()
	switch {
	case !e.empty():
		about.Title = e.title("in the project")
		return about.change(Remove, "the file put them there").with(grantsSeen{Edit: e}, s.commands(e), e.fields()...)
	case len(kept) > 0:
		c := s.About().keep("who holds them was adopted: nothing shows that this bridge gave them")
		c.Undo = s.commands(edit{Remove: kept})
		return c
	}
	return s.About().gone()
}

// ofLeftovers are the roles of accounts of ours, and of principals of roles of ours, that the file no longer names: they
// go with those.
func (s grantsStep) ofLeftovers(v grantsView) []grant {
	current := ""
	if s.b.ToGoogle != nil {
		current = "serviceAccount:" + s.b.ToGoogleEmail()
	}
	members := slices.DeleteFunc(s.grantees(v), func(m string) bool { return sameMember(m, current) })
	var out []grant
	for _, g := range grantsIn(v.policy) {
		if slices.ContainsFunc(members, func(m string) bool { return sameMember(m, g.Member) }) || slices.Contains(v.earlier, g.Member) {
			out = append(out, g)
		}
	}
	return out
}

func (s grantsStep) commands(e edit) string {
	var out []string
	for _, g := range e.Add {
		out = append(out, command(append([]string{"gcloud", "projects", "add-iam-policy-binding", s.b.Google.Project}, g.flags()...)...))
	}
	for _, g := range e.Remove {
		out = append(out, command(append([]string{"gcloud", "projects", "remove-iam-policy-binding", s.b.Google.Project}, g.flags()...)...))
	}
	return lines(out...)
}

// Apply makes the change on whatever the policy is by now: what others did to it meanwhile stays.
func (s grantsStep) Apply(ctx context.Context, w *World, c Change) error {
	seen, ok := c.Seen.(grantsSeen)
	if !ok || seen.Edit.empty() {
		return nil
	}
	return projectPolicy(w).rewrite(ctx, seen.Edit, seen.Fresh)
}
