package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
)

// merge puts profiles into the file of --into, or with --check says whether that would change it.
func (o *generateOptions) merge(at *site, profiles []artifact.Profile) error {
	old, err := readPlain(o.into)
	if err != nil {
		return err
	}
	text, err := artifact.MergeProfiles(string(old), profiles)
	if err == nil {
		err = noKeys(at, profiles)
	}
	if e, ok := errors.AsType[*artifact.ProfileError](err); ok {
		return usage("write "+o.into+": "+e.Error(), "take that profile away or rename it, if nobody needs it", "or give the bridge another name")
	}
	if err != nil {
		return err
	}
	state := artifact.Current
	if text != string(old) {
		state = artifact.Stale
	}
	if old == nil {
		state = artifact.Missing
	}
	if !o.check && state != artifact.Current {
		if err := o.replace(old, []byte(text)); err != nil {
			return err
		}
		state = artifact.Written
	}
	err = o.list([]generated{{Path: o.into, Kind: "aws-config", SHA256: artifact.Hash([]byte(text)), State: state}})
	if err == nil && o.check && state != artifact.Current {
		return &noError{answer: "the profiles are not in place"}
	}
	return err
}

// noKeys refuses profiles of whose name the shared credentials file holds keys: they would win.
func noKeys(at *site, profiles []artifact.Profile) error {
	path := at.sharedCredentials()
	data, err := os.ReadFile(path)
	if err != nil {
		return nil //nolint:nilerr // what cannot be read here gives its owner's programs no keys either
	}
	for _, p := range profiles {
		if artifact.HasKeys(string(data), p.Name) {
			return &artifact.ProfileError{Profile: p.Name, Reason: path + " holds keys for it, which would win"}
		}
	}
	return nil
}

// replace writes the file as one whole, unless somebody else has changed it meanwhile: AWS's tools write it too.
func (o *generateOptions) replace(old, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(o.into), 0o700); err != nil {
		return err
	}
	now, err := readPlain(o.into)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, old) {
		return errors.New("write " + o.into + ": somebody else has changed it meanwhile; run it again")
	}
	return writeFile(o.into, text)
}
