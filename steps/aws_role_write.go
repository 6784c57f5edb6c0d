package steps

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// Apply makes the change.
func (s *roleStep) Apply(ctx context.Context, w *World, c Change) error {
	seen, _ := c.Seen.(roleSeen)
	switch c.Action {
	case Create:
		return s.create(ctx, w, seen)
	case Update:
		return s.rereading(ctx, w, seen, s.update)
	case Adopt:
		return s.rereading(ctx, w, seen, s.adopt)
	case Remove:
		return s.rereading(ctx, w, seen, s.remove)
	default:
		return nil
	}
}

// rereading makes a change anew from what stands when somebody else wrote the role at the same moment: the change itself
// looks first whether the role is still as the plan saw it.
func (s *roleStep) rereading(ctx context.Context, w *World, seen roleSeen, change func(context.Context, *World, roleSeen) error) error {
	return contended(ctx, "change "+s.about.Title, func(ctx context.Context) error { return change(ctx, w, seen) })
}

// settledTrust is the document to write, now that the account's number is known. It must be the one that was shown.
func (s *roleStep) settledTrust(w *World, seen roleSeen) (string, error) {
	live, _ := w.Facts.ToAWSUniqueID.Get()
	doc, known := s.trust(live)
	if !known {
		return "", &explain.Problem{
			Op: "write the trust of " + s.about.Title, Kind: explain.Missing,
			Reason: "the number of service account " + s.b.ToAWSEmail() + " is not known", Do: []string{"plan again"},
		}
	}
	if seen.Trust != "" && seen.Trust != doc {
		return "", moved(s.about.Title)
	}
	return doc, nil
}

// create makes the role with its mark, trust and limits in one call. A principal that IAM does not see yet is waited for.
func (s *roleStep) create(ctx context.Context, w *World, seen roleSeen) error {
	doc, err := s.settledTrust(w, seen)
	if err != nil {
		return err
	}
	in := &iam.CreateRoleInput{
		RoleName: &s.role.Name, Path: &s.role.Path, AssumeRolePolicyDocument: &doc,
		Description: aws.String(s.description()), MaxSessionDuration: aws.Int32(s.seconds()), Tags: awsTags(s.b.Tags()),
	}
	if s.role.PermissionsBoundary != "" {
		in.PermissionsBoundary = &s.role.PermissionsBoundary
	}
	err = onceMore(ctx, s.about.Title, s.there(w), func(ctx context.Context) error {
		return s.principalSeen(ctx, func(ctx context.Context) error {
			_, err := write(ctx, "create role "+s.role.Name, func(ctx context.Context) (*iam.CreateRoleOutput, error) {
				return w.AWS.IAM.CreateRole(ctx, in)
			})
			return err
		})
	})
	if err != nil && !lost(err) && !explain.Is(err, explain.Exists) {
		return err
	}
	return s.readBack(ctx, w, doc, err)
}

func (s *roleStep) there(w *World) func(context.Context) (bool, error) {
	return func(ctx context.Context) (bool, error) {
		r, err := readRole(ctx, w, s.role.Name)
		return r != nil, err
	}
}

// principalSeen repeats a write that names a principal which IAM may not see yet.
func (s *roleStep) principalSeen(ctx context.Context, put func(context.Context) error) error {
	wait := cloud.Wait{What: "the principal in the trust of " + s.about.Title + " to be known", Retry: pending}
	return cloud.Until(ctx, wait, put)
}

// readBack waits until the role is seen and reads as written. cause is the failure of a create that told us nothing, or
// that found the name taken: a role with our mark and trust is then the one we asked for.
func (s *roleStep) readBack(ctx context.Context, w *World, doc string, cause error) error {
	var found *role
	look := func(ctx context.Context) (bool, error) {
		r, err := readRole(ctx, w, s.role.Name)
		found = r
		return r != nil, err
	}
	if cause != nil {
		if err := reread(ctx, s.about.Title, cause, look); err != nil {
			return err
		}
	} else if err := untilThere(ctx, s.about.Title, look); err != nil {
		return err
	}
	switch {
	case cause != nil && byTags(s.b, found.Tags) != ours:
		return moved(s.about.Title)
	case !spec.SameDocument([]byte(found.Trust), []byte(doc)):
		return unexpected(s.about.Title)
	}
	s.know(w, found.ARN)
	return nil
}

// update writes what differs, each part with the call that owns it, and reads back.
func (s *roleStep) update(ctx context.Context, w *World, seen roleSeen) error {
	r, err := s.unchanged(ctx, w, seen)
	if err != nil {
		return err
	}
	doc, err := s.settledTrust(w, seen)
	if err != nil {
		return err
	}
	if !spec.SameDocument([]byte(r.Trust), []byte(doc)) {
		if err := s.putTrust(ctx, w, doc); err != nil {
			return err
		}
	}
	if r.MaxSession != s.seconds() || r.Description != s.description() {
		_, err := write(ctx, "update role "+s.role.Name, func(ctx context.Context) (*iam.UpdateRoleOutput, error) {
			return w.AWS.IAM.UpdateRole(ctx, &iam.UpdateRoleInput{
				RoleName: &s.role.Name, Description: aws.String(s.description()), MaxSessionDuration: aws.Int32(s.seconds()),
			})
		})
		if err != nil {
			return err
		}
	}
	if err := s.putBoundary(ctx, w, r.Boundary); err != nil {
		return err
	}
	return s.untilTrust(ctx, w, r.Trust, func(now string) bool { return spec.SameDocument([]byte(now), []byte(doc)) })
}

func (s *roleStep) unchanged(ctx context.Context, w *World, seen roleSeen) (*role, error) {
	r, err := readRole(ctx, w, s.role.Name)
	if err != nil {
		return nil, err
	}
	return r, still(s.about.Title, seen.Role, r)
}

func (s *roleStep) putTrust(ctx context.Context, w *World, doc string) error {
	return s.principalSeen(ctx, func(ctx context.Context) error {
		_, err := writeOnce(ctx, "write the trust policy of role "+s.role.Name, func(ctx context.Context) (*iam.UpdateAssumeRolePolicyOutput, error) {
			return w.AWS.IAM.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: &s.role.Name, PolicyDocument: &doc})
		})
		return err
	})
}

func (s *roleStep) putBoundary(ctx context.Context, w *World, before string) error {
	switch want := s.role.PermissionsBoundary; want {
	case before:
		return nil
	case "":
		_, err := write(ctx, "remove the permissions boundary of role "+s.role.Name, func(ctx context.Context) (*iam.DeleteRolePermissionsBoundaryOutput, error) {
			return w.AWS.IAM.DeleteRolePermissionsBoundary(ctx, &iam.DeleteRolePermissionsBoundaryInput{RoleName: &s.role.Name})
		})
		return err
	default:
		_, err := write(ctx, "put the permissions boundary of role "+s.role.Name, func(ctx context.Context) (*iam.PutRolePermissionsBoundaryOutput, error) {
			return w.AWS.IAM.PutRolePermissionsBoundary(ctx, &iam.PutRolePermissionsBoundaryInput{RoleName: &s.role.Name, PermissionsBoundary: &want})
		})
		return err
	}
}

// untilTrust reads the role until its trust shows what was just written: AWS policies have no etag, so that only reading
// back tells whether another writer was at work. A trust that is neither that nor the one before is somebody else's.
func (s *roleStep) untilTrust(ctx context.Context, w *World, before string, shows func(trust string) bool) error {
	title := "the trust of " + s.about.Title
	return untilThere(ctx, title, func(ctx context.Context) (bool, error) {
		r, err := readRole(ctx, w, s.role.Name)
		if r == nil || err != nil || shows(r.Trust) {
			return r != nil && err == nil, err
		}
		if !spec.SameDocument([]byte(r.Trust), []byte(before)) {
			return false, unexpected(title)
		}
		return false, nil
	})
}

// adopt adds our own statement and nothing else.
func (s *roleStep) adopt(ctx context.Context, w *World, seen roleSeen) error {
	r, err := s.unchanged(ctx, w, seen)
	if err != nil {
		return err
	}
	live, _ := w.Facts.ToAWSUniqueID.Get()
	want, known := s.ownStatement(live)
	if !known {
		_, err := s.settledTrust(w, roleSeen{})
		return err
	}
	doc, err := splice(r.Trust, want.Sid, &want)
	if err != nil {
		return err
	}
	if err := s.putTrust(ctx, w, doc); err != nil {
		return err
	}
	s.know(w, r.ARN)
	return s.untilTrust(ctx, w, r.Trust, func(now string) bool {
		have, there := statementOf(now, want.Sid)
		return there && sameStatement(have, want)
	})
}
