package artifact

import (
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

const (
	toAWS    = steps.ToAWS
	toGoogle = steps.ToGoogle
)

// adoptsNothing refuses to write down things that a bridge shares with others: on those only our own statement is added,
// which takes reading first.
func adoptsNothing(kind string, b spec.Bridge) error {
	if len(b.Adopt) == 0 {
		return nil
	}
	return &DirectionError{kind, "the bridge adopts " + strings.Join(b.Adopt, " and ") + ", and on what it shares with others only drawbridge apply may add"}
}

// unknown is a word that is found nowhere in a document by itself, and the document with it where a value goes that is not
// known yet.
func unknown(make func(word string) string) (word, document string) {
	word = "UNKNOWN"
	for strings.Contains(make(""), word) {
		word += "X"
	}
	return word, make(word)
}

// around splits a document where a value that is not known yet goes.
func around(make func(word string) string) []string {
	word, document := unknown(make)
	return strings.Split(document, word)
}

// split is strings.Split but for the empty word, which stands nowhere.
func split(text, word string) []string {
	if word == "" {
		return []string{text}
	}
	return strings.Split(text, word)
}
