package artifact

import "strings"

const plainRunes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@,+%"

// shellWord makes one word of any text for a POSIX shell; plain words stay plain. Nothing inside is expanded.
func shellWord(s string) string {
	strange := func(r rune) bool { return !strings.ContainsRune(plainRunes, r) }
	if s != "" && !strings.ContainsFunc(s, strange) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
