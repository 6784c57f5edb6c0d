package explain

import (
	"slices"
	"strings"
)

// Known is a message of a cloud that people meet, and what is known about it. Codes are matched exactly and Says loosely,
// because the providers' words change more often than their codes.
type Known struct {
	Codes []string // the provider's words; empty: any
	Says  []string // fragments in lower case that must all occur; empty: any
	Kind  Kind     // empty: as the code says
	Cause string   // why, one sentence
	Who   string   // who can mend it
	Do    []string // what to do, imperative lines; never one that widens a trust
	Final bool     // waiting cannot mend it
}

// Find gives the first row that matches one of the codes and the message, most particular rows first.
func Find(message string, codes ...string) (Known, bool) {
	message = strings.ToLower(message)
	for _, list := range [][]Known{signInRows, googleRows, awsRows} {
		for _, k := range list {
			if k.matches(message, codes) {
				return k, true
			}
		}
	}
	return Known{}, false
}

func (k Known) matches(message string, codes []string) bool {
	if len(k.Codes) > 0 && !slices.ContainsFunc(codes, func(c string) bool { return slices.Contains(k.Codes, c) }) {
		return false
	}
	for _, s := range k.Says {
		if !strings.Contains(message, s) {
			return false
		}
	}
	return len(k.Codes)+len(k.Says) > 0
}
