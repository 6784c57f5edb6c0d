package spec

import "strings"

// nearest finds the word that was probably meant: the same but for case, or at most two slips away, "" when none is.
func nearest(word string, known []string) string {
	best, least := "", 3
	lower := strings.ToLower(word)
	for _, k := range known {
		d := slips(lower, strings.ToLower(k))
		if d < least && d <= len(k)/3+1 {
			best, least = k, d
		}
	}
	return best
}

// slips counts letters to add, drop, change or swap to make one word of the other; words far apart count as many.
func slips(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 64 || len(x)-len(y) > 2 || len(y)-len(x) > 2 {
		return 99
	}
	before, last := make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row := make([]int, len(y)+1)
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(y)]
}
