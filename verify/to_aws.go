package verify

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// sessionLife is the shortest session that AWS gives.
const sessionLife = 15 * time.Minute

// The hops to AWS.
const (
	hopIDToken        = "ID token"
	hopAssumeRole     = "assume role"
	hopCallerIdentity = "caller identity"
)

// mint asks for an ID token of the bridge's service account for an audience.
type mint func(ctx context.Context, audience string) (cloud.Secret, error)

// toAWS mints an ID token, assumes the role with it and asks AWS who we are; then it tries the doors.
func (c *crossing) toAWS(ctx context.Context) (err error) {
	c.proof.Expected, c.proof.IdentitySource = c.bridge.ToAWSSessionPrefix(), "answered"
	mint := c.mintAsOperator
	if c.proof.From == Workload {
		mint = c.mintAsWorkload
	} else if c.opts.Borrow {
		loan, lerr := c.borrowAccount(ctx)
		defer func() { err = c.giveBack(ctx, loan, err) }()
		if lerr != nil {
			return orStuck(lerr)
		}
	}
	c.ridesOn(ctx, accountLeftovers)
	token, ok := c.firstToken(ctx, mint)
	if !ok {
		return nil
	}
	session, ok := c.assumeRole(ctx, mint, &token)
	if !ok {
		return nil
	}
	if c.askAWS(ctx, session.Credentials) && !c.opts.NoDoors {
		c.doorsToAWS(ctx, mint, token)
	}
	return nil
}

func (c *crossing) mintAsOperator(ctx context.Context, audience string) (cloud.Secret, error) {
	return cloud.MintIDToken(ctx, c.world.Google, c.bridge.ToAWSEmail(), audience)
}

func (c *crossing) mintAsWorkload(ctx context.Context, audience string) (cloud.Secret, error) {
	return cloud.MetadataIDToken(ctx, c.world.Google, audience)
}

// firstToken is the hop in which the caller needs borrowed access; a refusal there says nothing about the bridge.
func (c *crossing) firstToken(ctx context.Context, mint mint) (token cloud.Secret, ok bool) {
	endpoint := c.world.Google.Endpoints.IAMCredentials
	if c.proof.From == Workload {
		endpoint = c.world.Google.Endpoints.Metadata
	}
	err := c.hop(ctx, hopIDToken, endpoint, func(ctx context.Context, h *Hop) (err error) {
		token, err = c.waitForToken(ctx, mint)
		if err != nil {
			c.explainMint(h, err)
			return err
		}
		c.outlives("an ID token for 60 minutes")
		claims, err := decode(token)
		h.Claims = show(claims, "aud", "azp", "sub", "iss", "exp", "email")
		return err
	})
	if err == nil {
		return token, true
	}
	c.notReached(hopAssumeRole, hopCallerIdentity)
	c.notAllowedToAct(err)
	return "", false
}

// waitForToken waits only for what it has reason to expect: access that was just borrowed.
func (c *crossing) waitForToken(ctx context.Context, mint mint) (token cloud.Secret, err error) {
	once := func(ctx context.Context) (err error) {
		token, err = mint(ctx, c.bridge.ToAWS.Audience)
		return err
	}
	if c.proof.Borrowed == nil {
		err = once(ctx)
		return token, c.orNotThere(ctx, err)
	}
	err = cloud.Until(ctx, cloud.Wait{
		What: "Google to let us mint an ID token of " + c.bridge.ToAWSEmail(), For: c.untilReturn("google"),
	}, once)
	return token, err
}

// orNotThere corrects a denial: Google and AWS both deny what is not there, and an API that is off hides it.
func (c *crossing) orNotThere(ctx context.Context, err error) error {
	if !explain.Is(err, explain.Denied, explain.Disabled) || c.proof.From == Workload {
		return err
	}
	var seen error
	if c.proof.Direction == ToAWS {
		_, seen = steps.SeeAccount(ctx, c.world, c.bridge.ToAWSEmail())
	} else {
		var role steps.RoleSight
		role, seen = steps.SeeRole(ctx, c.world, c.bridge.ToGoogle.Role.Name)
		if wanted := c.bridge.ToGoogleRoleARN(); seen == nil && role.ARN != wanted {
			seen = &explain.Problem{Op: "become the role", Kind: explain.Missing, Reason: elsewhere(c.bridge.ToGoogle.Role.Name, role.ARN, wanted)}
		}
	}
	if explain.Is(seen, explain.Missing) {
		return seen
	}
	return err
}

// suspectWait is how long a change may take to spread when something else is the likelier cause of a refusal.
const suspectWait = 15 * time.Second

// assumeRole presents the token, a fresh one after each refusal, until AWS has learnt of the role and its trust. It stops
// at once when the live trust policy does not admit the token: then time will not help.
func (c *crossing) assumeRole(ctx context.Context, mint mint, token *cloud.Secret) (session cloud.WebIdentity, ok bool) {
	err := c.hop(ctx, hopAssumeRole, c.world.AWS.STSURL, func(ctx context.Context, h *Hop) error {
		var verdict trustAnswer
		again, began := false, time.Now()
		once := func(ctx context.Context) (err error) {
			if again {
				if *token, err = mint(ctx, c.bridge.ToAWS.Audience); err != nil {
					return err
				}
			}
			again = true
			session, err = cloud.AssumeRoleWithWebIdentity(ctx, c.world.AWS, c.bridge.ToAWSRoleARN(), sessionName, *token, sessionLife)
			if err != nil && !verdict.asked {
				verdict = c.readTrust(ctx, *token)
			}
			again = err != nil
			return err
		}
		err := cloud.Until(ctx, cloud.Wait{
			What: "AWS to let the token assume " + c.bridge.ToAWS.Role.Name, For: c.patience("aws"), InARow: 2,
			Retry: func(err error) bool {
				return !verdict.final() && unsettled(err) && (len(verdict.suspects()) == 0 || time.Since(began) < suspectWait)
			},
		}, once)
		if err != nil {
			explainAssume(h, err, verdict, c.bridge)
			return err
		}
		c.outlives("an AWS session for 15 minutes")
		h.Claims = map[string]string{
			"session": fmt.Sprintf("%.0f s", sessionLife.Seconds()), "provider": session.Provider,
			"audience": session.Audience, "subject": session.Subject,
		}
		return nil
	})
	if err != nil {
		c.notReached(hopCallerIdentity)
	}
	return session, err == nil
}

// askAWS is the proof itself: who does AWS say we are.
func (c *crossing) askAWS(ctx context.Context, creds cloud.Credentials) bool {
	err := c.hop(ctx, hopCallerIdentity, c.world.AWS.STSURL, func(ctx context.Context, h *Hop) error {
		var caller cloud.Caller
		once := func(ctx context.Context) (err error) {
			caller, err = cloud.CallerIdentity(ctx, c.world.AWS, &creds)
			return err
		}
		// New credentials may be unknown to another replica for a moment.
		if err := cloud.Until(ctx, cloud.Wait{What: "AWS to know the new session", For: c.patience("aws"), Retry: unsettled}, once); err != nil {
			return err
		}
		c.proof.Identity = caller.ARN
		h.Claims = map[string]string{"arn": caller.ARN, "account": caller.Account, "userId": caller.UserID}
		if !strings.HasPrefix(caller.ARN, c.proof.Expected) {
			return &explain.Problem{
				Op: "compare the identity", Kind: explain.Denied,
				Reason: fmt.Sprintf("AWS answered %s, expected %s…", caller.ARN, c.proof.Expected),
			}
		}
		return nil
	})
	if err == nil {
		c.proof.Verdict = Proven
	}
	return err == nil
}

// unsettled tells whether a refusal may be a change that has not spread yet.
func unsettled(err error) bool {
	return explain.Is(err, explain.Missing, explain.Denied, explain.Pending, explain.Disabled)
}
