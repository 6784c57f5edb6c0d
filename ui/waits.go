package ui

import "time"

// waiting says what is waited for and how often it has been seen: "IAM to show the role · 2 of 3".
func (l look) waiting(what string, seen, want int) string {
	s := "waiting for " + clean(what)
	if want > 1 {
		s += " " + l.dot + " " + itoa(seen) + " of " + itoa(want) + " reads"
	}
	return s
}

// waited says since when and until when: "· 6s of 2m".
func (w *walk) waited(since, until time.Time) string {
	if since.IsZero() {
		return ""
	}
	s := " " + w.dot + " " + short(w.now.Sub(since).Truncate(time.Second))
	if !until.IsZero() {
		s += " of " + short(until.Sub(since).Round(time.Second))
	}
	return s
}
