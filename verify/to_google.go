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

// assertion is what the workload hands to Google, and what Google will read in it.
type assertion struct {
	creds     cloud.Credentials
	caller    cloud.Caller
	token     cloud.Secret
	tokenType string
	claims    map[string]any // as the mapping and the condition see it
}

// toGoogle gets the role's credentials, exchanges what they sign for a Google token and asks Google who we are; then it
// tries the doors.
func (c *crossing) toGoogle(ctx context.Context) (err error) {
	c.proof.IdentitySource = "answered"
	c.proof.Expected = c.bridge.ToGoogleEmail()
	if c.direct() {
		c.proof.IdentitySource = "derived"
	}
	if c.proof.From == Operator && c.opts.Borrow {
		loan, lerr := c.borrowRole(ctx)
		defer func() { err = c.giveBack(ctx, loan, err) }()
		if lerr != nil {
			return nil
		}
	}
	p, err := c.livePath(ctx)
	if err != nil {
		c.cannotLook(err)
		return nil
	}
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

// roleCredentials becomes the role: from the instance's own metadata, or through the borrowed trust statement.
func (c *crossing) roleCredentials(ctx context.Context) (a assertion, ok bool) {
	endpoint := c.world.AWS.STSURL
	if c.proof.From == Workload && c.bridge.ToGoogle.Role.RunsOn == "ec2" {
		endpoint = c.world.AWS.IMDS
	}
	err := c.hop(ctx, hopRole, endpoint, func(ctx context.Context, h *Hop) (err error) {
		if a.creds, err = c.becomeRole(ctx); err != nil {
			c.explainBecome(h, err)
			return err
		}
		c.outlives("an AWS session for 15 minutes")
		if a.caller, err = cloud.CallerIdentity(ctx, c.world.AWS, &a.creds); err != nil {
			return err
		}
		h.Claims = map[string]string{"arn": a.caller.ARN, "account": a.caller.Account, "userId": a.caller.UserID}
		return nil
	})
	if err == nil {
		return a, true
	}
	c.notReached(c.remaining(hopRole)...)
	c.notAllowedToAct(err)
	return a, false
}

func (c *crossing) becomeRole(ctx context.Context) (creds cloud.Credentials, err error) {
	if c.proof.From == Workload {
		return workloadCredentials(ctx, c.world)
	}
	once := func(ctx context.Context) (err error) {
		creds, err = cloud.AssumeRole(ctx, c.world.AWS, c.bridge.ToGoogleRoleARN(), sessionName, sessionLife)
		return err
	}
	if c.proof.Borrowed == nil {
		err = once(ctx)
		return creds, c.orNotThere(ctx, err)
	}
	err = cloud.Until(ctx, cloud.Wait{
		What: "AWS to let us assume " + c.bridge.ToGoogle.Role.Name, For: c.untilReturn("aws"), Retry: unsettled,
	}, once)
	return creds, err
}

// assert makes the subject token: the signed request is made here and sent by Google, the JWT is AWS's.
func (c *crossing) assert(ctx context.Context, p path, a *assertion) bool {
	name := hopSignedRequest
	if c.jwt() {
		name = hopJWT
	}
	err := c.hop(ctx, name, c.world.AWS.STSURL, func(ctx context.Context, h *Hop) error {
		if err := c.fresh(ctx, p, a); err != nil {
			c.explainAssert(h, err)
			return err
		}
		h.Claims = map[string]string{"region": c.world.AWS.Region, "target": p.audience}
		if c.jwt() {
			h.Claims = show(a.claims, "aud", "sub", "iss", "exp")
		}
		if subject, err := p.subject(a.claims); err == nil {
			h.Claims["subject"] = subject
			h.Claims["subjectBytes"] = fmt.Sprintf("%d of %d", len(subject), subjectMost)
		}
		return nil
	})
	if err != nil {
		c.notReached(c.remaining(name)...)
	}
	return err == nil
}

// fresh makes a new subject token; each attempt gets its own.
func (c *crossing) fresh(ctx context.Context, p path, a *assertion) (err error) {
	if !c.jwt() {
		a.claims = map[string]any{"arn": a.caller.ARN, "account": a.caller.Account, "userid": a.caller.UserID}
		a.tokenType = cloud.AWS4Request
		a.token, err = c.sign(ctx, a.creds, p.audience)
		return err
	}
	a.tokenType = cloud.JWT
	once := func(ctx context.Context) (err error) {
		a.token, err = cloud.WebIdentityToken(ctx, c.world.AWS, a.creds, p.jwtAudience, jwtLife)
		return err
	}
	// Vending lags after the account's switch and after the role's inline policy.
	err = cloud.Until(ctx, cloud.Wait{What: "AWS to issue a token to the role", For: c.patience("aws"), Retry: unsettled}, once)
	if err != nil {
		return err
	}
	c.outlives("a token of AWS's own for 300 seconds")
	a.claims, err = decode(a.token)
	return err
}

// sign signs GetCallerIdentity by AWS's clock: this machine's own may be off.
func (c *crossing) sign(ctx context.Context, creds cloud.Credentials, audience string) (cloud.Secret, error) {
	at, err := c.world.AWS.Clock(ctx)
	if err != nil {
		return "", err
	}
	return cloud.SignCallerIdentity(creds, c.world.AWS.Region, audience, at)
}

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
