package artifact

import (
	"maps"
	"slices"
	"strings"
)

// boot is a script for the first start of a machine. cloud-init and Google's guest agent both run it as root; running it
// again changes nothing.
type boot struct{ out strings.Builder }

func newBoot(comments ...string) *boot {
	s := &boot{}
	s.line("#!/bin/bash")
	for _, c := range comments {
		s.line("# " + oneLine(c))
	}
	s.line("# Texts in single quotes are data and are meant to stay as they are.")
	s.line("# shellcheck disable=SC2016")
	s.line("set -euo pipefail")
	s.line("umask 022")
	s.line("root=${DRAWBRIDGE_ROOT:-} # where the files go while an image is built; empty on the machine itself")
	s.out.WriteString(`
# put writes a file as one whole.
put() {
  mkdir -p "$(dirname "$root$1")"
  printf '%s' "$3" >"$root$1.new"
  chmod "$2" "$root$1.new"
  mv "$root$1.new" "$root$1"
}

`)
	return s
}

func (s *boot) line(l string) { s.out.WriteString(l + "\n") }

func (s *boot) put(path, mode, text string) {
	s.line("put " + path + " " + mode + " " + shellWord(text))
}

// login leads every login to the variables; a service takes them by EnvironmentFile=/etc/drawbridge/environment.
func (s *boot) login() {
	s.put("/etc/profile.d/drawbridge.sh", "0644", "set -a\n. /etc/drawbridge/environment\nset +a\n")
}

func (s *boot) bytes() []byte { return []byte(s.out.String()) }

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
