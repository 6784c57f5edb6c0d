package main

import (
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/ui"
)

// streams is all that a process is given: its streams, its arguments, its environment, its clock. Everything below takes
// them as a value, so that tests can hand in others.
type streams struct {
	in          io.Reader
	out         io.Writer
	err         io.Writer
	keyboard    *os.File // stdin, for the screens; nil where in is not a file
	screen      *os.File // stderr, for the screens; nil where err is not a file
	inTerminal  bool
	outTerminal bool
	errTerminal bool
	args        []string
	env         func(string) string
	environ     []string
	now         func() time.Time
	told        *told
}

// told is what a run has said and learned so far, for the one error document that may follow.
type told struct {
	printed bool   // a result went to stdout
	place   string // what every report must say about the endpoints; "" for the real clouds
	heading heading
}

// system is the real process.
func system(args []string) streams {
	return streams{
		in: os.Stdin, out: os.Stdout, err: os.Stderr,
		keyboard: os.Stdin, screen: os.Stderr,
		inTerminal:  ui.Terminal(os.Stdin),
		outTerminal: ui.Terminal(os.Stdout),
		errTerminal: ui.Terminal(os.Stderr),
		args:        args,
		env:         os.Getenv,
		environ:     os.Environ(),
		now:         time.Now,
		told:        &told{},
	}
}

// terminal reports whether a person could answer: stdin and stderr are terminals.
func (s streams) terminal() bool { return s.inTerminal && s.errTerminal }

// dumb reports whether the terminal can move no cursor.
func (s streams) dumb() bool {
	t := s.env("TERM")
	return t == "dumb" || t == "" && runtime.GOOS != "windows"
}

// plainSymbols reports whether only ASCII can be shown: the locale says another encoding, or nothing.
func (s streams) plainSymbols() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToUpper(s.env(name)); v != "" {
			return !strings.Contains(v, "UTF-8") && !strings.Contains(v, "UTF8")
		}
	}
	return runtime.GOOS != "windows"
}
