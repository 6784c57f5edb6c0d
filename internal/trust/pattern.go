package trust

import "strings"

// glyph is one character of a wanted value, or a wildcard.
type glyph struct {
	r    rune
	wild bool // r is * or ? and stands for others
}

// pattern is a wanted value after policy variables were filled in.
type pattern []glyph

// literal reads a text without variables.
func literal(s string, wildcards bool) pattern {
	out := make(pattern, 0, len(s))
	for _, r := range s {
		out = append(out, glyph{r, wildcards && (r == '*' || r == '?')})
	}
	return out
}

// String is the text with wildcards as they were written.
func (p pattern) String() string {
	var out strings.Builder
	for _, g := range p {
		out.WriteRune(g.r)
	}
	return out.String()
}

// match holds a whole text to the pattern, in time that grows with the product of their lengths at worst.
func (p pattern) match(s string) bool {
	text := []rune(s)
	i, j, star, mark := 0, 0, -1, 0
	for i < len(text) {
		switch {
		case j < len(p) && p[j] == glyph{'*', true}:
			star, mark = j, i
			j++
		case j < len(p) && (p[j] == glyph{'?', true} || !p[j].wild && p[j].r == text[i]):
			i, j = i+1, j+1
		case star >= 0:
			mark++
			i, j = mark, star+1
		default:
			return false
		}
	}
	for j < len(p) && p[j] == (glyph{'*', true}) {
		j++
	}
	return j == len(p)
}

// expansion is a wanted value with its variables filled in.
type expansion struct {
	pattern pattern
	missing bool // a variable without a value and without a default: matches nothing
	unread  bool // a variable whose value cannot be told here
}

// expand fills in ${key}, ${key, 'default'} and the escapes ${*}, ${?} and ${$}. What a variable brings in is literal.
func expand(value string, wildcards bool, ctx tokenContext) expansion {
	var out expansion
	rest := value
	for {
		before, after, found := strings.Cut(rest, "${")
		out.pattern = append(out.pattern, literal(before, wildcards)...)
		if !found {
			return out
		}
		name, tail, closed := strings.Cut(after, "}")
		if !closed {
			out.pattern = append(out.pattern, literal("${"+after, wildcards)...)
			return out
		}
		out.variable(name, ctx)
		rest = tail
	}
}

func (e *expansion) variable(name string, ctx tokenContext) {
	if name == "*" || name == "?" || name == "$" {
		e.pattern = append(e.pattern, literal(name, false)...)
		return
	}
	key, fallback, hasFallback := strings.Cut(name, ",")
	values, known := ctx.lookup(strings.TrimSpace(key))
	switch {
	case !known:
		e.unread = true
	case len(values) == 1 && !ctx.list(strings.TrimSpace(key), values): // a key of several values is no variable, however many it has
		e.pattern = append(e.pattern, literal(values[0], false)...)
	case hasFallback:
		e.pattern = append(e.pattern, literal(strings.Trim(strings.TrimSpace(fallback), "'"), false)...)
	default:
		e.missing = true
	}
}
