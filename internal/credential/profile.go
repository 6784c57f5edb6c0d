package credential

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
)

// profileMark is the line by which a profile of ours is known. AWS's tools pass over it.
const profileMark = "# temporary, kept fresh by drawbridge credential-process --write"

// WriteProfile writes a session into one profile of a shared credentials file: as one whole, 0600, every other line left
// as it is. A link is followed, because dotfiles often are links. A profile that somebody else wrote is refused.
func WriteProfile(path, name string, c cloud.Credentials) error {
	op := "write profile " + name
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	lock := flock.New(path+".drawbridge-lock", flock.SetPermissions(0o600))
	if err := lock.Lock(); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	defer func() { _ = lock.Unlock() }()
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", op, err)
	}
	text, err := withProfile(string(old), name, c)
	if err != nil || text == string(old) {
		return wrapped(op+" of "+path, err)
	}
	// Other programs write this file too, and know nothing of our lock.
	if now, _ := os.ReadFile(path); !bytes.Equal(now, old) {
		return fmt.Errorf("%s: %s was changed by somebody else meanwhile; run it again", op, path)
	}
	return wrapped(op, replace(path, []byte(text)))
}

func wrapped(op string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}

// withProfile is text with the section of one profile replaced, or added at the end.
func withProfile(text, name string, c cloud.Credentials) (string, error) {
	section := profileSection(name, c)
	start, end := sectionOf(text, name)
	if start < 0 {
		if text != "" && !strings.HasSuffix(text, "\n") {
			text += "\n"
		}
		if text != "" {
			text += "\n"
		}
		return text + section, nil
	}
	if !strings.Contains(text[start:end], profileMark) {
		return "", errors.New("it was not written by drawbridge and may hold somebody's keys; choose another name")
	}
	return text[:start] + section + text[end:], nil
}

func profileSection(name string, c cloud.Credentials) string {
	return fmt.Sprintf("[%s]\n%s\n# until %s\naws_access_key_id = %s\naws_secret_access_key = %s\naws_session_token = %s\n",
		name, profileMark, stamp(c.Expires), c.AccessKeyID, c.SecretAccessKey.Reveal(), c.SessionToken.Reveal())
}

// sectionOf finds a section from its header to its last setting; -1 when there is none. Comments after that are taken to
// belong to what follows.
func sectionOf(text, name string) (start, end int) {
	start, at := -1, 0
	for line := range strings.Lines(text) {
		header, isHeader := headerOf(line)
		at += len(line)
		switch {
		case isHeader && start >= 0:
			return start, end
		case isHeader && header == name:
			start, end = at-len(line), at
		case start >= 0 && setting(line):
			end = at
		}
	}
	return start, end
}

func setting(line string) bool {
	line = strings.TrimSpace(line)
	return line != "" && line[0] != '#' && line[0] != ';'
}

func headerOf(line string) (string, bool) {
	line = strings.TrimRight(line, " \t\r\n")
	if !strings.HasPrefix(line, "[") {
		return "", false
	}
	inside, _, closed := strings.Cut(line[1:], "]")
	return strings.TrimSpace(inside), closed
}
