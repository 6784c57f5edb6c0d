package steps

import (
	"slices"
	"strings"
	"testing"
)

func TestADelimitedListIsCutWhereItWasJoined(t *testing.T) {
	for _, list := range [][]string{
		{"a=1", "b=2"},
		{"google.subject=assertion.arn", "attribute.x=assertion.arn.contains(';') ? 'a' : 'b'"},
		{"title=ends in;", "expression=a;b"},
		{"title=ends in;|", "expression=;|b;"},
	} {
		delimiter, rest, ok := strings.Cut(strings.TrimPrefix(DelimitedList(list), "^"), "^")
		if got := strings.Split(rest, delimiter); !ok || !slices.Equal(got, list) {
			t.Errorf("%q is cut by %q into %q; want %q", rest, delimiter, got, list)
		}
	}
}
