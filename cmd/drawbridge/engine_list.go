package main

import (
	"context"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/ui"
)

// list gives what a field can take, as the clouds and the user's AWS files have it.
func (e *engine) list(ctx context.Context, b spec.Bridge, path string, page func([]ui.Choice)) error {
	at := e.site()
	if path == "aws.account" {
		page(profileChoices(cloud.Profiles(ctx, at.env)))
		return nil
	}
	google, aws, err := cloud.Open(ctx, at.options(b))
	if err != nil {
		return endpointUsage(err)
	}
	w := &steps.World{Bridge: b, Google: google, AWS: aws, Facts: &steps.Facts{}, Now: at.now}
	return steps.Offers(ctx, w, path, func(some []steps.Offer) {
		out := make([]ui.Choice, len(some))
		for i, o := range some {
			out[i] = ui.Choice{Value: o.Value, Title: o.Title, Note: o.Note, Path: o.Path, Adopt: o.Adopt, Gone: o.Gone}
		}
		page(out)
	})
}

func profileChoices(all []cloud.Profile) []ui.Choice {
	out := make([]ui.Choice, 0, len(all))
	for _, p := range all {
		c := ui.Choice{Value: first(p.Account, "profile "+p.Name), Title: "profile " + p.Name, Note: p.Kind, Use: p.Name}
		if p.Account == "" {
			c.Title = ""
		}
		out = append(out, c)
	}
	return out
}

// use signs in to AWS with another profile from now on.
func (e *engine) use(name string) {
	profile := cloud.Profile{Name: name}
	for _, p := range cloud.Profiles(context.Background(), e.at.env) {
		if p.Name == name {
			profile = p
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.profile = profile
}

// site is where the next call takes place: a profile that was chosen on a screen goes before the one of the flags.
func (e *engine) site() *site {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.profile.Name == "" {
		return e.at
	}
	at, flags := *e.at, *e.at.flags
	flags.reach.profile, flags.reach.region = e.profile.Name, first(flags.reach.region, e.profile.Region)
	at.flags = &flags
	return &at
}
