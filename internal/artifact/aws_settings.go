package artifact

import (
	"slices"
	"strings"
)

// ConfigSettings lists what a profile of an AWS config file sets, in lower case; nil when the profile is not there.
func ConfigSettings(config, name string) []string {
	return settingsOf(config, func(line string) (bool, bool) {
		found, header := headerOf(line)
		return header, found == name
	})
}

// CredentialSettings lists what a section of a shared credentials file sets, where the profile's name stands alone.
func CredentialSettings(credentials, name string) []string {
	return settingsOf(credentials, func(line string) (bool, bool) {
		inside, header := strings.CutPrefix(strings.TrimLeft(strings.TrimSpace(line), "\ufeff"), "[")
		inside, _, _ = strings.Cut(inside, "]")
		return header, header && strings.TrimSpace(inside) == name
	})
}

// settingsOf collects the keys below every header that fits; header tells of a line whether it is one, and whether it fits.
func settingsOf(text string, header func(string) (is, fits bool)) []string {
	var out []string
	inside := false
	for l := range strings.Lines(text) {
		if is, fits := header(l); is {
			if inside = fits; fits && out == nil {
				out = []string{}
			}
		}
		if key := settingOf(l); inside && key != "" && !slices.Contains(out, key) {
			out = append(out, key)
		}
	}
	return out
}
