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

	mu    sync.Mutex
	found aws.CredentialsProvider
}

func newChain(o Options, a *AWS, p profile) *chain {
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
		if p.err != nil {
			return nil, missingProfile(p)
		}
		return profileCredentials(a, env, &p.shared)
	}
	return c
}

// Retrieve resolves the source once and asks it.
func (c *chain) Retrieve(ctx context.Context) (aws.Credentials, error) {
	p, err := c.provider(ctx)
	if err != nil {
		return aws.Credentials{}, &signInError{Cloud: "aws", Profile: c.profile, Kind: c.kind, Err: err}
	}
	got, err := p.Retrieve(ctx)
	if err != nil {
		return got, &signInError{Cloud: "aws", Profile: c.profile, Kind: c.kind, Err: err}
	}
	return got, nil
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
