package trust

import (
	"fmt"
	"slices"
	"strings"
)

// Breadth is how much of an AWS account, or of an issuer, a provider's condition lets in.
type Breadth string

// From nothing at all to exactly one workload.
const (
	Unconditional Breadth = "unconditional" // there is no condition
	Trivial       Breadth = "trivial"       // there is one, and it narrows nothing
	Loose         Breadth = "loose"         // it narrows, but not provably to whole names
	Pinned        Breadth = "pinned"        // everybody whom it admits has a name that it spells out
)

// BreadthOfAWS reads the condition of a provider of type AWS. Trivial is found by trying callers that have nothing in
// common but the account; pinned by reading the expression. A condition that cannot be compiled is an error.
func BreadthOfAWS(condition, account string) (Breadth, error) {
	if strings.TrimSpace(condition) == "" {
		return Unconditional, nil
	}
	tight := func(text string, exact bool) bool {
		return exact && strings.Count(text, ":") >= 5 || !exact && strings.HasSuffix(text, "/") && strings.Count(text, "/") >= 2
	}
	pinned, err := pinnedBy(condition, []string{"arn", "attribute.aws_role", "google.subject"}, tight)
	if err != nil || pinned {
		return Pinned, err
	}
	for _, caller := range strangers(account) {
		mapped, err := Mapped(DefaultAWSMapping(), caller)
		if err != nil {
			return Loose, err
		}
		if ok, err := Admits(condition, caller, mapped); err != nil || !ok {
			return Loose, nil
		}
	}
	return Trivial, nil
}

// BreadthOfIssuer reads the condition of a provider of type OIDC in the same way, by its subject.
func BreadthOfIssuer(condition string) (Breadth, error) {
	if strings.TrimSpace(condition) == "" {
		return Unconditional, nil
	}
	tight := func(text string, exact bool) bool {
		return text != "" && (exact || strings.HasSuffix(text, "/") || strings.HasSuffix(text, ":"))
	}
	claims := []string{"sub", "google.subject", "repository", "repository_owner", "repository_id", "repository_owner_id", "namespace_path", "project_path", "terraform_organization_id", "terraform_organization_name", "email", "azp", "tid"}
	pinned, err := pinnedBy(condition, claims, tight)
	if err != nil || pinned {
		return Pinned, err
	}
	if ok, err := Admits(condition, map[string]any{"sub": "x", "aud": "y"}, map[string]string{"google.subject": "x"}); err == nil && ok {
		return Trivial, nil
	}
	return Loose, nil
}

// pinnedBy reports whether the condition holds one of the claims to texts that are tight.
func pinnedBy(condition string, claims []string, tight Pin) (bool, error) {
	for _, claim := range claims {
		pinned, err := Pins(condition, claim, tight)
		if err != nil || pinned {
			return pinned, err
		}
	}
	return false, nil
}

// strangers are callers of one account that share nothing else.
func strangers(account string) []map[string]any {
	arn := func(kind string) map[string]any {
		return map[string]any{"arn": "arn:aws:sts::" + account + ":" + kind, "account": account, "userid": "AROAZZZZZZZZZZZZZZZZZ:z"}
	}
	user := arn("")
	user["arn"], user["userid"] = "arn:aws:iam::"+account+":user/zq-somebody", "AIDAZZZZZZZZZZZZZZZZZ"
	return []map[string]any{arn("assumed-role/zq-some-role/zq"), arn("assumed-role/Another_One.9/i-0123456789abcdef0"), user}
}

// Distinguishes reports whether a mapping's google.subject tells two roles of one account apart. One that does not lets
// one workload pass for another.
func Distinguishes(mapping map[string]string, account string) (bool, error) {
	subject, ok := mapping["google.subject"]
	if !ok {
		return false, fmt.Errorf("the mapping has no google.subject")
	}
	var seen []string
	for _, caller := range strangers(account)[:2] {
		mapped, err := Mapped(map[string]string{"google.subject": subject}, caller)
		if err != nil {
			return false, err
		}
		seen = append(seen, mapped["google.subject"])
	}
	return len(slices.Compact(seen)) == len(strangers(account)[:2]), nil
}
