package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/drawbridge-cloud/drawbridge/internal/audit"
	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// atOnce is how many bridges are looked at together.
const atOnce = 8

// fleet audits every bridge that the arguments name, or this machine's part of them.
func (o *auditOptions) fleet(ctx context.Context, at *site) (audit.Document, error) {
	files, err := o.fleetFiles()
	if err != nil {
		return audit.Document{}, err
	}
	bridges := make([]spec.Bridge, len(files))
	for i, f := range files {
		data, err := o.readFile(f)
		if err != nil {
			return audit.Document{}, err
		}
		if bridges[i], err = spec.ParseWith(f, data, o.cloud.file.set); err != nil {
			return audit.Document{}, err
		}
	}
	run := newFleetRun(o, at, bridges)
	documents := make([]audit.Document, len(bridges))
	gate := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for i := range bridges {
		gate <- struct{}{}
		all.Go(func() { defer func() { <-gate }(); documents[i] = run.one(ctx, bridges[i]) })
	}
	all.Wait()
	if err := ctx.Err(); err != nil {
		return audit.Document{}, context.Cause(ctx)
	}
	o.told.heading.Bridge = fmt.Sprintf("%d bridges", len(bridges))
	return audit.Merge(documents), nil
}

// fleetFiles lists the files in a fixed order, so that every shard parts the same list.
func (o *auditOptions) fleetFiles() ([]string, error) {
	var all []string
	for _, target := range o.targets {
		err := filepath.WalkDir(target, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && (path == target || slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(path))) {
				all = append(all, path)
			}
			return err
		})
		if err != nil {
			return nil, &usageError{what: "read " + target + ": " + reason(err), do: []string{"name a directory or a bridge file"}, err: err}
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) == 0 {
		return nil, usage("there is no bridge in "+strings.Join(o.targets, ", "), "name a directory with .yaml files")
	}
	index, count, err := shardOf(o.shard, o.env)
	if err != nil {
		return nil, err
	}
	var mine []string
	for i, f := range all {
		if i%count == index {
			mine = append(mine, f)
		}
	}
	return mine, nil
}

// shardOf reads --shard, else what the platforms that run many copies of a job say.
func shardOf(flag string, env func(string) string) (index, count int, err error) {
	text, from := flag, "--shard"
	if text == "" {
		for _, v := range [][2]string{
			{"JOB_COMPLETION_INDEX", "DRAWBRIDGE_SHARDS"}, // Kubernetes does not say how many there are
			{"CLOUD_RUN_TASK_INDEX", "CLOUD_RUN_TASK_COUNT"},
			{"AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE"},
		} {
			if i := env(v[0]); i != "" {
				text, from = i+"/"+first(env(v[1]), env("DRAWBRIDGE_SHARDS")), v[0]+" and "+v[1]
				break
			}
		}
	}
	if text == "" {
		return 0, 1, nil
	}
	i, n, _ := strings.Cut(text, "/")
	index, errI := strconv.Atoi(i)
	count, errN := strconv.Atoi(n)
	if errI != nil || errN != nil || index < 0 || count < 1 || index >= count {
		return 0, 0, usage(fmt.Sprintf("%s gives %q, which is no part I/N with I from 0 to N-1", from, text), "pass --shard, such as --shard 0/4, or set DRAWBRIDGE_SHARDS beside the index")
	}
	return index, count, nil
}

// fleetRun reads each project and each account once and forgets it when its last bridge is done.
type fleetRun struct {
	o        *auditOptions
	at       *site
	profiles map[string]string
	mu       sync.Mutex
	halves   map[string]*half
}

// half is one project, or one account in one region.
type half struct {
	once sync.Once
	left int // bridges that still need it
	inv  inventory.Inventory
	err  error
}

func newFleetRun(o *auditOptions, at *site, bridges []spec.Bridge) *fleetRun {
	r := &fleetRun{o: o, at: at, profiles: map[string]string{}, halves: map[string]*half{}}
	for _, p := range o.profiles {
		account, profile, _ := strings.Cut(p, "=")
		r.profiles[account] = profile
	}
	for _, b := range bridges {
		for _, key := range keysOf(b) {
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

// one audits a bridge. What stops it is said in its place: the others go on.
func (r *fleetRun) one(ctx context.Context, b spec.Bridge) audit.Document {
	d, err := r.look(ctx, b)
	r.done(b)
	if err != nil {
		d = audit.NewDocument(nil, nil, nil, []audit.NotEvaluated{{ID: "bridge", Severity: audit.Critical, Reason: err.Error()}}, nil, 1)
	}
	for i := range d.Drift {
		d.Drift[i].Reason = b.Name + ": " + d.Drift[i].Reason
	}
	for i := range d.Findings {
		d.Findings[i].Bridge = b.Name
	}
	for i := range d.NotEvaluated {
		d.NotEvaluated[i].Bridge = b.Name
	}
	for i := range d.Trusts {
		d.Trusts[i].Bridge = b.Name
	}
	return d
}

func (r *fleetRun) look(ctx context.Context, b spec.Bridge) (audit.Document, error) {
	told := &told{}
	at := *r.at
	at.profile, at.told = r.profiles[b.AWS.Account], told
	s, err := openSession(ctx, &at, b, steps.Consent{})
	if err != nil {
		return audit.Document{}, err
	}
	if err := s.begin(ctx); err != nil {
		return audit.Document{}, err
	}
	r.tell(told)
	return s.audit(ctx, func(ctx context.Context) (inventory.Inventory, error) { return r.read(ctx, s) })
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
	keys := keysOf(s.bridge)
	source := inventory.Source{Project: s.bridge.Google.Project, Account: s.bridge.AWS.Account, Now: s.now}
	google, aws := source, source
	google.Google, aws.AWS = s.world.Google, s.world.AWS
	var inv [2]inventory.Inventory
	var errs [2]error
	var both sync.WaitGroup
	for i, src := range []inventory.Source{google, aws} {
		both.Go(func() {
			r.mu.Lock()
			h := r.halves[keys[i]]
			r.mu.Unlock()
			h.once.Do(func() { h.inv, h.err = inventory.Read(ctx, src) })
			inv[i], errs[i] = h.inv, h.err
		})
	}
	both.Wait()
	return inventory.Join(inv[0], inv[1]), errors.Join(errs[:]...)
}

func (r *fleetRun) done(b spec.Bridge) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, key := range keysOf(b) {
		if r.halves[key].left--; r.halves[key].left == 0 {
			delete(r.halves, key)
		}
	}
}

// mergeFiles puts the results of earlier runs together. No cloud is asked.
func (o *auditOptions) mergeFiles() error {
	var documents []audit.Document
	for _, path := range append(slices.Clone(o.merge), o.targets...) {
		data, err := os.ReadFile(path)
		if err != nil {
			return &usageError{what: "read " + path + ": " + reason(err), do: []string{"name the JSON results of earlier audits"}, err: err}
		}
		var d auditDocument
		if err := json.Unmarshal(data, &d); err != nil || d.Schema != "drawbridge.audit/v1" {
			return usage(path+" is no result of an audit in JSON", "make it with: drawbridge audit --format json")
		}
		documents = append(documents, d.Document)
		o.told.heading.Endpoints = first(o.told.heading.Endpoints, d.Endpoints)
		o.told.heading.Operator = d.Operator
		if d.Endpoints != "real" {
			o.told.place = "NOT THE REAL CLOUDS"
		}
	}
	merged := audit.Merge(documents)
	o.told.heading.Bridge = fmt.Sprintf("%d bridges", merged.Summary.Bridges)
	return o.answer(merged)
}
