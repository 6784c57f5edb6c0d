package trust

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// operator is a condition operator taken apart.
type operator struct {
	base     string // lower case, without Not: "stringequals"
	negated  bool
	ifExists bool
	forAll   bool
	forAny   bool
}

// operatorNamed reads an operator such as ForAllValues:StringNotLikeIfExists; an unknown one is an error.
func operatorNamed(name string) (operator, error) {
	var op operator
	rest := strings.ToLower(name)
	rest, op.forAll = strings.CutPrefix(rest, "forallvalues:")
	if !op.forAll {
		rest, op.forAny = strings.CutPrefix(rest, "foranyvalue:")
	}
	if rest != "nullifexists" { // which AWS does not have
		rest, op.ifExists = strings.CutSuffix(rest, "ifexists")
	}
	for _, family := range []string{"string", "numeric", "date", "arn"} {
		if tail, ok := strings.CutPrefix(rest, family+"not"); ok {
			rest, op.negated = family+tail, true
		}
	}
	if rest == "notipaddress" {
		rest, op.negated = "ipaddress", true
	}
	op.base = rest
	known := []string{
		"stringequals", "stringequalsignorecase", "stringlike", "bool", "null", "binaryequals", "ipaddress", "arnequals", "arnlike",
		"numericequals", "numericlessthan", "numericlessthanequals", "numericgreaterthan", "numericgreaterthanequals",
		"dateequals", "datelessthan", "datelessthanequals", "dategreaterthan", "dategreaterthanequals",
	}
	if !slices.Contains(known, rest) {
		return op, fmt.Errorf("the operator %q is not known", name)
	}
	return op, nil
}

// wildcards tells the operators under which * and ? stand for other characters.
func (op operator) wildcards() bool {
	return op.base == "stringlike" || op.base == "arnlike" || op.base == "arnequals"
}

// variables tells the operators whose values may name policy variables.
func (op operator) variables() bool {
	return strings.HasPrefix(op.base, "string") || strings.HasPrefix(op.base, "arn")
}

// equal holds one sent value to one wanted value, before negation.
func (op operator) equal(sent string, wanted pattern) bool {
	text := wanted.String()
	switch op.base {
	case "stringequals", "binaryequals":
		return sent == text
	case "stringequalsignorecase":
		return strings.EqualFold(sent, text)
	case "stringlike":
		return wanted.match(sent)
	case "arnequals", "arnlike":
		return matchARN(sent, wanted)
	case "bool":
		return strings.EqualFold(sent, text)
	case "ipaddress":
		return inNetwork(sent, text)
	}
	if order, ok := strings.CutPrefix(op.base, "numeric"); ok {
		a, errA := strconv.ParseFloat(sent, 64)
		b, errB := strconv.ParseFloat(text, 64)
		return errA == nil && errB == nil && ordered(order, compare(a, b))
	}
	a, okA := instant(sent)
	b, okB := instant(text)
	return okA && okB && ordered(strings.TrimPrefix(op.base, "date"), a.Compare(b))
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func ordered(name string, c int) bool {
	switch name {
	case "equals":
		return c == 0
	case "lessthan":
		return c < 0
	case "lessthanequals":
		return c <= 0
	case "greaterthan":
		return c > 0
	}
	return c >= 0
}

// matchARN compares the six parts of an ARN one by one, so that a wildcard does not reach across a colon.
func matchARN(sent string, wanted pattern) bool {
	if !slices.Contains(wanted, glyph{':', false}) {
		return wanted.match(sent) // a bare *
	}
	parts := strings.SplitN(sent, ":", 6)
	if len(parts) != 6 {
		return false
	}
	for i, part := range parts {
		var w pattern
		if at := slices.Index(wanted, glyph{':', false}); at >= 0 && i < 5 {
			w, wanted = wanted[:at], wanted[at+1:]
		} else if i == 5 {
			w = wanted
		} else {
			return false
		}
		if !w.match(part) {
			return false
		}
	}
	return true
}

func inNetwork(sent, network string) bool {
	addr, err := netip.ParseAddr(sent)
	if err != nil {
		return false
	}
	if prefix, err := netip.ParsePrefix(network); err == nil {
		return prefix.Contains(addr)
	}
	one, err := netip.ParseAddr(network)
	return err == nil && one == addr
}

func instant(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.Unix(n, 0), true
	}
	return time.Time{}, false
}
