package credential

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
)

// WriteProfile writes a session into one profile of a shared credentials file: as one whole, 0600, every other line left
// as it is. A link is followed, because dotfiles often are links. A profile that somebody else wrote is refused.
func WriteProfile(path, name string, c cloud.Credentials) error {
	op := "write profile " + name
	path, err := settled(path)
	if err != nil {
		return wrapped(op, err)
	}
	lock := flock.New(beside(path, "lock"), flock.SetPermissions(0o600))
	if err := lock.Lock(); err != nil {
		return wrapped(op, err)
	}
	defer func() { _ = lock.Unlock() }()
	old, err := readText(path)
	if err != nil {
		return wrapped(op, err)
	}
	text, err := withProfile(string(old), name, c)
	if err != nil || text == string(old) {
		return wrapped(op+" of "+path, err)
	}
	// Other programs write this file too, and know nothing of our lock.
	if now, err := readText(path); err != nil || !bytes.Equal(now, old) {
		return fmt.Errorf("%s: %s was changed by somebody else meanwhile; run it again", op, path)
	}
	return wrapped(op, replace(path, beside(path, "new"), []byte(text)))
}

// settled is where path leads to, through links, and makes its directory. A link to nothing may mean a disk that is not
// there yet, and is left alone.
func settled(path string) (string, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	target, err := filepath.EvalSymlinks(path)
	switch {
	case err == nil:
		return target, nil
	case !errors.Is(err, fs.ErrNotExist):
		return "", err
	}
	if _, err := os.Lstat(path); err == nil {
		return "", fmt.Errorf("%s is a link to nothing", path)
	}
	return path, nil
}

// beside names a file of ours next to path, which nobody else uses.
func beside(path, what string) string {
	return filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".drawbridge-"+what)
}

// readText reads a plain file; one that is not there is empty.
func readText(path string) ([]byte, error) {
	at, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case !at.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no plain file", path)
	}
	return os.ReadFile(path)
}

func wrapped(op string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}
