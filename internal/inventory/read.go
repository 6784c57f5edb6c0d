package inventory

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// Source is where an inventory is read. A nil cloud is not asked.
type Source struct {
	Google  *cloud.Google
	AWS     *cloud.AWS
	Project string // project id; needed with Google
	Account string // 12 digits; needed with AWS
	Now     func() time.Time
}

// atOnce is how many calls one inventory has under way on each side; more would only be throttled.
const atOnce = 6

// Read reads both sides at the same time. What may not be read ends up in Unread; an error means that the run was
// interrupted, so that nothing can be said.
func Read(ctx context.Context, s Source) (Inventory, error) {
	r := &reader{Source: s}
	inv := Inventory{At: s.Now()}
	var both sync.WaitGroup
	if s.Google != nil {
		inv.Project = &Project{ID: s.Project, Constraints: map[string]Constraint{}}
		both.Go(func() { r.readProject(ctx, inv.Project) })
	}
	if s.AWS != nil {
		inv.Account = &Account{ID: s.Account, Region: s.AWS.Region, Policies: map[string]string{}}
		both.Go(func() { r.readAccount(ctx, inv.Account) })
	}
	both.Wait()
	if err := ctx.Err(); err != nil {
		return Inventory{}, cloud.Problem("read the inventory", context.Cause(ctx))
	}
	slices.SortFunc(r.unread, func(a, b Unread) int {
		return strings.Compare(string(a.Part)+"\x00"+a.Name, string(b.Part)+"\x00"+b.Name)
	})
	inv.Unread = r.unread
	return inv, nil
}

// reader is one reading under way.
type reader struct {
	Source
	mu     sync.Mutex
	unread []Unread
}

// miss notes what could not be read. Nothing to note when the thing was simply not there.
func (r *reader) miss(part Part, name, permission string, err error) {
	if err == nil {
		return
	}
	u := Unread{Part: part, Name: name, Permission: permission, Reason: err.Error()}
	if p, ok := errors.AsType[*explain.Problem](err); ok && p.Permission != "" {
		u.Permission = p.Permission
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unread = append(r.unread, u)
}

// together runs the reads of one side at once.
func together(reads ...func()) {
	var all sync.WaitGroup
	for _, f := range reads {
		all.Go(f)
	}
	all.Wait()
}

// each runs f for every index, a few at a time.
func each(n int, f func(int)) {
	gate := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for i := range n {
		gate <- struct{}{}
		all.Go(func() { defer func() { <-gate }(); f(i) })
	}
	all.Wait()
}
