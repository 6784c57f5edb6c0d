package credential

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// WriteOutput puts an executable source's document where Google's library looks before it asks again: 0600 and as one
// whole.
func WriteOutput(path string, document []byte) error {
	const op = "write the output file"
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	lock := flock.New(beside(path, "lock"), flock.SetPermissions(0o600))
	if err := lock.Lock(); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	defer func() { _ = lock.Unlock() }()
	return wrapped(op, replace(path, beside(path, "new"), document))
}
