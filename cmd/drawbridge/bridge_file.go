package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// example is the bridge of the sandbox's world that drawbridge --sandbox sets up where nobody can be asked.
//
//go:embed examples/both-ways.yaml
var example []byte

// exampleName is how errors about it name it.
const exampleName = "drawbridge.example"

// maxBridge bounds what is read as a bridge.yaml, so that a wrong path cannot fill the memory.
const maxBridge = 1 << 20

// readBridge reads the file that the flags name and holds the other flags against it.
func (s streams) readBridge(f *cloudFlags, change changeFlags) (spec.Bridge, error) {
	data, err := s.readFile(f.file.path)
	if err != nil {
		return spec.Bridge{}, err
	}
	return s.parseBridge(f.file.path, data, f, change)
}

// parseBridge makes a complete bridge of a text, --set, --adopt and, where it names none, the region and project of the
// flags and the environment. The file decides: a flag that says otherwise is refused.
func (s streams) parseBridge(name string, data []byte, f *cloudFlags, change changeFlags) (spec.Bridge, error) {
	set := slices.Concat(f.file.set, change.settings())
	b, err := spec.ParseWith(name, data, set)
	for _, gap := range s.gaps(f.reach) {
		if e, ok := errors.AsType[*spec.Error](err); ok && e.Missing && e.Field == gap.field && gap.value != "" {
			set = append(set, gap.field+"="+gap.value)
			b, err = spec.ParseWith(name, data, set)
		}
	}
	if err != nil {
		return spec.Bridge{}, err
	}
	s.told.heading.Bridge = b.Name
	return b, agrees(b, f.reach)
}

// gap is a field that may be left to flags or environment.
type gap struct{ field, value string }

func (s streams) gaps(r reachFlags) []gap {
	return []gap{
		{"google.project", first(r.project, s.env("GOOGLE_CLOUD_PROJECT"))},
		{"aws.region", first(r.region, s.env("AWS_REGION"), s.env("AWS_DEFAULT_REGION"))},
	}
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// agrees refuses flags that contradict the bridge.
func agrees(b spec.Bridge, r reachFlags) error {
	for _, c := range []struct{ flag, said, field, file string }{
		{"--project", r.project, "google.project", b.Google.Project},
		{"--region", r.region, "aws.region", b.AWS.Region},
	} {
		if c.said != "" && c.said != c.file {
			return &usageError{
				what: fmt.Sprintf("%s says %s, but %s of the bridge is %s", c.flag, c.said, c.field, c.file),
				why:  "the file decides",
				do:   []string{"leave " + c.flag + " out, or change " + c.field + " in the file"},
			}
		}
	}
	return nil
}

// readFile reads a bridge file; - is stdin.
func (s streams) readFile(path string) ([]byte, error) {
	if path == "-" {
		return bounded(s.in, "stdin")
	}
	file, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &usageError{
			what: "there is no file " + path, err: err,
			do: []string{"write one: drawbridge init", "or name another: -f FILE"},
		}
	case err != nil:
		return nil, &usageError{what: "read " + path + ": " + reason(err), err: err, do: []string{"name a file you may read: -f FILE"}}
	}
	defer func() { _ = file.Close() }()
	return bounded(file, path)
}

func bounded(r io.Reader, name string) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBridge+1))
	switch {
	case err != nil:
		return nil, &usageError{what: "read " + name + ": " + reason(err), err: err, do: []string{"name a bridge file: -f FILE"}}
	case len(data) > maxBridge:
		return nil, usage(name+" is larger than 1 MiB, so it is no bridge", "name a bridge file: -f FILE")
	}
	return data, nil
}

// reason is an error of the file system without the path that our sentence names already.
func reason(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}
