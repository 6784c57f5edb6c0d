package credential

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
)

// profileMark is the line by which a profile of ours is known. AWS's tools pass over it.
const profileMark = "# temporary, kept fresh by drawbridge credential-process --write"

// until begins the line that tells people when the session ends.
const until = "# until "

// The settings that we write. A profile of ours may hold others, such as a region, which stay.
var ourSettings = []string{"aws_access_key_id", "aws_secret_access_key", "aws_session_token"}

// withProfile is text with the session in the section of one profile, which is added at the end when there is none.
func withProfile(text, name string, c cloud.Credentials) (string, error) {
	settings, err := sessionLines(c)
	if err != nil {
		return "", err
	}
	start, end, err := sectionOf(text, name)
	if err != nil {
		return "", err
	}
	if start < 0 {
		return separated(text) + "[" + name + "]\n" + settings, nil
	}
	lines := slices.Collect(strings.Lines(text[start:end]))
	kept, err := otherSettings(lines[1:])
	if err != nil {
		return "", err
	}
	return text[:start] + terminated(lines[0]) + settings + kept + text[end:], nil
}

// sessionLines is what we write below a profile's header. A value that is no word would write into other profiles.
func sessionLines(c cloud.Credentials) (string, error) {
	values := []string{c.AccessKeyID, c.SecretAccessKey.Reveal(), c.SessionToken.Reveal()}
	for i, v := range values {
		if v == "" || strings.ContainsFunc(v, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return "", fmt.Errorf("what AWS gave holds no %s", ourSettings[i])
		}
	}
	lines := []string{profileMark, until + stamp(c.Expires)}
	for i, v := range values {
		lines = append(lines, ourSettings[i]+" = "+v)
	}
	return strings.Join(lines, "\n") + "\n", nil
}

// otherSettings is what a section of ours holds besides, as it stands. A section without our mark, or with keys that are
// not temporary, is somebody's own.
func otherSettings(lines []string) (kept string, err error) {
	marked, temporary, keys := false, false, false
	for _, line := range lines {
		name, _, _ := strings.Cut(line, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		switch trimmed := strings.TrimSpace(line); {
		case trimmed == profileMark:
			marked = true
		case strings.HasPrefix(trimmed, until):
		case slices.Contains(ourSettings, name):
			keys = true
			temporary = temporary || name == "aws_session_token"
		default:
			kept += terminated(line)
		}
	}
	if !marked || keys && !temporary {
		return "", errors.New("it was not written by drawbridge and may hold somebody's keys; choose another name")
	}
	return kept, nil
}

// sectionOf finds a section from its header to its last setting; start is -1 when there is none. Comments after that are
// taken to belong to what follows. AWS's tools do not agree about two sections of one name, nor about an indented header.
func sectionOf(text, name string) (start, end int, err error) {
	start, at, inside := -1, 0, false
	for line := range strings.Lines(text) {
		header, isHeader := headerOf(line)
		at += len(line)
		switch {
		case isHeader && header == name && (start >= 0 || line[0] != '['):
			return -1, 0, errors.New("its header stands there twice or indented; mend the file first")
		case isHeader && header == name:
			start, end, inside = at-len(line), at, true
		case isHeader:
			inside = false
		case inside && setting(line):
			end = at
		}
	}
	return start, end, nil
}

func setting(line string) bool {
	line = strings.TrimSpace(line)
	return line != "" && line[0] != '#' && line[0] != ';'
}

func headerOf(line string) (string, bool) {
	line = strings.TrimPrefix(strings.TrimSpace(line), "\ufeff")
	if !strings.HasPrefix(line, "[") {
		return "", false
	}
	inside, _, closed := strings.Cut(line[1:], "]")
	return strings.TrimSpace(inside), closed
}

// separated is text with one empty line at its end, ready for another section.
func separated(text string) string {
	if text == "" {
		return ""
	}
	return terminated(text) + "\n"
}

func terminated(line string) string {
	if strings.HasSuffix(line, "\n") {
		return line
	}
	return line + "\n"
}
