// Package trust reads trust: who a policy, a mapping or a condition lets in, and why it kept somebody out. It is pure: it
// sees documents and claims, never a cloud, and it never keeps or prints a signature. Where it cannot know a value that a
// cloud would know, it says so and leans towards admitting, so that "refused" can be relied on.
package trust

// Verdict is what a trust decides about one caller.
type Verdict struct {
	Admitted  bool
	Statement string   // what decided: a Sid, "statement 2" (from 1), "mapping", "condition", "binding"; "" when nothing came close
	Denies    bool     // the statement is a Deny, and its rows say why it holds
	Rows      []Row    // the claim table of what decided, in the order of the document
	Unread    []string // keys whose value cannot be told here; they were taken to hold
}

// Row is one line of the claim table: what was sent beside what was wanted.
type Row struct {
	Claim    string // claim of the token that the key reads, such as azp for accounts.google.com:aud
	Key      string // condition key, attribute, or part of the document
	Operator string // as the document spells it
	Sent     string // "" when the caller sent nothing
	Wanted   string // several values are joined by " or "
	Holds    bool
}
