package steps

import (
	"context"
	"fmt"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// projectStep only looks: it finds the project's number and whether the project is alive.
type projectStep struct{ b spec.Bridge }

func newProject(b spec.Bridge) Step { return projectStep{b} }

// About says what the step looks at.
func (s projectStep) About() About {
	return About{
		ID: "google.project", Cloud: "google", Kind: "project", Name: s.b.Google.Project,
		Title: "project " + s.b.Google.Project, Scope: "project",
		Why:         "members and audiences are written with the project's number, which only Google knows",
		Permissions: []string{"resourcemanager.projects.get"},
	}
}

// Plan reads the project.
func (s projectStep) Plan(ctx context.Context, w *World, want Want) (Change, error) {
	p, err := readProject(ctx, w)
	if err != nil {
		return Change{}, err
	}
	w.Facts.ProjectNumber.Set(fmt.Sprint(p.ProjectNumber))
	if want == Absent {
		return s.About().gone(), nil
	}
	if p.LifecycleState != "" && p.LifecycleState != "ACTIVE" {
		return s.About().blocked("restore it with: "+command("gcloud", "projects", "undelete", s.b.Google.Project),
			"the project is being deleted (%s)", p.LifecycleState), nil
	}
	return s.About().keep(fmt.Sprintf("number %d", p.ProjectNumber)), nil
}

// Apply never has anything to do: a project is the user's own.
func (s projectStep) Apply(context.Context, *World, Change) error { return nil }
