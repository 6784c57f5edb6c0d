package steps

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

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
	default:
		return nil
	}
}

func (s *profileStep) create(ctx context.Context, w *World) error {
	var p *profile
	found := func(ctx context.Context) (_ bool, err error) {
		p, err = readProfile(ctx, w, s.name)
		return p != nil, err
	}
	cause := onceMore(ctx, s.about.Title, found, func(ctx context.Context) error {
		_, err := write(ctx, "create instance profile "+s.name, func(ctx context.Context) (*iam.CreateInstanceProfileOutput, error) {
			return w.AWS.IAM.CreateInstanceProfile(ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: &s.name, Path: &s.path, Tags: awsTags(s.b.Tags())})
		})
		return err
	})
	if cause == nil || !lost(cause) && !explain.Is(cause, explain.Exists) {
		return cause
	}
	if err := reread(ctx, s.about.Title, cause, found); err != nil {
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
	in := func(ctx context.Context) (bool, error) {
		p, err := readProfile(ctx, w, s.name)
		return p != nil && slices.Contains(p.Roles, s.name), err
	}
	err := onceMore(ctx, "role "+s.name+" in its instance profile", in, func(ctx context.Context) error {
		return untilSpread(ctx, "instance profile "+s.name+" to take its role", func(ctx context.Context) error {
			_, err := write(ctx, op, func(ctx context.Context) (*iam.AddRoleToInstanceProfileOutput, error) {
				return w.AWS.IAM.AddRoleToInstanceProfile(ctx, &iam.AddRoleToInstanceProfileInput{InstanceProfileName: &s.name, RoleName: &s.name})
			})
			return err
		})
	})
	// A second role is refused as over the limit: then ours may be in already.
	if err != nil && !lost(err) && codeOf(err) != "LimitExceeded" {
		return err
	}
	return untilThere(ctx, s.about.Title, func(ctx context.Context) (bool, error) {
		there, rerr := in(ctx)
		if rerr == nil && !there && err != nil {
			return false, err
		}
		return there, rerr
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
		err := takeOff(ctx, "take role "+r+" out of instance profile "+p.Name, func(ctx context.Context) (*iam.RemoveRoleFromInstanceProfileOutput, error) {
			return w.AWS.IAM.RemoveRoleFromInstanceProfile(ctx, &iam.RemoveRoleFromInstanceProfileInput{InstanceProfileName: &p.Name, RoleName: &r})
		})
		if err != nil {
			return err
		}
	}
	return erase(ctx, s.about.Title, func(ctx context.Context) error {
		_, err := write(ctx, "delete instance profile "+p.Name, func(ctx context.Context) (*iam.DeleteInstanceProfileOutput, error) {
			return w.AWS.IAM.DeleteInstanceProfile(ctx, &iam.DeleteInstanceProfileInput{InstanceProfileName: &p.Name})
		})
		return err
	}, func(ctx context.Context) (bool, error) {
		p, err := readProfile(ctx, w, s.name)
		return p != nil, err
	})
}
