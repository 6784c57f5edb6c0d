package cloud

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
)

// chain gives the operator's AWS credentials in the SDK's order: a profile that was asked for, keys of the environment,
// a web identity token, the profile, a container. It is the SDK's providers, wired by what Options.Env says instead of
// the process's environment, and without the instance metadata service at the end.
type chain struct {
	profile string // "" when the credentials come from elsewhere
	words   string // for people
	kind    string
	make    func(context.Context) (aws.CredentialsProvider, error)
	aws     *AWS

	mu      sync.Mutex
	found   aws.CredentialsProvider
	who     Caller // once signed in: nobody else may take over
	vouched string // the access key id that is known to be who's
}

func newChain(o Options, a *AWS, p profile) *chain {
	c := chooseChain(o, a, p)
	c.aws = a
	return c
}

func chooseChain(o Options, a *AWS, p profile) *chain {
	env := o.Env
	switch {
	case o.Profile == "" && env("AWS_ACCESS_KEY_ID") != "" && env("AWS_SECRET_ACCESS_KEY") != "":
		return &chain{words: "AWS_ACCESS_KEY_ID", kind: "keys", make: fixed(envKeys(env))}
	case o.Profile == "" && env("AWS_WEB_IDENTITY_TOKEN_FILE") != "" && env("AWS_ROLE_ARN") != "":
		return &chain{words: "AWS_WEB_IDENTITY_TOKEN_FILE", kind: "web identity", make: fixed(envWebIdentity(env, a))}
	case p.err != nil && containerURL(env) != "" && o.Profile == "" && env("AWS_PROFILE") == "":
		return &chain{words: "container credentials", kind: "container", make: fixed(container(env, a))}
	}
	c := &chain{profile: p.name, words: "profile " + p.name, kind: profileKind(p.shared)}
	c.make = func(ctx context.Context) (aws.CredentialsProvider, error) {
		now := loadProfile(ctx, env, p.name) // the files may be others by now
		if now.err != nil {
			return nil, missingProfile(now)
		}
		return profileCredentials(a, env, &now.shared)
	}
	return c
}

// Retrieve resolves the source once and asks it. What does not work is read anew the next time.
func (c *chain) Retrieve(ctx context.Context) (aws.Credentials, error) {
	p, err := c.provider(ctx)
	if err != nil {
		return aws.Credentials{}, &signInError{Cloud: "aws", Profile: c.profile, Kind: c.kind, Err: err}
	}
	got, err := p.Retrieve(ctx)
	if err != nil {
		c.forget()
		return got, &signInError{Cloud: "aws", Profile: c.profile, Kind: c.kind, Err: err}
	}
	if err := c.vouch(ctx, got); err != nil {
		c.forget()
		return aws.Credentials{}, err
	}
	return got, nil
}

// forget has the source read anew.
func (c *chain) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.found = nil
}

// signedIn says whose the credentials with this access key id are.
func (c *chain) signedIn(who Caller, keyID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.who == (Caller{}) {
		c.who, c.vouched = who, keyID
	}
}

// vouch refuses other credentials than before unless they are the same principal's.
func (c *chain) vouch(ctx context.Context, got aws.Credentials) error {
	c.mu.Lock()
	was, vouched := c.who, c.vouched
	c.mu.Unlock()
	if was == (Caller{}) || got.AccessKeyID == vouched {
		return nil
	}
	is, err := CallerIdentity(ctx, c.aws, &Credentials{AccessKeyID: got.AccessKeyID, SecretAccessKey: Secret(got.SecretAccessKey), SessionToken: Secret(got.SessionToken)})
	if err != nil {
		return err
	}
	if !samePrincipal(was, is) {
		return refuseOther("AWS", was.ARN, is.ARN)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.vouched = got.AccessKeyID
	return nil
}

func (c *chain) provider(ctx context.Context) (aws.CredentialsProvider, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.found == nil {
		p, err := c.make(ctx)
		if err != nil {
			return nil, err
		}
		c.found = p
	}
	return c.found, nil
}

func fixed(p aws.CredentialsProvider) func(context.Context) (aws.CredentialsProvider, error) {
	return func(context.Context) (aws.CredentialsProvider, error) { return p, nil }
}

func envKeys(env func(string) string) aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider(env("AWS_ACCESS_KEY_ID"), env("AWS_SECRET_ACCESS_KEY"), env("AWS_SESSION_TOKEN"))
}

func envWebIdentity(env func(string) string, a *AWS) aws.CredentialsProvider {
	return stscreds.NewWebIdentityRoleProvider(a.STS, env("AWS_ROLE_ARN"), stscreds.IdentityTokenFile(env("AWS_WEB_IDENTITY_TOKEN_FILE")),
		func(o *stscreds.WebIdentityRoleOptions) { o.RoleSessionName = env("AWS_ROLE_SESSION_NAME") })
}

// missingProfile tells a profile that does not exist from files that cannot be read.
func missingProfile(p profile) error {
	if _, ok := errors.AsType[config.SharedConfigProfileNotExistError](p.err); ok {
		return fmt.Errorf("%w: there is no profile %s", errNotSignedIn, p.name)
	}
	return p.err
}
