package steps

import "strings"

// command writes a command line for a POSIX shell: every word that needs it is quoted.
func command(words ...string) string {
	out := make([]string, 0, len(words))
	for _, w := range words {
		out = append(out, quote(w))
	}
	return strings.Join(out, " ")
}

// lines joins commands that have to be run one after the other.
func lines(commands ...string) string {
	var out []string
	for _, c := range commands {
		if c != "" {
			out = append(out, c)
		}
	}
	return strings.Join(out, " && ")
}

const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@,+%"

func quote(word string) string {
	strange := func(r rune) bool { return !strings.ContainsRune(plain, r) }
	if word != "" && !strings.ContainsFunc(word, strange) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

func joined(words []string) string { return strings.Join(words, ",") }
