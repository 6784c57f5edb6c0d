package steps

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var permissionName = regexp.MustCompile("`((?:iam|ec2|sts):[A-Za-z]+|(?:iam\\.googleapis\\.com/)?[a-zA-Z]+\\.[a-zA-Z]+\\.[a-zA-Z]+|iam\\.googleapis\\.com/[a-zA-Z]+\\.[a-zA-Z]+)`")

// TestDocumentedPermissionsAreThePrintedOnes holds each section of the page to what is printed for a bridge with every
// plank.
func TestDocumentedPermissionsAreThePrintedOnes(t *testing.T) {
	page, err := os.ReadFile("../docs/permissions.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range Purposes() {
		_, section, found := strings.Cut(string(page), "\n## "+string(p)+"\n")
		if !found {
			t.Errorf("no section %q", p)
			continue
		}
		section, _, _ = strings.Cut(section, "\n## ")
		var told []string
		for _, m := range permissionName.FindAllStringSubmatch(section, -1) {
			told = append(told, m[1])
		}
		slices.Sort(told)
		r := RightsFor(everything()[0], p)
		want := slices.Clone(r.Google)
		for _, a := range r.AWS {
			want = append(want, a.Action)
		}
		slices.Sort(want)
		if told, want = slices.Compact(told), slices.Compact(want); !slices.Equal(told, want) {
			t.Errorf("%s: the page has\n%v\nwant\n%v", p, told, want)
		}
	}
}

func TestNobodyMayDoEverything(t *testing.T) {
	for _, b := range everything() {
		for _, p := range Purposes() {
			r := RightsFor(b, p)
			text := r.Policy(b).Compact()
			if strings.Contains(text, ":*\"") || slices.ContainsFunc(r.Google, func(s string) bool { return strings.Contains(s, "*") }) {
				t.Errorf("%s: a right with a wildcard: %s %v", p, text, r.Google)
			}
			for _, a := range r.AWS {
				if a.On == "*" && !looksOnly(a.Action) && !strings.HasPrefix(a.Action, "ec2:") && !strings.Contains(a.Action, "Outbound") && !strings.Contains(a.Action, "Simulate") {
					t.Errorf("%s: %s is allowed on everything", p, a.Action)
				}
			}
			if writes := slices.ContainsFunc(r.AWS, func(a Right) bool { return !looksOnly(a.Action) }); p == ForAudit && writes {
				t.Errorf("audit may write: %v", r.AWS)
			}
		}
	}
}
