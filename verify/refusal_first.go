package verify

import (
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// What the first hop says when the caller may not act as the workload. It is about the caller, not about the bridge.

func (c *crossing) explainMint(h *Hop, err error) {
	email := c.bridge.ToAWSEmail()
	switch {
	case c.proof.From == Workload:
	case explain.Is(err, explain.Missing):
		h.Explain = "there is no service account " + email
		h.Do = []string{"make it with: drawbridge apply"}
	case explain.Is(err, explain.Denied):
		h.Explain = c.caller(c.opts.Operators.Google.Principal) + " may not mint ID tokens of " + email + "; an owner may not either"
		h.Do = c.waysIn("toAWS.serviceAccount")
	}
}

func (c *crossing) explainBecome(h *Hop, err error) {
	role := c.bridge.ToGoogle.Role.Name
	switch {
	case c.proof.From == Workload:
	case explain.Is(err, explain.Missing):
		h.Explain = "there is no role " + role
		h.Do = []string{"make it with: drawbridge apply"}
		if reason := problemOf("", err).Reason; strings.Contains(reason, "another path") {
			h.Explain, h.Do = reason, []string{"write the role's path into the file, or remove that role if nobody needs it; then drawbridge plan"}
		}
	case explain.Is(err, explain.Denied):
		h.Explain = c.caller(c.opts.Operators.AWS.Principal) + " may not assume " + role + ": it trusts the service it runs on, and nobody else"
		h.Do = c.waysIn("toGoogle.role")
	}
}

func (c *crossing) caller(principal string) string {
	if principal == "" {
		return "the caller"
	}
	return principal
}

// waysIn lists how this direction can be proven after all.
func (c *crossing) waysIn(field string) []string {
	ways := []string{"on the workload: " + c.onWorkload()}
	if !c.opts.Borrow && !c.bridge.Adopts(field) {
		ways = append(ways, "or lend yourself the access for 15 minutes: drawbridge verify --borrow --direction "+c.proof.Direction)
	}
	return ways
}

// explainAssert says why AWS does not issue the role a token of its own.
func (c *crossing) explainAssert(h *Hop, err error) {
	switch {
	case !c.jwt():
	case coded(err, "OutboundWebIdentityFederationDisabledException", "OutboundWebIdentityFederationDisabled", "FeatureDisabled"), explain.Is(err, explain.Disabled):
		h.Explain = "outbound federation is switched off in the AWS account, or was switched on seconds ago"
		h.Do = []string{"switch it on with: drawbridge apply; it reaches the whole account"}
	case explain.Is(err, explain.Denied):
		h.Explain = "the role may not ask for a token for this provider: its inline policy or a service control policy refuses"
		h.Do = []string{"put the inline policy back: drawbridge plan, then drawbridge apply"}
	}
}
