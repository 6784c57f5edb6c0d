package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/ui"
)

// account is an error for people: what happened, why, what to do.
type account struct {
	kind    string
	message string
	why     string
	excerpt string // of the file, with the place marked
	do      []string
}

// accountOf explains any error.
func accountOf(err error) account {
	if a, ok := cutShort(err); ok {
		return a
	}
	if a, ok := misused(err); ok {
		return a
	}
	if e, ok := errors.AsType[*artifact.UnknownFactError](err); ok {
		return account{kind: string(explain.Missing), message: e.Error(), do: []string{"run drawbridge apply first"}}
	}
	if p, ok := errors.AsType[*explain.Problem](err); ok {
		return troubled(p, err)
	}
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return account{kind: "file", message: err.Error(), do: []string{"check that you may use " + e.Path}}
	}
	return account{kind: string(explain.Other), message: err.Error()}
}

// cutShort accounts for a run that a signal or --timeout ended. What must be mended by hand is told instead.
func cutShort(err error) (account, bool) {
	if _, ok := errors.AsType[*mendError](err); ok {
		return account{}, false
	}
	goOn := "run the same command again to go on where it stopped"
	if e, ok := errors.AsType[*signalError](err); ok && e.untouched {
		return account{kind: "interrupted", message: e.Error(), why: "nothing was changed"}, true
	} else if ok {
		return account{kind: "interrupted", message: e.Error(), why: "what was done stays done and is journaled", do: []string{goOn}}, true
	}
	if e, ok := errors.AsType[*timeoutError](err); ok {
		return account{kind: "timeout", message: e.Error(), why: "--timeout ended the run; what was done stays done", do: []string{goOn, "allow more time with --timeout"}}, true
	}
	return account{}, false
}

// misused accounts for unusable input.
func misused(err error) (account, bool) {
	if e, ok := errors.AsType[*usageError](err); ok {
		return account{kind: "usage", message: e.what, why: e.why, do: e.do}, true
	}
	if e, ok := errors.AsType[*spec.Error](err); ok {
		return account{kind: "input", message: e.Error(), excerpt: e.Excerpt, do: e.Do}, true
	}
	if e, ok := errors.AsType[*ui.Unanswered](err); ok {
		return account{kind: "usage", message: e.Error()}, true
	}
	if e, ok := errors.AsType[*artifact.DirectionError](err); ok {
		return account{kind: "usage", message: e.Error(), do: []string{"choose another kind of file"}}, true
	}
	return account{}, false
}

// troubled accounts for what a cloud, or the way to it, answered.
func troubled(p *explain.Problem, err error) account {
	a := account{kind: string(p.Kind), message: err.Error(), do: p.Do}
	switch {
	case p.Permission != "":
		a.why = "the permission " + p.Permission + " is missing"
	case p.Code != "" && p.Status != 0:
		a.why = fmt.Sprintf("the cloud answered %d %s", p.Status, p.Code)
	}
	if p.Who != "" && p.Who != "you" {
		a.do = append([]string{"ask " + p.Who}, a.do...)
	}
	return a
}
