package cloud

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// longest is how much of a provider's message is told.
const longest = 600

// clean makes one line of text that came from elsewhere fit for a terminal, a log and a document: no control or
// direction characters, no runs of space, nothing that looks like a credential.
func clean(s string) string {
	if len(s) > 8*longest {
		s = s[:8*longest]
	}
	s = strings.ToValidUTF8(s, "?")
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r):
			return -1
		}
		return r
	}, s)
	s = redact(strings.Join(strings.Fields(s), " "))
	if r := []rune(s); len(r) > longest {
		s = string(r[:longest]) + "…"
	}
	return s
}

// secretShapes are what must never be told: JSON web tokens, Google's tokens, signatures, a URL's password, and any long
// run that could be a session token or an encoded message.
var secretShapes = sync.OnceValue(func() []*regexp.Regexp {
	return []*regexp.Regexp{
		regexp.MustCompile(`eyJ[\w-]{8,}(\.[\w-]*){0,4}`),
		regexp.MustCompile(`ya29\.[\w.-]+`),
		regexp.MustCompile(`(?i)(Signature=|Bearer |access_token=|id_token=|subject_token=|assertion=|refresh_token=|client_secret=|x-amz-security-token[:=] ?)[^\s,&"']+`),
		regexp.MustCompile(`//[^/\s@]+@`),
		regexp.MustCompile(`[A-Za-z0-9+/=_%-]{120,}`),
	}
})

func redact(s string) string {
	// The reply of a failed signature repeats the whole canonical request, session token included.
	if before, _, found := strings.Cut(s, "The Canonical String for this request"); found {
		s = strings.TrimSpace(before)
	}
	for _, shape := range secretShapes() {
		s = shape.ReplaceAllStringFunc(s, func(m string) string {
			for _, sep := range []string{"=", ": ", ":", " "} {
				if name, _, found := strings.Cut(m, sep); found && len(name) < 24 && shape.NumSubexp() == 1 && !strings.HasPrefix(m, "eyJ") {
					return name + sep + withheld
				}
			}
			return withheld
		})
	}
	return s
}

func orElse(s, other string) string {
	if s != "" {
		return s
	}
	return other
}
