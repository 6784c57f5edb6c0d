package steps

import (
	"fmt"
	"slices"
	"strings"
)

// forbids judges a boolean constraint: nothing is made where it holds. What is adopted or brought back is not made.
func (p *preflight) forbids(r rule, k constraint) (CheckOutcome, string) {
	makes := p.planErr != nil || slices.ContainsFunc(p.plan.Changes, func(c Change) bool { return slices.Contains(k.stops, c.ID) && c.Action == Create })
	switch {
	case r.enforced && makes:
		return CheckBlocked, "it is enforced"
	case r.enforced:
		return CheckOK, "it is enforced, but no account is to be made"
	case r.conditional:
		return CheckWarn, "whether it holds depends on tags"
	}
	return CheckOK, "not in the way"
}

// keys tells whether keys could come back. A bridge makes none, so that nothing here is ever in its way.
func (p *preflight) keys(r rule, _ constraint) (CheckOutcome, string) {
	if r.enforced {
		return CheckOK, "it is enforced: nobody makes keys here, as it should be"
	}
	return CheckOK, "not enforced; the bridge makes no key"
}

// values judges a list of what may be used.
func (p *preflight) values(r rule, k constraint) (CheckOutcome, string) {
	if r.enforced && len(r.allowed) == 0 {
		return CheckWarn, "it is enforced, with parameters that cannot be read here"
	}
	refused, unclear := r.refuses(k.wants(p.plan))
	switch {
	case len(refused) > 0:
		return CheckBlocked, "it does not allow " + strings.Join(refused, ", ")
	case len(unclear) > 0:
		return CheckWarn, "whether it allows " + strings.Join(unclear, ", ") + " cannot be told from here: it names groups or folders"
	case r.conditional:
		return CheckWarn, "a part of it depends on tags"
	}
	return CheckOK, "not in the way"
}

// ownIssuer judges the issuers by the account's own, which is known only once outbound federation is on.
func (p *preflight) ownIssuer(r rule, k constraint) (CheckOutcome, string) {
	issuer, known := p.Facts.OutboundIssuer.Get()
	if !known {
		return CheckWarn, "it lists the issuers that providers may trust; the account's own, not known before outbound federation is on, must be among them"
	}
	k.wants = func(Plan) []string { return []string{issuer} }
	return p.values(r, k)
}

// members judges whom roles may be given to: the organisation's own accounts and pools.
func (p *preflight) members(r rule, _ constraint) (CheckOutcome, string) {
	if p.organization == "" {
		return CheckWarn, "it restricts who may be given roles, and may refuse principals of a pool: the organisation cannot be seen from here"
	}
	own := "organizations/" + p.organization
	named := func(values []string) bool {
		return slices.ContainsFunc(values, func(v string) bool { return strings.HasSuffix(v, own) })
	}
	customers := slices.ContainsFunc(r.allowed, func(v string) bool { return strings.HasPrefix(strings.TrimPrefix(v, "is:"), "C") })
	switch {
	case r.denyAll, named(r.denied):
		return CheckBlocked, "it lets nobody of " + own + " be given a role"
	case named(r.allowed), len(r.allowed) == 0 && !r.enforced:
		return CheckOK, "it allows the principals of " + own
	case customers:
		return CheckWarn, "it allows some customers by number; whether principals of a pool count among them is not documented"
	}
	return CheckBlocked, fmt.Sprintf("it does not allow the principals of %s, only %s", own, strings.Join(r.allowed, ", "))
}
