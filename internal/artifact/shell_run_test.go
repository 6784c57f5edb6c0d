package artifact_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var assigned = regexp.MustCompile(`^([a-z_][a-z0-9_]*)=`)

// calls is what a generated script would run where nothing is there yet.
func calls(t *testing.T, script []byte, answer func([]string) string) [][]string {
	t.Helper()
	r := &shellReader{text: string(script), vars: map[string][]string{}, answer: answer}
	if end, err := r.block(true); !errors.Is(err, errEnd) || r.fault != nil {
		t.Fatalf("reading the script: %q, %v, %v", end, err, r.fault)
	}
	return r.calls
}

// list reads what stands between parentheses behind name=.
func (r *shellReader) list(name string) error {
	r.at++
	var values []string
	for {
		t, err := r.next()
		if err != nil {
			return err
		}
		if t.operator == ")" {
			r.vars[name] = values
			return nil
		}
		values = append(values, t.words...)
	}
}

// block reads statements up to one of the words or operators that end it. What is not live is read and not run.
func (r *shellReader) block(live bool, ends ...string) (string, error) {
	for {
		r.newlines()
		from := r.at
		t, err := r.next()
		if err != nil {
			return "", err
		}
		switch word := t.operator + strings.Join(t.words, " "); {
		case slices.Contains(ends, word):
			return word, nil
		case word == "if":
			err = r.choice(live)
		case word == "case":
			err = r.cases(live)
		default:
			r.at = from
			_, err = r.chain(live)
		}
		if err != nil {
			return "", err
		}
	}
}

func (r *shellReader) newlines() {
	for r.space(); strings.HasPrefix(r.rest(), "\n") || strings.HasPrefix(r.rest(), ";") && !strings.HasPrefix(r.rest(), ";;"); r.space() {
		r.at++
	}
}

func (r *shellReader) choice(live bool) error {
	yes, err := r.chain(live)
	if err != nil {
		return err
	}
	if end, err := r.block(live, "then"); err != nil || end != "then" {
		return r.refuse("no then")
	}
	end, err := r.block(live && yes, "else", "fi")
	if err == nil && end == "else" {
		_, err = r.block(live && !yes, "fi")
	}
	return err
}

func (r *shellReader) cases(live bool) error {
	value, err := r.next()
	if err != nil {
		return err
	}
	if in, err := r.next(); err != nil || strings.Join(in.words, "") != "in" {
		return r.refuse("no in")
	}
	open := live
	for {
		r.newlines()
		matches, end, err := r.patterns(strings.Join(value.words, ""))
		if err != nil || end {
			return err
		}
		if _, err := r.block(open && matches, ";;"); err != nil {
			return err
		}
		open = open && !matches
	}
}

// patterns reads to the parenthesis behind the patterns, or esac.
func (r *shellReader) patterns(value string) (matches, end bool, err error) {
	for {
		t, err := r.next()
		switch word := strings.Join(t.words, ""); {
		case err != nil || word == "esac":
			return false, true, err
		case t.operator == ")":
			return matches, false, nil
		case t.operator == "" && len(word) > 1 && strings.Contains(word, anything):
			r.unset = "pattern " + word
		case t.operator == "":
			matches = matches || word == anything || word == value
		}
	}
}

// chain is commands with || and && between them.
func (r *shellReader) chain(live bool) (bool, error) {
	result, run := false, live
	for {
		yes, end, err := r.command(run)
		if run {
			result = yes
		}
		if err != nil && !errors.Is(err, errEnd) {
			return false, err
		}
		switch end {
		case "||":
			run = live && !result
		case "&&":
			run = live && result
		default:
			return result, nil
		}
	}
}

// command reads one command and says whether it would succeed and what ended it. A function's body is passed over: the
// few that scripts have are known here by their names.
func (r *shellReader) command(live bool) (bool, string, error) {
	var words []string
	for {
		from := r.at
		t, err := r.next()
		if err != nil {
			return r.run(live, words), "", err
		}
		switch t.operator {
		case "":
			words = append(words, t.words...)
		case ">":
			if _, err := r.next(); err != nil {
				return false, "", err
			}
		case "(":
			return true, "", r.body()
		case "||", "&&":
			return r.run(live, words), t.operator, nil
		case ";;":
			r.at = from
			return r.run(live, words), "", nil
		case "\n", ";":
			return r.run(live, words), "", nil
		default:
			return false, "", r.refuse("operator " + t.operator)
		}
	}
}

// body passes over the rest of a function.
func (r *shellReader) body() error {
	line, _, _ := strings.Cut(r.rest(), "\n")
	if strings.HasSuffix(line, "}") {
		r.at += len(line)
		return nil
	}
	i := strings.Index(r.rest(), "\n}\n")
	if i < 0 {
		return r.refuse("a function without end")
	}
	r.at += i + 3
	return nil
}

// run notes a command and says whether it would succeed where nothing is there yet.
func (r *shellReader) run(live bool, words []string) bool {
	unset := r.unset
	if r.unset = ""; !live || len(words) == 0 {
		return false
	}
	if line := strings.Join(words, " "); unset != "" || strings.Contains(line, anything) {
		r.fault = fmt.Errorf("%q has an asterisk outside of quotes, or a variable without a value: %s", line, unset)
	}
	if m := assigned.FindStringSubmatch(words[0]); m != nil {
		r.vars[m[1]] = []string{strings.TrimPrefix(words[0], m[0])}
		return true
	}
	switch words[0] {
	case "!":
		return !r.run(live, words[1:])
	case "retry":
		return r.run(live, words[1:])
	case "found":
		return false
	case "[":
		return holds(words[1 : len(words)-1])
	}
	r.calls = append(r.calls, words)
	return true
}

func holds(test []string) bool {
	switch {
	case len(test) == 3 && test[1] == "=":
		return test[0] == test[2]
	case len(test) == 2 && test[0] == "-z":
		return test[1] == ""
	case len(test) == 2 && test[0] == "-n":
		return test[1] != ""
	}
	return false
}
