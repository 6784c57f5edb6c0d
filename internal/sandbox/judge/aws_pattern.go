package judge

import "strings"

// pattern is text with wildcards, after variables were filled in. Wildcards are negative runes, so that a star that
// came out of a variable stays a star and matches nothing else.
type pattern []rune

const (
	anyRun rune = -1 // *
	anyOne rune = -2 // ?
)

// compilePattern fills in ${variables} and marks the wildcards. It fails when a variable has no value and no default:
// then nothing matches. The older policy version knows no variables and takes them literally.
func compilePattern(text string, facts Facts, vars bool) (pattern, bool) {
	var p pattern
	for text != "" {
		if vars && strings.HasPrefix(text, "${") {
			if name, rest, ok := strings.Cut(text[2:], "}"); ok {
				value, ok := variable(name, facts)
				if !ok {
					return nil, false
				}
				p = append(p, []rune(value)...)
				text = rest
				continue
			}
		}
		r := []rune(text)[0]
		text = text[len(string(r)):]
		switch r {
		case '*':
			r = anyRun
		case '?':
			r = anyOne
		}
		p = append(p, r)
	}
	return p, true
}

func variable(name string, facts Facts) (string, bool) {
	switch name {
	case "*", "?", "$":
		return name, true
	}
	key, fallback, hasFallback := strings.Cut(name, ",")
	if fact, ok := facts[strings.ToLower(strings.TrimSpace(key))]; ok && !fact.List && len(fact.Values) > 0 {
		return fact.Values[0], true
	}
	fallback = strings.TrimSpace(fallback)
	if hasFallback && len(fallback) >= 2 && fallback[0] == '\'' && fallback[len(fallback)-1] == '\'' {
		return fallback[1 : len(fallback)-1], true
	}
	return "", false
}

// literal is the text with wildcards as they were written: for operators that know none.
func (p pattern) literal() string {
	out := make([]rune, len(p))
	for i, r := range p {
		switch r {
		case anyRun:
			r = '*'
		case anyOne:
			r = '?'
		}
		out[i] = r
	}
	return string(out)
}

// matches walks both texts once, going back only to the last star.
func (p pattern) matches(s string) bool {
	text := []rune(s)
	i, j, star, mark := 0, 0, -1, 0
	for j < len(text) {
		switch {
		case i < len(p) && p[i] == anyRun:
			star, mark = i, j
			i++
		case i < len(p) && (p[i] == anyOne || p[i] == text[j]):
			i++
			j++
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(p) && p[i] == anyRun {
		i++
	}
	return i == len(p)
}

// split cuts a pattern at a separator into at most n parts.
func (p pattern) split(sep rune, n int) []pattern {
	var parts []pattern
	from := 0
	for i, r := range p {
		if r == sep && len(parts) < n-1 {
			parts = append(parts, p[from:i])
			from = i + 1
		}
	}
	return append(parts, p[from:])
}

// Glob matches text against a pattern with * and ?, without variables.
func Glob(want, have string) bool {
	p, _ := compilePattern(want, nil, false)
	return p.matches(have)
}
