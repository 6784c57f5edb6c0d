package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// make makes the files of these kinds from what is known.
func (s *session) make(kinds []string) ([]artifact.File, error) { return makeFiles(kinds, s.input()) }

func makeFiles(kinds []string, in artifact.Input) ([]artifact.File, error) {
	files := make([]artifact.File, 0, len(kinds))
	for _, k := range kinds {
		f, err := artifact.Make(k, in)
		if err != nil {
			return nil, err
		}
		files = append(files, f...)
	}
	return files, nil
}

// input is what files are made from: the addresses are those of the active endpoints.
func (s *session) input() artifact.Input {
	in := artifact.Input{Bridge: s.bridge, Facts: s.world.Facts, Program: s.program}
	if s.real() {
		return in
	}
	in.Endpoints = artifact.Endpoints{
		GoogleSTS: s.world.Google.Endpoints.STS, GoogleCredentials: s.world.Google.Endpoints.IAMCredentials,
		EC2Metadata: s.world.AWS.IMDS, AWS: strings.TrimSuffix(s.world.AWS.STSURL, "/"),
	}
	return in
}

func unknownFact(err error) bool {
	_, ok := errors.AsType[*artifact.UnknownFactError](err)
	return ok
}

// writeFiles writes files and their manifest into dir, which is made when it is not there.
func writeFiles(b spec.Bridge, files []artifact.File, dir string) ([]generated, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	old, err := readManifest(dir)
	if err != nil {
		return nil, err
	}
	m, err := artifact.NewManifest(b, files)
	if err != nil {
		return nil, err
	}
	manifest, err := m.With(old).File()
	if err != nil {
		return nil, err
	}
	written := make([]generated, 0, len(files))
	for _, f := range files {
		path := filepath.Join(dir, f.Path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, err
		}
		if err := writeFile(path, f.Bytes); err != nil {
			return nil, err
		}
		written = append(written, generated{Path: path, Kind: f.Kind, SHA256: artifact.Hash(f.Bytes), State: artifact.Written})
	}
	return written, writeFile(filepath.Join(dir, manifest.Path), manifest.Bytes)
}

// compareFiles says how what lies in dir stands to files.
func compareFiles(files []artifact.File, dir string) ([]generated, error) {
	m, err := readManifest(dir)
	if err != nil {
		return nil, err
	}
	states := make([]generated, 0, len(files))
	for _, f := range files {
		path := filepath.Join(dir, f.Path)
		found, err := readPlain(path)
		if err != nil {
			return nil, err
		}
		states = append(states, generated{Path: path, Kind: f.Kind, SHA256: artifact.Hash(f.Bytes), State: m.Compare(f, found)})
	}
	return states, nil
}

// readManifest reads the manifest of dir; where there is none, nothing is known.
func readManifest(dir string) (artifact.Manifest, error) {
	data, err := readPlain(filepath.Join(dir, artifact.ManifestName))
	if err != nil || data == nil {
		return artifact.Manifest{}, err
	}
	return artifact.ParseManifest(data)
}
