package aws

import (
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// principal is who calls: a user, or a session of a role or of a user.
type principal struct {
	Account string
	ARN     string // as GetCallerIdentity says it
	UserID  string
	entity  world.Entity
	groups  []string // unique ids of the groups that a user is in
	role    bool
	root    bool     // the account itself, which no identity policy limits
	arns    []string // by which a trust policy may name it
	session *session
}

// identify establishes the caller from the signature: which key, whether it lives, whether it signed this request.
func (c *call) identify() error {
	sig := c.in.signature
	if sig == nil {
		return wire.AWSError("MissingAuthenticationToken", "Request is missing Authentication Token")
	}
	who, err := c.cloud.who(sig, c.state, c.now, c.partition)
	if err != nil {
		return err
	}
	c.caller, c.account = who, c.state.AWS.Accounts[who.Account]
	switch {
	case who.session == nil:
		c.account.KeyUses[sig.KeyID] = world.Use{At: c.now, Service: sig.Service, Region: sig.Region}
	case who.role:
		c.account.RoleUses[who.entity.ID] = world.Use{At: c.now, Region: sig.Region}
	}
	return nil
}

const badKey = "The security token included in the request is invalid."

// who checks a signature and answers whose it is.
func (c *Cloud) who(sig *wire.Signature, s *world.State, now time.Time, partition string) (principal, error) {
	if strings.HasPrefix(sig.KeyID, "ASIA") {
		return c.whoseSession(sig, s, now, partition)
	}
	for _, account := range s.AWS.Accounts {
		if key := account.Root; key != nil && key.ID == sig.KeyID {
			return rootPrincipal(account.ID, partition), sig.Check(key.Secret, now)
		}
		for _, user := range account.Users.AllSeen(now) {
			for _, key := range user.Keys {
				if key.ID != sig.KeyID {
					continue
				}
				if !key.Active || sig.Token != "" {
					return principal{}, wire.AWSError("InvalidClientTokenId", badKey)
				}
				return userPrincipal(account.ID, user, partition), sig.Check(key.Secret, now)
			}
		}
	}
	return principal{}, wire.AWSError("InvalidClientTokenId", badKey)
}

func (c *Cloud) whoseSession(sig *wire.Signature, s *world.State, now time.Time, partition string) (principal, error) {
	var ses session
	if err := c.world.Open("session", sig.Token, &ses); err != nil || ses.KeyID != sig.KeyID {
		return principal{}, wire.AWSError("InvalidClientTokenId", badKey)
	}
	if err := sig.Check(ses.Secret, now); err != nil {
		return principal{}, err
	}
	if !now.Before(ses.Expires) {
		return principal{}, wire.AWSError("ExpiredToken", "The security token included in the request is expired")
	}
	who, ok := ses.principal(s, now, partition)
	if !ok {
		return principal{}, wire.AWSError("InvalidClientTokenId", badKey)
	}
	return who, nil
}

func userPrincipal(account string, user world.User, partition string) principal {
	arn := iamARN(partition, account, "user", user.Path, user.Name)
	return principal{Account: account, ARN: arn, UserID: user.ID, entity: user.Entity, groups: user.Groups, arns: []string{arn}}
}

func rootPrincipal(account, partition string) principal {
	arn := "arn:" + partition + ":iam::" + account + ":root"
	return principal{Account: account, ARN: arn, UserID: account, root: true, arns: []string{arn}}
}

// party is the caller as a trust policy may name it.
func (p principal) party() judge.Party {
	return judge.Party{Account: p.Account, ARNs: p.arns, IDs: []string{p.entity.ID}}
}

// facts are the condition keys that describe the caller.
func (p principal) facts(f judge.Facts) {
	if p.Account == "" {
		return
	}
	f.Set("aws:PrincipalAccount", p.Account)
	f.Set("aws:PrincipalArn", p.arns[len(p.arns)-1]) // of a session: its role
	f.Set("aws:userid", p.UserID)
	f.Set("aws:PrincipalIsAWSService", "false")
	switch {
	case p.root:
		f.Set("aws:PrincipalType", "Account")
	case p.role:
		f.Set("aws:PrincipalType", "AssumedRole")
	default:
		f.Set("aws:PrincipalType", "User")
		f.Set("aws:username", p.entity.Name)
	}
	for _, tag := range p.entity.Tags {
		f.Set("aws:PrincipalTag/"+tag.Key, tag.Value)
	}
	if p.session != nil {
		p.session.facts(f)
	}
}
