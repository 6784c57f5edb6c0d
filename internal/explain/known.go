package explain

import (
	"slices"
	"strings"
)

// Known is a reply of a cloud to a call of ours, and what is known about it. Codes are matched exactly and Says loosely,
// because the providers' words change more often than their codes. Cause, Who and Do are those of a Row wherever one
// speaks of the same: what verify, apply and preflight say is what explain says.
type Known struct {
	Row   int      // number of the Row that it is; 0: a reply that is met by calls alone, with words of its own
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
				return k.whole(), true
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

// whole fills in what the row says.
func (k Known) whole() Known {
	if k.Row == 0 {
		return k
	}
	r := Rows()[k.Row-1]
	k.Cause, k.Who, k.Do = r.Cause, r.Who, r.Do
	return k
}
