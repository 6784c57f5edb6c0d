package steps

import (
	"context"

	"google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// Apply makes the change. Every write of a pool is an operation; what it did is read from the pool itself.
func (s *poolStep) Apply(ctx context.Context, w *World, c Change) error {
	seen, _ := c.Seen.(poolSeen)
	if c.Action == Create {
		return s.create(ctx, w)
	}
	p, providers, err := s.look(ctx, w)
	if err == nil && p == nil { // one answer alone may come from a replica that does not know it yet
		p, providers, err = s.look(ctx, w)
	}
	if err != nil {
		return err
	}
	switch c.Action {
	case Update:
		if err := still(s.about.Title, seen, poolSeenOf(p, providers)); err != nil {
			return err
		}
		return s.enable(ctx, w)
	case Restore:
		if err := still(s.about.Title, seen, poolSeenOf(p, providers)); err != nil {
			return err
		}
		return s.restore(ctx, w, p)
	case Remove:
		return s.remove(ctx, w, p, providers)
	default:
		return nil
	}
}

func (s *poolStep) api(w *World) *iam.ProjectsLocationsWorkloadIdentityPoolsService {
	return w.Google.IAM.Projects.Locations.WorkloadIdentityPools
}

func (s *poolStep) create(ctx context.Context, w *World) error {
	op := "create pool " + s.id
	pool := &iam.WorkloadIdentityPool{DisplayName: s.displayName(), Description: s.b.Description()}
	var o *iam.Operation
	err := onceMore(ctx, s.about.Title, s.there(w), func(ctx context.Context) (err error) {
		o, err = write(ctx, op, func(ctx context.Context) (*iam.Operation, error) {
			return s.api(w).Create("projects/"+s.b.Google.Project+"/locations/global", pool).WorkloadIdentityPoolId(s.id).Context(ctx).Do()
		})
		return err
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
	return s.active(ctx, w)
}

func (s *poolStep) there(w *World) func(context.Context) (bool, error) {
	return func(ctx context.Context) (bool, error) {
		p, err := readPool(ctx, w, s.name)
		return p != nil, err
	}
}

// afterAll judges a pool that was found where a create told us nothing: with our mark it is the one we asked for.
func (s *poolStep) afterAll(ctx context.Context, w *World, cause error) error {
	var p *iam.WorkloadIdentityPool
	err := reread(ctx, s.about.Title, cause, func(ctx context.Context) (_ bool, err error) {
		p, err = readPool(ctx, w, s.name)
		return p != nil, err
	})
	if err == nil && (deleted(p.State) || byDescription(s.b, p.Description) != ours) {
		return moved(s.about.Title)
	}
	return err
}

// active waits until the pool reads as living and open.
func (s *poolStep) active(ctx context.Context, w *World) error {
	return untilThere(ctx, s.about.Title, func(ctx context.Context) (bool, error) {
		p, err := readPool(ctx, w, s.name)
		return p != nil && p.State == "ACTIVE" && !p.Disabled, err
	})
}

func (s *poolStep) enable(ctx context.Context, w *World) error {
	op := "enable pool " + s.id
	o, err := again(ctx, op, func(ctx context.Context) (*iam.Operation, error) {
		pool := &iam.WorkloadIdentityPool{ForceSendFields: []string{"Disabled"}}
		return s.api(w).Patch(s.name, pool).UpdateMask("disabled").Context(ctx).Do()
	})
	if err == nil {
		err = s.await(ctx, w, op, o)
	}
	if err != nil {
		return err
	}
	return s.active(ctx, w)
}

func (s *poolStep) restore(ctx context.Context, w *World, p *iam.WorkloadIdentityPool) error {
	op := "undelete pool " + s.id
	o, err := write(ctx, op, func(ctx context.Context) (*iam.Operation, error) {
		return s.api(w).Undelete(s.name, &iam.UndeleteWorkloadIdentityPoolRequest{}).Context(ctx).Do()
	})
	if err == nil {
		err = s.await(ctx, w, op, o)
	}
	if err != nil && !lost(err) {
		return err
	}
	err = untilThere(ctx, s.about.Title, func(ctx context.Context) (bool, error) {
		p, err := readPool(ctx, w, s.name)
		return p != nil && p.State == "ACTIVE", err
	})
	if err != nil || !p.Disabled {
		return err
	}
	return s.enable(ctx, w)
}

func (s *poolStep) remove(ctx context.Context, w *World, p *iam.WorkloadIdentityPool, providers []*iam.WorkloadIdentityPoolProvider) error {
	if p == nil || deleted(p.State) {
		return nil
	}
	members, err := otherPoolMembers(ctx, w, s.b, p.Name)
	if err != nil {
		return err
	}
	if byDescription(s.b, p.Description) != ours || len(s.others(providers))+len(members) > 0 {
		return moved(s.about.Title)
	}
	return deletePool(ctx, w, s.name)
}

// deletePool deletes a pool and waits until it reads as deleted.
func deletePool(ctx context.Context, w *World, name string) error {
	op := "delete pool " + leaf(name)
	api := w.Google.IAM.Projects.Locations.WorkloadIdentityPools
	return erase(ctx, "pool "+leaf(name), func(ctx context.Context) error {
		o, err := write(ctx, op, func(ctx context.Context) (*iam.Operation, error) { return api.Delete(name).Context(ctx).Do() })
		if err != nil {
			return err
		}
		return awaitPool(ctx, w, op, o)
	}, func(ctx context.Context) (bool, error) {
		p, err := readPool(ctx, w, name)
		return p != nil && !deleted(p.State), err
	})
}

func (s *poolStep) await(ctx context.Context, w *World, op string, o *iam.Operation) error {
	return awaitPool(ctx, w, op, o)
}

func awaitPool(ctx context.Context, w *World, op string, o *iam.Operation) error {
	get := w.Google.IAM.Projects.Locations.WorkloadIdentityPools.Operations.Get
	return awaitOperation(ctx, op, operationOf(o), func(ctx context.Context, name string) (operation, error) {
		o, err := get(name).Context(ctx).Do()
		return operationOf(o), err
	})
}

func operationOf(o *iam.Operation) operation {
	if o == nil {
		return operation{}
	}
	return operation{name: o.Name, done: o.Done, failure: o.Error}
}
