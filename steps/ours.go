package steps

import (
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// whose tells who made a thing, by the mark on it.
type whose int

const (
	nobodys  whose = iota // no mark of any bridge
	ours                  // this bridge's mark
	anothers              // another bridge's mark
)

// byDescription reads the mark from a description on Google's side. The mark is a word of its own: NAME/PROJECT/ACCOUNT
// must not be found in a longer one.
func byDescription(b spec.Bridge, description string) whose {
	prefix, _, _ := strings.Cut(b.Description(), "=")
	owner := nobodys
	for word := range strings.FieldsSeq(description) {
		if word == b.Description() {
			return ours
		}
		if strings.HasPrefix(word, prefix+"=") {
			owner = anothers
		}
	}
	return owner
}

// byTags reads the mark from AWS tags.
func byTags(b spec.Bridge, tags map[string]string) whose {
	owner := nobodys
	for key, want := range b.Tags() {
		switch got, tagged := tags[key]; {
		case got == want:
			return ours
		case tagged:
			owner = anothers
		}
	}
	return owner
}

// byLabels reads the mark from the labels of a VM.
func byLabels(b spec.Bridge, labels map[string]string) whose {
	owner := ours
	for key, want := range b.Labels() {
		if got, labelled := labels[key]; !labelled {
			return nobodys
		} else if got != want {
			owner = anothers
		}
	}
	return owner
}

// stranger says in one clause whose a thing is that is not ours.
func stranger(w whose) string {
	if w == anothers {
		return "it belongs to another bridge"
	}
	return "it exists and was not made by this bridge"
}
