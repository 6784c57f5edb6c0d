package artifact_test

import (
	"errors"
	"fmt"
	"strings"
)

// shellReader reads the part of the shell's language that generated scripts are written in, and refuses the rest: what is
// data is so by its quotes. It runs nothing, so a fuzzer can ask it thousands of times in a second.
type shellReader struct {
	text   string
	at     int
	vars   map[string][]string
	answer func(command []string) string // what $(command) gives
	calls  [][]string                    // what would have been run
	unset  string                        // a variable without a value in the command that is read
	fault  error                         // what bash would not do as it is meant
}

var errEnd = errors.New("end of the script")

// anything stands for an asterisk that no quotes hold. No text of a script has this byte.
const anything = "\x00"

// token is an operator, or the words that one written word becomes.
type token struct {
	operator string
	words    []string
}

func (r *shellReader) rest() string { return r.text[r.at:] }

func (r *shellReader) refuse(what string) error {
	rest := r.rest()
	return fmt.Errorf("%s at %q", what, rest[:min(40, len(rest))])
}

func (r *shellReader) next() (token, error) {
	r.space()
	if r.rest() == "" {
		return token{}, errEnd
	}
	for _, op := range []string{";;", "||", "&&", "\n", ";", "|", ")", "(", ">"} {
		if strings.HasPrefix(r.rest(), op) {
			r.at += len(op)
			return token{operator: op}, nil
		}
	}
	words, err := r.word()
	return token{words: words}, err
}

// space skips blanks, continued lines and comments.
func (r *shellReader) space() {
	for {
		switch rest := r.rest(); {
		case strings.HasPrefix(rest, " "), strings.HasPrefix(rest, "\t"):
			r.at++
		case strings.HasPrefix(rest, "\\\n"):
			r.at += 2
		case strings.HasPrefix(rest, "#"):
			line, _, _ := strings.Cut(rest, "\n")
			r.at += len(line)
		default:
			return
		}
	}
}

const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@,+%[]!"

// word reads one written word. A list of the script's own may make several of it.
func (r *shellReader) word() ([]string, error) {
	var done []string
	now := ""
	for r.rest() != "" && !strings.ContainsRune(" \t\n;|)(>&", rune(r.rest()[0])) {
		more, err := r.piece(now)
		if err != nil {
			return nil, err
		}
		now += more[0]
		for _, w := range more[1:] {
			done, now = append(done, now), w
		}
	}
	if name, ok := strings.CutSuffix(now, "="); ok && strings.HasPrefix(r.rest(), "(") {
		return nil, r.list(name)
	}
	return append(done, now), nil
}

// piece is what comes next in a word that began with before.
func (r *shellReader) piece(before string) ([]string, error) {
	c := r.rest()[0]
	switch {
	case c == '\'':
		inside, _, closed := strings.Cut(r.rest()[1:], "'")
		if !closed {
			return nil, r.refuse("a quote without end")
		}
		r.at += len(inside) + 2
		return []string{inside}, nil
	case c == '"':
		r.at++
		return r.quoted()
	case c == '\\' && len(r.rest()) > 1:
		r.at += 2
		return []string{r.text[r.at-1 : r.at]}, nil
	case c == '$' && strings.HasSuffix(before, "="): // a value is not split
		return r.expanded()
	case c == '*':
		r.at++
		return []string{anything}, nil
	case strings.IndexByte(plain, c) >= 0:
		r.at++
		return []string{string(c)}, nil
	}
	return nil, r.refuse("a character outside of quotes")
}

// quoted reads to the closing double quote.
func (r *shellReader) quoted() ([]string, error) {
	out := []string{""}
	for r.rest() != "" {
		c := r.rest()[0]
		switch {
		case c == '"':
			r.at++
			return out, nil
		case c == '`':
			return nil, r.refuse("a command in double quotes")
		case c == '$':
			more, err := r.expanded()
			if err != nil {
				return nil, err
			}
			out[len(out)-1] += more[0]
			out = append(out, more[1:]...)
			continue
		case c == '\\' && len(r.rest()) > 1 && strings.ContainsRune("$`\"\\", rune(r.rest()[1])):
			r.at++
		}
		out[len(out)-1] += r.rest()[:1]
		r.at++
	}
	return nil, r.refuse("a quote without end")
}

// expanded reads $name, ${name:-word}, ${name[@]} or $(command).
func (r *shellReader) expanded() ([]string, error) {
	r.at++
	switch rest := r.rest(); {
	case strings.HasPrefix(rest, "("):
		r.at++
		var command []string
		for {
			t, err := r.next()
			if err != nil {
				return nil, err
			}
			if t.operator == ")" {
				return []string{r.answer(command)}, nil
			}
			command = append(command, t.words...)
		}
	case strings.HasPrefix(rest, "{"):
		inside, _, _ := strings.Cut(rest[1:], "}")
		r.at += len(inside) + 2
		name, otherwise, _ := strings.Cut(inside, ":-")
		if v, ok := r.vars[strings.TrimSuffix(name, "[@]")]; ok {
			return v, nil
		}
		return []string{otherwise}, nil
	}
	n := len(r.rest()) - len(strings.TrimLeft(r.rest(), "abcdefghijklmnopqrstuvwxyz_"))
	name := r.rest()[:n]
	r.at += n
	v, ok := r.vars[name]
	if !ok || name == "" {
		r.unset = name + "$"
		return []string{""}, nil
	}
	return v, nil
}
