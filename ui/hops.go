package ui

import (
	"maps"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/verify"
)

// hopLine is one call: where it went and the claim that says most.
func (w *walk) hopLine(h verify.Hop, width int) string {
	if h.Outcome == "skipped" {
		return w.muted.Render(w.symbols.todo + " " + clean(h.Name))
	}
	mark := w.hopMark(h)
	name := mark + " " + w.pad(clean(h.Name), 18)
	if who := identity(h); who != "" {
		return w.fit(name+w.middle(who, width-20), width)
	}
	const host = 22
	return w.fit(name+w.pad(w.muted.Render(clean(shortHost(h.Endpoint))), host)+" "+w.telling(h, width-20-host-1), width)
}

func (w *walk) hopMark(h verify.Hop) string {
	switch h.Outcome {
	case "ok":
		return w.good.Render(w.ok)
	case "skipped":
		return w.muted.Render(w.symbols.todo)
	}
	return w.palette.bad.Render(w.symbols.bad)
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
	rank := []string{"arn", "session", "subject", "aud", "azp", "sub", "audience", "email"}
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
