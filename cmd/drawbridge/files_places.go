package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
)

// placesDir is where the state of a bridge remembers directories: a file for each, so that two runs at a time lose none.
const placesDir = "places"

// writeInto writes files into a directory and remembers it, so that an audit looks at it later. Files that were written
// are there whether or not the place could be remembered: that is a warning.
func (s *session) writeInto(dir string, files []artifact.File) ([]generated, error) {
	written, err := writeFiles(s.bridge, files, dir)
	if err != nil {
		return written, err
	}
	if err := s.remember(dir); err != nil {
		newPrinter(s.err, s.streams, true, false).line("warning: a later audit will not look at %s: %s", dir, err)
	}
	return written, nil
}

// remember notes a directory in the state of the bridge.
func (s *session) remember(dir string) error {
	whole, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	own, err := s.files()
	if err != nil || whole == own {
		return err
	}
	state, err := s.state()
	if err != nil {
		return err
	}
	places := filepath.Join(state, placesDir)
	if err := os.MkdirAll(places, 0o700); err != nil {
		return err
	}
	return writeFile(filepath.Join(places, artifact.Hash([]byte(whole))), []byte(whole+"\n"))
}

// places are the directories that may hold generated files of the bridge: its own, then those that were remembered. What
// cannot be read is left out: files are copies, the clouds are the truth.
func (s *session) places() []string {
	own, err := s.files()
	if err != nil {
		return nil
	}
	out := []string{own}
	state, err := s.state()
	if err != nil {
		return out
	}
	names, err := os.ReadDir(filepath.Join(state, placesDir))
	if err != nil {
		return out
	}
	for _, n := range names {
		data, err := readPlain(filepath.Join(state, placesDir, n.Name()))
		dir := strings.TrimSuffix(string(data), "\n")
		if err == nil && filepath.IsAbs(dir) && artifact.Hash([]byte(dir)) == n.Name() {
			out = append(out, dir)
		}
	}
	return out
}
