package artifact

import (
	"fmt"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// The texts that apply writes beside the mark. Files that make the same things write the same texts; a plan after them
// would find the difference.

func roleDescription(b spec.Bridge, direction string) string {
	if direction == toAWS {
		return "Lets the Google service account " + b.ToAWSEmail() + " in (drawbridge)"
	}
	return "Lets a workload on " + b.ToGoogle.Role.RunsOn + " act in Google Cloud (drawbridge)"
}

func accountDisplayName(b spec.Bridge, direction string) string {
	return fmt.Sprintf("drawbridge %s %s", b.Name, direction)
}

func poolDisplayName(b spec.Bridge) string {
	name := "drawbridge " + b.Name
	return name[:min(len(name), 32)]
}

const (
	toAWS    = "to-aws"
	toGoogle = "to-google"
)

// adoptsNothing refuses to write down things that a bridge shares with others: on those only our own statement is added,
// which takes reading first.
func adoptsNothing(kind string, b spec.Bridge) error {
	if len(b.Adopt) == 0 {
		return nil
	}
	return &DirectionError{kind, "the bridge adopts " + strings.Join(b.Adopt, " and ") + ", and on what it shares with others only drawbridge apply may add"}
}

// around splits a document where a value that is not known yet goes. The document is made with a word that is found
// nowhere in it by itself.
func around(make func(word string) string) []string {
	word := "UNKNOWN"
	for strings.Contains(make(""), word) {
		word += "X"
	}
	return strings.Split(make(word), word)
}
