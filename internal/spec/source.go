package spec

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// source is the text that errors point into.
type source struct {
	file  string
	lines []string
}

func newSource(file string, data []byte) source {
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(data))
	return source{file: file, lines: strings.Split(text, "\n")}
}

// fail turns a fault into the error for people.
func (s source) fail(f *fault) *Error {
	e := &Error{File: s.file, Field: f.field, Reason: f.reason, Do: f.do, Missing: f.missing}
	switch {
	case f.at == nil:
	case f.at.flag:
		e.File = "--set"
	case f.at.line > 0 && f.at.line <= len(s.lines): // the parser may count what lies behind the last line
		e.Line, e.Column = f.at.line, f.at.column
		e.Excerpt = s.excerpt(e.Line, e.Column)
	}
	return e
}

// The part of a long line that is shown.
const (
	excerptBefore = 50
	excerptWidth  = 90
)

// excerpt is the line with its number, and a caret below the column. Columns count characters from 1.
func (s source) excerpt(line, column int) string {
	text := s.lines[line-1]
	margin := strconv.Itoa(line) + " | "
	if looksSecret(text) {
		return margin + "(not shown: this line looks like a credential)"
	}
	runes := []rune(text)
	column = min(max(column, 1), len(runes)+1)
	if start := column - 1 - excerptBefore; start > 0 {
		runes, column = append([]rune("…"), runes[start:]...), column-start+1
	}
	if len(runes) > excerptWidth {
		runes = append(runes[:excerptWidth:excerptWidth], '…')
	}
	pad := strings.Repeat(" ", utf8.RuneCountInString(margin)-2)
	return margin + visible(string(runes)) + "\n" + pad + "| " + strings.Repeat(" ", column-1) + "^"
}

// visible replaces what could steer a terminal, one character for one.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r == utf8.RuneError || !unicode.IsPrint(r):
			return '·'
		}
		return r
	}, s)
}

// quote shows a value in a message: short, harmless to a terminal, and not at all when it looks like a credential.
func quote(value string) string {
	if looksSecret(value) {
		return "the value (not shown: it looks like a credential)"
	}
	runes := []rune(value)
	if len(runes) > 60 {
		return strconv.Quote(visible(string(runes[:57]))) + "…"
	}
	return strconv.Quote(visible(value))
}

// shown is a key as a message may name it: short, harmless, and hidden when it looks like a credential.
func shown(key string) string {
	if looksSecret(key) {
		return "(not shown)"
	}
	if runes := []rune(key); len(runes) > 60 {
		key = string(runes[:57]) + "…"
	}
	return visible(key)
}

const secretPattern = `-----BEGIN|private_key|(?i:secret_?access_?key|session_?token|client_?secret)|\b(AKIA|ASIA)[A-Z0-9]{12,}|` +
	`\beyJ[A-Za-z0-9_-]{16,}|\bya29\.`

// looksSecret tells a line that nobody should see repeated: people do pass the wrong file.
func looksSecret(text string) bool {
	if regexp.MustCompile(secretPattern).MatchString(text) {
		return true
	}
	for _, run := range regexp.MustCompile(`[A-Za-z0-9+/]{40,}`).FindAllString(text, -1) {
		if strings.ContainsFunc(run, unicode.IsUpper) && strings.ContainsFunc(run, unicode.IsLower) && strings.ContainsFunc(run, unicode.IsDigit) {
			return true // base64, as keys are written
		}
	}
	return false
}
