package ui

// Unanswered is a question that had to be answered and was not: the input ended. It is unusable input, not a failure.
type Unanswered struct {
	Question string // as it was asked
	Flag     string // what answers it on the command line: "--yes", "--set toGoogle.role.name=NAME"
}

// Error says what was asked and which flag answers it.
func (u *Unanswered) Error() string {
	return "read an answer to " + `"` + u.Question + `": the input ended; answer it with ` + u.Flag
}
