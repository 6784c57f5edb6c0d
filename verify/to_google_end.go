package verify

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// impersonate trades the federated token for one of the service account, waiting for the binding to spread.
func (c *crossing) impersonate(ctx context.Context, p path, a assertion, federated cloud.Secret) (access cloud.Secret, ok bool) {
	email := c.bridge.ToGoogleEmail()
	err := c.hop(ctx, hopImpersonate, c.world.Google.Endpoints.IAMCredentials, func(ctx context.Context, h *Hop) error {
		var expires time.Time
		var bound bindingAnswer
		began := time.Now()
		once := func(ctx context.Context) (err error) {
			access, expires, err = cloud.Impersonate(ctx, c.world.Google, federated, email, c.scopes(), accessLife)
			if err != nil && !bound.asked {
				bound = c.readBinding(ctx, p, a.claims)
			}
			return err
		}
		err := cloud.Until(ctx, cloud.Wait{
			What: "Google to let the role act as " + email, For: c.patience("google"),
			Retry: func(err error) bool {
				return !bound.final() && unsettled(err) && (bound.only == "" || time.Since(began) < suspectWait)
			},
		}, once)
		if err != nil {
			explainImpersonate(h, err, bound, email)
			return err
		}
		c.outlives("a Google access token for 300 seconds")
		h.Claims = map[string]string{
			"account": email, "lifetime": fmt.Sprintf("%.0f s", accessLife.Seconds()),
			"expires": expires.UTC().Format(time.RFC3339), "scopes": strings.Join(c.scopes(), " "),
		}
		return nil
	})
	return access, err == nil
}

// probePermission is asked for on the project with direct access: what it answers does not matter, that it answers does.
const probePermission = "resourcemanager.projects.get"

// askPermissions ends the way with direct access. Google has no call that names a federated caller, so that the identity
// is derived: the principal that the live mapping yields for the ARN that AWS answered.
func (c *crossing) askPermissions(ctx context.Context, p path, a assertion, federated cloud.Secret) bool {
	c.proof.Expected = c.bridge.Member(p.number)
	err := c.hop(ctx, hopPermissions, c.world.Google.Endpoints.CloudResourceManager, func(ctx context.Context, h *Hop) error {
		var held []string
		once := func(ctx context.Context) (err error) {
			held, err = cloud.TestProjectPermissions(ctx, c.world.Google, federated, c.bridge.Google.Project, []string{probePermission})
			return err
		}
		if err := cloud.Until(ctx, cloud.Wait{What: "Google to know the new principal", For: c.patience("google")}, once); err != nil {
			return err
		}
		principal, err := p.principal(c.bridge, a.claims)
		if err != nil {
			return err
		}
		c.proof.Identity = principal
		h.Claims = map[string]string{"principal": principal, "asked": probePermission, "held": strings.Join(held, " ")}
		if principal != c.proof.Expected {
			return &explain.Problem{
				Op: "compare the identity", Kind: explain.Denied,
				Reason: fmt.Sprintf("the live mapping yields %s, the grants name %s", principal, c.proof.Expected),
			}
		}
		return nil
	})
	if err == nil {
		c.proof.Verdict = Proven
	}
	return err == nil
}
