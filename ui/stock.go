package ui

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// shelf is what was found in the clouds for a field. It is filled page by page and kept for as long as the place stays.
type shelf struct {
	place   string
	choices []Choice
	over    bool
	err     error
}

// kinds are what fields take their values from. Fields of one kind share one shelf.
func kindOf(path string) string {
	switch path {
	case "google.project":
		return "projects"
	case "aws.account":
		return "profiles"
	case "aws.region":
		return "regions"
	case "toAWS.serviceAccount", "toGoogle.serviceAccount":
		return "accounts"
	case "toAWS.role.name", "toGoogle.role.name":
		return "roles"
	case "toGoogle.pool":
		return "pools"
	case "toGoogle.provider":
		return "providers"
	case "toGoogle.grants":
		return "grants"
	case "toGoogle.role.instance":
		return "instances"
	case "toAWS.vm.name":
		return "VMs"
	case "toAWS.vm.zone":
		return "zones"
	}
	if strings.HasSuffix(path, ".managedPolicies") || strings.HasSuffix(path, ".permissionsBoundary") {
		return "policies"
	}
	return ""
}

// listable are the fields whose values stand in the clouds.
func listable(path string) bool { return kindOf(path) != "" }

// place is where a kind is looked for: in another project there are other accounts, and for a bridge of another name
// other things are its own.
func (w *walk) place(kind string) string {
	value := func(path string) string { v, _ := w.value(path); return v }
	switch kind {
	case "projects", "profiles", "grants":
		return ""
	case "regions", "roles", "policies":
		return value("aws.account")
	case "instances":
		return value("aws.account") + " " + value("aws.region")
	case "providers":
		return value("name") + " " + value("google.project") + " " + value("toGoogle.pool")
	}
	return value("name") + " " + value("google.project")
}

// shelf is what is known for a field at the present place; nil when nobody has looked there.
func (w *walk) shelf(path string) *shelf {
	kind := kindOf(path)
	if s := w.stock[kind]; s != nil && s.place == w.place(kind) {
		return s
	}
	return nil
}

// fetch looks for what a field can take, unless that is known or under way.
func (w *walk) fetch(path string) tea.Cmd {
	kind := kindOf(path)
	if s := w.shelf(path); w.e.List == nil || kind == "" || s != nil && s.err == nil {
		return nil
	}
	s := &shelf{place: w.place(kind)}
	w.stock[kind] = s
	b := w.soFar()
	return w.start(callList+kind, func(ctx context.Context, put func(tea.Msg)) tea.Msg {
		err := w.e.List(ctx, b, path, func(c []Choice) { put(listed{s, c}) })
		return listEnded{s, err}
	})
}

// colliding are the fields whose names can be taken already: what stands there is looked for before anybody asks.
func colliding() []string {
	return []string{"toAWS.serviceAccount", "toAWS.role.name", "toGoogle.serviceAccount", "toGoogle.role.name", "toGoogle.pool"}
}

// stockUp looks for what the names of a form could collide with.
func (w *walk) stockUp() tea.Cmd {
	var cmds []tea.Cmd
	for _, path := range colliding() {
		if w.draft.wants(path) && w.unfit("google.project") == "" {
			if cmd := w.fetch(path); cmd != nil {
				cmds = append(cmds, cmd)
			}
		}
	}
	return tea.Batch(cmds...)
}

// putDown calls a listing off that nobody looks at any more, unless names are held against it. Half a list would tell half
// the truth, so it is forgotten.
func (w *walk) putDown(path string) {
	if s := w.shelf(path); s != nil && !s.over && !slices.Contains(colliding(), path) {
		w.halt(callList + kindOf(path))
		delete(w.stock, kindOf(path))
	}
}

// taken finds what stands under the name that a field holds.
func (w *walk) taken(path string) (Choice, bool) {
	s := w.shelf(path)
	if s == nil || !slices.Contains(colliding(), path) {
		return Choice{}, false
	}
	value, _ := w.value(path)
	i := slices.IndexFunc(s.choices, func(c Choice) bool { return c.Value == value && c.Note != "" })
	if i < 0 {
		return Choice{}, false
	}
	return s.choices[i], true
}

// adoptField is the entry of the adopt list that stands for a field.
func adoptField(path string) string { return strings.TrimSuffix(path, ".name") }

// adopts reports whether taking over what stands under a field's name was consented to.
func (w *walk) adopts(path string) bool { return slices.Contains(w.draft.adopt, adoptField(path)) }

// adopt consents to it. A role that exists lives at its own path, which can be no other one.
func (w *walk) adopt(path string, c Choice) {
	if !w.adopts(path) {
		w.draft.adopt = append(w.draft.adopt, adoptField(path))
	}
	if c.Path != "" {
		w.draft.typed[adoptField(path)+".path"] = c.Path
	}
	w.settle()
}
