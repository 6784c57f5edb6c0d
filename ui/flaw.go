package ui

import (
	"errors"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// wrong is what keeps the form of a cloud from being left: a field that does not fit, or that is missing. A flaw on the
// other cloud's screen is that screen's business, except that nothing gets past the last form.
func (w *walk) wrong(cloud string) (path, why string) {
	for _, r := range w.rows(cloud, true) {
		if r.field.Path == "" {
			continue
		}
		if why := w.unfit(r.field.Path); why != "" {
			return r.field.Path, why
		}
	}
	e, ok := errors.AsType[*spec.Error](w.flaw)
	switch {
	case w.flaw == nil:
		return "", ""
	case !ok:
		return "", w.flaw.Error()
	case cloud == google && sideOf(e.Field) == aws:
		return "", ""
	}
	return e.Field, said(e)
}

// unfit is what is wrong with one field by itself: it breaks its own limit, or is missing.
func (w *walk) unfit(path string) string {
	if why, ok := w.flaws[path]; ok {
		return why
	}
	f, _ := w.field(path)
	optional := strings.Contains(path, ".eks.") || strings.Contains(path, ".vm.") || strings.Contains(path, ".gke.")
	if v, _ := w.value(path); v == "" && f.Required && !optional {
		return label(f) + " is needed: " + f.Limit
	}
	return ""
}

// judge holds every answer to the limit of its own field. It runs once a change, not once a frame.
func (w *walk) judge() {
	w.flaws = map[string]string{}
	for _, f := range w.fields {
		v := w.draft.value(f.Path)
		if v == "" || !askable(f) || !w.draft.wants(f.Path) {
			continue
		}
		if err := f.Check(v); err != nil {
			w.flaws[f.Path] = err.Error()
			if e, ok := errors.AsType[*spec.Error](err); ok {
				w.flaws[f.Path] = said(e)
			}
		}
	}
}

// said is an error of the file in the words of a form: why, and the first thing to do.
func said(e *spec.Error) string {
	if len(e.Do) > 0 {
		return e.Reason + "; " + e.Do[0]
	}
	return e.Reason
}

// flawAt is what is wrong with a field as it stands, for the line below it.
func (w *walk) flawAt(path string) string {
	if why := w.unfit(path); why != "" {
		return why
	}
	if e, ok := errors.AsType[*spec.Error](w.flaw); ok && e.Field == path {
		return said(e)
	}
	return ""
}
