package verify

import (
	"context"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// doorsToAWS tries what must not assume the role: the right account for another audience, another account for the right
// audience, and a token that nobody signed.
func (c *crossing) doorsToAWS(ctx context.Context, mint mint, token cloud.Secret) {
	audience := c.bridge.ToAWS.Audience
	c.tryDoors(ctx, []door{
		{
			attempt: "another audience",
			shut:    "the trust policy wants this audience alone (accounts.google.com:oaud)",
			open:    "the trust policy does not check accounts.google.com:oaud: whoever receives any ID token of this account can assume the role",
			stands:  deniedByTrust,
			try: func(ctx context.Context) error {
				other, err := mint(ctx, audience+"-wrong")
				if err != nil {
					return notTried("no token for another audience could be had", err)
				}
				return c.enterAWS(ctx, other)
			},
		},
		{
			attempt: "another service account",
			shut:    "the trust policy wants this account's number alone (accounts.google.com:sub)",
			open:    "the trust policy does not check accounts.google.com:sub: other service accounts can assume the role",
			stands:  deniedByTrust,
			try: func(ctx context.Context) error {
				other, err := c.strangersToken(ctx, audience)
				if err != nil {
					return err
				}
				return c.enterAWS(ctx, other)
			},
		},
		{
			attempt: "broken signature",
			shut:    "AWS checks Google's signature",
			open:    "the token was accepted although nobody signed it",
			stands:  rejectedToken,
			try:     func(ctx context.Context) error { return c.enterAWS(ctx, forged(token)) },
		},
	})
}

func (c *crossing) enterAWS(ctx context.Context, token cloud.Secret) error {
	_, err := cloud.AssumeRoleWithWebIdentity(ctx, c.world.AWS, c.bridge.ToAWSRoleARN(), sessionName, token, sessionLife)
	return err
}

// strangersToken is a token of another service account, where the caller may mint one already. It asks first, so that
// nothing shows up as denied at Google.
func (c *crossing) strangersToken(ctx context.Context, audience string) (cloud.Secret, error) {
	if c.proof.From == Workload {
		return "", notTried("a workload has tokens of its own account only", nil)
	}
	for _, email := range c.strangers() {
		if held, err := steps.HoldsOnAccount(ctx, c.world, email, getOpenIDToken); err != nil || !held {
			continue
		}
		if token, err := cloud.MintIDToken(ctx, c.world.Google, email, audience); err == nil {
			return token, nil
		}
	}
	return "", notTried("the caller can mint no token of another service account, and none is granted for this", nil)
}

// strangers are service accounts that a caller is likely to hold something on: the bridge's other one, and the caller.
func (c *crossing) strangers() []string {
	var list []string
	if c.bridge.ToGoogle != nil {
		list = append(list, c.bridge.ToGoogleEmail())
	}
	if email, ok := serviceAccount(c.opts.Operators.Google.Principal); ok {
		list = append(list, email)
	}
	out := list[:0]
	for _, email := range list {
		if email != "" && email != c.bridge.ToAWSEmail() {
			out = append(out, email)
		}
	}
	return out
}
