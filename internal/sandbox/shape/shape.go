// Package shape checks the shape of names against patterns. It compiles a pattern when it is first needed and never
// before: the sandbox is linked into a program that mostly starts for something else.
package shape

import (
	"regexp"
	"sync"
)

// Of returns a check of whole or partial texts against a regular expression, which must be well formed.
func Of(pattern string) func(text string) bool {
	compiled := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
	return func(text string) bool { return compiled().MatchString(text) }
}
