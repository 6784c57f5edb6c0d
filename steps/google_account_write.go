package steps

import (
	"context"

	"google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// Apply makes the change.
func (s *accountStep) Apply(ctx context.Context, w *World, c Change) error {
	seen, _ := c.Seen.(accountSeen)
	switch c.Action {
	case Create:
		return s.create(ctx, w)
	case Restore:
		return s.restore(ctx, w, seen.Revive)
	case Update:
		return s.enable(ctx, w, seen)
	case Adopt:
		_, err := s.unchanged(ctx, w, seen)
		return err
	case Remove:
		return s.remove(ctx, w, seen)
	default:
		return nil
	}
}

// unchanged reads the account again and stops when it is not what the plan saw.
func (s *accountStep) unchanged(ctx context.Context, w *World, seen accountSeen) (*iam.ServiceAccount, error) {
	a, err := readAccount(ctx, w, s.project, s.email)
	if err != nil {
		return nil, err
	}
	return a, still(s.about.Title, seen, seenOf(a))
}

func (s *accountStep) create(ctx context.Context, w *World) error {
	var a *iam.ServiceAccount
	err := onceMore(ctx, s.about.Title, s.there(w), func(ctx context.Context) (err error) {
		a, err = s.insert(ctx, w)
		return err
	})
	if err != nil {
		if !lost(err) && !explain.Is(err, explain.Exists) {
			return err
		}
		if a, err = s.afterAll(ctx, w, err); err != nil {
			return err
		}
	}
	if err := s.visible(ctx, w, a.UniqueId); err != nil {
		return err
	}
	s.fact(w.Facts).Set(a.UniqueId)
	return nil
}

func (s *accountStep) insert(ctx context.Context, w *World) (*iam.ServiceAccount, error) {
	return write(ctx, "create service account "+s.email, func(ctx context.Context) (*iam.ServiceAccount, error) {
		return w.Google.IAM.Projects.ServiceAccounts.Create("projects/"+s.project, &iam.CreateServiceAccountRequest{
			AccountId:      s.id,
			ServiceAccount: &iam.ServiceAccount{DisplayName: s.displayName(), Description: s.b.Description()},
		}).Context(ctx).Do()
	})
}

func (s *accountStep) there(w *World) func(context.Context) (bool, error) {
	return func(ctx context.Context) (bool, error) {
		a, err := readAccount(ctx, w, s.project, s.email)
		return a != nil, err
	}
}

// afterAll reads what a create did whose reply was lost, or that found the name taken. An account with our mark is the
// one we asked for; anything else is somebody else's.
func (s *accountStep) afterAll(ctx context.Context, w *World, cause error) (*iam.ServiceAccount, error) {
	var found *iam.ServiceAccount
	err := reread(ctx, s.about.Title, cause, func(ctx context.Context) (bool, error) {
		a, err := readAccount(ctx, w, s.project, s.email)
		found = a
		return a != nil, err
	})
	if err != nil {
		return nil, err
	}
	if byDescription(s.b, found.Description) != ours {
		return nil, moved(s.about.Title)
	}
	return found, nil
}

// visible waits until three reads in a row find the account: replicas learn of it one after the other, and some answer
// 403 until they have.
func (s *accountStep) visible(ctx context.Context, w *World, uniqueID string) error {
	wait := cloud.Wait{What: "service account " + s.id + " to be visible", InARow: 3}
	return cloud.Until(ctx, wait, func(ctx context.Context) error {
		a, err := w.Google.IAM.Projects.ServiceAccounts.Get(accountName(s.project, s.email)).Context(ctx).Do()
		if err != nil {
			return cloud.Problem("read service account "+s.email, err)
		}
		if a.UniqueId != uniqueID {
			return moved(s.about.Title)
		}
		return nil
	})
}

func (s *accountStep) enable(ctx context.Context, w *World, seen accountSeen) error {
	if _, err := s.unchanged(ctx, w, seen); err != nil {
		return err
	}
	_, err := write(ctx, "enable service account "+s.email, func(ctx context.Context) (*iam.Empty, error) {
		return w.Google.IAM.Projects.ServiceAccounts.Enable(accountName(s.project, s.email), &iam.EnableServiceAccountRequest{}).Context(ctx).Do()
	})
	return err
}
