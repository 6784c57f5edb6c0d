package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// printer writes text for people. Whatever comes from a file or a cloud goes through line as a string and is cleaned
// there: a name made by somebody else must not steer the terminal.
type printer struct {
	w      io.Writer
	colour bool
	ascii  bool
	place  string // what a title says about the endpoints; "" for the real clouds
}

// painted is text that was coloured after it had been cleaned.
type painted string

func newPrinter(w io.Writer, s streams, noColor, terminal bool) printer {
	p := printer{w: w, colour: terminal && !noColor && s.env("NO_COLOR") == "" && !s.dumb(), ascii: s.plainSymbols()}
	if s.told != nil {
		p.place = s.told.place
	}
	return p
}

// line writes one line. Strings among args are cleaned.
func (p printer) line(format string, args ...any) {
	for i, a := range args {
		switch v := a.(type) {
		case string:
			args[i] = printable(v)
		case painted:
		case fmt.Stringer:
			args[i] = printable(v.String())
		case error:
			args[i] = printable(v.Error())
		}
	}
	text := strings.TrimRight(fmt.Sprintf(format, args...), " ")
	_, _ = io.WriteString(p.w, text+"\n")
}

func (p printer) blank() { _, _ = io.WriteString(p.w, "\n") }

// printable replaces control characters, and what reorders text, by a visible stand-in.
func printable(s string) string { return explain.Printable(s) }

// The meanings that colour may underline, never carry alone.
func (p printer) good(s string) painted    { return p.paint("32", s) }
func (p printer) bad(s string) painted     { return p.paint("31", s) }
func (p printer) muted(s string) painted   { return p.paint("2", s) }
func (p printer) strong(s string) painted  { return p.paint("1", s) }
func (p printer) changed(s string) painted { return p.paint("33", s) }

func (p printer) paint(code, s string) painted {
	s = printable(s)
	if !p.colour || s == "" {
		return painted(s)
	}
	return painted("\x1b[" + code + "m" + s + "\x1b[0m")
}

// symbol is the sign, or its stand-in where only ASCII can be shown.
func (p printer) symbol(sign, ascii string) string {
	if p.ascii {
		return ascii
	}
	return sign
}

// pad fills a cleaned text up to a width, counted in characters.
func pad(s string, width int) string {
	s = printable(s)
	if n := len([]rune(s)); n < width {
		return s + strings.Repeat(" ", width-n)
	}
	return s
}

// seconds is how durations are shown: 0.4 s.
func seconds(ms int64) string { return fmt.Sprintf("%.1f s", float64(ms)/1000) }

func clock(t time.Time) string { return t.Local().Format("15:04:05") }
