package verify

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// What is asked for on the way to Google: as little as lets the last call answer.
const (
	accessLife  = 300 * time.Second
	jwtLife     = 300 * time.Second
	subjectMost = 127 // bytes of google.subject
)

// The hops to Google, in the order of the way; the caller identity of the way to AWS is the last here too.
const (
	hopRole          = "role credentials"
	hopSignedRequest = "signed request"
	hopJWT           = "AWS web identity token"
	hopExchange      = "token exchange"
	hopImpersonate   = "impersonation"
	hopPermissions   = "permissions"
)

func (c *crossing) scopes() []string {
	return []string{"https://www.googleapis.com/auth/cloud-platform", "https://www.googleapis.com/auth/userinfo.email"}
}

// toGoogle gets the role's credentials, exchanges what they sign for a Google token and asks Google who we are; then it
// tries the doors.
func (c *crossing) toGoogle(ctx context.Context) (err error) {
	c.proof.IdentitySource = "answered"
	c.proof.Expected = c.bridge.ToGoogleEmail()
	if c.direct() {
		c.proof.IdentitySource = "derived"
	}
	p, err := c.livePath(ctx)
	if err != nil {
		c.cannotLook(err)
		return nil
	}
	if c.proof.From == Operator && c.opts.Borrow {
		loan, lerr := c.borrowRole(ctx)
		defer func() { err = c.giveBack(ctx, loan, err) }()
		if lerr != nil {
			return orStuck(lerr)
		}
	}
	c.ridesOn(ctx, roleLeftovers)
	a, ok := c.roleCredentials(ctx)
	if !ok || !c.assert(ctx, p, &a) {
		return nil
	}
	federated, ok := c.exchange(ctx, p, &a)
	if !ok {
		return nil
	}
	if c.askGoogle(ctx, p, a, federated) && !c.opts.NoDoors {
		c.doorsToGoogle(ctx, p, a)
	}
	return nil
}

func (c *crossing) direct() bool { return c.bridge.ToGoogle.Access == "direct" }

// remaining names the hops after one, for those that a failure left untried.
func (c *crossing) remaining(after string) []string {
	first, last := hopSignedRequest, []string{hopImpersonate, hopCallerIdentity}
	if c.jwt() {
		first = hopJWT
	}
	if c.direct() {
		last = []string{hopPermissions}
	}
	all := append([]string{hopRole, first, hopExchange}, last...)
	for i, name := range all {
		if name == after {
			return all[i+1:]
		}
	}
	return all
}

func (c *crossing) jwt() bool { return c.bridge.ToGoogle.Token == "jwt" }

// exchange trades the subject token for a federated one, waiting for a new provider as long as its live condition admits us.
func (c *crossing) exchange(ctx context.Context, p path, a *assertion) (federated cloud.Secret, ok bool) {
	err := c.hop(ctx, hopExchange, c.world.Google.Endpoints.STS, func(ctx context.Context, h *Hop) error {
		var expires time.Time
		again := false
		once := func(ctx context.Context) (err error) {
			if again {
				if err := c.fresh(ctx, p, a); err != nil {
					return err
				}
			}
			again = true
			federated, expires, err = cloud.Exchange(ctx, c.world.Google, p.audience, a.tokenType, a.token)
			return err
		}
		err := cloud.Until(ctx, cloud.Wait{
			What: "Google to accept the workload at " + p.provider, For: c.patience("google"),
			Retry: func(err error) bool { return p.mayYetAdmit(a.claims, err) },
		}, once)
		if err != nil {
			explainExchange(h, err, p, a.claims)
			return err
		}
		c.outlives("a federated Google token until " + expires.UTC().Format(time.TimeOnly) + " UTC")
		h.Claims["audience"] = p.audience
		h.Claims["expires"] = expires.UTC().Format(time.RFC3339)
		return nil
	})
	if err != nil {
		c.notReached(c.remaining(hopExchange)...)
	}
	return federated, err == nil
}

// askGoogle is the proof itself: who does Google say we are, or, with direct access, what it lets us do.
func (c *crossing) askGoogle(ctx context.Context, p path, a assertion, federated cloud.Secret) bool {
	if c.direct() {
		return c.askPermissions(ctx, p, a, federated)
	}
	access, ok := c.impersonate(ctx, p, a, federated)
	if !ok {
		c.notReached(hopCallerIdentity)
		return false
	}
	err := c.hop(ctx, hopCallerIdentity, c.world.Google.Endpoints.OAuth2, func(ctx context.Context, h *Hop) error {
		info, err := cloud.AskTokenInfo(ctx, c.world.Google, access)
		if err != nil {
			return err
		}
		c.proof.Identity = info.Email
		h.Claims = map[string]string{
			"email": info.Email, "subject": info.Subject, "scopes": strings.Join(info.Scopes, " "),
			"expires": fmt.Sprintf("%.0f s", info.Expires.Seconds()),
		}
		return sameIdentity(info.Email, c.proof.Expected)
	})
	if err == nil {
		c.proof.Verdict = Proven
	}
	return err == nil
}

func sameIdentity(got, want string) error {
	if strings.EqualFold(got, want) {
		return nil
	}
	return &explain.Problem{
		Op: "compare the identity", Kind: explain.Denied,
		Reason: fmt.Sprintf("Google answered %q, expected %s", got, want),
	}
}
