package credential

import (
	"errors"
	"os"
)

// replace puts data in place as one whole, 0600; the caller holds the lock of path. A reader sees the old file or the
// new one, never a part. What a killed process left half written goes first.
func replace(path string, data []byte) error {
	half := path + ".new"
	_ = os.Remove(half)
	file, err := os.OpenFile(half, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(half, path)
	}
	if err != nil {
		_ = os.Remove(half)
	}
	return err
}
