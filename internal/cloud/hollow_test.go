package cloud

import "testing"

func TestOnlyMissingThingsAreHollow(t *testing.T) {
	for reply, want := range map[string]bool{
		`null`:                       true,
		` null `:                     true,
		`{"a":[null]}`:               true,
		`{"a":[{"b":1},null]}`:       true,
		`[[null]]`:                   true,
		`{"a":null}`:                 false,
		`{"a":{"b":null},"c":[1]}`:   false,
		`{"null":"null"}`:            false,
		`["null"]`:                   false,
		`{"a":[{"b":null}]}`:         false,
		`{"a":`:                      false,
		`annulled <html>null</html>`: false,
		``:                           false,
	} {
		if got := hollow([]byte(reply)); got != want {
			t.Errorf("%s: got %t, want %t", reply, got, want)
		}
	}
}
