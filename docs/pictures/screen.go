package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// style is how a cell looks. An empty colour is the theme's own.
type style struct {
	fg, bg          string
	bold, dim, back bool // back: foreground and background change places
}

// cell is one character of the screen.
type cell struct {
	text rune
	style
}

// settle writes what differs from run to run the same way each time, as wide as it was: how long something took, the time of
// day, the port of the sandbox, and the number of a service account that was made a moment ago.
func settle(line string) string {
	for pattern, same := range map[string]string{
		`([^0-9.])[0-9]\.[0-9]s`:         "${1}0.1s",
		`[0-9]{2}:[0-9]{2}:[0-9]{2} UTC`: "09:00:00 UTC",
		`127\.0\.0\.1:[0-9]{5}`:          "127.0.0.1:50000",
		`\b[0-9]{4}…`:                    "1042…",
		`\b1[0-9]{20}\b`:                 "104290111222333444556",
	} {
		line = regexp.MustCompile(pattern).ReplaceAllString(line, same)
	}
	return line
}

// parse reads one line of text with SGR sequences, beginning in a style, and says which one it ends in.
func parse(line string, now style) ([]cell, style) {
	var row []cell
	for len(line) > 0 {
		if rest, ok := strings.CutPrefix(line, "\x1b["); ok {
			end := strings.IndexFunc(rest, func(r rune) bool { return r >= '@' && r <= '~' })
			if end < 0 {
				break
			}
			if rest[end] == 'm' {
				now = now.with(strings.Split(rest[:end], ";"))
			}
			line = rest[end+1:]
			continue
		}
		if strings.HasPrefix(line, "\x1b]") { // a link: what it points to is not drawn
			_, rest, _ := strings.Cut(line, "\x1b\\")
			line = rest
			continue
		}
		r := []rune(line)[0]
		row, line = append(row, cell{r, now}), line[len(string(r)):]
	}
	return row, now
}

// with applies the parameters of one SGR sequence.
func (s style) with(codes []string) style {
	for i := 0; i < len(codes); i++ {
		n, _ := strconv.Atoi(codes[i])
		switch {
		case n == 0:
			s = style{}
		case n == 1:
			s.bold = true
		case n == 2:
			s.dim = true
		case n == 7:
			s.back = true
		case n == 22:
			s.bold, s.dim = false, false
		case n == 27:
			s.back = false
		case n == 39:
			s.fg = ""
		case n == 49:
			s.bg = ""
		case (n == 38 || n == 48) && i+4 < len(codes) && codes[i+1] == "2":
			colour := rgb(codes[i+2 : i+5])
			if i += 4; n == 38 {
				s.fg = colour
			} else {
				s.bg = colour
			}
		}
	}
	return s
}

func rgb(parts []string) string {
	var n [3]int
	for i, p := range parts {
		n[i], _ = strconv.Atoi(p)
	}
	return fmt.Sprintf("#%02x%02x%02x", n[0], n[1], n[2])
}
