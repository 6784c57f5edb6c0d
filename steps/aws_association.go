package steps

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// associationStep puts the instance profile on a running instance. An instance that has another profile is never given
// ours: that would change what it may do.
type associationStep struct{ b spec.Bridge }

func newAssociation(b spec.Bridge) Step { return associationStep{b} }

func (s associationStep) instance() string { return s.b.ToGoogle.Role.Instance }

// About says which instance gets the profile.
func (s associationStep) About() About {
	a := About{
		ID: "aws.instance-profile-association", Cloud: "aws", Kind: "instance-profile-association", Name: s.instance(),
		Title: "profile on instance " + s.instance(), Scope: "bridge", Direction: "to-google",
		Why:         "the instance has the role only while its profile is attached",
		Permissions: []string{"ec2:DescribeInstances", "ec2:DescribeIamInstanceProfileAssociations", "ec2:AssociateIamInstanceProfile", "ec2:DisassociateIamInstanceProfile", "iam:PassRole"},
	}
	if s.b.ToGoogle.Role.InstanceProfile {
		a.Needs = []string{"aws.instance-profile"}
	}
	return a
}

func (s associationStep) find(ctx context.Context, w *World) (*association, error) {
	list, err := readAssociations(ctx, w)
	for _, a := range list {
		if a.Instance == s.instance() {
			return &a, err
		}
	}
	return nil, err
}

// Plan looks at what the instance carries.
func (s associationStep) Plan(ctx context.Context, w *World, want Want) (Change, error) {
	a, err := s.find(ctx, w)
	arn := s.b.InstanceProfileARN()
	switch {
	case err != nil:
		return Change{}, err
	case want == Absent && a == nil:
		return s.About().gone(), nil
	case want == Absent && a.Profile != arn:
		return s.About().keep("the instance carries another profile: " + leaf(a.Profile)), nil
	case want == Absent:
		return s.About().change(Remove, "the file put it there").with(*a,
			command("aws", "ec2", "disassociate-iam-instance-profile", "--region", s.b.AWS.Region, "--association-id", a.ID), drop("profile", a.Profile)), nil
	case a == nil:
		return s.planCreate(ctx, w)
	case a.Profile != arn:
		return s.About().blocked("take it off first, if nothing needs it: "+
			command("aws", "ec2", "disassociate-iam-instance-profile", "--region", s.b.AWS.Region, "--association-id", a.ID),
			"the instance carries another profile: %s", leaf(a.Profile)), nil
	}
	return s.About().keep("the instance carries it"), nil
}

// planCreate looks first whether the instance is there: EC2 answers for a missing one as it does for a profile that it
// does not know yet, and nobody should wait for that.
func (s associationStep) planCreate(ctx context.Context, w *World) (Change, error) {
	state, err := instanceState(ctx, w, s.instance())
	arn := s.b.InstanceProfileARN()
	const way = "name a running instance of this account and region in toGoogle.role.instance, or leave it out"
	switch {
	case explain.Is(err, explain.Denied): // who may not look may still be allowed to attach
	case err != nil:
		return Change{}, err
	case state == "":
		return s.About().blocked(way, "instance %s is not there in %s", s.instance(), s.b.AWS.Region), nil
	case state == "terminated" || state == "shutting-down":
		return s.About().blocked(way, "instance %s is %s", s.instance(), state), nil
	}
	return s.About().change(Create, "the instance carries no profile").with(association{},
		command("aws", "ec2", "associate-iam-instance-profile", "--region", s.b.AWS.Region, "--instance-id", s.instance(), "--iam-instance-profile", "Arn="+arn),
		set("profile", arn)), nil
}

// instanceState is an instance's state, "" when there is none of that id.
func instanceState(ctx context.Context, w *World, id string) (string, error) {
	return read(ctx, w, "instance "+id, func(ctx context.Context) (string, error) {
		out, err := w.AWS.EC2.DescribeInstances(ctx, &ec2.DescribeInstancesInput{InstanceIds: []string{id}})
		if err = cloud.Problem("read instance "+id, err); err != nil {
			if explain.Is(err, explain.Missing) || codeOf(err) == "InvalidInstanceID.Malformed" {
				return "", nil
			}
			return "", err
		}
		for _, r := range out.Reservations {
			for _, i := range r.Instances {
				if i.State != nil {
					return string(i.State.Name), nil
				}
			}
		}
		return "", nil
	})
}

// Apply makes the change. EC2 sees a new profile only a while after IAM does.
func (s associationStep) Apply(ctx context.Context, w *World, c Change) error {
	seen, _ := c.Seen.(association)
	a, err := s.find(ctx, w)
	if err != nil {
		return err
	}
	if a == nil {
		a = &association{}
	}
	if err := still(s.About().Title, seen, *a); err != nil {
		return err
	}
	if c.Action == Remove {
		return s.remove(ctx, w, *a)
	}
	arn, id := s.b.InstanceProfileARN(), s.instance()
	there := func(ctx context.Context) (bool, error) {
		a, err := s.find(ctx, w)
		return a != nil, err
	}
	err = onceMore(ctx, s.About().Title, there, func(ctx context.Context) error {
		return untilSpread(ctx, "instance profile "+leaf(arn)+" to be known to EC2", func(ctx context.Context) error {
			_, err := write(ctx, "put the profile on instance "+id, func(ctx context.Context) (*ec2.AssociateIamInstanceProfileOutput, error) {
				return w.AWS.EC2.AssociateIamInstanceProfile(ctx, &ec2.AssociateIamInstanceProfileInput{
					InstanceId: &id, IamInstanceProfile: &ec2types.IamInstanceProfileSpecification{Arn: &arn},
				})
			})
			return err
		})
	})
	if err != nil && !lost(err) {
		return err
	}
	return untilThere(ctx, s.About().Title, func(ctx context.Context) (bool, error) {
		a, err := s.find(ctx, w)
		return a != nil && a.Profile == arn && a.State == "associated", err
	})
}

func (s associationStep) remove(ctx context.Context, w *World, a association) error {
	return erase(ctx, s.About().Title, func(ctx context.Context) error {
		_, err := write(ctx, "take the profile off instance "+a.Instance, func(ctx context.Context) (*ec2.DisassociateIamInstanceProfileOutput, error) {
			return w.AWS.EC2.DisassociateIamInstanceProfile(ctx, &ec2.DisassociateIamInstanceProfileInput{AssociationId: &a.ID})
		})
		return err
	}, func(ctx context.Context) (bool, error) {
		a, err := s.find(ctx, w)
		return a != nil, err
	})
}
