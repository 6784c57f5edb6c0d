package explain

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
)

// Printable makes text that came from elsewhere fit for one line of a terminal or a page: a tab or line end becomes a
// space, and whatever could steer a terminal or turn the direction of writing becomes a visible stand-in.
func Printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n':
			return ' '
		case Steers(r):
			return '\uFFFD'
		}
		return r
	}, s)
}

// Steers holds for characters that a terminal obeys instead of showing: control characters of both sets, marks that turn
// the direction of writing, and the line ends of Unicode.
func Steers(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}

// EscapeJSON writes the characters of a JSON text that steer a terminal as \u escapes: encoding/json leaves the second set
// of control characters and the marks of direction as they are. What the text means stays the same.
func EscapeJSON(text []byte) []byte {
	if !bytes.ContainsFunc(text, func(r rune) bool { return r != '\n' && Steers(r) }) {
		return text
	}
	var out bytes.Buffer
	for _, r := range string(text) {
		if r != '\n' && Steers(r) {
			_, _ = fmt.Fprintf(&out, `\u%04x`, r)
			continue
		}
		_, _ = out.WriteRune(r)
	}
	return out.Bytes()
}
