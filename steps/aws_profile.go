package steps

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// profileStep is the instance profile, through which an EC2 instance gets the role. It bears the role's name and path and
// holds that role alone.
type profileStep struct {
	b     spec.Bridge
	about About
	name  string
	path  string
}

func newInstanceProfile(b spec.Bridge) Step {
	r := b.ToGoogle.Role
	return &profileStep{b: b, name: r.Name, path: r.Path, about: About{
		ID: "aws.instance-profile", Cloud: "aws", Kind: "instance-profile", Name: r.Name, Title: "instance profile " + r.Path + r.Name,
		Scope: "bridge", Direction: "to-google", Needs: []string{"aws.role.to-google"},
		Why: "an EC2 instance gets a role only through an instance profile",
		Permissions: []string{
			"iam:GetInstanceProfile", "iam:CreateInstanceProfile", "iam:TagInstanceProfile", "iam:AddRoleToInstanceProfile", "iam:PassRole",
			"iam:RemoveRoleFromInstanceProfile", "iam:DeleteInstanceProfile", "ec2:DescribeIamInstanceProfileAssociations",
		},
	}}
}

// About says which profile this is.
func (s *profileStep) About() About { return s.about }

// Plan looks at the profile.
func (s *profileStep) Plan(ctx context.Context, w *World, want Want) (Change, error) {
	p, err := readProfile(ctx, w, s.name)
	switch {
	case err != nil:
		return Change{}, err
	case want == Absent:
		return s.planAbsent(ctx, w, p)
	case p == nil:
		c := s.about.change(Create, "it is not there")
		return c.with(p, lines(s.createCommand(), s.addCommand()), set("arn", s.b.InstanceProfileARN()), set("role", s.name), set("tags", s.b.Tags())), nil
	}
	return s.planThere(p), nil
}

func (s *profileStep) planThere(p *profile) Change {
	holds := len(p.Roles) == 1 && p.Roles[0] == s.name
	owner := byTags(s.b, p.Tags)
	switch {
	case owner != ours && holds && s.b.Adopts("toGoogle.role"):
		return s.about.keep("it is not ours, but it holds the adopted role and nothing else")
	case owner != ours:
		return s.about.blocked("choose another toGoogle.role.name, or set toGoogle.role.instanceProfile: false", "%s", stranger(owner))
	case p.Path != s.path:
		return s.about.blocked("put the path back, or destroy with the old file first", "toGoogle.role.path cannot change in place: the profile lives at %s", p.Path)
	case len(p.Roles) > 0 && !holds:
		return s.about.blocked("take that role out of it", "it holds another role: %s", strings.Join(p.Roles, ", "))
	case holds:
		return s.about.keep("it holds the role")
	}
	return s.about.change(Update, "it holds no role").with(p, s.addCommand(), turn("role", nil, s.name))
}

func (s *profileStep) createCommand() string {
	words := []string{"aws", "iam", "create-instance-profile", "--instance-profile-name", s.name, "--path", s.path, "--tags"}
	return command(append(words, tagWords(s.b.Tags())...)...)
}

func (s *profileStep) addCommand() string {
	return command("aws", "iam", "add-role-to-instance-profile", "--instance-profile-name", s.name, "--role-name", s.name)
}

func (s *profileStep) planAbsent(ctx context.Context, w *World, p *profile) (Change, error) {
	switch {
	case p == nil:
		return s.about.gone(), nil
	case byTags(s.b, p.Tags) != ours:
		return s.about.keep("it was not made by this bridge"), nil
	}
	others, err := s.hanging(ctx, w, p)
	if err != nil {
		return Change{}, err
	}
	if len(others) > 0 {
		return s.about.held("others hang on it: %s", strings.Join(others, ", ")), nil
	}
	commands := make([]string, 0, 2)
	for _, r := range p.Roles {
		commands = append(commands, command("aws", "iam", "remove-role-from-instance-profile", "--instance-profile-name", p.Name, "--role-name", r))
	}
	commands = append(commands, command("aws", "iam", "delete-instance-profile", "--instance-profile-name", p.Name))
	return s.about.change(Remove, "it was made by this bridge").with(p, lines(commands...), drop("arn", p.ARN)), nil
}

// hanging lists the instances that carry the profile without being the file's, and another role in it.
func (s *profileStep) hanging(ctx context.Context, w *World, p *profile) ([]string, error) {
	var out []string
	for _, r := range p.Roles {
		if r != s.name {
			out = append(out, "role "+r)
		}
	}
	users, err := otherInstances(ctx, w, s.b, p.ARN)
	return append(out, users...), err
}

// otherInstances lists the instances that carry a profile, besides the one that the file names.
func otherInstances(ctx context.Context, w *World, b spec.Bridge, arn string) ([]string, error) {
	list, err := readAssociations(ctx, w)
	var out []string
	for _, a := range list {
		if a.Profile == arn && (b.ToGoogle == nil || a.Instance != b.ToGoogle.Role.Instance) {
			out = append(out, "instance "+a.Instance)
		}
	}
	return out, err
}

// Apply makes the change.
func (s *profileStep) Apply(ctx context.Context, w *World, c Change) error {
	seen, _ := c.Seen.(*profile)
	if c.Action == Create {
		if err := s.create(ctx, w); err != nil {
			return err
		}
		return s.addRole(ctx, w)
	}
	p, err := readProfile(ctx, w, s.name)
	if err != nil {
		return err
	}
	if err := still(s.about.Title, seen, p); err != nil {
		return err
	}
	switch c.Action {
	case Update:
		return s.addRole(ctx, w)
	case Remove:
		return s.remove(ctx, w, p)
	}
	return nil
}

func (s *profileStep) create(ctx context.Context, w *World) error {
	_, err := write(ctx, "create instance profile "+s.name, func(ctx context.Context) (*iam.CreateInstanceProfileOutput, error) {
		return w.AWS.IAM.CreateInstanceProfile(ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: &s.name, Path: &s.path, Tags: awsTags(s.b.Tags())})
	})
	if err == nil || !lost(err) && !explain.Is(err, explain.Exists) {
		return err
	}
	var p *profile
	cause := err
	if err := reread(ctx, s.about.Title, cause, func(ctx context.Context) (_ bool, err error) {
		p, err = readProfile(ctx, w, s.name)
		return p != nil, err
	}); err != nil {
		return err
	}
	if byTags(s.b, p.Tags) != ours || len(p.Roles) > 0 {
		return moved(s.about.Title)
	}
	return nil
}

// addRole puts the role in. A profile or role of a moment ago may not be seen yet; a reply that was lost is read.
func (s *profileStep) addRole(ctx context.Context, w *World) error {
	op := "add role " + s.name + " to its instance profile"
	err := untilSpread(ctx, "instance profile "+s.name+" to take its role", func(ctx context.Context) error {
		_, err := write(ctx, op, func(ctx context.Context) (*iam.AddRoleToInstanceProfileOutput, error) {
			return w.AWS.IAM.AddRoleToInstanceProfile(ctx, &iam.AddRoleToInstanceProfileInput{InstanceProfileName: &s.name, RoleName: &s.name})
		})
		return err
	})
	// A second role is refused as over the limit: then ours may be in already.
	if err != nil && !lost(err) && codeOf(err) != "LimitExceeded" {
		return err
	}
	return untilThere(ctx, s.about.Title, func(ctx context.Context) (bool, error) {
		p, rerr := readProfile(ctx, w, s.name)
		in := p != nil && slices.Contains(p.Roles, s.name)
		if rerr == nil && !in && err != nil {
			return false, err
		}
		return in, rerr
	})
}

func (s *profileStep) remove(ctx context.Context, w *World, p *profile) error {
	others, err := s.hanging(ctx, w, p)
	if err != nil {
		return err
	}
	if len(others) > 0 {
		return moved(s.about.Title)
	}
	for _, r := range p.Roles {
		_, err := again(ctx, "take role "+r+" out of instance profile "+p.Name, func(ctx context.Context) (*iam.RemoveRoleFromInstanceProfileOutput, error) {
			return w.AWS.IAM.RemoveRoleFromInstanceProfile(ctx, &iam.RemoveRoleFromInstanceProfileInput{InstanceProfileName: &p.Name, RoleName: &r})
		})
		if err != nil && !explain.Is(err, explain.Missing) {
			return err
		}
	}
	_, err = again(ctx, "delete instance profile "+p.Name, func(ctx context.Context) (*iam.DeleteInstanceProfileOutput, error) {
		return w.AWS.IAM.DeleteInstanceProfile(ctx, &iam.DeleteInstanceProfileInput{InstanceProfileName: &p.Name})
	})
	if err != nil && !explain.Is(err, explain.Missing) {
		return err
	}
	return untilGone(ctx, s.about.Title, func(ctx context.Context) (bool, error) {
		p, err := readProfile(ctx, w, s.name)
		return p != nil, err
	})
}
