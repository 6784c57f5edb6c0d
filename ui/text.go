package ui

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// clean makes a name that a cloud gave us safe to draw: no escape codes, no control characters, nothing that turns the
// direction of writing, on one line.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, ansi.Strip(s))
}

// fit cuts s to w cells and says with an ellipsis that it did.
func (l look) fit(s string, w int) string { return ansi.Truncate(s, max(w, 0), l.ellipsis) }

// pad cuts s to w cells and fills it up to them.
func (l look) pad(s string, w int) string {
	s = l.fit(s, w)
	return s + strings.Repeat(" ", max(0, w-ansi.StringWidth(s)))
}

// middle cuts s to w cells out of its middle: the ends of an ARN, an e-mail and a path say the most. s has no styles.
func (l look) middle(s string, w int) string {
	n := ansi.StringWidth(s)
	if n <= w {
		return s
	}
	if w < 8 {
		return l.fit(s, w)
	}
	tail := (w - 1) * 3 / 5
	return ansi.Truncate(s, w-1-tail, "") + l.ellipsis + ansi.TruncateLeft(s, n-tail, "")
}

// fold breaks s into lines of at most w cells, at its spaces: names, ARNs and addresses stay whole as long as they fit. s
// has no styles.
func fold(s string, w int) []string {
	var out []string
	line := ""
	for word := range strings.FieldsSeq(s) {
		switch {
		case line == "":
			line = word
		case cells(line)+1+cells(word) <= w:
			line += " " + word
		default:
			out, line = append(out, line), word
		}
		for cells(line) > w && w > 0 {
			out = append(out, ansi.Truncate(line, w, ""))
			line = ansi.TruncateLeft(line, w, "")
		}
	}
	if line == "" {
		return out
	}
	return append(out, line)
}

// spread puts one text at each end of a line of w cells; the right one gives way last.
func (l look) spread(left, right string, w int) string {
	rw := ansi.StringWidth(right)
	if rw == 0 {
		return l.fit(left, w)
	}
	return l.pad(left, w-rw-1) + " " + right
}

// indent puts prefix before every line.
func indent(prefix string, lines []string) []string {
	out := make([]string, len(lines))
	for i, s := range lines {
		out[i] = prefix + s
	}
	return out
}

// hanging breaks s like fold, and lets every line but the first hang.
func hanging(s string, w int) []string {
	lines := fold(s, w-2)
	for i := 1; i < len(lines); i++ {
		lines[i] = "  " + lines[i]
	}
	return lines
}

// window keeps h of the lines so that the one at focus stays in sight.
func window(lines []string, focus, h int) (shown []string, from int) {
	if len(lines) <= h {
		return lines, 0
	}
	from = min(max(0, focus-h/2), len(lines)-h)
	return lines[from : from+h], from
}

// plural gives "1 change", "3 changes".
func plural(n int, one, many string) string {
	if n == 1 {
		return itoa(n) + " " + one
	}
	return itoa(n) + " " + many
}
