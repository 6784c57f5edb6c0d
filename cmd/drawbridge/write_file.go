package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// writeFile puts data in place as one whole, readable by its owner alone. It follows no link: what a link points to is
// not ours to replace. A reader sees the old file or the new one, never a part.
func writeFile(path string, data []byte) error {
	if at, err := os.Lstat(path); err == nil && !at.Mode().IsRegular() {
		return fmt.Errorf("write %s: it is no plain file, and is left alone", path)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("write %s: %s", path, reason(err))
	}
	dir := filepath.Dir(path)
	file, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*") // made 0600
	if err != nil {
		return fmt.Errorf("write %s: %s", path, reason(err))
	}
	if err := fillFile(file, data); err != nil {
		_ = os.Remove(file.Name())
		return fmt.Errorf("write %s: %s", path, reason(err))
	}
	if err := os.Rename(file.Name(), path); err != nil {
		_ = os.Remove(file.Name())
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

func fillFile(file *os.File, data []byte) error {
	_, err := file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// readPlain reads a file that we wrote, or answers nil where there is none. It follows no link.
func readPlain(path string) ([]byte, error) {
	at, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case !at.Mode().IsRegular():
		return nil, fmt.Errorf("read %s: it is no plain file", path)
	}
	data, err := os.ReadFile(path)
	if err == nil && data == nil {
		data = []byte{}
	}
	return data, err
}
