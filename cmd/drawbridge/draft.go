package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/drawbridge-cloud/drawbridge/ui"
)

// draftPath is where the answers of an unfinished walk are kept. Those given to a sandbox mean nothing to real clouds.
func (at *site) draftPath() (string, error) {
	home, err := at.home()
	if err != nil {
		return "", err
	}
	if at.flags.sandbox.on {
		return filepath.Join(home, "local", "draft.json"), nil
	}
	return filepath.Join(home, "real", "draft.json"), nil
}

// readDraft gives what an earlier walk left; nil when it left nothing, or nothing that can be read.
func (at *site) readDraft() []byte {
	path, err := at.draftPath()
	if err != nil {
		return nil
	}
	text, err := readPlain(path)
	if err != nil {
		return nil
	}
	return text
}

// keepDraft puts the draft of a walk aside, and forgets the one before once a walk has written its file. A walk that was
// left with nothing to keep changes nothing about what was kept before.
func (at *site) keepDraft(out ui.Outcome) error {
	path, err := at.draftPath()
	if err != nil {
		return nil //nolint:nilerr // nowhere to keep anything: nobody asked for it either
	}
	if out.Draft == nil {
		if out.Saved == "" && out.Result == nil {
			return nil
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("forget the draft: %w", err)
		}
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("keep the draft: %w", err)
	}
	return writeFile(path, out.Draft)
}
