package ui

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// plain asks and tells in lines. It never repaints, draws no boxes, and says every status in words.
type plain struct {
	w     *walk
	lines chan string
	over  bool // the input has ended: questions with a default take it
	echo  bool // answers do not show by themselves

	helps    func(string) (taken string, handled bool) // hears what is asked back, nil where nothing can be
	offered  []Choice                                  // what was read out last
	adopting *Choice                                   // picked, and there already; not yet the answer
}

// newPlain reads the input in a goroutine of its own, so that a question can be left when the context ends.
func newPlain(w *walk) *plain {
	f, ok := w.o.PlainIn.(*os.File)
	p := &plain{w: w, lines: make(chan string), echo: !ok || !Terminal(f)}
	go func() {
		defer close(p.lines)
		in := bufio.NewScanner(w.o.PlainIn)
		for in.Scan() {
			select {
			case p.lines <- in.Text():
			case <-w.ctx.Done():
				return
			}
		}
	}()
	return p
}

// line writes one line.
func (p *plain) line(format string, args ...any) {
	_, _ = fmt.Fprintf(p.w.o.PlainOut, format+"\n", args...)
}

// lined writes lines that are there already.
func (p *plain) lined(lines []string) {
	for _, l := range lines {
		p.line("%s", l)
	}
}

// read writes a prompt and takes one line. ok is false when the input has ended.
func (p *plain) read(prompt string) (answer string, ok bool, err error) {
	_, _ = fmt.Fprint(p.w.o.PlainOut, prompt)
	if p.over {
		p.line("")
		return "", false, nil
	}
	select {
	case <-p.w.ctx.Done():
		p.line("")
		return "", false, p.w.ctx.Err()
	case s, open := <-p.lines:
		if !open {
			p.over = true
			p.line("")
			return "", false, nil
		}
		s = strings.TrimSpace(s)
		if p.echo {
			p.line("%s", clean(s))
		}
		return s, true, nil
	}
}

// choose asks for one of numbered answers; fallback below zero means that one has to be given.
func (p *plain) choose(question string, answers []string, fallback int, flag string) (int, error) {
	p.line("%s", question)
	for i, a := range answers {
		p.line("  %d  %s", i+1, a)
	}
	prompt := "Number: "
	if fallback >= 0 {
		prompt = "Number [" + itoa(fallback+1) + "]: "
	}
	for tries := 1; ; tries++ {
		s, ok, err := p.read(prompt)
		switch {
		case err != nil:
			return 0, err
		case (!ok || tries > patienceWithNonsense) && fallback < 0:
			return 0, &Unanswered{question, flag}
		case s == "" && fallback >= 0:
			return fallback, nil
		}
		if n, err := strconv.Atoi(s); err == nil && n >= 1 && n <= len(answers) {
			return n - 1, nil
		}
		if i := slices.Index(answers, s); i >= 0 {
			return i, nil
		}
		p.line("Not understood: answer with a number from 1 to %d.", len(answers))
	}
}

// patienceWithNonsense is how often a question is put again that has to be answered and was not: a pipe that says nothing
// for ever is not asked for ever.
const patienceWithNonsense = 3

// agree asks for a yes or a no that nobody else may give.
func (p *plain) agree(question, flag string) (bool, error) {
	n, err := p.choose(question, []string{"yes", "no"}, -1, flag)
	return err == nil && n == 0, err
}

// ask asks for a text. check says what is wrong with an answer, "" for nothing.
func (p *plain) ask(name, fallback, flag string, check func(string) string) (string, error) {
	prompt := name + ": "
	if fallback != "" {
		prompt = name + " [" + clean(fallback) + "]: "
	}
	for tries := 1; ; tries++ {
		s, ok, err := p.read(prompt)
		switch {
		case err != nil:
			return "", err
		case s == "":
			s = fallback
		case p.helps != nil:
			taken, handled := p.helps(s)
			if handled && taken == "" {
				tries--
				continue
			} else if handled {
				s = taken
			}
		}
		why := check(s)
		if why == "" {
			return s, nil
		}
		p.line("  wrong: %s", clean(why))
		if !ok || tries >= patienceWithNonsense && s == fallback {
			return "", &Unanswered{name, flag}
		}
	}
}
