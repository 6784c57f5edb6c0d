package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// places is a screen with a letter for each cell: which ink it is drawn with, a dot for none.
type places string

// since writes the places below the name of their theme, or says that an earlier theme has the same.
func (p places) since(before, theme string) string {
	if strings.Contains(before, string(p)) {
		return "== " + theme + ", in the same places\n"
	}
	return "== " + theme + "\n" + string(p)
}

// paintedWith tells a drawn screen's inks from its text: where each is, and what they are, in the order in which they come.
func paintedWith(content string) (places, string) {
	var where, what strings.Builder
	inks, now := []string{""}, ""
	for line := range strings.SplitSeq(content, "\n") {
		row := ""
		for len(line) > 0 {
			seq, width, n, _ := ansi.DecodeSequence(line, ansi.NormalState, nil)
			line = line[n:]
			if width == 0 {
				now = inked(now, seq)
				continue
			}
			i := slices.Index(inks, now)
			if i < 0 {
				i = len(inks)
				inks = append(inks, now)
				fmt.Fprintf(&what, "%c %s\n", letter(i), now)
			}
			row += strings.Repeat(string(letter(i)), width)
		}
		where.WriteString(strings.TrimRight(row, ".") + "\n")
	}
	return places(where.String()), what.String()
}

// inked is the ink after a control sequence; those that are no ink change nothing.
func inked(now, seq string) string {
	code, ok := strings.CutPrefix(strings.TrimSuffix(seq, "m"), "\x1b[")
	switch {
	case !ok || !strings.HasSuffix(seq, "m"):
		return now
	case code == "" || code == "0":
		return ""
	case now == "":
		return code
	}
	return now + ";" + code
}

func letter(i int) rune {
	if i == 0 {
		return '.'
	}
	return 'a' + rune(i-1)
}

func TestInksAreToldFromTheText(t *testing.T) {
	where, what := paintedWith("a\x1b[1;31mbc\x1b[m 橋\n\x1b[2m橋\x1b[0m\n")
	if where != ".aa\nbb\n\n" || what != "a 1;31\nb 2\n" {
		t.Errorf("got %q and %q", where, what)
	}
}
