package steps

import (
	"fmt"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// names reads from the plan what is taken, off or in the way. When no plan could be made, that is the finding.
func (p *preflight) names() []Check {
	if p.planErr != nil {
		c := check("plan", "", "what stands there can be read", "").failedLook(p.planErr)
		if explain.Is(p.planErr, explain.Denied) {
			c.Outcome = CheckBlocked // without reading nothing can be planned
		}
		return []Check{c}
	}
	out := []Check{p.apis()}
	for _, c := range p.plan.Changes {
		if c.ID == "google.project" || c.ID == "google.apis" {
			continue
		}
		out = append(out, p.name(c))
	}
	if explicit, asked := p.explicit(); asked {
		out = append(out, explicit)
	}
	return out
}

func (p *preflight) name(c Change) Check {
	k := check(c.ID, c.Cloud, c.Title, string(c.Action)+": "+c.Reason)
	if c.Action == Blocked {
		detail, fix, _ := strings.Cut(c.Reason, "; ")
		k = k.not(CheckBlocked, detail, fix, "")
	}
	return k
}

// apis tells which APIs will be turned on.
func (p *preflight) apis() Check {
	c := check("google.apis", "google", "APIs", "all are on")
	change, ok := p.plan.Change("google.apis")
	if ok && change.Action != Keep {
		c.Detail = fmt.Sprintf("will be turned on: %s", strings.TrimPrefix(change.Title, "APIs "))
	}
	return c
}

// explicit tells about an OIDC provider for Google in the account. That it is in the way is said by the role.
func (p *preflight) explicit() (Check, bool) {
	if p.Bridge.ToAWS == nil {
		return Check{}, false
	}
	c := check("aws.google-provider", "aws", "OIDC provider for Google", "none in the account, as wanted")
	if p.Bridge.ToAWS.Provider == spec.ProviderExplicit {
		c.Detail = "asked for by the file"
		return c, true
	}
	role, ok := p.plan.Change("aws.role.to-aws")
	if ok && role.Action == Blocked && strings.Contains(role.Reason, "OIDC provider for Google") {
		detail, fix, _ := strings.Cut(role.Reason, "; ")
		return c.not(CheckBlocked, detail, fix, ""), true
	}
	return c, true
}
