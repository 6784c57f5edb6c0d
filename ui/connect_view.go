package ui

import (
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

func (c connect) view(w *walk, b box) page {
	half := (b.w - 2) / 2
	left, right := w.sideLines(google, half), w.sideLines(aws, half)
	lines := w.beside(left, right, half)
	lines = append(lines, "", w.strong.Render("What should reach what, without keys?"), "")
	if k, ok := w.resumable(); ok {
		mark, name := "  ", w.plain.Render("Go on")
		if c.back {
			mark, name = w.accent.Render(w.cursor)+" ", w.strong.Render("Go on")
		}
		lines = append(lines, w.fit(mark+w.pad(name, 16)+w.muted.Render("the draft: "+k.about(w.now)), b.w))
	}
	for i, o := range c.options(w) {
		mark := "  "
		name := w.plain.Render(o.name)
		if i == c.pick && !c.back {
			mark, name = w.accent.Render(w.cursor)+" ", w.strong.Render(o.name)
		}
		lines = append(lines, mark+w.pad(name, 16)+w.muted.Render(o.says))
	}
	return page{lines: append(lines, c.outlook(w, b)...)}
}

type option struct{ name, says string }

func (c connect) options(w *walk) []option {
	return []option{
		{"Both ways", "Google workloads call AWS, AWS workloads call Google"},
		{"Google " + w.arrow + " AWS", "a service account assumes an IAM role"},
		{"AWS " + w.arrow + " Google", "an IAM role acts as a service account"},
	}
}

// outlook says in one sentence what the defaults would make.
func (c connect) outlook(w *walk, b box) []string {
	if !w.ready() || w.flaw != nil || c.back {
		return nil
	}
	var says []string
	if w.bridge.ToAWS != nil {
		says = append(says, w.bridge.ToAWSEmail()+" will assume "+w.bridge.ToAWSRoleARN()+".")
	}
	if w.bridge.ToGoogle != nil {
		says = append(says, w.bridge.ToGoogleRoleARN()+" will act as "+actsAs(w.bridge)+".")
	}
	lines := []string{""}
	for _, s := range says {
		for _, l := range fold(s, b.w-2) {
			lines = append(lines, "  "+w.muted.Render(l))
		}
	}
	return append(lines, "", "  "+w.muted.Render("Nothing is changed in either cloud before you confirm the review."))
}

func actsAs(b spec.Bridge) string {
	if b.ToGoogle.ServiceAccount == "" {
		return "itself in " + b.Google.Project
	}
	return b.ToGoogleEmail()
}

// sideLines say who we are in one cloud: always four lines.
func (w *walk) sideLines(cloud string, width int) []string {
	side, title := w.sides.Google, "Google Cloud"
	if cloud == aws {
		side, title = w.sides.AWS, "AWS"
		if region := w.draft.typed["aws.region"]; region != "" {
			side.Region = region // the file decides, not the profile
		}
	} else if project := w.draft.typed["google.project"]; project != "" && project != side.Place {
		side.Place, side.Number, side.Name = project, "", ""
	}
	lines := []string{w.of(cloud).Render(title)}
	switch {
	case !w.asked:
		wait := "asking who we are " + w.dot + " " + short(w.now.Sub(w.since))
		lines = append(lines, w.spinner(w.now)+" "+w.muted.Render(wait))
	case side.Err != nil:
		lines = append(lines, w.signedOut(side, width)...)
	default:
		lines = append(lines, w.good.Render(w.ok)+" "+w.middle(principal(side.Principal), width-2),
			"  "+w.muted.Render(w.fit(clean(side.Source)+w.left(side.Expires), width-2)), "  "+w.fit(place(cloud, side, width-2), width-2))
	}
	for len(lines) < 4 {
		lines = append(lines, "")
	}
	return lines
}

// left says how long a sign-in lasts, where that is known.
func (w *walk) left(expires time.Time) string {
	switch {
	case expires.IsZero(), expires.Sub(w.now) > 48*time.Hour:
		return "" // nobody has to hurry
	case expires.Before(w.now):
		return " " + w.dot + " expired"
	}
	return " " + w.dot + " " + short(expires.Sub(w.now).Truncate(time.Minute)) + " left"
}

func (w *walk) signedOut(side Side, width int) []string {
	lines := []string{w.palette.bad.Render(w.symbols.bad) + " " + w.strong.Render("not signed in")}
	for _, l := range first(fold(clean(side.Err.Error()), width-2), 3) {
		lines = append(lines, "  "+w.muted.Render(l))
	}
	if side.Command != "" {
		lines = append(lines, "", "  "+w.accent.Render(w.fit(side.Command, width-2)))
	}
	return lines
}

// principal leaves the account out of an ARN: it stands two lines below.
func principal(s string) string {
	s = clean(s)
	if _, rest, ok := strings.Cut(s, "::"); ok && strings.HasPrefix(s, "arn:") {
		if _, name, ok := strings.Cut(rest, ":"); ok {
			return name
		}
	}
	return strings.TrimPrefix(s, "user:")
}

// place is the project or the account; its name gives way where there is no room.
func place(cloud string, s Side, width int) string {
	kind, number, region := "project ", s.Number, ""
	if cloud == aws {
		kind, number, region = "account ", s.Name, "  "+clean(s.Region)
	}
	line := kind + clean(s.Place)
	if full := line + bracket(clean(number)) + region; cells(full) <= width {
		return full
	}
	return line + region
}

func bracket(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

func first(lines []string, n int) []string { return lines[:min(len(lines), n)] }

// beside joins two columns of the same width.
func (w *walk) beside(left, right []string, width int) []string {
	var out []string
	for i := range max(len(left), len(right)) {
		l, r := "", ""
		if i < len(left) {
			l = left[i]
		}
		if i < len(right) {
			r = right[i]
		}
		out = append(out, w.pad(l, width)+"  "+w.fit(r, width))
	}
	return out
}
