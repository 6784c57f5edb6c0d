package steps

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
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

// readEmptyProfiles names the instance profiles below the usual path that hold no role. Lists do not show tags.
func readEmptyProfiles(ctx context.Context, w *World) ([]string, error) {
	return read(ctx, w, "instance profiles without a role", func(ctx context.Context) ([]string, error) {
		out := []string{}
		pages := iam.NewListInstanceProfilesPaginator(w.AWS.IAM, &iam.ListInstanceProfilesInput{PathPrefix: aws.String(defaultPath)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, cloud.Problem("list the instance profiles of the account", err)
			}
			for i := range page.InstanceProfiles {
				if p := profileOf(&page.InstanceProfiles[i]); len(p.Roles) == 0 {
					out = append(out, p.Name)
				}
			}
		}
		return out, nil
	})
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
	c := s.planThere(p)
	if byTags(s.b, p.Tags) == ours {
		list, err := readAssociations(ctx, w)
		if err != nil && !explain.Is(err, explain.Denied) {
			return Change{}, err
		}
		reason := s.carried(c.Reason, p, list)
		c.Notice, c.Reason = reason != c.Reason, reason
	}
	return c, nil
}

// carried tells which instances carry our profile without the file asking for it. Who put it there cannot be told.
func (s *profileStep) carried(reason string, p *profile, list []association) string {
	var names, commands []string
	for _, a := range list {
		if a.Profile == p.ARN && a.Instance != s.b.ToGoogle.Role.Instance {
			names = append(names, "instance "+a.Instance)
			commands = append(commands, command("aws", "ec2", "disassociate-iam-instance-profile", "--region", s.b.AWS.Region, "--association-id", a.ID))
		}
	}
	return alsoThere(reason, names, lines(commands...))
}

func (s *profileStep) planThere(p *profile) Change {
	holds := len(p.Roles) == 1 && p.Roles[0] == s.name
	owner := byTags(s.b, p.Tags)
	switch {
	case owner != ours && holds && s.adopts():
		return s.about.keep("adopted: it holds the role and nothing else")
	case owner != ours && s.adopts():
		return s.about.blocked("have its owner put the role "+s.name+" into it", "the profile to be adopted does not hold the role, and whoever carries it would get it")
	case owner != ours:
		return s.about.blocked("list toGoogle.role.instanceProfile under adopt if it holds the role, choose another toGoogle.role.name, or set toGoogle.role.instanceProfile: false",
			"%s", stranger(owner)).unless("toGoogle.role.instanceProfile")
	case p.Path != s.path:
		return s.about.blocked("put the path back, or destroy with the old file first", "toGoogle.role.path cannot change in place: the profile lives at %s", p.Path)
	case len(p.Roles) > 0 && !holds:
		return s.about.blocked("take that role out of it", "it holds another role: %s", strings.Join(p.Roles, ", "))
	case holds:
		return s.about.keep("it holds the role")
	}
	return s.about.change(Update, "it holds no role").with(p, s.addCommand(), turn("role", nil, s.name))
}

func (s *profileStep) adopts() bool {
	return s.b.Adopts("toGoogle.role.instanceProfile") || s.b.Adopts("toGoogle.role")
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
	about := s.about
	about.Title = strings.Replace(about.Title, s.path+s.name, p.Path+p.Name, 1) // the file may say another path by now
	if len(others) > 0 {
		return about.held("others hang on it: %s", strings.Join(others, ", ")), nil
	}
	commands := make([]string, 0, 2)
	for _, r := range p.Roles {
		commands = append(commands, command("aws", "iam", "remove-role-from-instance-profile", "--instance-profile-name", p.Name, "--role-name", r))
	}
	commands = append(commands, command("aws", "iam", "delete-instance-profile", "--instance-profile-name", p.Name))
	return about.change(Remove, "it was made by this bridge").with(p, lines(commands...), drop("arn", p.ARN)), nil
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
