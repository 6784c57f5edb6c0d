package steps

import (
	"context"
	"math/rand/v2"
	"time"

	"google.golang.org/api/cloudresourcemanager/v1"
	"google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// allowPolicy is a Google allow policy that can be read and written.
type allowPolicy struct {
	title string // "the policy of project acme-build"
	get   func(context.Context) (*iam.Policy, error)
	put   func(context.Context, *iam.Policy) error
}

func accountPolicy(w *World, project, email string) allowPolicy {
	name, title := accountName(project, email), "the policy of service account "+email
	return allowPolicy{
		title: title,
		get: func(ctx context.Context) (*iam.Policy, error) {
			p, err := w.Google.IAM.Projects.ServiceAccounts.GetIamPolicy(name).OptionsRequestedPolicyVersion(3).Context(ctx).Do()
			return p, cloud.Problem("read "+title, err)
		},
		put: func(ctx context.Context, p *iam.Policy) error {
			_, err := writeOnce(ctx, "write "+title, func(ctx context.Context) (*iam.Policy, error) {
				return w.Google.IAM.Projects.ServiceAccounts.SetIamPolicy(name, &iam.SetIamPolicyRequest{Policy: p}).Context(ctx).Do()
			})
			return err
		},
	}
}

func projectPolicy(w *World) allowPolicy {
	title := "the policy of project " + w.Bridge.Google.Project
	return allowPolicy{
		title: title,
		get:   func(ctx context.Context) (*iam.Policy, error) { return readProjectPolicy(ctx, w) },
		put: func(ctx context.Context, p *iam.Policy) error {
			out, err := reshape[cloudresourcemanager.Policy](p)
			if err != nil {
				return err
			}
			out.ForceSendFields = p.ForceSendFields
			_, err = writeOnce(ctx, "write "+title, func(ctx context.Context) (*cloudresourcemanager.Policy, error) {
				req := &cloudresourcemanager.SetIamPolicyRequest{Policy: out}
				return w.Google.Projects.Projects.SetIamPolicy(w.Bridge.Google.Project, req).Context(ctx).Do()
			})
			return err
		},
	}
}

// rewrite reads the policy, makes the edit and writes it with the etag just read, so that whatever others do meanwhile
// is neither lost nor undone: when they were faster all of it is done again. What was just made may not be known to the
// policy's service yet; when something was (fresh), that is waited out too. The policy is read back until it shows
// the edit.
func (a allowPolicy) rewrite(ctx context.Context, e edit, fresh bool) error {
	clash := false
	wait := cloud.Wait{What: a.title + " to take the change", For: 4 * time.Minute, Retry: func(err error) bool {
		clash = explain.Is(err, explain.Conflict)
		return clash || lost(err) || fresh && notSpread(err)
	}}
	changed := false
	err := cloud.Until(ctx, wait, func(ctx context.Context) error {
		if clash {
			jitter(ctx)
		}
		p, err := a.get(ctx)
		if err != nil || !e.apply(p) {
			return err
		}
		changed = true
		p.Version = 3 // a policy that holds conditions must be written as version 3, and 3 always may be
		p.ForceSendFields = []string{"Bindings"}
		return a.put(ctx, p)
	})
	if err != nil || !changed {
		return err
	}
	return a.shows(ctx, e)
}

// shows waits until the policy reads as written.
func (a allowPolicy) shows(ctx context.Context, e edit) error {
	return cloud.Until(ctx, cloud.Wait{What: a.title + " to show the change"}, func(ctx context.Context) error {
		p, err := a.get(ctx)
		if err != nil {
			return err
		}
		if e.apply(p) {
			return &explain.Problem{Op: "read " + a.title, Kind: explain.Pending, Reason: "the change is not visible yet"}
		}
		return nil
	})
}

// notSpread holds for the refusals that mean that an account, pool or API of a moment ago is not known everywhere yet.
func notSpread(err error) bool {
	p, ok := asProblem(err)
	return ok && !p.Final && !lost(err) && explain.Is(err, explain.Missing, explain.Pending, explain.Disabled)
}

// jitter keeps two writers that collided from colliding again.
func jitter(ctx context.Context) {
	t := time.NewTimer(rand.N(300 * time.Millisecond))
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
