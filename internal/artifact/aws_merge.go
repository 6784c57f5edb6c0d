package artifact

import (
	"fmt"
	"slices"
	"strings"
)

// ProfileError says why a profile of somebody's file is left alone.
type ProfileError struct{ Profile, Reason string }

// Error names the profile and the reason.
func (e *ProfileError) Error() string { return "profile " + e.Profile + ": " + e.Reason }

// MergeProfiles puts profiles into the text of an AWS config file. Every line that is not a setting of theirs stays as it
// is, byte for byte. A profile of the same name that gets its credentials in another way is a *ProfileError.
func MergeProfiles(text string, profiles []Profile) (string, error) {
	for _, p := range profiles {
		var err error
		if text, err = mergeProfile(text, p); err != nil {
			return "", err
		}
	}
	return text, nil
}

// otherWays are the settings by which a profile gets credentials; those that a profile of ours does not have would win
// over it or fight with it.
func otherWays() []string {
	return []string{
		"aws_access_key_id", "aws_secret_access_key", "aws_session_token", "source_profile", "credential_source", "role_arn",
		"web_identity_token_file", "credential_process", "sso_session", "sso_start_url", "sso_account_id", "login_session",
	}
}

func mergeProfile(text string, p Profile) (string, error) {
	lines := slices.Collect(strings.Lines(text))
	start, end, err := profileIn(lines, p.Name)
	if err != nil {
		return "", err
	}
	ending := "\n"
	if strings.Contains(text, "\r\n") {
		ending = "\r\n"
	}
	if start < 0 {
		return text + apart(text, ending) + newProfile(p, ending), nil
	}
	if !strings.HasSuffix(lines[start], "\n") {
		lines[start] += ending
	}
	section, err := changed(lines[start+1:end], p, ending)
	if err != nil {
		return "", err
	}
	return strings.Join(slices.Concat(lines[:start+1], section, lines[end:]), ""), nil
}

// apart is what goes between a file and a section added to it.
func apart(text, ending string) string {
	switch {
	case strings.Trim(text, "\ufeff") == "":
		return ""
	case strings.HasSuffix(text, "\n"):
		return ending
	}
	return ending + ending
}

func newProfile(p Profile, ending string) string {
	var out strings.Builder
	out.WriteString("[profile " + p.Name + "]" + ending)
	for _, s := range p.Settings {
		out.WriteString(s[0] + " = " + s[1] + ending)
	}
	return out.String()
}

// profileIn finds a section: from its header up to the next one. start is -1 when there is none.
func profileIn(lines []string, name string) (start, end int, err error) {
	start, end = -1, len(lines)
	for i, l := range lines {
		header, ok := headerOf(l)
		if !ok {
			continue
		}
		if start >= 0 && end == len(lines) {
			end = i
		}
		if header != name {
			continue
		}
		if start >= 0 {
			return 0, 0, &ProfileError{name, "it stands in the file more than once"}
		}
		start = i
	}
	return start, end, nil
}

// headerOf is the name of the profile that a line begins; other sections have none.
func headerOf(line string) (name string, header bool) {
	line = strings.TrimLeft(strings.TrimRight(line, " \t\r\n"), "\ufeff")
	if !strings.HasPrefix(line, "[") {
		return "", false
	}
	inside, _, closed := strings.Cut(line[1:], "]")
	if !closed {
		return "", false
	}
	inside = strings.TrimSpace(inside)
	rest, isProfile := strings.CutPrefix(inside, "profile")
	if !isProfile || rest == strings.TrimLeft(rest, " \t") {
		return "", true
	}
	return strings.Trim(strings.TrimSpace(rest), `"'`), true
}

// changed is the lines of a section with its settings brought to those of p: in their places, or behind the others.
func changed(lines []string, p Profile, ending string) ([]string, error) {
	wanted := map[string]string{}
	for _, s := range p.Settings {
		wanted[s[0]] = s[1]
	}
	var out []string
	done, dropping, last := map[string]bool{}, false, 0
	for _, l := range lines {
		key, ours := settingOf(l), false
		if key == "" && dropping && indented(l) {
			continue // goes on with a value that is replaced
		}
		dropping = false
		if value, ok := wanted[key]; ok {
			ours, dropping = true, true
			if done[key] {
				continue
			}
			done[key] = true
			if _, had, _ := strings.Cut(l, "="); strings.TrimSpace(had) != value {
				l = key + " = " + value + ending
			}
		}
		if !ours && slices.Contains(otherWays(), key) {
			return nil, &ProfileError{p.Name, fmt.Sprintf("it gets credentials in another way (%s), which drawbridge leaves alone", key)}
		}
		out = append(out, l)
		if key != "" || indented(l) {
			last = len(out)
		}
	}
	var missing []string
	for _, s := range p.Settings {
		if !done[s[0]] {
			missing = append(missing, s[0]+" = "+s[1]+ending)
		}
	}
	if last > 0 && len(missing) > 0 && !strings.HasSuffix(out[last-1], "\n") {
		out[last-1] += ending
	}
	return slices.Insert(out, last, missing...), nil
}

func indented(l string) bool {
	return (strings.HasPrefix(l, " ") || strings.HasPrefix(l, "\t")) && strings.TrimSpace(l) != ""
}

// settingOf is the key that a line sets, in lower case as AWS's tools read it; "" for comments, blanks and nested lines.
func settingOf(l string) string {
	if l == "" || strings.ContainsRune("#; \t[", rune(l[0])) {
		return ""
	}
	key, _, ok := strings.Cut(l, "=")
	if !ok {
		return ""
	}
	return strings.ToLower(strings.TrimSpace(key))
}

// HasKeys reports whether a section of a shared credentials file, where the name stands alone, holds keys. They would win
// over whatever a profile of that name says.
func HasKeys(credentials, name string) bool {
	inside := false
	for l := range strings.Lines(credentials) {
		if trimmed := strings.TrimLeft(strings.TrimSpace(l), "\ufeff"); strings.HasPrefix(trimmed, "[") {
			header, _, _ := strings.Cut(trimmed[1:], "]")
			inside = strings.TrimSpace(header) == name
		}
		if inside && settingOf(l) == "aws_access_key_id" {
			return true
		}
	}
	return false
}
