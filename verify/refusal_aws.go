package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/internal/trust"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// trustAnswer is what the live trust policy says about a token, judged here because AWS never says which line decided.
type trustAnswer struct {
	asked   bool
	missing bool   // there is no such role
	at      string // the role's ARN, when it is another than the file's
	err     error
	verdict trust.Verdict
	claims  map[string]any
}

// final tells that waiting will not help: the live trust policy keeps this token out, or there is none. A role that was
// just made is read before it can be assumed, so that one that cannot be read was not made.
func (t trustAnswer) final() bool {
	return t.asked && t.err == nil && (t.missing || t.at != "" || t.denied() || !t.verdict.Admitted)
}

// denied tells that a Deny of the trust policy decided.
func (t trustAnswer) denied() bool { return t.verdict.Denies }

// suspects are the conditions of the trust policy that only AWS can judge.
func (t trustAnswer) suspects() []trust.Row {
	return slices.DeleteFunc(slices.Clone(t.verdict.Rows), func(r trust.Row) bool { return !slices.Contains(t.verdict.Unread, r.Key) })
}

// readTrust judges the token by the role's live trust policy.
func (c *crossing) readTrust(ctx context.Context, token cloud.Secret) trustAnswer {
	claims, err := decode(token)
	if err != nil {
		return trustAnswer{asked: true, err: err}
	}
	role, err := steps.SeeRole(ctx, c.world, c.bridge.ToAWS.Role.Name)
	if explain.Is(err, explain.Missing) {
		return trustAnswer{asked: true, missing: true, claims: claims}
	}
	if err != nil {
		return trustAnswer{asked: true, err: err, claims: claims}
	}
	if role.ARN != c.bridge.ToAWSRoleARN() {
		return trustAnswer{asked: true, at: role.ARN, claims: claims}
	}
	verdict, err := trust.ReadCall(role.Trust, claims, c.bridge.GooglePrincipal(), c.knownOfCall(ctx))
	return trustAnswer{asked: true, err: err, verdict: verdict, claims: claims}
}

// knownOfCall is what a trust policy may ask of the call and can be told here: the session's name and AWS's clock.
func (c *crossing) knownOfCall(ctx context.Context) map[string]string {
	known := map[string]string{"sts:RoleSessionName": sessionName}
	if now, err := c.world.AWS.Clock(ctx); err == nil {
		known["aws:CurrentTime"] = now.UTC().Format(time.RFC3339)
		known["aws:EpochTime"] = strconv.FormatInt(now.Unix(), 10)
	}
	return known
}

// explainAssume says why AWS turned the token away: the fixes of the two words that AWS uses are disjoint.
func explainAssume(h *Hop, err error, t trustAnswer, b spec.Bridge) {
	h.Table = table(t.verdict)
	p, _ := errors.AsType[*explain.Problem](err)
	switch {
	case p == nil:
	case t.missing:
		h.Explain = "there is no role " + b.ToAWS.Role.Name
		h.Do = []string{"make it with: drawbridge apply"}
	case t.at != "":
		h.Explain = elsewhere(b.ToAWS.Role.Name, t.at, b.ToAWSRoleARN())
		h.Do = []string{"write the role's path into the file, or remove that role if nobody needs it; then drawbridge plan"}
	case p.Code == "InvalidIdentityToken":
		explainInvalidToken(h, p, b)
	case p.Code == "ExpiredTokenException":
		h.Explain = "the ID token was past its hour when AWS read it: a cached token, or a clock that is off"
	case t.final():
		explainClosed(h, t.verdict, b)
	case p.Kind == explain.Denied && t.asked && t.err == nil:
		explainElsewhere(h, t.suspects())
	}
}

func elsewhere(role, at, wanted string) string {
	return fmt.Sprintf("role %s stands at another path than the file says: it is %s, the file means %s", role, at, wanted)
}

func explainInvalidToken(h *Hop, p *explain.Problem, b spec.Bridge) {
	h.Table = nil
	switch reason := strings.ToLower(p.Reason); {
	case strings.Contains(reason, "audience"):
		h.Explain = "the account has its own OIDC provider for accounts.google.com, and its client ids lack the token's azp"
		h.Do = []string{
			"see its client ids: aws iam get-open-id-connect-provider --open-id-connect-provider-arn " + b.GoogleProviderARN(),
			"set toAWS.provider to explicit and adopt it, so that our client id is added; do not delete it: other roles may use it",
		}
	case strings.Contains(reason, "no openidconnect provider"):
		h.Explain = "AWS knows no provider for the token's issuer in this account"
		h.Do = []string{"compare iss above with https://accounts.google.com, and the account reached with " + b.AWS.Account}
	case strings.Contains(reason, "verification key"):
		h.Explain = "AWS could not fetch Google's keys; this passes"
		h.Do = []string{"run drawbridge verify again in a minute"}
	default:
		h.Explain = "AWS did not accept the token itself: " + p.Reason
	}
}

// explainClosed names the line of the trust policy that kept the token out. It never proposes to widen it.
func explainClosed(h *Hop, v trust.Verdict, b spec.Bridge) {
	if v.Denies {
		h.Explain = fmt.Sprintf("%s of the trust policy is a Deny, and it fits this token: %s", v.Statement, rowsSaid(v.Rows))
		h.Do = []string{"ask whoever wrote it whether it may go; drawbridge leaves it alone: aws iam get-role --role-name " + b.ToAWS.Role.Name}
		return
	}
	row, ok := failing(v.Rows)
	if !ok {
		h.Explain = "no statement of the role's trust policy lets " + b.GooglePrincipal() + " in"
		h.Do = []string{"put our statement back: drawbridge plan, then drawbridge apply"}
		return
	}
	h.Explain = fmt.Sprintf("the trust policy (%s) wants %s = %s, the token's %s is %s",
		v.Statement, row.Key, row.Wanted, row.Claim, orNothing(row.Sent))
	h.Do = []string{adviceFor(row, v.Rows, b)}
}

// rowsSaid is the conditions of a statement in a line.
func rowsSaid(rows []trust.Row) string {
	var out []string
	for _, r := range rows {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s", r.Key, r.Operator, r.Wanted)))
	}
	return strings.Join(out, ", ")
}

// adviceFor knows the usual ways in which a line of the trust is wrong.
func adviceFor(row trust.Row, rows []trust.Row, b spec.Bridge) string {
	switch key := strings.ToLower(row.Key); {
	case key == "principal":
		return "put our statement back, which names " + b.GooglePrincipal() + ": drawbridge plan, then drawbridge apply"
	case strings.HasSuffix(key, ":aud") && strings.Contains(row.Sent, "@"):
		return "mint the token keylessly: an e-mail in azp comes from a key file or from a client that asks for an e-mail azp; do not change the trust"
	case strings.HasSuffix(key, ":aud") && row.Wanted == b.ToAWS.Audience:
		return "AWS compares accounts.google.com:aud with azp; the audience belongs in accounts.google.com:oaud: drawbridge apply puts it there"
	case strings.HasSuffix(key, ":sub") && strings.Contains(row.Wanted, "@"):
		return "accounts.google.com:sub wants the account's number, not its e-mail: drawbridge apply puts it there"
	case strings.HasSuffix(key, ":aud") && !otherSubject(rows):
		return "the trust wants another azp, though the account is the right one; put our statement back: drawbridge plan, then drawbridge apply"
	case strings.HasSuffix(key, ":sub"), strings.HasSuffix(key, ":aud"):
		return "the role trusts another account's number; if " + b.ToAWSEmail() + " was deleted and made again, review it and accept the new number: drawbridge apply --accept-account " + row.Sent
	case strings.HasSuffix(key, ":oaud"):
		return "the audience differs: compare toAWS.audience in the file with the trust policy, then drawbridge apply"
	}
	return "AWS gives no such key for Google's tokens, or not this value; drawbridge plan shows what the trust should be"
}

// otherSubject tells that the trust names another account's number: the one sign of an account that was made again.
func otherSubject(rows []trust.Row) bool {
	return slices.ContainsFunc(rows, func(r trust.Row) bool { return !r.Holds && strings.HasSuffix(strings.ToLower(r.Key), ":sub") })
}

// explainElsewhere is the refusal that the trust does not account for, as far as it can be judged here.
func explainElsewhere(h *Hop, suspects []trust.Row) {
	if len(suspects) > 0 {
		h.Explain = "the trust policy has conditions that only AWS can judge, and one of them most likely refused: " + rowsSaid(suspects)
		h.Do = []string{"compare them with what AWS sees of this call, such as its address, in CloudTrail; drawbridge plan shows what the trust should be"}
		return
	}
	h.Explain = "the trust policy admits this token, and AWS still refused: a change that has not spread yet, or an organisation policy (RCP) that keeps federated callers out"
	h.Do = []string{
		"if the role was just made or changed: run drawbridge verify again in a minute",
		"else ask the owners of the AWS organisation for an exception for sts:AssumeRoleWithWebIdentity by accounts.google.com on this role",
	}
}

func failing(rows []trust.Row) (trust.Row, bool) {
	for _, r := range rows {
		if !r.Holds {
			return r, true
		}
	}
	return trust.Row{}, false
}

func orNothing(sent string) string {
	if sent == "" {
		return "not there"
	}
	return sent
}

func table(v trust.Verdict) []Claim {
	claims := make([]Claim, 0, len(v.Rows))
	for _, r := range v.Rows {
		unread := slices.Contains(v.Unread, r.Key)
		if unread && r.Sent == "" {
			r.Sent = "not to be seen from here"
		}
		claims = append(claims, Claim{
			Name: r.Claim, Key: r.Key, Sent: r.Sent, Wanted: r.Wanted, Holds: r.Holds && !unread, Unread: unread,
		})
	}
	return claims
}
