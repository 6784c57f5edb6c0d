package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/drawbridge-cloud/drawbridge/internal/audit"
	"github.com/drawbridge-cloud/drawbridge/ui"
)

// atOnce is how many bridges are looked at together.
const atOnce = 8

// fleet audits every bridge that the arguments name, or this machine's part of them.
func (o *auditOptions) fleet(ctx context.Context, at *site, tell func(ui.Progress)) (audit.Document, error) {
	profiles, err := o.accountProfiles()
	if err != nil {
		return audit.Document{}, err
	}
	all, err := o.members()
	if err != nil {
		return audit.Document{}, err
	}
	index, count, err := shardOf(o.shard, o.env)
	if err != nil {
		return audit.Document{}, err
	}
	if count > 1 {
		o.part = fmt.Sprintf("audit-%d-of-%d", index, count)
	}
	mine := inTurn(part(all, index, count))
	return newFleetRun(o, at, profiles, mine).look(ctx, mine, tell)
}

// look audits the bridges, a few at a time, and tells after each how many are done.
func (r *fleetRun) look(ctx context.Context, mine []member, tell func(ui.Progress)) (audit.Document, error) {
	documents := make([]audit.Document, len(mine))
	gate := make(chan struct{}, atOnce)
	var looks sync.WaitGroup
	var seen atomic.Int64
	for i, m := range mine {
		gate <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		looks.Go(func() {
			defer func() { <-gate }()
			documents[i] = r.one(ctx, m)
			tell(ui.Progress{Doing: r.o.everyBridge(), Seen: int(seen.Add(1)), Of: len(mine)})
		})
	}
	looks.Wait()
	if ctx.Err() != nil {
		return audit.Document{}, context.Cause(ctx)
	}
	r.o.told.heading.Bridge = plural(len(mine), "bridge", "bridges")
	return audit.Merge(documents), nil
}

// everyBridge is what a fleet is doing, for its screen.
func (o *auditOptions) everyBridge() string {
	return "auditing every bridge of " + strings.Join(o.targets, ", ")
}

var accountProfile = regexp.MustCompile(`^[0-9]{12}=.+$`)

// accountProfiles reads --account-profile ACCOUNT=PROFILE.
func (o *auditOptions) accountProfiles() (map[string]string, error) {
	out := map[string]string{}
	for _, p := range o.profiles {
		if !accountProfile.MatchString(p) {
			return nil, usage(fmt.Sprintf("--account-profile %q is not ACCOUNT=PROFILE", p), "write the twelve digits of the account, =, and the profile's name")
		}
		account, profile, _ := strings.Cut(p, "=")
		if other, twice := out[account]; twice && other != profile {
			return nil, usage("--account-profile gives account "+account+" two profiles, "+other+" and "+profile, "leave one out")
		}
		out[account] = profile
	}
	return out, nil
}
