package verify

import (
	"context"
	"fmt"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
)

// assertion is what the workload hands to Google, and what Google will read in it.
type assertion struct {
	creds     cloud.Credentials
	caller    cloud.Caller
	token     cloud.Secret
	tokenType string
	claims    map[string]any // as the mapping and the condition see it
}

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
