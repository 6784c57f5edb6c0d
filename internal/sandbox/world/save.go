package world

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gofrs/flock"
)

// Load returns the world kept in a state file, or a fresh one under seed when the file does not exist yet. The file is
// locked until Close; it is written, whole and atomically, before each change is answered. It holds keys: mode 0600.
func Load(path string, seed uint64, knobs Knobs) (*World, error) {
	lock, err := hold(path)
	if err != nil {
		return nil, err
	}
	w, err := read(path, seed, knobs)
	if err != nil {
		_ = lock.Unlock()
		return nil, err
	}
	w.saver = func(s *State) error { return write(path, s) }
	w.release = func() error { return release(path, lock) }
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.save(); err != nil {
		_ = w.release()
		return nil, err
	}
	return w, nil
}

// Close releases the state file. The world itself stays usable, but nothing is kept any more.
func (w *World) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	release := w.release
	w.saver, w.release = nil, nil
	if release == nil {
		return nil
	}
	return release()
}

func read(path string, seed uint64, knobs Knobs) (*World, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return New(seed, knobs), nil
	}
	if err != nil {
		return nil, fmt.Errorf("read sandbox state: %w", err)
	}
	w := &World{knobs: knobs}
	if err := json.Unmarshal(raw, &w.state); err != nil {
		return nil, fmt.Errorf("read sandbox state %s: it is damaged (%w); remove it to start a fresh world", path, err)
	}
	if w.state.Version != StateVersion {
		return nil, fmt.Errorf("read sandbox state %s: it has version %d and this program reads version %d; remove it to start a fresh world",
			path, w.state.Version, StateVersion)
	}
	if err := w.arm(); err != nil {
		return nil, fmt.Errorf("read sandbox state %s: it is damaged (%w); remove it to start a fresh world", path, err)
	}
	w.state.AWS.complete()
	w.remember()
	return w, nil
}

func write(path string, s *State) error {
	raw, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("save sandbox state: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return fmt.Errorf("save sandbox state: %w", err)
	}
	_, err = f.Write(raw)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("save sandbox state: %w", err)
	}
	return nil
}

// hold locks the state and leaves the process id beside it, so that a second process can say who has it. The lock is a
// file of its own, because the state itself is replaced at each write.
func hold(path string) (*flock.Flock, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("lock sandbox state: %w", err)
	}
	lock := flock.New(path+".lock", flock.SetPermissions(0o600))
	got, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock sandbox state %s: %w", path, err)
	}
	if !got {
		return nil, fmt.Errorf("lock sandbox state %s: another sandbox%s is using it; stop that one or choose another file", path, holder(path))
	}
	if err := os.WriteFile(path+".pid", []byte(strconv.Itoa(os.Getpid())), 0o600); err != nil {
		_ = lock.Unlock()
		return nil, fmt.Errorf("lock sandbox state: %w", err)
	}
	return lock, nil
}

func release(path string, lock *flock.Flock) error {
	_ = os.Remove(path + ".pid")
	if err := lock.Unlock(); err != nil {
		return fmt.Errorf("unlock sandbox state: %w", err)
	}
	return nil
}

func holder(path string) string {
	pid, err := os.ReadFile(path + ".pid")
	if err != nil {
		return ""
	}
	if _, err := strconv.Atoi(strings.TrimSpace(string(pid))); err != nil {
		return ""
	}
	return " (pid " + strings.TrimSpace(string(pid)) + ")"
}
