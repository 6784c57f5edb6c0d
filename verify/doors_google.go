package verify

import (
	"context"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// doorsToGoogle tries what must not get in: the operator's own AWS identity, an assertion made for somebody else, and one
// that nobody signed.
func (c *crossing) doorsToGoogle(ctx context.Context, p path, a assertion) {
	doors := []door{c.operatorsDoor(p)}
	if c.jwt() {
		doors = append(doors, c.otherAudienceDoor(p, a))
	} else {
		doors = append(doors, c.otherProviderDoor(p, a))
	}
	c.tryDoors(ctx, append(doors, c.brokenDoor(p, a)))
}

func (c *crossing) operatorsDoor(p path) door {
	return door{
		attempt: "operator's own identity",
		shut:    "the provider's condition admits the workload's role alone",
		open:    "the provider's condition lets other AWS identities of the account in",
		stands: func(err error) bool {
			return rejectedByCondition(err) || (c.bridge.Adopts("toGoogle.pool") && notBound(err))
		},
		try: func(ctx context.Context) error {
			creds, err := c.strangersCredentials(ctx)
			if err != nil {
				return err
			}
			token, err := c.assertionFor(ctx, p, creds, p.audience, p.jwtAudience)
			if err != nil {
				return notTried("the operator's identity cannot be handed over", err)
			}
			federated, err := c.enterGoogle(ctx, p, token)
			if err != nil || !c.bridge.Adopts("toGoogle.pool") || c.direct() {
				return err
			}
			// An adopted pool may serve others too; there the binding is what keeps them out.
			_, _, err = cloud.Impersonate(ctx, c.world.Google, federated, c.bridge.ToGoogleEmail(), c.scopes(), accessLife)
			return err
		},
	}
}

func notBound(err error) bool { return explain.Is(err, explain.Denied) }

// strangersCredentials are the operator's own, unless they are the workload's.
func (c *crossing) strangersCredentials(ctx context.Context) (cloud.Credentials, error) {
	if err := c.opts.Operators.AWSErr; err != nil {
		return cloud.Credentials{}, notTried("nobody is signed in to AWS", err)
	}
	if arn := c.opts.Operators.AWS.Principal; arn == "" || strings.HasPrefix(arn, c.bridge.ToGoogleSessionPrefix()) {
		return cloud.Credentials{}, notTried("there is no AWS identity here but the workload's", nil)
	}
	creds, err := ownCredentials(ctx, c.world)
	if err != nil {
		return creds, notTried("nobody is signed in to AWS", err)
	}
	return creds, nil
}

// assertionFor makes a subject token with any credentials, for one audience of either kind.
func (c *crossing) assertionFor(ctx context.Context, _ path, creds cloud.Credentials, signed, jwt string) (cloud.Secret, error) {
	if c.jwt() {
		return cloud.WebIdentityToken(ctx, c.world.AWS, creds, jwt, jwtLife)
	}
	return c.sign(ctx, creds, signed)
}

func (c *crossing) enterGoogle(ctx context.Context, p path, token cloud.Secret) (cloud.Secret, error) {
	kind := cloud.AWS4Request
	if c.jwt() {
		kind = cloud.JWT
	}
	federated, _, err := cloud.Exchange(ctx, c.world.Google, p.audience, kind, token)
	return federated, err
}

func (c *crossing) otherProviderDoor(p path, a assertion) door {
	return door{
		attempt: "another provider",
		shut:    "a request signed for another provider is not taken: the target is one of the signed headers",
		open:    "a request signed for another provider was taken: it can be replayed",
		stands:  rejectedAssertion,
		try: func(ctx context.Context) error {
			token, err := c.sign(ctx, a.creds, p.audience+"-other")
			if err != nil {
				return notTried("no request could be signed", err)
			}
			_, err = c.enterGoogle(ctx, p, token)
			return err
		},
	}
}

// otherAudienceDoor has two locks: AWS issues the role no such token, and Google takes none. Where the first holds, the
// second is tried with a token of the operator's own, which differs in more, so that only the audience may be refused.
func (c *crossing) otherAudienceDoor(p path, a assertion) door {
	audience := p.jwtAudience + "-other"
	return door{
		attempt: "another audience",
		shut:    "the provider takes tokens for itself alone",
		open:    "the provider takes tokens that were made for somebody else",
		stands:  func(err error) bool { return rejectedAssertion(err) || coded(err, "AccessDenied") },
		try: func(ctx context.Context) error {
			token, err := c.assertionFor(ctx, p, a.creds, "", audience)
			if !coded(err, "AccessDenied") {
				return c.enterWith(ctx, p, token, err)
			}
			creds, serr := c.strangersCredentials(ctx)
			if serr != nil {
				return err
			}
			if token, serr = c.assertionFor(ctx, p, creds, "", audience); serr != nil {
				return err
			}
			return c.enterWith(ctx, p, token, nil)
		},
	}
}

func (c *crossing) enterWith(ctx context.Context, p path, token cloud.Secret, err error) error {
	if err != nil {
		return notTried("no token for another audience could be had", err)
	}
	_, err = c.enterGoogle(ctx, p, token)
	return err
}

func (c *crossing) brokenDoor(p path, a assertion) door {
	return door{
		attempt: "broken signature",
		shut:    "Google checks AWS's signature",
		open:    "the assertion was taken although nobody signed it",
		stands:  rejectedAssertion,
		try: func(ctx context.Context) error {
			broken, ok := forged(a.token), true
			if !c.jwt() {
				broken, ok = forgedRequest(a.token)
			}
			if !ok {
				return notTried("the signature could not be found", nil)
			}
			_, err := c.enterGoogle(ctx, p, broken)
			return err
		},
	}
}
