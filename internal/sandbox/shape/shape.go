// Package shape checks the shape of names against patterns. It compiles a pattern when it is first needed and never
// before: the sandbox is linked into a program that mostly starts for something else.
package shape

import (
	"regexp"
	"sync"
)

// Of returns a check of whole or partial texts against a regular expression, which must be well formed.
func Of(pattern string) func(text string) bool {
	compiled := lazy(pattern)
	return func(text string) bool { return compiled().MatchString(text) }
}

// Parts returns a reader of texts that match a regular expression: it answers the match and its groups, nil without one.
func Parts(pattern string) func(text string) []string {
	compiled := lazy(pattern)
	return func(text string) []string { return compiled().FindStringSubmatch(text) }
}

// All returns a finder of every match of a regular expression in a text.
func All(pattern string) func(text string) []string {
	compiled := lazy(pattern)
	return func(text string) []string { return compiled().FindAllString(text, -1) }
}

func lazy(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}
