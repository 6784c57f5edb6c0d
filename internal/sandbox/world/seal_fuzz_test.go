package world

import "testing"

// FuzzOpen offers texts of strangers as sealed tokens: none may open, and what was sealed for one purpose opens for no other.
func FuzzOpen(f *testing.F) {
	w := New(1, Knobs{})
	sealed, err := w.Seal("session", map[string]string{"k": "v"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add("AAAA")
	f.Add("")
	f.Fuzz(func(t *testing.T, token string) {
		var got map[string]string
		if w.Open("imds", token, &got) == nil {
			t.Errorf("%q was opened for a purpose that nothing was sealed for", token)
		}
		if w.Open("session", token, &got) == nil && got["k"] != "v" {
			t.Errorf("%q says %v, and nobody sealed that", token, got)
		}
	})
}
