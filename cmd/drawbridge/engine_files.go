package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// save writes the bridge to its file. A file that says the same already is left as its author wrote it; one that says
// something else is kept beside it.
func (e *engine) save(_ context.Context, b spec.Bridge) (string, error) {
	path := e.at.flags.file.path
	if path == "-" {
		path = "bridge.yaml"
	}
	text, err := b.YAML()
	if err != nil {
		return "", err
	}
	old, err := readPlain(path)
	if err != nil {
		return "", err
	}
	if old != nil {
		if same(old, text) {
			return path, nil
		}
		if err := writeFile(path+".bak", old); err != nil {
			return "", err
		}
	}
	return path, writeFile(path, text)
}

// same reports whether a file's text is the bridge whose canonical text is given.
func same(text, canonical []byte) bool {
	b, err := spec.Parse("bridge.yaml", text)
	if err != nil {
		return false
	}
	had, err := b.YAML()
	return err == nil && bytes.Equal(had, canonical)
}

func (e *engine) write(_ context.Context, files []artifact.File, dir string) ([]string, error) {
	s, err := e.session()
	if err != nil {
		return nil, err
	}
	written, err := s.writeInto(dir, files)
	paths := make([]string, 0, len(written))
	for _, f := range written {
		paths = append(paths, f.Path)
	}
	return paths, err
}

// export writes the plan as a document that somebody with more rights can read.
func (e *engine) export(_ context.Context, b spec.Bridge, p steps.Plan) (string, error) {
	d := planOf(p)
	e.at.fill("drawbridge.plan/v1", d)
	data, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return "", fmt.Errorf("write the plan: %w", err)
	}
	path := b.Name + ".plan.json"
	return path, writeFile(path, append(data, '\n'))
}
