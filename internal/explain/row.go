package explain

import (
	"slices"
	"strings"
)

// Row is one message that people meet on the way between the two clouds, as it was seen in the wild.
type Row struct {
	Number   int      // of the row; fixed for good
	Step     string   // where it comes up: OP G GP A T W K X I R O
	Says     []string // ways in which it is said; "a … b" wants both pieces, in that order
	Cause    string
	Who      string   // who can mend it
	Do       []string // what to do; never anything that widens a trust
	Evidence string   // S seen in public, C seen in a client's source, U documented only
	Sources  []string
}

// Rows lists every row, in the order of their numbers.
func Rows() []Row { return slices.Concat(operatorRows, setupRows, toAWSRows, toGoogleRows) }

// Explain finds the rows that a message fits: the most particular ones first, and all of them where the clouds say the
// same about several causes. Case, line breaks, quotes and what stands around do not count. Nothing is guessed: a message
// that fits no row gives none.
func Explain(message string) []Row {
	text := plainText(message)
	type hit struct {
		row    Row
		length int
	}
	var hits []hit
	for _, r := range Rows() {
		if n := r.fits(text); n > 0 {
			hits = append(hits, hit{r, n})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return b.length - a.length })
	out := make([]Row, 0, len(hits))
	for _, h := range hits {
		out = append(out, h.row)
	}
	return out
}

// fits gives the length of the longest way of saying it that the text contains, 0 for none.
func (r Row) fits(text string) int {
	longest := 0
	for _, way := range r.Says {
		if inOrder(text, strings.Split(plainText(way), " … ")) {
			longest = max(longest, len(way))
		}
	}
	return longest
}

func inOrder(text string, pieces []string) bool {
	for _, p := range pieces {
		i := wordAt(text, p)
		if i < 0 {
			return false
		}
		text = text[i+len(p):]
	}
	return true
}

// wordAt finds a piece that does not begin or end within a word: InvalidAccessKeyId is not InvalidAccessKeyIdentity.
func wordAt(text, piece string) int {
	from := 0
	for {
		i := strings.Index(text[from:], piece)
		if i < 0 {
			return -1
		}
		i += from
		end := i + len(piece)
		begins := i > 0 && letter(text[i-1]) && letter(piece[0])
		goesOn := end < len(text) && letter(text[end]) && letter(piece[len(piece)-1])
		if !begins && !goesOn {
			return i
		}
		from = i + 1
	}
}

func letter(b byte) bool { return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '_' }

// plainText folds case, white space and the many kinds of quotes.
func plainText(s string) string {
	s = strings.NewReplacer("`", "", "’", "'", "‘", "'", "“", `"`, "”", `"`, `\"`, `"`, `\n`, " ", "│", " ", "\u00a0", " ").Replace(strings.ToLower(s))
	return strings.Join(strings.Fields(s), " ")
}
