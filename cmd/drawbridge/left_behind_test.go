//go:build unix

package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// ownTerminal makes a program the leader of its terminal, as a shell does for what it runs.
func ownTerminal() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true, Setctty: true} }

// leftBehind reads every byte that a program wrote and names what it switched on and not off again: modes of the terminal,
// keyboard protocols, the title, the shape of the cursor, the progress.
func leftBehind(raw string) []string {
	on := map[string]bool{}
	for _, m := range regexp.MustCompile(`\x1b\[\?([0-9;]+)([hl])`).FindAllStringSubmatch(raw, -1) {
		for mode := range strings.SplitSeq(m[1], ";") {
			usual := mode == "25" || mode == "7" // a cursor that shows, lines that wrap
			on["mode "+mode] = (m[2] == "h") != usual
		}
	}
	last := func(what, pattern string, rest ...string) {
		all := regexp.MustCompile(pattern).FindAllStringSubmatch(raw, -1)
		if len(all) > 0 && !slices.Contains(rest, all[len(all)-1][1]) {
			on[fmt.Sprintf("%s %q", what, all[len(all)-1][1])] = true
		}
	}
	last("modified keys", `\x1b\[>4;?([0-9]*)m`, "", "0")
	last("cursor shape", `\x1b\[([0-9]*) q`, "", "0")
	last("progress", `\x1b\]9;4;([0-9])[^\x07\x1b]*[\x07\x1b]`, "0")
	last("title", `\x1b\][02];([^\x07\x1b]*)`, "")
	last("style", `\x1b\[([0-9;:]*)m`, "", "0")
	pushed, popped := strings.Count(raw, "\x1b[>1u"), strings.Count(raw, "\x1b[<u")+strings.Count(raw, "\x1b[<1u")
	on["keyboard protocol"] = pushed > popped
	maps.DeleteFunc(on, func(_ string, is bool) bool { return !is })
	return slices.Sorted(maps.Keys(on))
}

func TestWhatIsLeftBehindIsSeen(t *testing.T) {
	for raw, want := range map[string]string{
		"\x1b[?1049h\x1b[?25l\x1b[?2004h":                         "[mode 1049 mode 2004 mode 25]",
		"\x1b[?1049;2004h\x1b[?25l\x1b[?1049l\x1b[?2004l":         "[mode 25]",
		"\x1b[?1049h\x1b[?25l\x1b[?25h\x1b[?1049l":                "[]",
		"\x1b]2;drawbridge\x07\x1b]9;4;3\x07":                     `[progress "3" title "drawbridge"]`,
		"\x1b]2;drawbridge\x07\x1b]2;\x07":                        "[]",
		"\x1b[>4;2m\x1b[>1u\x1b[6 q\x1b[1mA":                      `[cursor shape "6" keyboard protocol modified keys "2" style "1"]`,
		"\x1b[>4;2m\x1b[>1u\x1b[6 q\x1b[m\x1b[>4m\x1b[<u\x1b[0 q": "[]",
	} {
		if got := fmt.Sprint(leftBehind(raw)); got != want {
			t.Errorf("%q leaves %s, want %s", raw, got, want)
		}
	}
}
