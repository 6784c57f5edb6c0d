package verify

import (
	"context"
	"fmt"
	"strconv"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/internal/trust"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// path is the way into Google as it stands: names by number, and what the live provider maps and wants.
type path struct {
	number      string // of the project
	provider    string // its id
	audience    string // of the exchange
	jwtAudience string // of the token that AWS issues

	looked    bool   // the provider could be read; else the file's mapping and condition stand in
	state     string // ACTIVE, DELETED, or DISABLED for one that is switched off, of provider or pool
	mapping   map[string]string
	condition string
}

// livePath reads what the way to Google depends on. Only the project number is indispensable: a workload may see no more.
func (c *crossing) livePath(ctx context.Context) (path, error) {
	b := c.bridge
	number, err := projectNumber(ctx, c.world)
	if err != nil {
		return path{}, err
	}
	p := path{
		number: number, provider: b.ToGoogle.Provider, mapping: b.Mapping(), condition: b.Condition(),
		audience: b.ProviderAudience(number), jwtAudience: b.JWTAudience(number),
	}
	live, err := c.world.Google.IAM.Projects.Locations.WorkloadIdentityPools.Providers.
		Get(b.ProviderName(b.Google.Project)).Context(ctx).Do()
	if explain.Is(cloud.Problem("", err), explain.Missing) {
		p.looked, p.state = true, "missing"
		return p, nil
	}
	if err != nil {
		return p, nil
	}
	p.looked, p.state, p.condition = true, live.State, live.AttributeCondition
	if live.Disabled {
		p.state = "DISABLED"
	}
	// An AWS provider without a mapping of its own has the documented default, which is also ours.
	if len(live.AttributeMapping) > 0 {
		p.mapping = live.AttributeMapping
	}
	return p, nil
}

func projectNumber(ctx context.Context, w *steps.World) (string, error) {
	if w.Facts != nil {
		if number, known := w.Facts.ProjectNumber.Get(); known {
			return number, nil
		}
	}
	project, err := w.Google.Projects.Projects.Get(w.Bridge.Google.Project).Context(ctx).Do()
	if err != nil {
		return "", cloud.Problem("look up the number of project "+w.Bridge.Google.Project, err)
	}
	return strconv.FormatInt(project.ProjectNumber, 10), nil
}

// cannotLook ends the way to Google where not even the project number is known.
func (c *crossing) cannotLook(err error) {
	c.proof.Verdict = Unknown
	c.proof.Reason = problemOf("look at the provider", err).Error()
	c.notReached(c.remaining("")...)
}

// subject is google.subject as the live mapping makes it.
func (p path) subject(claims map[string]any) (string, error) {
	mapped, err := trust.Mapped(p.mapping, claims)
	if err != nil {
		return "", err
	}
	return mapped["google.subject"], nil
}

// principal is the principal set that the live mapping puts this caller in, by the attribute that the bridge binds.
func (p path) principal(b spec.Bridge, claims map[string]any) (string, error) {
	name, _ := b.BoundAttribute()
	mapped, err := trust.Mapped(p.mapping, claims)
	if err != nil {
		return "", err
	}
	value, ok := mapped[name]
	if !ok {
		return "", fmt.Errorf("derive the principal: the live mapping has no %s", name)
	}
	return "principalSet://iam.googleapis.com/" + b.PoolName(p.number) + "/" + name + "/" + value, nil
}

// admits evaluates the live condition for the claims. An evaluation that fails is a refusal, as at Google.
func (p path) admits(claims map[string]any) (bool, error) {
	mapped, err := trust.Mapped(p.mapping, claims)
	if err != nil {
		return false, err
	}
	if p.condition == "" {
		return true, nil
	}
	return trust.Admits(p.condition, claims, mapped)
}
