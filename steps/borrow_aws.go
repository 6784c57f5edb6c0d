package steps

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// RoleSight is what a proof needs to know about a role.
type RoleSight struct {
	ARN   string // with its path
	Ours  bool   // it carries the mark of this bridge
	Trust []byte // its trust policy, as JSON
}

// SeeRole reads the role. An absent one is a Problem of kind missing.
func SeeRole(ctx context.Context, w *World, name string) (RoleSight, error) {
	r, err := readRole(ctx, w, name)
	if err != nil {
		return RoleSight{}, err
	}
	if r == nil {
		return RoleSight{}, notThere("role " + name)
	}
	return RoleSight{ARN: r.ARN, Ours: byTags(w.Bridge, r.Tags) == ours, Trust: []byte(r.Trust)}, nil
}

// EditTrust reads the role's trust policy, writes what edit makes of it and reads it back: AWS policies have no etag, so
// a document that is not the one just written means that somebody else wrote too, a Problem of kind conflict. An edit
// that returns nil leaves the role as it is; one that returns the document that it was given has it written again, since
// a write of a moment ago may not show yet.
func EditTrust(ctx context.Context, w *World, role string, edit func(trust []byte) ([]byte, error)) error {
	op := "write the trust policy of " + role
	var seen RoleSight
	var want []byte
	err := contended(ctx, op, func(ctx context.Context) (err error) {
		if seen, err = SeeRole(ctx, w, role); err != nil {
			return err
		}
		if want, err = edit(seen.Trust); err != nil || want == nil {
			return err
		}
		in := &iam.UpdateAssumeRolePolicyInput{RoleName: &role, PolicyDocument: aws.String(string(want))}
		_, err = writeOnce(ctx, op, func(ctx context.Context) (*iam.UpdateAssumeRolePolicyOutput, error) {
			return w.AWS.IAM.UpdateAssumeRolePolicy(ctx, in)
		})
		return err
	})
	if err != nil || want == nil {
		return err
	}
	return readBack(ctx, "the trust policy of "+role, func(ctx context.Context) error {
		got, err := SeeRole(ctx, w, role)
		switch {
		case err != nil || spec.SameDocument(got.Trust, want):
			return err
		case spec.SameDocument(got.Trust, seen.Trust):
			return notShown("the trust policy of " + role)
		}
		return unexpected("the trust policy of " + role)
	})
}

// readBack looks until a write shows; reads may lag behind writes.
func readBack(ctx context.Context, what string, look func(context.Context) error) error {
	unseen := func(err error) bool { return explain.Is(err, explain.Pending) }
	return cloud.Until(ctx, cloud.Wait{What: what + " to read as written", For: time.Minute, Retry: unseen}, look)
}

func notShown(what string) error {
	return &explain.Problem{Op: "read back " + what, Kind: explain.Pending, Reason: "the write does not show yet"}
}
