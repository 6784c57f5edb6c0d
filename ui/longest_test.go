package ui

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/verify"
)

// The longest names that the clouds allow, some of them in wide letters.
var (
	longProject = "p" + strings.Repeat("roject-with-30", 2) + "x"               // 30
	longDisplay = strings.Repeat("株式会社橋", 12) + "🌉終端"                           // 63 characters, 126 cells
	longName    = strings.Repeat("longest-name-", 5)[:64]                       // 64: a role
	longPath    = "/" + strings.Repeat("division-of-the-company/", 5) + "team/" // 127
)

// longest is an engine in a world of the longest names, and the answers that lead there.
func longest(r recorded) (Engine, Options) {
	e := r.engine()
	e.SignIn = func(ctx context.Context) Sides {
		s := r.signIn(ctx)
		s.Google.Principal, s.Google.Source = "user:"+longName+"@"+longName+".example", "impersonated by "+longName
		s.Google.Place, s.Google.Name = longProject, longDisplay
		s.AWS.Principal = "arn:aws:sts::123456789012:assumed-role/" + longName + "/" + longName
		s.AWS.Source, s.AWS.Name = "profile "+longName, longName[:63]
		return s
	}
	e.List = func(_ context.Context, _ spec.Bridge, _ string, page func([]Choice)) error {
		page([]Choice{
			{Value: longProject, Title: longDisplay},
			{Value: longName + "@" + longProject + ".iam.gserviceaccount.com", Title: longDisplay, Note: "exists, would be adopted", Adopt: true},
			{Value: "arn:aws:iam::123456789012:policy" + longPath + strings.Repeat("p", 128), Title: longDisplay},
		})
		return nil
	}
	e.Files = func(ctx context.Context, b spec.Bridge) ([]artifact.File, error) {
		files, err := r.files(ctx, b)
		for i := range files {
			files[i].Path = longPath[1:] + files[i].Path
			files[i].Where, files[i].Command = "On "+longDisplay+", as "+longPath, "export "+strings.ToUpper(longName)+"="+longPath
		}
		return files, err
	}
	return e, Options{Sandbox: true, File: longPath[1:] + "bridge.yaml", Set: []string{
		"name=" + longName[:31], "toAWS.serviceAccount=" + longName[:30], "toAWS.role.name=" + longName, "toAWS.role.path=" + longPath,
		"toGoogle.role.name=" + longName[:63] + "g", "toGoogle.role.path=" + longPath, "toGoogle.serviceAccount=" + longName[:29] + "x",
		"toGoogle.pool=" + longName[:32], "toGoogle.provider=" + longName[:31] + "p",
	}}
}

// playLong walks to a scene in the world of the longest names.
func (s scene) playLong(t *testing.T) *driver {
	t.Helper()
	e, o := longest(s.r)
	d := drive(t, e, o, 80, 24)
	d.until("who we are", func() bool { return d.m.asked })
	if s.open != nil {
		s.open(t, d)
	}
	return d.press(strings.Fields(s.keys)...)
}

func TestNothingIsWiderOrTallerThanTheTerminalOrOverlaps(t *testing.T) {
	for _, s := range scenes() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			d := s.playLong(t)
			if w := d.m.walk; w.flaw != nil && s.name != "google-wrong" && s.name != "connect-signed-out" {
				t.Fatalf("the longest names do not fit: %v", w.flaw)
			}
			lengthen(d.m.walk)
			for _, size := range []box{{80, 24}, {81, 25}, {97, 30}, {109, 24}, {110, 24}, {120, 40}, {200, 60}, {60, 20}, {20, 5}, {1, 1}} {
				d.apply(tea.WindowSizeMsg{Width: size.w, Height: size.h})
				v := d.m.View()
				fits(t, v.Content, size)
				standsAsDrawn(t, v.Content, size)
				if v.Cursor != nil && (v.Cursor.X >= size.w || v.Cursor.Y >= size.h) {
					t.Errorf("the cursor stands at %d,%d, outside of %dx%d", v.Cursor.X, v.Cursor.Y, size.w, size.h)
				}
			}
		})
	}
}

// fits fails unless every line fits, and the rule between the panes is one straight line.
func fits(t *testing.T, content string, size box) {
	t.Helper()
	lines := strings.Split(content, "\n")
	if len(lines) > size.h {
		t.Errorf("%d lines at %dx%d", len(lines), size.w, size.h)
	}
	var rule []int
	for i, l := range lines {
		plain := ansi.Strip(l)
		if w := ansi.StringWidth(l); w > size.w {
			t.Errorf("line %d is %d cells wide at %dx%d: %s", i, w, size.w, size.h, plain)
		}
		if left, _, ok := strings.Cut(plain, "  │"); ok {
			rule = append(rule, ansi.StringWidth(left))
		}
	}
	if rule = slices.Compact(rule); len(rule) > 1 {
		t.Errorf("the rule between the panes is crooked at %dx%d, it stands at %v:\n%s", size.w, size.h, rule, ansi.Strip(content))
	}
}

// standsAsDrawn fails unless a terminal shows each line where it was drawn: nothing wraps and nothing covers anything else.
func standsAsDrawn(t *testing.T, content string, size box) {
	t.Helper()
	screen := vt.NewEmulator(size.w, size.h)
	_, _ = screen.WriteString(strings.ReplaceAll(content, "\n", "\r\n"))
	shown := strings.Split(screen.String(), "\n")
	for i, l := range strings.Split(content, "\n") {
		want, got := strings.TrimRight(ansi.Strip(l), " "), ""
		if i < len(shown) {
			got = strings.TrimRight(ansi.Strip(shown[i]), " \r")
		}
		if got != want {
			t.Errorf("line %d at %dx%d stands on the terminal as\n%s\nwant\n%s", i, size.w, size.h, got, want)
			return
		}
	}
}

// lengthen makes long what the engine says on the way.
func lengthen(w *walk) {
	for i := range w.run.planks {
		w.run.planks[i].message = longName
		w.run.planks[i].since, w.run.planks[i].until = w.now, w.now.Add(7*time.Minute)
	}
	for i := range w.proofs {
		w.proofs[i].Reason, w.proofs[i].Command = longName+" "+longName, longName+" "+longName
	}
}

// Each of these has to be seen whole on some screen, if only by scrolling.
func TestNoValueIsCutWithoutAWayToSeeItWhole(t *testing.T) {
	const review = "enter enter enter"
	for _, tt := range []struct {
		name, keys, way string
		values          func(w *walk) []string
	}{
		{"who we are", "", "d", func(w *walk) []string {
			return []string{w.sides.Google.Principal, w.sides.AWS.Principal, w.sides.AWS.Source, w.sides.Google.Name, w.sides.AWS.Name}
		}},
		{"what would be made", "", "", func(w *walk) []string { return []string{w.bridge.ToAWSRoleARN(), w.bridge.ToGoogleRoleARN()} }},
		{"what the answers make", "enter", "ctrl+d", func(w *walk) []string {
			return []string{w.bridge.Member("512345678901"), w.bridge.Condition(), w.draft.command()}
		}},
		{"what can be picked", "enter tab ctrl+l", "", func(*walk) []string { return []string{longProject, longDisplay} }},
		{"a long choice", "enter tab ctrl+l down", "", func(*walk) []string {
			return []string{longName + "@" + longProject + ".iam.gserviceaccount.com", longDisplay, "cannot be taken"}
		}},
		{"a policy", "enter tab ctrl+l down down", "", func(*walk) []string { return []string{longPath + strings.Repeat("p", 128)} }},
		{"what is lent", review + " enter y enter", "d", func(w *walk) []string {
			var out []string
			for _, c := range w.borrow {
				out = append(append(out, c.Command), valuesOf(c)...)
			}
			return out
		}},
		{"what a hop answered", review + " enter y enter y", "d", claimed},
		{"a file", review + " enter y enter y enter", "d", func(w *walk) []string { return []string{w.files[0].Path} }},
		{"how a file is used", review + " enter y enter y enter", "d", func(w *walk) []string { return []string{w.files[0].Command} }},
		{"leaving", "enter ctrl+c", "", func(w *walk) []string { return []string{w.command("setup -f " + w.o.File)} }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := scene{keys: tt.keys + " " + tt.way}.playLong(t)
			d.showsWhole(tt.values(d.m.walk)...)
		})
	}
}

func claimed(w *walk) []string {
	var out []string
	for _, p := range w.proofs {
		for _, h := range p.Hops {
			for _, v := range h.Claims {
				out = append(out, v)
			}
		}
	}
	return out
}

// valuesOf a change are those that are told whole.
func valuesOf(c steps.Change) []string {
	out := []string{c.Name, c.Reason}
	for _, f := range c.Fields {
		if !f.Sensitive {
			out = append(out, shown(f.After)...)
		}
	}
	return out
}

func TestEveryChangeIsSeenWhole(t *testing.T) {
	t.Parallel()
	d := scene{keys: "enter enter enter"}.playLong(t)
	seen := map[string]bool{}
	for _, cloud := range []string{google, aws} {
		for at := range d.m.at.(review).lane(d.m.walk, cloud) {
			d.m.at = review{cloud: cloud, at: at}
			c, _ := d.m.at.(review).focused(d.m.walk)
			seen[c.ID] = true
			d.press("d").showsWhole(append(valuesOf(c), c.Command, titled(c))...)
			d.press("esc")
		}
	}
	if len(seen) != len(d.m.plan.Changes) || len(seen) == 0 {
		t.Errorf("%d changes were looked at, want %d", len(seen), len(d.m.plan.Changes))
	}
}

func TestARefusalIsSeenWhole(t *testing.T) {
	t.Parallel()
	d := scene{r: recorded{refused: true}, keys: "enter enter enter enter y enter y d"}.playLong(t)
	var want []string
	for _, p := range d.m.proofs {
		for _, h := range p.Hops {
			want = append(append(want, h.Explain), h.Do...)
			for _, c := range h.Table {
				want = append(want, c.Sent, c.Wanted)
			}
		}
		if p.Verdict == verify.Refused && len(want) == 0 {
			t.Fatal("the refusal has no claim table")
		}
	}
	d.showsWhole(want...)
}

// showsWhole scrolls through what is seen and fails unless some frame holds each value whole, across line breaks.
func (d *driver) showsWhole(values ...string) {
	d.t.Helper()
	squashed := func(s string) string { return strings.Join(strings.Fields(s), "") }
	var frames []string
	for !slices.Contains(frames, squashed(d.text())) {
		frames = append(frames, squashed(d.text()))
		d.press("down")
	}
	for _, v := range values {
		for l := range strings.SplitSeq(v, "\n") {
			if !slices.ContainsFunc(frames, func(frame string) bool { return strings.Contains(frame, squashed(l)) }) {
				d.t.Errorf("not seen whole: %s\nseen at last:\n%s", l, d.text())
			}
		}
	}
}
