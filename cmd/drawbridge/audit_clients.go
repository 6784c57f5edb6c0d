package main

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/drawbridge-cloud/drawbridge/internal/audit"
	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// fleetRun opens, signs in to and reads each project and each account once, and forgets it when its last bridge is done.
type fleetRun struct {
	o        *auditOptions
	at       *site
	profiles map[string]string
	mu       sync.Mutex
	halves   map[string]*half
	pairs    map[[2]string]*pair
	seen     int // bridges that are done
	all      int
}

// half is one project, or one account in one region.
type half struct {
	left   int // bridges that still need it
	opens  sync.Once
	google *cloud.Google // of a project
	aws    *cloud.AWS    // of an account
	failed error
	reads  sync.Once
	inv    inventory.Inventory
	err    error
}

// pair is a project and an account that a bridge joins; both sides are asked once who we are.
type pair struct {
	asks sync.Once
	ops  cloud.Operators
}

func newFleetRun(o *auditOptions, at *site, profiles map[string]string, all []member) *fleetRun {
	r := &fleetRun{o: o, at: at, profiles: profiles, halves: map[string]*half{}, pairs: map[[2]string]*pair{}, all: len(all)}
	for _, m := range all {
		keys := keysOf(m.bridge)
		r.pairs[keys] = &pair{}
		for _, key := range keys {
			if r.halves[key] == nil {
				r.halves[key] = &half{}
			}
			r.halves[key].left++
		}
	}
	return r
}

func keysOf(b spec.Bridge) [2]string {
	return [2]string{"google/" + b.Google.Project, "aws/" + b.AWS.Account + "/" + b.AWS.Region}
}

// inTurn puts bridges of one project and account one after another, so that few are open at a time.
func inTurn(all []member) []member {
	out := slices.Clone(all)
	slices.SortStableFunc(out, func(a, b member) int {
		x, y := keysOf(a.bridge), keysOf(b.bridge)
		return slices.Compare(x[:], y[:])
	})
	return out
}

// one audits a bridge. What stops it is said in its place: the others go on.
func (r *fleetRun) one(ctx context.Context, m member) audit.Document {
	d, err := r.bridge(ctx, m.bridge)
	if err != nil {
		d = audit.NewDocument(nil, nil, nil, []audit.NotEvaluated{{ID: "bridge", Severity: audit.Critical, Reason: err.Error()}}, nil, 1)
	}
	d = d.Of(m.name)
	d.Bridges = []string{m.bridge.Mark()}
	r.done(m, d, err)
	return d
}

func (r *fleetRun) bridge(ctx context.Context, b spec.Bridge) (audit.Document, error) {
	s, err := r.session(ctx, b)
	if err != nil {
		return audit.Document{}, err
	}
	if err := steps.CheckIdentity(ctx, s.world, s.ops); err != nil {
		return audit.Document{}, err
	}
	r.tell(s.told)
	return s.audit(ctx, func(ctx context.Context) (inventory.Inventory, error) { return r.read(ctx, s) })
}

// session is that of one bridge, over clients that it shares with the others of its project and of its account.
func (r *fleetRun) session(ctx context.Context, b spec.Bridge) (*session, error) {
	at := *r.at
	at.profile, at.told = r.profiles[b.AWS.Account], &told{}
	graph, err := steps.Of(b)
	if err != nil {
		return nil, err
	}
	halves, who := r.of(b)
	for _, h := range halves {
		h.opens.Do(func() { h.google, h.aws, h.failed = cloud.Open(ctx, at.options(b)) })
		if h.failed != nil {
			return nil, endpointUsage(h.failed)
		}
	}
	w := &steps.World{Bridge: b, Google: halves[0].google, AWS: halves[1].aws, Facts: &steps.Facts{}, Now: at.now}
	s := &session{site: &at, bridge: b, graph: graph, world: w}
	s.announce()
	who.asks.Do(func() { who.ops = cloud.SignIn(ctx, w.Google, w.AWS) })
	s.ops = who.ops
	at.told.heading.Operator = operatorOf(s.ops)
	return s, signInError(s.ops)
}

func (r *fleetRun) of(b spec.Bridge) ([2]*half, *pair) {
	r.mu.Lock()
	defer r.mu.Unlock()
	keys := keysOf(b)
	return [2]*half{r.halves[keys[0]], r.halves[keys[1]]}, r.pairs[keys]
}

// tell gives the report what the first bridge learned about the clouds and the operators.
func (r *fleetRun) tell(t *told) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.o.told.heading.Endpoints == "" {
		r.o.told.heading, r.o.told.place = t.heading, t.place
	}
}

// read joins the two halves, each of which the first bridge that needs it reads for all.
func (r *fleetRun) read(ctx context.Context, s *session) (inventory.Inventory, error) {
	source := inventory.Source{Project: s.bridge.Google.Project, Account: s.bridge.AWS.Account, Now: s.now}
	sources := [2]inventory.Source{source, source}
	sources[0].Google, sources[1].AWS = s.world.Google, s.world.AWS
	halves, _ := r.of(s.bridge)
	var both sync.WaitGroup
	for i, h := range halves {
		both.Go(func() { h.reads.Do(func() { h.inv, h.err = inventory.Read(ctx, sources[i]) }) })
	}
	both.Wait()
	return inventory.Join(halves[0].inv, halves[1].inv), errors.Join(halves[0].err, halves[1].err)
}

// done forgets what no other bridge needs, and says how far the fleet is.
func (r *fleetRun) done(m member, d audit.Document, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, key := range keysOf(m.bridge) {
		if r.halves[key].left--; r.halves[key].left == 0 {
			delete(r.halves, key)
		}
	}
	r.seen++
	if r.o.onScreen() && r.o.dir == "" {
		return // the screen says how far it is
	}
	p := r.o.progress()
	if err != nil {
		p.line("%d/%d  %s  %s", r.seen, r.all, m.name, p.bad("not looked at: "+err.Error()))
		return
	}
	p.line("%d/%d  %s  %s", r.seen, r.all, m.name, auditTally(d))
}
