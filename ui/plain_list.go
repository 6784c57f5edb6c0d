package ui

import (
	"strconv"
	"strings"
	"sync"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// heard is how many things that exist are read out at once.
const heard = 20

// help answers what is asked back while a field is asked: `?` why, `??` what exists, `?? WORD` what of it holds a word,
// `#3` the third of what was read out. taken is the answer that this came to, "" while there is none.
func (p *plain) help(f spec.Field, s string) (taken string, handled bool) {
	switch {
	case s == "?":
		p.why(f)
	case strings.HasPrefix(s, "??"):
		p.list(f, strings.Fields(strings.ToLower(s[2:])))
	case strings.HasPrefix(s, "#"):
		n, err := strconv.Atoi(strings.TrimSpace(s[1:]))
		if err != nil || n < 1 || n > len(p.offered) {
			p.line("  Nothing with that number was read out; answer ?? to hear what exists.")
			return "", true
		}
		return p.pick(f, p.offered[n-1]), true
	default:
		return "", false
	}
	return "", true
}

func (p *plain) why(f spec.Field) {
	p.line("  %s", f.Why)
	if f.Limit != "" {
		p.line("  What fits: %s.", f.Limit)
	}
	if f.DefaultFrom != "" {
		p.line("  Left empty: %s.", f.DefaultFrom)
	}
}

// list reads out what exists for a field.
func (p *plain) list(f spec.Field, words []string) {
	w := p.w
	if w.e.List == nil || !listable(f.Path) {
		p.line("  Nothing can be listed for this; type it.")
		return
	}
	s := p.shelf(f.Path)
	if s.err != nil {
		p.line("  It could not be listed: %s", clean(s.err.Error()))
	}
	p.offered = nil
	left := 0
	for _, c := range s.choices {
		switch {
		case len(words) > 0 && !holds(c, words):
		case len(p.offered) == heard:
			left++
		default:
			p.offered = append(p.offered, c)
			p.line("  #%d  %s", len(p.offered), p.offer(c))
		}
	}
	switch {
	case left > 0:
		p.line("  %d more: answer ?? and a word to narrow them down.", left)
	case len(p.offered) == 0:
		p.line("  Nothing was found.")
	}
}

// offer says a choice in words.
func (p *plain) offer(c Choice) string {
	var out []string
	for _, s := range []string{c.Value, c.Title, c.Note} {
		if s != "" {
			out = append(out, clean(s))
		}
	}
	return strings.Join(out, ", ")
}

// shelf is what exists for a field, read once for each place.
func (p *plain) shelf(path string) *shelf {
	w := p.w
	if s := w.shelf(path); s != nil && s.err == nil {
		return s
	}
	s := &shelf{place: w.place(kindOf(path)), over: true}
	w.stock[kindOf(path)] = s
	var one sync.Mutex
	s.err = w.e.List(w.ctx, w.soFar(), path, func(some []Choice) {
		one.Lock()
		defer one.Unlock()
		s.choices = append(s.choices, some...)
	})
	return s
}

// pick takes what exists: that is the consent to adopt it. A profile signs in anew.
func (p *plain) pick(f spec.Field, c Choice) string {
	w := p.w
	switch {
	case c.Use != "" && w.e.Use != nil:
		delete(w.draft.typed, "aws.account")
		delete(w.draft.typed, "aws.region")
		w.e.Use(c.Use)
		w.take(signedIn{w.e.SignIn(w.ctx)})
		p.side("AWS", aws, w.sides.AWS)
		return w.draft.value("aws.account")
	case f.Check(c.Value) != nil:
		p.line("  It cannot be taken: %s", clean(f.Check(c.Value).Error()))
		return ""
	case c.Adopt:
		p.adopting = &c
	case c.Gone:
		p.line("  %s was deleted and will be restored.", clean(c.Value))
	}
	if now := w.draft.typed[f.Path]; now != "" && f.Type == spec.TypeTexts {
		return now + "," + c.Value
	}
	return c.Value
}

// adopt consents to taking over what was picked, once that is the answer.
func (p *plain) adopt(path, answer string) {
	if c := p.adopting; c != nil && c.Value == answer {
		p.w.adopt(path, *c)
		p.line("  %s exists and will be adopted: only our own part is added to it.", clean(c.Value))
	}
	p.adopting = nil
}

// standing tells that a name is taken already, and what becomes of that.
func (p *plain) standing(path string) {
	w := p.w
	if w.e.List == nil || w.adopts(path) {
		return
	}
	for _, one := range colliding() {
		if one != path {
			continue
		}
		p.shelf(path)
		if c, ok := w.taken(path); ok {
			p.line("  %s %s.", clean(c.Value), clean(c.Note))
		}
	}
}
