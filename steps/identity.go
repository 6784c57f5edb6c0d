package steps

import (
	"context"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// CheckIdentity holds who is signed in against the file: both sides answer, AWS is the file's account and partition, and
// nobody is the account's root user. It asks the project for itself, so that a plan's first read is not trusted blindly.
// Before it has passed nothing may be written.
func CheckIdentity(ctx context.Context, w *World, ops cloud.Operators) error {
	if err := checkOperators(w, ops); err != nil {
		return err
	}
	p, err := readProject(ctx, w)
	if err != nil {
		return err
	}
	if p.ProjectId != w.Bridge.Google.Project {
		return &explain.Problem{
			Op: "check which project this is", Kind: explain.Conflict,
			Reason: "the file names " + w.Bridge.Google.Project + ", but Google answers " + p.ProjectId,
			Do:     []string{"correct google.project"},
		}
	}
	return nil
}

// checkOperators makes no call.
func checkOperators(w *World, ops cloud.Operators) error {
	const op = "check which account this is"
	b := w.Bridge
	switch {
	case ops.GoogleErr != nil:
		return ops.GoogleErr
	case ops.AWSErr != nil:
		return ops.AWSErr
	case ops.AWS.Account != b.AWS.Account:
		return &explain.Problem{
			Op: op, Kind: explain.Conflict, Reason: "the file names account " + b.AWS.Account + ", but " + ops.AWS.Source + " signs in to " + ops.AWS.Account,
			Do: []string{"choose another --profile", "or correct aws.account"},
		}
	case ops.AWS.Partition != "" && ops.AWS.Partition != b.Partition():
		return &explain.Problem{
			Op: op, Kind: explain.Conflict, Reason: "region " + b.AWS.Region + " lies in partition " + b.Partition() + ", but the sign-in is of " + ops.AWS.Partition,
			Do: []string{"correct aws.region", "or choose another --profile"},
		}
	case rootUser(ops.AWS.Principal):
		return &explain.Problem{
			Op: op, Kind: explain.Denied, Reason: "the sign-in is the account's root user, which this program never acts as",
			Do: []string{"sign in as an IAM user or role with the permissions of: drawbridge preflight --print-policy setup"},
		}
	}
	return nil
}

func rootUser(arn string) bool {
	return strings.HasPrefix(arn, "arn:") && strings.HasSuffix(arn, ":root")
}
