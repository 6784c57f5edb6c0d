package steps

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// policiesSeen is what a plan saw of a role's policies and what it agreed to change.
type policiesSeen struct {
	Have policies
	Edit policyEdit
}

// Plan compares the role's policies with the file.
func (s *policiesStep) Plan(ctx context.Context, w *World, want Want) (Change, error) {
	var r *role
	var have policies
	n := ""
	err := all(
		into(&r, func() (*role, error) { return readRole(ctx, w, s.role.Name) }),
		into(&have, func() (policies, error) { return readPolicies(ctx, w, s.role.Name) }),
		into(&n, func() (string, error) { return number(ctx, w) }),
	)
	switch {
	case err != nil:
		return Change{}, err
	case want == Absent:
		return s.planAbsent(r, have), nil
	case r != nil && byTags(s.b, r.Tags) != ours:
		return s.planAdopted(have, s.wanted(n)), nil
	}
	return s.planPresent(have, s.wanted(n)), nil
}

func (s *policiesStep) planPresent(have, want policies) Change {
	e, left := difference(have, want), besides(have, want)
	takeAway := left.command(s.role.Name)
	if e.empty() {
		return s.about.keep(alsoThere("as the file asks", left.names(false), takeAway)).noticed(len(left.names(false)) > 0)
	}
	about := s.about
	action, reason := s.judge(have, e)
	if action != Create {
		about.Title = e.title(s.role.Name)
	}
	return about.change(action, alsoThere(reason, left.names(false), takeAway)).with(policiesSeen{have, e}, e.command(s.role.Name), e.fields(have)...)
}

// planAdopted says, where the file asks for policies, that an adopted role does not get them: what it may do is its
// owner's business.
func (s *policiesStep) planAdopted(have, want policies) Change {
	missing := difference(have, want)
	missing.Delete = nil
	if missing.empty() {
		return s.about.keep("the role is adopted: its policies are not touched")
	}
	about := s.about
	about.Title = "not applied: " + missing.title(s.role.Name)
	return about.keep("the role is adopted: its policies are not touched, and those of the file are NOT applied; if it lacks them, have its owner run: " +
		missing.command(s.role.Name) + "; or take them out of the file").noticed(true)
}

func (s *policiesStep) judge(have policies, e policyEdit) (Action, string) {
	switch {
	case len(e.Attach)+len(e.Put) == 0:
		return Remove, "the file does not name it"
	case len(have.Attached)+len(have.Inline) == 0:
		return Create, "the role has none yet"
	}
	return Update, "they differ from the file"
}

// planAbsent takes off what the file asks for. What others put on the role stays, and keeps the role.
func (s *policiesStep) planAbsent(r *role, have policies) Change {
	if r == nil || len(have.Attached)+len(have.Inline) == 0 {
		return s.about.gone()
	}
	if byTags(s.b, r.Tags) != ours {
		return s.about.keep("the role is not ours: its policies are not touched")
	}
	var e policyEdit
	for _, arn := range have.Attached {
		if slices.Contains(s.role.ManagedPolicies, arn) {
			e.Detach = append(e.Detach, arn)
		}
	}
	for _, name := range sortedKeys(have.Inline) {
		if ownInline(name) {
			e.Delete = append(e.Delete, name)
		}
	}
	if e.empty() {
		return s.about.gone()
	}
	about := s.about
	about.Title = e.title(s.role.Name)
	return about.change(Remove, "the file put them there").with(policiesSeen{have, e}, e.command(s.role.Name), e.fields(have)...)
}

// Apply makes the change, one write after the other: IAM refuses two at once on one role.
func (s *policiesStep) Apply(ctx context.Context, w *World, c Change) error {
	seen, ok := c.Seen.(policiesSeen)
	if !ok || seen.Edit.empty() {
		return nil
	}
	if c.Action != Create {
		now, err := readPolicies(ctx, w, s.role.Name)
		if err != nil {
			return err
		}
		if err := still(s.about.Title, seen.Have, now); err != nil {
			return err
		}
	}
	if err := s.make(ctx, w, seen.Edit); err != nil {
		return err
	}
	return s.readBack(ctx, w, seen)
}

func (s *policiesStep) make(ctx context.Context, w *World, e policyEdit) error {
	for _, arn := range e.Attach {
		if err := attach(ctx, w, s.role.Name, arn); err != nil {
			return err
		}
	}
	for _, name := range sortedKeys(e.Put) {
		if err := putInline(ctx, w, s.role.Name, name, e.Put[name]); err != nil {
			return err
		}
	}
	return strip(ctx, w, s.role.Name, e.Detach, e.Delete)
}

func attach(ctx context.Context, w *World, role, arn string) error {
	_, err := again(ctx, "attach policy "+leaf(arn)+" to role "+role, func(ctx context.Context) (*iam.AttachRolePolicyOutput, error) {
		return w.AWS.IAM.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: &role, PolicyArn: &arn})
	})
	return err
}

func putInline(ctx context.Context, w *World, role, name, document string) error {
	_, err := again(ctx, "put inline policy "+name+" in role "+role, func(ctx context.Context) (*iam.PutRolePolicyOutput, error) {
		return w.AWS.IAM.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: &role, PolicyName: &name, PolicyDocument: &document})
	})
	return err
}

// strip takes managed policies off a role and inline ones out of it. What is gone already is as wanted.
func strip(ctx context.Context, w *World, role string, attached, inline []string) error {
	for _, arn := range attached {
		err := takeOff(ctx, "detach policy "+leaf(arn)+" from role "+role, func(ctx context.Context) (*iam.DetachRolePolicyOutput, error) {
			return w.AWS.IAM.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: &role, PolicyArn: &arn})
		})
		if err != nil {
			return err
		}
	}
	for _, name := range inline {
		err := takeOff(ctx, "delete inline policy "+name+" of role "+role, func(ctx context.Context) (*iam.DeleteRolePolicyOutput, error) {
			return w.AWS.IAM.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: &role, PolicyName: &name})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// again makes a write that may be made twice without harm, and makes it once more when its reply was lost.
func again[T any](ctx context.Context, op string, call func(context.Context) (T, error)) (T, error) {
	v, err := write(ctx, op, call)
	if lost(err) {
		return write(ctx, op, call)
	}
	return v, err
}

// readBack waits until the role shows exactly the edit on top of what the plan saw.
func (s *policiesStep) readBack(ctx context.Context, w *World, seen policiesSeen) error {
	return untilThere(ctx, s.about.Title, func(ctx context.Context) (bool, error) {
		now, err := readPolicies(ctx, w, s.role.Name)
		return seen.Edit.shown(now), err
	})
}

func (e policyEdit) shown(now policies) bool {
	left := difference(now, policies{Attached: e.Attach, Inline: e.Put})
	if len(left.Attach)+len(left.Put) > 0 {
		return false
	}
	gone := func(list []string, there func(string) bool) bool { return !slices.ContainsFunc(list, there) }
	return gone(e.Detach, func(arn string) bool { return slices.Contains(now.Attached, arn) }) &&
		gone(e.Delete, func(name string) bool { _, there := now.Inline[name]; return there })
}
