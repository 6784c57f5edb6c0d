package steps

import (
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// The texts that steps write beside the mark. Files that make the same things take them from here: a plan after another
// text would find the difference.

// The directions of a bridge, as ids of steps and texts name them.
const (
	ToAWS    = "to-aws"
	ToGoogle = "to-google"
)

// RoleDescription is what stands on the role of a direction.
func RoleDescription(b spec.Bridge, direction string) string {
	if direction == ToAWS {
		return "Lets the Google service account " + b.ToAWSEmail() + " in (drawbridge)"
	}
	return "Lets a workload on " + b.ToGoogle.Role.RunsOn + " act in Google Cloud (drawbridge)"
}

// AccountDisplayName is how the service account of a direction is called in Google's console.
func AccountDisplayName(b spec.Bridge, direction string) string {
	return "drawbridge " + b.Name + " " + direction
}

// PoolDisplayName is how the pool and its provider are called there, at most 32 bytes.
func PoolDisplayName(b spec.Bridge) string { return short("drawbridge "+b.Name, 32) }

// DelimitedList is a list in gcloud's form (`gcloud topic escaping`). Behind its first sign the delimiter has another where
// a text holds the first, so that it cannot begin inside a text that ends in it.
func DelimitedList(list []string) string {
	delimiter := ";"
	for strings.Contains(strings.Join(list, "\n"), delimiter) {
		delimiter += "|"
	}
	return "^" + delimiter + "^" + strings.Join(list, delimiter)
}
