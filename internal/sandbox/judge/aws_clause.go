package judge

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
)

// operators in canonical spelling, by their lower-case form; IAM reads them in any letter case.
var operators = sync.OnceValue(func() map[string]string {
	byLower := map[string]string{}
	for _, name := range []string{
		"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike",
		"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals",
		"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals",
		"Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Null",
	} {
		byLower[strings.ToLower(name)] = name
	}
	return byLower
})

func clauses(raw json.RawMessage) ([]Clause, error) {
	blocks, err := object(raw)
	if err != nil {
		return nil, err
	}
	var all []Clause
	for _, block := range blocks {
		shape, err := operator(block.name)
		if err != nil {
			return nil, err
		}
		keys, err := object(block.value)
		if err != nil {
			return nil, err
		}
		for _, key := range keys {
			c := shape
			c.Key = key.name
			if c.Values, err = scalars(key.value); err != nil {
				return nil, err
			}
			all = append(all, c)
		}
	}
	return all, nil
}

func operator(name string) (c Clause, err error) {
	rest := name
	if set, tail, ok := strings.Cut(name, ":"); ok {
		i := slices.IndexFunc([]string{"ForAllValues", "ForAnyValue"}, func(s string) bool { return strings.EqualFold(s, set) })
		if i < 0 {
			return c, badOperator(name)
		}
		c.Set, rest = []string{"ForAllValues", "ForAnyValue"}[i], tail
	}
	lower := strings.ToLower(rest)
	if base, ok := strings.CutSuffix(lower, "ifexists"); ok && base != "null" {
		c.IfExists, lower = true, base
	}
	if c.Operator = operators()[lower]; c.Operator == "" {
		return c, badOperator(name)
	}
	return c, nil
}

func badOperator(name string) error {
	return malformed("Invalid Condition type : %s", name)
}

// Facts is what is known of a request while a policy is evaluated, by lower-case condition key.
type Facts map[string]Fact

// Fact is the value of a condition key. A list is a key whose kind is multi-valued: only the set operators can read
// it, however many values there are.
type Fact struct {
	Values []string
	List   bool
}

// One is a single-valued fact.
func One(value string) Fact { return Fact{Values: []string{value}} }

// Many is a multi-valued fact.
func Many(values ...string) Fact { return Fact{Values: values, List: true} }

// Set notes a single value under a key, in whatever letter case.
func (f Facts) Set(key, value string) { f[strings.ToLower(key)] = One(value) }

// SetMany notes a multi-valued key, in whatever letter case.
func (f Facts) SetMany(key string, values ...string) { f[strings.ToLower(key)] = Many(values...) }

// holds decides a clause. All of a statement's clauses must hold.
func (c Clause) holds(facts Facts, vars bool) bool {
	fact, known := facts[strings.ToLower(c.Key)]
	known = known && len(fact.Values) > 0
	if c.Operator == "Null" {
		return slices.ContainsFunc(c.Values, func(v string) bool { return strings.EqualFold(v, "true") == !known })
	}
	if !known {
		return c.IfExists || c.Set == "ForAllValues" || (c.Set == "" && c.negated())
	}
	one := func(have string) bool { return c.meets(have, facts, vars) }
	switch c.Set {
	case "ForAllValues":
		return !slices.ContainsFunc(fact.Values, func(v string) bool { return !one(v) })
	case "ForAnyValue":
		return slices.ContainsFunc(fact.Values, one)
	}
	return !fact.List && one(fact.Values[0])
}

func (c Clause) negated() bool {
	return strings.Contains(c.Operator, "Not")
}

// meets compares one value of the request with the clause's values: any of them for a positive operator, none of them
// for a negated one.
func (c Clause) meets(have string, facts Facts, vars bool) bool {
	positive := strings.Replace(c.Operator, "Not", "", 1)
	match := slices.ContainsFunc(c.Values, func(want string) bool { return compare(positive, have, want, facts, vars) })
	return match != c.negated()
}
