package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/trust"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// Google's words for what it refused. The OAuth error word is not stable, the description is.
const (
	saysCondition = "attribute condition"
	saysSubject   = "google.subject exceeds"
	saysMapped    = "mapped attribute"
	saysIssuer    = "connecting to the given credential's issuer"
	saysAudience  = "audience in id token"
)

func says(err error, fragment string) bool {
	p, ok := errors.AsType[*explain.Problem](err)
	return ok && strings.Contains(strings.ToLower(p.Reason), fragment)
}

func coded(err error, codes ...string) bool {
	p, ok := errors.AsType[*explain.Problem](err)
	return ok && slices.Contains(codes, p.Code)
}

// mayYetAdmit tells whether a refused exchange may be a provider that has not spread yet. It is not when the live
// provider, judged here, refuses these claims too.
func (p path) mayYetAdmit(claims map[string]any, err error) bool {
	switch {
	case says(err, saysCondition):
		if !p.looked {
			return true
		}
		ok, err := p.admits(claims)
		return err == nil && ok
	case says(err, saysSubject), says(err, saysMapped):
		return false
	case coded(err, "invalid_target"):
		return !p.looked || p.state == "ACTIVE"
	case says(err, saysIssuer):
		return true
	case coded(err, "invalid_grant", "invalid_request"):
		return false
	}
	return unsettled(err)
}

// explainExchange says why Google did not take the assertion, after the live provider.
func explainExchange(h *Hop, err error, p path, claims map[string]any) {
	switch {
	case says(err, saysCondition):
		p.explainCondition(h, claims)
	case says(err, saysSubject):
		subject, _ := p.subject(claims)
		h.Table = []Claim{{
			Name: "google.subject", Key: p.mapping["google.subject"], Sent: subject,
			Wanted: fmt.Sprintf("at most %d bytes, these are %d", subjectMost, len(subject)),
		}}
		h.Explain = "the live mapping makes a subject longer than Google takes"
		h.Do = []string{"use a shorter google.subject, such as assertion.arn.extract('assumed-role/{s}'), in toGoogle.mapping; then drawbridge apply"}
	case says(err, saysMapped):
		h.Explain = "the live mapping does not fit what the role sends: " + problemOf("", err).Reason
		h.Do = []string{"put the mapping back: drawbridge plan, then drawbridge apply"}
	case coded(err, "invalid_target"):
		p.explainTarget(h)
	case says(err, saysAudience):
		h.Explain = "the token is for another audience than the provider accepts"
		h.Do = []string{"leave the provider's allowed audiences empty, as drawbridge apply does"}
	case says(err, saysIssuer):
		h.Explain = "Google cannot fetch the keys of the token's issuer"
		h.Do = []string{"if outbound federation was just switched on: run drawbridge verify again in a minute"}
	case coded(err, "invalid_grant"):
		h.Explain = "Google asked AWS with the signed request and AWS did not accept it: " + problemOf("", err).Reason
		h.Do = []string{"compare this machine's clock with the clouds'", "check that the region is switched on in the account"}
	}
}

// explainCondition shows the assertion beside the live condition. It never proposes one that admits more.
func (p path) explainCondition(h *Hop, claims map[string]any) {
	h.Table = p.judged(claims)
	h.Explain = "the provider's condition is false for this role: " + p.condition
	if ok, err := p.admits(claims); p.looked && err == nil && ok {
		h.Explain = "the provider's condition holds here, and Google still refuses: the change has not spread yet"
		h.Do = []string{"run drawbridge verify again in a few minutes"}
		for i := range h.Table {
			h.Table[i].Holds = true
		}
		return
	} else if err != nil {
		h.Explain = "the provider's condition cannot be evaluated for this role, which Google takes as a refusal: " + err.Error()
	}
	h.Do = []string{"compare it with the file, then put it back: drawbridge plan, then drawbridge apply"}
}

// judged is a row for each part of the live condition, evaluated; where it cannot be, what was sent, unmarked.
func (p path) judged(claims map[string]any) []Claim {
	v, err := trust.ReadAssertion(trust.Exchange{Mapping: p.mapping, Condition: p.condition}, claims)
	if err == nil && v.Statement == "condition" && len(v.Rows) > 0 {
		rows := table(v)
		for i := range rows {
			rows[i].Key = claimKey(rows[i].Name)
		}
		return rows
	}
	var out []Claim
	for _, name := range []string{"arn", "account", "userid", "sub", "aud"} {
		if sent, ok := claims[name]; ok {
			out = append(out, Claim{Name: name, Key: "assertion." + name, Sent: text(name, sent), Wanted: p.condition, Unread: true})
		}
	}
	return out
}

// claimKey is how a condition writes a claim.
func claimKey(claim string) string {
	if claim == "" || strings.Contains(claim, ".") {
		return claim
	}
	return "assertion." + claim
}

func (p path) explainTarget(h *Hop) {
	h.Explain = "Google knows no working provider " + p.provider + " by that name"
	h.Do = []string{"drawbridge plan shows what is missing"}
	switch p.state {
	case "DELETED":
		h.Explain = "provider " + p.provider + " or its pool is deleted"
		h.Do = []string{"drawbridge plan offers to restore it, within 30 days"}
	case "DISABLED":
		h.Explain = "provider " + p.provider + " is switched off"
		h.Do = []string{"switch it on again: drawbridge plan, then drawbridge apply"}
	case "ACTIVE":
		h.Explain = "provider " + p.provider + " is there, and Google's token service does not know it yet, or its pool is switched off"
		h.Do = []string{"run drawbridge verify again in five minutes"}
	}
}

// workloadIdentityUser is the role that lets a federated principal act as a service account.
const workloadIdentityUser = "roles/iam.workloadIdentityUser"

// bindingAnswer is what the live policy of the service account says about our principal.
type bindingAnswer struct {
	asked     bool
	err       error
	unmapped  error // the live mapping yields no principal of the kind that is bound
	principal string
	members   []string
	only      string // the condition under which alone the principal is bound
}

// final tells that waiting will not help: nobody bound this principal, or there is none.
func (a bindingAnswer) final() bool {
	return a.asked && a.err == nil && (a.unmapped != nil || !slices.Contains(a.members, a.principal))
}

func (c *crossing) readBinding(ctx context.Context, p path, claims map[string]any) bindingAnswer {
	a := bindingAnswer{asked: true}
	a.principal, a.unmapped = p.principal(c.bridge, claims)
	bound, err := steps.AccountMembers(ctx, c.world, c.bridge.ToGoogleEmail(), workloadIdentityUser)
	a.err = err
	freely := false
	for _, m := range bound {
		a.members = append(a.members, m.Member)
		if m.Member == a.principal {
			freely, a.only = freely || m.Expression == "", m.Expression
		}
	}
	if freely {
		a.only = ""
	}
	return a
}

// explainImpersonate shows the principal that the live mapping yields beside those that are bound.
func explainImpersonate(h *Hop, err error, a bindingAnswer, email string) {
	if !explain.Is(err, explain.Denied, explain.Missing) {
		return
	}
	h.Explain = "Google does not let the role act as " + email
	h.Do = []string{"if the binding was just made: run drawbridge verify again in a few minutes"}
	if !a.asked || a.err != nil {
		return
	}
	if a.only != "" {
		h.Table = []Claim{{Name: "principal", Key: workloadIdentityUser, Sent: a.principal, Wanted: "only if " + a.only, Unread: true}}
		h.Explain += ": its principal is bound only under a condition, which most likely does not hold: " + a.only
		h.Do = []string{"bind it without one: drawbridge plan, then drawbridge apply"}
		return
	}
	if !a.final() {
		h.Explain += ", though its principal is bound: the binding has not spread yet"
		return
	}
	wanted := nearest(a.members, a.principal)
	if a.unmapped != nil {
		h.Table = []Claim{{Name: "principal", Key: workloadIdentityUser, Sent: orNothing(""), Wanted: orNobody(wanted)}}
		h.Explain += ": the live mapping yields no principal of the kind that is bound: " + a.unmapped.Error()
		h.Do = []string{"put the mapping back: drawbridge plan, then drawbridge apply"}
		return
	}
	h.Table = []Claim{{Name: "principal", Key: workloadIdentityUser, Sent: a.principal, Wanted: orNobody(wanted)}}
	h.Explain += ": the principal that the live mapping yields is not bound"
	h.Do = []string{"bind exactly this principal: drawbridge plan, then drawbridge apply"}
}

// nearest is the member that shares the longest beginning with the principal: the likeliest slip.
func nearest(members []string, principal string) (best string) {
	most := -1
	for _, m := range members {
		if n := shared(m, principal); n > most {
			best, most = m, n
		}
	}
	return best
}

func shared(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func orNobody(member string) string {
	if member == "" {
		return "nobody is bound"
	}
	return member
}
