package ui

import (
	"maps"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/drawbridge-cloud/drawbridge/verify"
)

func (c crossing) view(w *walk, b box) page {
	lines := []string{}
	for _, way := range w.trail.ways {
		lines = append(lines, w.wayLines(way.settled(w.proofs), b.w)...)
		lines = append(lines, "")
	}
	lines = append(lines, w.doorLines(b.w)...)
	if w.proofErr != nil {
		lines = append(append(lines, ""), w.problem(w.proofErr, b.w)...)
	}
	if !w.runs(callProofs) && len(w.proofs) > 0 {
		lines = append(append(lines, ""), w.bottomLine(b.w)...)
	}
	top := max(0, min(c.top, len(lines)-b.h))
	return page{lines: first(lines[top:], b.h)}
}

// wayLines is one direction: its verdict, its hops, what it waits for, and the claim table where it was refused.
func (w *walk) wayLines(way walkway, width int) []string {
	lines := []string{w.spread(w.way(way.direction), w.verdictOf(way), width)}
	for _, h := range way.hops {
		lines = append(lines, w.hopLine(h, width))
		if h.Outcome != "ok" && h.Outcome != "skipped" {
			lines = append(lines, w.refusal(h, width)...)
		}
	}
	p := way.proof
	switch {
	case p == nil && way.wait != nil:
		says := w.waiting(way.wait.Message, way.wait.Seen, way.wait.Want) + w.waited(way.wait.Since, way.wait.Until)
		lines = append(lines, w.fit(w.spinner(w.now)+" "+w.changed.Render(says), width))
	case p == nil && w.runs(callProofs):
		lines = append(lines, w.spinner(w.now)+" "+w.muted.Render(nextHop(way)))
	case p != nil && p.Verdict != verify.Proven && p.Reason != "" && len(way.hops) == 0:
		lines = append(lines, indent("  ", fold(clean(p.Reason), width-2))...)
	}
	if p != nil && p.Command != "" {
		lines = append(lines, "  "+w.muted.Render("on the workload: ")+clean(p.Command))
	}
	return lines
}

// verdictOf is a direction's verdict in one word, with how long it took.
func (w *walk) verdictOf(way walkway) string {
	if way.proof == nil {
		return w.muted.Render(short(w.now.Sub(w.since)))
	}
	return w.verdictStyle(way.proof.Verdict).Render(string(way.proof.Verdict)) + w.muted.Render(" "+w.dot+" "+short(took(way.proof)))
}

func (w *walk) verdictStyle(v verify.Verdict) lipgloss.Style {
	switch v {
	case verify.Proven:
		return w.palette.good
	case verify.Open, verify.Refused:
		return w.palette.bad
	case verify.Unknown, verify.Skipped:
	}
	return w.changed
}

// hopLine is one call: where it went and the claim that says most.
func (w *walk) hopLine(h verify.Hop, width int) string {
	mark := w.palette.bad.Render(w.symbols.bad)
	switch h.Outcome {
	case "ok":
		mark = w.palette.good.Render(w.symbols.ok)
	case "skipped":
		return w.muted.Render(w.symbols.todo + " " + clean(h.Name))
	}
	name := mark + " " + w.pad(clean(h.Name), 18)
	if who := identity(h); who != "" {
		return w.fit(name+w.middle(who, width-20), width)
	}
	const host = 22
	return w.fit(name+w.pad(w.muted.Render(clean(shortHost(h.Endpoint))), host)+" "+w.telling(h, width-20-host-1), width)
}

// identity is what the far end called us, where it is that what was asked.
func identity(h verify.Hop) string {
	if h.Name != "caller identity" {
		return ""
	}
	for _, k := range []string{"arn", "email", "principal"} {
		if v := h.Claims[k]; v != "" {
			return clean(v)
		}
	}
	return ""
}

// telling says as many claims as fit, each shortened to the part that tells it from another.
func (l look) telling(h verify.Hop, width int) string {
	out := ""
	for _, k := range order(h.Claims) {
		item := k + " " + l.shortClaim(clean(h.Claims[k]))
		if out == "" {
			item = l.middle(item, width)
		} else {
			item = "  " + item
		}
		if cells(out)+cells(item) <= width {
			out += item
		}
	}
	return out
}

// shortClaim keeps the end of an address and the beginning of a number; the whole of it stands in the details.
func (l look) shortClaim(v string) string {
	switch {
	case strings.HasPrefix(v, "arn:"):
		return strings.TrimPrefix(v[strings.LastIndexByte(v, ':')+1:], "assumed-role/")
	case strings.Contains(v, "@"):
		return v[:strings.LastIndexByte(v, '@')+1] + l.ellipsis
	case strings.Contains(v, "//"):
		return l.ellipsis + v[strings.LastIndexByte(v, '/'):]
	case len(v) > 12 && strings.Trim(v, "0123456789") == "":
		return v[:4] + l.ellipsis
	}
	return v
}

// order puts the claims that decide first.
func order(claims map[string]string) []string {
	keys := slices.Sorted(maps.Keys(claims))
	rank := []string{"arn", "email", "session", "subject", "aud", "azp", "sub", "audience"}
	slices.SortStableFunc(keys, func(a, b string) int {
		return rankOf(rank, a) - rankOf(rank, b)
	})
	return keys
}

func rankOf(rank []string, k string) int {
	if i := slices.Index(rank, k); i >= 0 {
		return i
	}
	return len(rank)
}

// shortHost leaves out what every host of a cloud ends in.
func shortHost(host string) string {
	return strings.TrimSuffix(strings.TrimSuffix(host, ".googleapis.com"), ".amazonaws.com")
}

// nextHop says what is under way before the first hop has ended.
func nextHop(way walkway) string {
	if way.lent != "" && len(way.hops) == 0 {
		return clean(way.lent)
	}
	return "walking across"
}

// bottomLine says what it all means, and what of the borrowed access is left.
func (w *walk) bottomLine(width int) []string {
	var lines []string
	switch {
	case w.provenAll():
		lines = append(lines, w.palette.good.Render(w.symbols.ok+" The bridge is down, and only for the one who may cross."))
	case len(w.proofs) > 0:
		lines = append(lines, w.changed.Render(w.symbols.warn+" Not everything is proven: the bridge stays raised where it is not."))
	}
	for _, p := range w.proofs {
		if p.Borrowed == nil {
			continue
		}
		if !p.Borrowed.Removed {
			lines = append(lines, w.palette.bad.Render(w.symbols.bad+" borrowed access is still there; remove it with:"), "  "+clean(p.Borrowed.Command))
		} else if p.Borrowed.LivesOn != "" {
			lines = append(lines, w.fit(w.muted.Render("lent and taken back: "+clean(p.Borrowed.LivesOn)), width))
		}
	}
	return lines
}
