package judge

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// compare decides one positive operator between a value of the request and a value of the policy. What cannot be read
// as the operator's kind does not match. Policy variables work in the string and ARN operators only.
func compare(op, have, want string, facts Facts, vars bool) bool {
	switch {
	case strings.HasPrefix(op, "String"):
		return compareString(op, have, want, facts, vars)
	case strings.HasPrefix(op, "Numeric"):
		return compareNumber(strings.TrimPrefix(op, "Numeric"), have, want)
	case strings.HasPrefix(op, "Date"):
		return compareDate(strings.TrimPrefix(op, "Date"), have, want)
	case strings.HasPrefix(op, "Arn"):
		return compareARN(have, want, facts, vars)
	}
	switch op {
	case "Bool":
		return strings.EqualFold(have, want)
	case "BinaryEquals":
		return have == want
	case "IpAddress":
		return compareAddress(have, want)
	}
	return false
}

func compareString(op, have, want string, facts Facts, vars bool) bool {
	p, ok := compilePattern(want, facts, vars)
	if !ok {
		return false
	}
	switch op {
	case "StringLike":
		return p.matches(have)
	case "StringEqualsIgnoreCase":
		return strings.EqualFold(p.literal(), have)
	}
	return p.literal() == have
}

// compareARN matches each of the six parts by itself, so that a wildcard cannot reach across a colon. ArnEquals and
// ArnLike are the same operator.
func compareARN(have, want string, facts Facts, vars bool) bool {
	p, ok := compilePattern(want, facts, vars)
	if !ok {
		return false
	}
	patterns, values := p.split(':', 6), strings.SplitN(have, ":", 6)
	if len(patterns) != 6 || len(values) != 6 {
		return len(patterns) == 1 && patterns[0].matches(have)
	}
	for i := range patterns {
		if !patterns[i].matches(values[i]) {
			return false
		}
	}
	return true
}

func compareNumber(op, have, want string) bool {
	a, errA := strconv.ParseFloat(have, 64)
	b, errB := strconv.ParseFloat(want, 64)
	if errA != nil || errB != nil {
		return false
	}
	return ordered(op, compareOrder(a, b))
}

func compareOrder(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func compareDate(op, have, want string) bool {
	a, okA := date(have)
	b, okB := date(want)
	return okA && okB && ordered(op, a.Compare(b))
}

func ordered(op string, order int) bool {
	switch op {
	case "Equals":
		return order == 0
	case "LessThan":
		return order < 0
	case "LessThanEquals":
		return order <= 0
	case "GreaterThan":
		return order > 0
	case "GreaterThanEquals":
		return order >= 0
	}
	return false
}

// date reads the W3C profile of ISO 8601 and epoch seconds, the two forms that IAM reads.
func date(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02", "2006-01", "2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.Unix(n, 0), true
	}
	return time.Time{}, false
}

func compareAddress(have, want string) bool {
	address, err := netip.ParseAddr(have)
	if err != nil {
		return false
	}
	if prefix, err := netip.ParsePrefix(want); err == nil {
		return prefix.Contains(address)
	}
	other, err := netip.ParseAddr(want)
	return err == nil && other == address
}
