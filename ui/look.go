package ui

import (
	"strconv"
	"time"
)

// The two clouds, as steps and proofs name them.
const (
	google = "google"
	aws    = "aws"
)

// look is how things are drawn on this terminal.
type look struct {
	palette
	symbols
	noColor bool
	links   bool // the terminal opens links
}

func newLook(o Options, light bool) look {
	l := look{palette: paint(light, o.NoColor), symbols: boxSymbols(), noColor: o.NoColor, links: opensLinks(o)}
	if o.ASCII {
		l.symbols = asciiSymbols()
	}
	return l
}

// cloud gives a cloud's name in its colour.
func (l look) cloud(name string) string { return l.of(name).Render(cloudName(name)) }

func cloudName(name string) string {
	if name == google {
		return "Google"
	}
	return "AWS"
}

// way gives a direction in words: Google → AWS.
func (l look) way(direction string) string {
	if direction == toAWS {
		return l.cloud(google) + " " + l.arrow + " " + l.cloud(aws)
	}
	return l.cloud(aws) + " " + l.arrow + " " + l.cloud(google)
}

// spinner is the frame of a turning wheel at a moment; it stands still as long as nobody ticks.
func (l look) spinner(now time.Time) string {
	return l.accent.Render(l.spin[int(now.UnixMilli()/120)%len(l.spin)])
}

// short writes a duration the way people say it: 0.8s, 12s, 2m, 2m05s.
func short(d time.Duration) string {
	switch {
	case d < 0:
		return "0s"
	case d < 10*time.Second:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + "s"
	case d < time.Minute:
		return itoa(int(d.Seconds())) + "s"
	case d%time.Minute < time.Second:
		return itoa(int(d.Minutes())) + "m"
	}
	s := itoa(int(d.Seconds()) % 60)
	if len(s) == 1 {
		s = "0" + s
	}
	return itoa(int(d.Minutes())) + "m" + s + "s"
}

func itoa(n int) string { return strconv.Itoa(n) }
