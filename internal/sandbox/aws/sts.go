package aws

import (
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func stsOperations() []operation {
	ops := []operation{
		{action: "GetCallerIdentity", read: getCallerIdentity, open: true},
		{action: "AssumeRole", run: assumeRole, open: true},
		{action: "AssumeRoleWithWebIdentity", run: assumeWithWebIdentity, unsigned: true},
		{action: "GetWebIdentityToken", run: getWebIdentityToken, facts: webIdentityFacts},
		{action: "GetSessionToken", run: getSessionToken, open: true},
		{action: "GetAccessKeyInfo", read: getAccessKeyInfo},
		{action: "DecodeAuthorizationMessage", read: decodeMessage},
	}
	for i := range ops {
		ops[i].service = "sts"
	}
	return ops
}

// getCallerIdentity needs no permission, and no policy can deny it.
func getCallerIdentity(c *call) (result, error) {
	return nodes(wire.Text("Arn", c.caller.ARN), wire.Text("UserId", c.caller.UserID), wire.Text("Account", c.caller.Account))
}

// getSessionToken gives a user temporary keys. Sessions cannot ask for sessions.
func getSessionToken(c *call) (result, error) {
	if c.caller.session != nil {
		return result{}, wire.AWSError("AccessDenied", "Cannot call GetSessionToken with session credentials")
	}
	if c.caller.root {
		return result{}, wire.AWSError("AccessDenied", "Cannot call GetSessionToken as the root user in the sandbox")
	}
	life, err := c.duration(43200, 900, 129600)
	if err != nil {
		return result{}, err
	}
	ses := &session{Account: c.caller.Account, User: strings.ToLower(c.caller.entity.Name), ID: c.caller.entity.ID}
	token, err := c.cloud.issue(ses, c.now, life)
	if err != nil {
		return result{}, err
	}
	return nodes(ses.credentials(token))
}

func getAccessKeyInfo(c *call) (result, error) {
	id, err := c.need("AccessKeyId")
	if err != nil {
		return result{}, err
	}
	for number, account := range c.state.AWS.Accounts {
		for _, user := range account.Users.AllSeen(c.now) {
			for _, key := range user.Keys {
				if key.ID == id {
					return nodes(wire.Text("Account", number))
				}
			}
		}
	}
	return result{}, wire.AWSError("ValidationError", "Invalid Access Key ID: "+id)
}

func decodeMessage(c *call) (result, error) {
	text, err := c.need("EncodedMessage")
	if err != nil {
		return result{}, err
	}
	decoded, err := c.cloud.decodeAuthorization(text)
	if err != nil {
		return result{}, wire.AWSError("InvalidAuthorizationMessageException", "Message is not valid")
	}
	return nodes(wire.Text("DecodedMessage", decoded))
}

// CallerOf says who signed a GetCallerIdentity request that somebody hands on, as STS would answer it. Its error is a
// *wire.Failure when STS refuses.
func (c *Cloud) CallerOf(signed wire.SignedRequest) (who wire.Caller, err error) {
	sig, err := wire.ParseSignature(signed)
	if err != nil {
		return who, err
	}
	if sig == nil {
		return who, wire.AWSError("MissingAuthenticationToken", "Request is missing Authentication Token")
	}
	if sig.Service != "sts" {
		return who, wire.AWSError("SignatureDoesNotMatch", "Credential should be scoped to correct service: 'sts'.")
	}
	c.world.View(func(s *world.State, now time.Time) {
		p, perr := c.who(sig, s, now, partitionOf(sig.Region))
		who, err = wire.Caller{Arn: p.ARN, Account: p.Account, UserID: p.UserID}, perr
	})
	if err != nil {
		return wire.Caller{}, err
	}
	return who, nil
}
