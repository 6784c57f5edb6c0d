package world

import "time"

// Settle lets everything land that was written so far, without moving the clock: readers see it, policies are obeyed,
// operations are done and machines have their profiles. What is written afterwards lags again.
func (w *World) Settle() error {
	return w.Change(func(s *State, now time.Time) error {
		for _, a := range s.AWS.Accounts {
			a.settle(now)
		}
		s.Google.settle(now)
		s.Landed = now
		s.Offset++ // by a nanosecond: under a clock that stands still, later writes must be later
		return nil
	})
}

// earlier is the first of a moment that was awaited and now.
func earlier(awaited, now time.Time) time.Time {
	if awaited.After(now) {
		return now
	}
	return awaited
}

func (a *Account) settle(now time.Time) {
	a.Users.land(now)
	a.Groups.land(now)
	a.Roles.land(now)
	a.Policies.land(now)
	a.Profiles.land(now)
	a.Providers.land(now)
	a.Outbound.Ready = earlier(a.Outbound.Ready, now)
	for _, i := range a.Instances {
		if i.Association != nil {
			i.Association.Settles = earlier(i.Association.Settles, now)
		}
	}
}

// land makes every version visible.
func (s Shelf[T]) land(now time.Time) {
	for key, versions := range s {
		for i := range versions {
			versions[i].At = earlier(versions[i].At, now)
		}
		s.settle(key, now)
	}
}

func (g *Google) settle(now time.Time) {
	g.Organization.Policy.Before = nil
	for _, p := range g.Projects {
		p.Policy.Before = nil
		for _, on := range p.Services {
			on.Before = nil
		}
		for _, a := range p.Accounts {
			a.Policy.Before = nil
		}
		for _, pool := range p.Pools {
			pool.Policy.Before = nil
		}
	}
	for _, op := range g.Operations {
		op.Done = earlier(op.Done, now)
	}
}
