package main

import "testing"

func TestConsentIsAddedInWhateverFormTheListHas(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"none", "version: 1", "version: 1\nadopt: [toAWS.role]\n"},
		{"empty", "adopt: []\nname: x\n", "adopt: [toAWS.role]\nname: x\n"},
		{"flow", "adopt: [toGoogle.pool]  # why\n", "adopt: [toGoogle.pool, toAWS.role]  # why\n"},
		{"block", "adopt: # why\n  - toGoogle.pool\nname: x\n", "adopt: # why\n  - toAWS.role\n  - toGoogle.pool\nname: x\n"},
		{"block without indent", "adopt:\n- toGoogle.pool\n", "adopt:\n- toAWS.role\n- toGoogle.pool\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := addConsent(tt.text, []string{"toAWS.role"}); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}
