package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// apisStep turns on the APIs that the bridge calls. It never turns one off: others may have begun to use it.
type apisStep struct{ b spec.Bridge }

func newAPIs(b spec.Bridge) Step { return apisStep{b} }

// About says which APIs are wanted.
func (s apisStep) About() About {
	return About{
		ID: "google.apis", Cloud: "google", Kind: "apis", Name: strings.Join(s.b.APIs(), ","),
		Title: "APIs " + shortAPIs(s.b.APIs()), Scope: "project", Needs: []string{"google.project"},
		Why:         "a Google API answers only in projects that have it turned on",
		Permissions: []string{"serviceusage.services.get", "serviceusage.services.enable"},
	}
}

func shortAPIs(apis []string) string {
	short := make([]string, 0, len(apis))
	for _, a := range apis {
		short = append(short, strings.TrimSuffix(a, ".googleapis.com"))
	}
	return strings.Join(short, ", ")
}

// Plan asks which of the APIs are on.
func (s apisStep) Plan(ctx context.Context, w *World, want Want) (Change, error) {
	if want == Absent {
		c := s.About().keep("enabled APIs stay enabled: others may use them")
		c.Undo = command(append([]string{"gcloud", "services", "disable", "--project", s.b.Google.Project}, s.b.APIs()...)...)
		return c, nil
	}
	off, err := s.off(ctx, w)
	if err != nil {
		return Change{}, err
	}
	if len(off) == 0 {
		return s.About().keep("all are on"), nil
	}
	about := s.About()
	about.Title = "APIs " + shortAPIs(off)
	action := Update
	if len(off) == len(s.b.APIs()) {
		action = Create
	}
	c := about.change(action, fmt.Sprintf("%d of %d are off", len(off), len(s.b.APIs())))
	fields := make([]Field, 0, len(off))
	for _, api := range off {
		fields = append(fields, turn(api, "disabled", "enabled"))
	}
	return c.with(off, command(append([]string{"gcloud", "services", "enable", "--project", s.b.Google.Project}, off...)...), fields...), nil
}

// off lists the wanted APIs that are not on. One call takes at most 30 names.
func (s apisStep) off(ctx context.Context, w *World) ([]string, error) {
	return read(ctx, w, "APIs", func(ctx context.Context) ([]string, error) {
		on := map[string]bool{}
		parent := "projects/" + s.b.Google.Project
		for names := range slices.Chunk(s.b.APIs(), 30) {
			call := w.Google.Services.Services.BatchGet(parent)
			full := make([]string, 0, len(names))
			for _, n := range names {
				full = append(full, parent+"/services/"+n)
			}
			r, err := call.Names(full...).Context(ctx).Do()
			if err != nil {
				return nil, byHand(cloud.Problem("read which APIs are on", err), s.b.Google.Project)
			}
			for _, svc := range r.Services {
				on[leaf(svc.Name)] = svc.State == "ENABLED"
			}
		}
		return slices.DeleteFunc(s.b.APIs(), func(api string) bool { return on[api] }), nil
	})
}

// byHand adds what to do when the API that turns on APIs is itself off.
func byHand(err error, project string) error {
	if p, ok := asProblem(err); ok && p.Kind == explain.Disabled {
		p.Do = append([]string{command("gcloud", "services", "enable", "serviceusage.googleapis.com", "cloudresourcemanager.googleapis.com", "--project", project)}, p.Do...)
	}
	return err
}
