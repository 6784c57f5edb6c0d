package ui

import "time"

// waiting says what is waited for and how often it has been seen: "IAM to show the role · 2 of 3".
func (l look) waiting(what string, seen, want int) string {
	return "waiting for " + clean(what) + l.counts(seen, want)
}

// counts says how many reads of those wanted have shown it.
func (l look) counts(seen, want int) string {
	if want < 2 {
		return ""
	}
	return " " + l.dot + " " + itoa(seen) + " of " + itoa(want) + " reads"
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
