package ui

import (
	"slices"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// fields asks what the forms ask, in their order.
func (p *plain) fields() error {
	p.line("")
	p.line("Answer ? to hear why something is asked, and ?? to hear what exists; # and a number takes one of those.")
	for _, cloud := range []string{google, aws} {
		p.line("")
		p.line("%s", cloudName(cloud))
		if err := p.rows(cloud, false); err != nil {
			return err
		}
	}
	more := p.w.hidden(google) + p.w.hidden(aws)
	n, err := p.choose(itoa(more)+" more fields have defaults: paths, session length, conditions and the like.",
		[]string{"keep the defaults", "go through them"}, 0, "--set PATH=VALUE")
	if err != nil || n == 0 {
		return p.mended(err)
	}
	for _, cloud := range []string{google, aws} {
		if err := p.rows(cloud, true); err != nil {
			return err
		}
	}
	return p.mended(nil)
}

// rows asks the fields of one cloud: the first ones, or the rest. An answer may make a field pointless, or bring one up.
func (p *plain) rows(cloud string, rest bool) error {
	w := p.w
	asked := map[string]bool{}
	if rest {
		for _, r := range w.rows(cloud, false) {
			asked[r.field.Path] = true
		}
	}
	for {
		rows := w.rows(cloud, rest)
		i := slices.IndexFunc(rows, func(r row) bool { return r.heading == "" && !r.opener && !asked[r.field.Path] })
		if i < 0 {
			return nil
		}
		asked[rows[i].field.Path] = true
		if err := p.field(rows, i); err != nil {
			return err
		}
	}
}

// field asks one field, with the heading above it when it is the first below one.
func (p *plain) field(rows []row, i int) error {
	if i > 0 && rows[i-1].heading != "" {
		if h := rows[i-1]; h.direction != "" {
			p.line("%s, %s", p.w.way(h.direction), h.heading)
		}
	}
	f := rows[i].field
	value, _ := p.w.value(f.Path)
	name := label(f)
	if c := choices(f); len(c) > 0 {
		n, err := p.choose(name, c, max(0, slices.Index(c, value)), "--set "+f.Path+"=VALUE")
		if err != nil {
			return err
		}
		p.put(f, c[n], value)
		return nil
	}
	p.helps, p.offered = func(s string) (string, bool) { return p.help(f, s) }, nil
	defer func() { p.helps = nil }()
	answer, err := p.ask(name, value, "--set "+f.Path+"=VALUE", func(s string) string {
		before, had := p.w.draft.typed[f.Path]
		defer func() { p.restore(f.Path, before, had) }()
		if s != value {
			p.w.draft.typed[f.Path] = s
		}
		p.w.settle()
		return p.w.flawAt(f.Path)
	})
	if err != nil {
		return err
	}
	p.put(f, answer, value)
	p.adopt(f.Path, answer)
	p.standing(f.Path)
	return nil
}

func (p *plain) restore(path, before string, had bool) {
	if had {
		p.w.draft.typed[path] = before
	} else {
		delete(p.w.draft.typed, path)
	}
}

// put keeps an answer; one that says what stands anyway stays a default.
func (p *plain) put(f spec.Field, answer, was string) {
	if answer != was {
		p.w.draft.typed[f.Path] = answer
	}
	p.w.settle()
}

// mended asks again for whatever does not fit yet, until the bridge makes sense.
func (p *plain) mended(err error) error {
	w := p.w
	for err == nil && w.flaw != nil {
		path, why := w.wrong(aws)
		if path == "" {
			return w.flaw
		}
		f, _ := w.field(path)
		p.line("%s does not fit: %s", label(f), clean(why))
		err = p.field([]row{{field: f}}, 0)
		if p.over && w.flaw != nil {
			return &Unanswered{label(f), "--set " + path + "=VALUE"}
		}
	}
	return err
}
