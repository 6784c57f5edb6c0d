package credential

import (
	"errors"
	"os"
)

// replace puts data in place as one whole, 0600; the caller holds the lock of path. A reader sees the old file or the
// new one, never a part. It is written beside as half first; what a killed process left there goes. An owner that the
// file had stays.
func replace(path, half string, data []byte) error {
	_ = os.Remove(half)
	file, err := os.OpenFile(half, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if before, was := os.Stat(path); was == nil {
		err = keepOwner(file, before)
	}
	if err == nil {
		_, err = file.Write(data)
	}
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
