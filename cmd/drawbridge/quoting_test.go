//go:build unix

package main

import (
	"os/exec"
	"testing"
)

func TestExportsAreOneWordForAShell(t *testing.T) {
	for _, want := range []string{"", "plain", "http://127.0.0.1:1/", "a b", "it's", "$HOME", "`id`", "a\nb", `"x"\`} {
		got, err := exec.Command("sh", "-c", "printf %s "+shellQuoted(want)).Output()
		if err != nil || string(got) != want {
			t.Errorf("shell read %q, %v, want %q", got, err, want)
		}
	}
}
