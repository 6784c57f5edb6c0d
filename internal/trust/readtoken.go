package trust

import (
	"fmt"
	"slices"
	"strings"
)

const webIdentity = "sts:AssumeRoleWithWebIdentity"

// outcome of one condition.
type outcome int

const (
	refused outcome = iota
	unread          // it rests on something that cannot be told here
	holds
)

// ReadToken judges by a role's trust policy whether a token with these claims could assume the role. The principal is how
// the token's issuer is known in the account: accounts.google.com, or the ARN of an explicit provider. The verdict carries
// the rows of the line that decided: the statement that admits, the Deny, or the Allow that came closest. It says nothing
// of policies beyond this document (organisation policies can still refuse) nor of the token's signature and time.
func ReadToken(policy []byte, claims map[string]any, principal string) (Verdict, error) {
	return ReadCall(policy, claims, principal, nil)
}

// ReadCall is ReadToken with what is known of the call beside its token, by condition key: sts:RoleSessionName, the time.
func ReadCall(policy []byte, claims map[string]any, principal string, known map[string]string) (Verdict, error) {
	doc, err := readPolicy(policy)
	if err != nil {
		return Verdict{}, fmt.Errorf("read the trust policy: %w", err)
	}
	return doc.decide(claims, principal, known), nil
}

// decide judges one call by a document that was read.
func (doc policy) decide(claims map[string]any, principal string, known map[string]string) Verdict {
	c := call{ctx: newTokenContext(claims, principal), principal: principal, variables: doc.variables}
	for key, value := range known {
		c.ctx.values[strings.ToLower(key)] = []string{value}
	}
	var best Verdict
	var unreadKeys []string
	for _, s := range doc.statements {
		v, result := c.judge(s)
		unreadKeys = append(unreadKeys, v.Unread...)
		switch {
		case !s.allow && result == holds:
			v.Denies = true
			return v
		case s.allow && result != refused && !best.Admitted:
			v.Admitted = true
			best = v
		case s.allow && !best.Admitted && closer(v, best):
			best = v
		}
	}
	slices.Sort(unreadKeys)
	best.Unread = slices.Compact(unreadKeys)
	return best
}

// closer prefers the statement that is meant for this caller, then the one with the fewest failing rows.
func closer(v, best Verdict) bool {
	if best.Statement == "" {
		return true
	}
	if meant, bestMeant := v.Rows[0].Holds, best.Rows[0].Holds; meant != bestMeant {
		return meant
	}
	return failing(v) < failing(best)
}

func failing(v Verdict) int {
	n := 0
	for _, r := range v.Rows {
		if !r.Holds {
			n++
		}
	}
	return n
}

// call is one attempt to assume the role.
type call struct {
	ctx       tokenContext
	principal string
	variables bool
}

// judge holds the call to one statement. The first row is the issuer, the second the action when that is what fails.
func (c call) judge(s statement) (Verdict, outcome) {
	v := Verdict{Statement: s.name}
	result := holds
	meant := s.matchesPrincipal(c.principal)
	v.Rows = append(v.Rows, Row{
		Claim: "iss", Key: "Principal", Operator: "Federated", Sent: c.principal, Wanted: wantedPrincipal(s), Holds: meant,
	})
	if !s.matchesAction(webIdentity) {
		v.Rows = append(v.Rows, Row{Key: "Action", Operator: "allows", Sent: webIdentity, Wanted: strings.Join(s.actions, " or ")})
		result = refused
	}
	if !meant {
		result = refused
	}
	for _, cond := range s.conditions {
		row, o := c.condition(cond)
		v.Rows = append(v.Rows, row)
		if o == unread {
			v.Unread = append(v.Unread, cond.key)
		}
		result = min(result, o)
	}
	return v, result
}

func wantedPrincipal(s statement) string {
	var values []string
	for _, p := range s.principals {
		values = append(values, p.value)
	}
	wanted := strings.Join(values, " or ")
	if s.notPrincipal {
		return "anything but " + wanted
	}
	return wanted
}

func (c call) condition(cond condition) (Row, outcome) {
	sent, known := c.ctx.lookup(cond.key)
	o := unread
	if known {
		o = c.decide(cond, sent)
	}
	return Row{
		Claim: c.ctx.claim(cond.key), Key: cond.key, Operator: cond.operator,
		Sent: strings.Join(sent, ", "), Wanted: strings.Join(cond.values, " or "), Holds: o != refused,
	}, o
}

// decide evaluates a condition whose key is known, by AWS's rules for absent keys and sets.
func (c call) decide(cond condition, sent []string) outcome {
	op, err := operatorNamed(cond.operator)
	if err != nil {
		return refused // readPolicy has refused such a document
	}
	if op.base == "null" {
		absent := len(sent) == 0
		return of(slices.ContainsFunc(cond.values, func(v string) bool { return strings.EqualFold(v, "true") == absent }))
	}
	if len(sent) == 0 {
		return of(op.ifExists || op.forAll || op.negated && !op.forAny)
	}
	wanted, unreadValue := c.expand(cond.values, op)
	if unreadValue {
		return unread
	}
	set := op.forAll || op.forAny
	if !set && c.ctx.list(cond.key, sent) {
		return refused // only the set operators read a key of several values
	}
	one := func(value string) bool {
		matches := slices.ContainsFunc(wanted, func(p pattern) bool { return op.equal(value, p) })
		return matches != op.negated
	}
	if op.forAny {
		return of(slices.ContainsFunc(sent, one))
	}
	return of(!slices.ContainsFunc(sent, func(v string) bool { return !one(v) }))
}

// expand fills the variables of the wanted values in; a value whose variable is absent matches nothing.
func (c call) expand(values []string, op operator) (wanted []pattern, unreadValue bool) {
	for _, value := range values {
		if !c.variables || !op.variables() {
			wanted = append(wanted, literal(value, op.wildcards()))
			continue
		}
		e := expand(value, op.wildcards(), c.ctx)
		unreadValue = unreadValue || e.unread
		if !e.missing {
			wanted = append(wanted, e.pattern)
		}
	}
	return wanted, unreadValue
}

func of(b bool) outcome {
	if b {
		return holds
	}
	return refused
}
