package ui

import (
	"context"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/audit"
)

// scene is a settled screen and the keys that lead to it.
type scene struct {
	name string
	r    recorded
	keys string                        // separated by spaces
	open func(t *testing.T, d *driver) // shows a screen that no keys lead to; nil: the first one
}

func scenes() []scene {
	const review = "enter enter enter"
	return []scene{
		{name: "connect"},
		{name: "connect-signed-out", r: recorded{signedOut: true}},
		{name: "connect-help", keys: "?"},
		{name: "google", keys: "enter"},
		{name: "google-wrong", keys: "enter B"},
		{name: "google-why", keys: "enter tab ?"},
		{name: "google-more", keys: "enter up tab tab tab tab tab tab tab space tab tab"},
		{name: "google-documents", keys: "enter ctrl+d"},
		{name: "google-list", keys: "enter tab ctrl+l"},
		{name: "aws", keys: "enter enter tab tab tab tab tab"},
		{name: "review", r: recorded{warned: true}, keys: review},
		{name: "review-details", keys: review + " right d"},
		{name: "review-blocked", r: recorded{blocked: true}, keys: review},
		{name: "review-adopted", r: recorded{blocked: true}, keys: review + " a right up d"},
		{name: "review-preflight", r: recorded{warned: true, stopped: true}, keys: review + " p"},
		{name: "review-standing", r: recorded{standing: true}, keys: review},
		{name: "review-question", keys: review + " enter"},
		{name: "apply", keys: review + " enter y"},
		{name: "apply-failed", r: recorded{fails: true}, keys: review + " enter y"},
		{name: "apply-failed-details", r: recorded{fails: true}, keys: review + " enter y d"},
		{name: "verify-consent", keys: review + " enter y enter"},
		{name: "verify", keys: review + " enter y enter y"},
		{name: "verify-without", keys: review + " enter y enter s"},
		{name: "verify-refused", r: recorded{refused: true}, keys: review + " enter y enter y"},
		{name: "verify-evidence", keys: review + " enter y enter y d"},
		{name: "files", keys: review + " enter y enter y enter down space"},
		{name: "files-where", keys: review + " enter y enter y enter o"},
		{name: "files-written", keys: review + " enter y enter y enter enter"},
		{name: "leave", keys: "enter ctrl+c"},
		{name: "google-none", keys: "enter tab ctrl+l z z"},
		{name: "sides", keys: "d"},
		{name: "review-command", keys: review + " down c"},
		{name: "verify-lent", keys: review + " enter y enter d"},
		{name: "files-preview", keys: review + " enter y enter y enter d"},
		{name: "destroy-asks", open: atDestroy},
		{name: "plan-only", open: atPlan},
		{name: "audited", open: atAudit},
		{name: "audited-unfolded", open: atAudit, keys: "down space"},
		{name: "audited-finding", open: atAudit, keys: "enter"},
	}
}

func (s scene) play(t *testing.T, o Options, width, height int) *driver {
	t.Helper()
	r := s.r
	o.Sandbox = true
	d := drive(t, r.engine(), o, width, height)
	d.until("who we are", func() bool { return d.m.asked })
	if s.open != nil {
		s.open(t, d)
	}
	d.press(strings.Fields(s.keys)...)
	return d
}

func atDestroy(t *testing.T, d *driver) {
	b, p := standing(t)
	d.m.bridge, d.m.plan = b, &p
	d.m.at = newRazing(d.m.walk)
}

func atPlan(t *testing.T, d *driver) {
	b, p := standing(t)
	d.m.at = looking(d.m.walk, b, p)
}

func atAudit(_ *testing.T, d *driver) {
	d.m.e.Audit = func(context.Context, func(Progress)) (audit.Document, error) { return found(), nil }
	d.m.survey.subject = "acme-build"
	at, begin := newFindings(d.m.walk)
	d.m.at = at
	d.run(begin)
	d.settle()
}
