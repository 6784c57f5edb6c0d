package audit

import (
	"regexp"
	"time"
)

// until finds the end of a binding in the form in which conditions are usually written.
var until = regexp.MustCompile(`request\.time\s*<=?\s*timestamp\(\s*['"]([^'"]+)['"]\s*\)`)

// expiredBinding finds bindings whose condition can never hold again.
func expiredBinding(s *sight) []Finding {
	return eachMember(s, func(m member) (Finding, bool) {
		found := until.FindStringSubmatch(m.expression)
		if found == nil {
			return Finding{}, false
		}
		end, err := time.Parse(time.RFC3339, found[1])
		if err != nil || end.After(s.At) {
			return Finding{}, false
		}
		f := s.memberFinding(m, "ended "+end.UTC().Format(time.RFC3339))
		f.Fix = "take the binding away"
		return f, true
	})
}
