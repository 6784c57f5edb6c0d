package steps

import (
	"context"
	"maps"
	"strings"

	"google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// Apply makes the change.
func (s *providerStep) Apply(ctx context.Context, w *World, c Change) error {
	if c.Action == Create {
		return s.create(ctx, w)
	}
	p, err := s.find(ctx, w)
	if err != nil {
		return err
	}
	seen, _ := c.Seen.(admission)
	have := admissionOf(p)
	if c.Action == Restore {
		have.State = seen.State // it may have come back with its pool
	}
	if err := still(s.about.Title, seen, have); err != nil {
		return err
	}
	switch c.Action {
	case Update:
		return s.update(ctx, w, p)
	case Restore:
		return s.restore(ctx, w, p)
	case Remove:
		return s.remove(ctx, w)
	default:
		return nil
	}
}

func (s *providerStep) api(w *World) *iam.ProjectsLocationsWorkloadIdentityPoolsProvidersService {
	return w.Google.IAM.Projects.Locations.WorkloadIdentityPools.Providers
}

// wanted is the provider to write. Allowed audiences stay empty: then only a token made for this provider is taken.
func (s *providerStep) wanted(w *World) (*iam.WorkloadIdentityPoolProvider, error) {
	p := &iam.WorkloadIdentityPoolProvider{
		DisplayName: PoolDisplayName(s.b), Description: s.b.Description(),
		AttributeMapping: s.b.Mapping(), AttributeCondition: s.b.Condition(),
	}
	if !s.jwt() {
		p.Aws = &iam.Aws{AccountId: s.b.AWS.Account}
		return p, nil
	}
	issuer, known := w.Facts.OutboundIssuer.Get()
	if !known {
		return nil, &explain.Problem{Op: "create " + s.about.Title, Kind: explain.Missing, Reason: "the account's token issuer is not known", Do: []string{"plan again"}}
	}
	p.Oidc = &iam.Oidc{IssuerUri: issuer}
	return p, nil
}

// create makes the provider. The pool of a moment ago may not be known everywhere yet.
func (s *providerStep) create(ctx context.Context, w *World) error {
	want, err := s.wanted(w)
	if err != nil {
		return err
	}
	op := "create provider " + s.id
	var o *iam.Operation
	err = onceMore(ctx, s.about.Title, s.there(w), func(ctx context.Context) error {
		return untilSpread(ctx, "pool "+s.b.ToGoogle.Pool+" to take its provider", func(ctx context.Context) (err error) {
			o, err = write(ctx, op, func(ctx context.Context) (*iam.Operation, error) {
				return s.api(w).Create(s.pool, want).WorkloadIdentityPoolProviderId(s.id).Context(ctx).Do()
			})
			return err
		})
	})
	switch {
	case err == nil:
		err = s.await(ctx, w, op, o)
	case lost(err) || explain.Is(err, explain.Exists):
		err = s.afterAll(ctx, w, err)
	}
	if err != nil {
		return err
	}
	return s.asWanted(ctx, w)
}

func (s *providerStep) there(w *World) func(context.Context) (bool, error) {
	return func(ctx context.Context) (bool, error) {
		p, err := s.get(ctx, w)
		return p != nil, err
	}
}

func (s *providerStep) afterAll(ctx context.Context, w *World, cause error) error {
	var p *iam.WorkloadIdentityPoolProvider
	err := reread(ctx, s.about.Title, cause, func(ctx context.Context) (_ bool, err error) {
		p, err = s.get(ctx, w)
		return p != nil, err
	})
	if err == nil && (deleted(p.State) || byDescription(s.b, p.Description) != ours) {
		return moved(s.about.Title)
	}
	return err
}

func (s *providerStep) get(ctx context.Context, w *World) (*iam.WorkloadIdentityPoolProvider, error) {
	p, err := s.api(w).Get(s.name).Context(ctx).Do()
	return absent(p, cloud.Problem("read provider "+s.id, err))
}

// asWanted waits until the provider reads as living, open and exactly as the file asks.
func (s *providerStep) asWanted(ctx context.Context, w *World) error {
	return untilThere(ctx, s.about.Title, func(ctx context.Context) (bool, error) {
		p, err := s.get(ctx, w)
		if p == nil || err != nil {
			return false, err
		}
		return p.State == "ACTIVE" && len(s.differences(admissionOf(p))) == 0, nil
	})
}

// update patches what differs and nothing else: providers have no etag, and the last patch wins.
func (s *providerStep) update(ctx context.Context, w *World, p *iam.WorkloadIdentityPoolProvider) error {
	mask := s.mask(admissionOf(p))
	if len(mask) == 0 {
		return s.asWanted(ctx, w)
	}
	patch := &iam.WorkloadIdentityPoolProvider{
		AttributeMapping: s.b.Mapping(), AttributeCondition: s.b.Condition(),
		ForceSendFields: []string{"AttributeCondition", "AttributeMapping", "Disabled"},
	}
	if p.Oidc != nil {
		patch.Oidc = &iam.Oidc{IssuerUri: p.Oidc.IssuerUri, ForceSendFields: []string{"AllowedAudiences"}}
	}
	op := "update provider " + s.id
	o, err := again(ctx, op, func(ctx context.Context) (*iam.Operation, error) {
		return s.api(w).Patch(s.name, patch).UpdateMask(strings.Join(mask, ",")).Context(ctx).Do()
	})
	if err == nil {
		err = s.await(ctx, w, op, o)
	}
	if err != nil {
		return err
	}
	return s.asWanted(ctx, w)
}

func (s *providerStep) mask(have admission) []string {
	var out []string
	if !maps.Equal(have.Mapping, s.b.Mapping()) {
		out = append(out, "attributeMapping")
	}
	if have.Condition != s.b.Condition() {
		out = append(out, "attributeCondition")
	}
	if have.Disabled {
		out = append(out, "disabled")
	}
	if have.Audiences > 0 {
		out = append(out, "oidc.allowedAudiences")
	}
	return out
}

// restore brings the provider back unless it came back with its pool, then mends what differs.
func (s *providerStep) restore(ctx context.Context, w *World, p *iam.WorkloadIdentityPoolProvider) error {
	if deleted(p.State) {
		op := "undelete provider " + s.id
		o, err := write(ctx, op, func(ctx context.Context) (*iam.Operation, error) {
			return s.api(w).Undelete(s.name, &iam.UndeleteWorkloadIdentityPoolProviderRequest{}).Context(ctx).Do()
		})
		if err == nil {
			err = s.await(ctx, w, op, o)
		}
		if err != nil && !lost(err) {
			return err
		}
	}
	err := untilThere(ctx, s.about.Title, func(ctx context.Context) (bool, error) {
		p, err := s.get(ctx, w)
		return p != nil && p.State == "ACTIVE", err
	})
	if err != nil {
		return err
	}
	return s.update(ctx, w, p)
}

func (s *providerStep) remove(ctx context.Context, w *World) error {
	return deleteProvider(ctx, w, s.name)
}

// deleteProvider deletes a provider and waits until it reads as deleted.
func deleteProvider(ctx context.Context, w *World, name string) error {
	op := "delete provider " + leaf(name)
	api := w.Google.IAM.Projects.Locations.WorkloadIdentityPools.Providers
	return erase(ctx, "provider "+leaf(name), func(ctx context.Context) error {
		o, err := write(ctx, op, func(ctx context.Context) (*iam.Operation, error) { return api.Delete(name).Context(ctx).Do() })
		if err != nil {
			return err
		}
		return awaitProvider(ctx, w, op, o)
	}, func(ctx context.Context) (bool, error) {
		p, err := api.Get(name).Context(ctx).Do()
		p, err = absent(p, cloud.Problem("read provider "+leaf(name), err))
		return p != nil && !deleted(p.State), err
	})
}

func (s *providerStep) await(ctx context.Context, w *World, op string, o *iam.Operation) error {
	return awaitProvider(ctx, w, op, o)
}

func awaitProvider(ctx context.Context, w *World, op string, o *iam.Operation) error {
	get := w.Google.IAM.Projects.Locations.WorkloadIdentityPools.Providers.Operations.Get
	return awaitOperation(ctx, op, operationOf(o), func(ctx context.Context, name string) (operation, error) {
		o, err := get(name).Context(ctx).Do()
		return operationOf(o), err
	})
}
