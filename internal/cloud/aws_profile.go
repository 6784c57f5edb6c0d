package cloud

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/logincreds"
	"github.com/aws/aws-sdk-go-v2/credentials/processcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/aws-sdk-go-v2/service/signin"
	"github.com/aws/aws-sdk-go-v2/service/sso"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"
	awssts "github.com/aws/aws-sdk-go-v2/service/sts"
)

// profileKind says what a profile is made of, which decides the command that signs in again.
func profileKind(s config.SharedConfig) string {
	switch {
	case s.Source != nil:
		return profileKind(*s.Source)
	case s.Credentials.HasKeys():
		return "keys"
	case s.CredentialSource != "":
		return "source"
	case s.WebIdentityTokenFile != "":
		return "web identity"
	case s.SSOStartURL != "" || s.SSOSessionName != "" || s.SSOAccountID != "":
		return "sso"
	case s.LoginSession != "":
		return "login"
	case s.CredentialProcess != "":
		return "process"
	}
	return ""
}

// profileCredentials wires one profile, and the profile it builds on, in the SDK's order.
func profileCredentials(a *AWS, env func(string) string, s *config.SharedConfig) (aws.CredentialsProvider, error) {
	p, err := firstHop(a, env, s)
	if err != nil || s.RoleARN == "" || s.WebIdentityTokenFile != "" && s.Source == nil {
		return p, err
	}
	if s.MFASerial != "" {
		return nil, fmt.Errorf("profile %s wants a one-time code for role %s", s.Profile, s.RoleARN)
	}
	client := awssts.New(a.STS.Options(), func(o *awssts.Options) { o.Credentials = aws.NewCredentialsCache(p) })
	return stscreds.NewAssumeRoleProvider(client, s.RoleARN, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = s.RoleSessionName
		if d := s.RoleDurationSeconds; d != nil && *d > 15*time.Minute {
			o.Duration = *d
		}
		if s.ExternalID != "" {
			o.ExternalID = aws.String(s.ExternalID)
		}
	}), nil
}

func firstHop(a *AWS, env func(string) string, s *config.SharedConfig) (aws.CredentialsProvider, error) {
	switch {
	case s.Source != nil:
		return profileCredentials(a, env, s.Source)
	case s.Credentials.HasKeys():
		return credentials.StaticCredentialsProvider{Value: s.Credentials}, nil
	case s.CredentialSource != "":
		return namedSource(a, env, s.CredentialSource)
	case s.WebIdentityTokenFile != "":
		return stscreds.NewWebIdentityRoleProvider(a.STS, s.RoleARN, stscreds.IdentityTokenFile(s.WebIdentityTokenFile),
			func(o *stscreds.WebIdentityRoleOptions) { o.RoleSessionName = s.RoleSessionName }), nil
	case profileKind(*s) == "sso":
		return ssoCredentials(a, s)
	case s.LoginSession != "":
		return loginCredentials(a, env, s)
	case s.CredentialProcess != "":
		return processcreds.NewProvider(s.CredentialProcess), nil
	case containerURL(env) != "":
		return container(env, a), nil
	}
	return nil, fmt.Errorf("%w: profile %s holds none", errNotSignedIn, s.Profile)
}

// namedSource is a profile's credential_source. Only here is the instance metadata service asked, because the user's
// own profile says so.
func namedSource(a *AWS, env func(string) string, name string) (aws.CredentialsProvider, error) {
	switch strings.ToLower(name) {
	case "ec2instancemetadata":
		return ec2rolecreds.New(func(o *ec2rolecreds.Options) {
			o.Client = imds.New(imds.Options{Endpoint: strings.TrimSuffix(a.IMDS, "/"), HTTPClient: a.http, Retryer: aws.NopRetryer{}})
		}), nil
	case "environment":
		return envKeys(env), nil
	case "ecscontainer":
		if containerURL(env) == "" {
			return nil, fmt.Errorf("%w: there is no container that gives any", errNotSignedIn)
		}
		return container(env, a), nil
	}
	return nil, fmt.Errorf("credential_source %s is not known", name)
}

// plain is the config of the sign-in services: AWS's own endpoints, because a bridge's endpoints do not move them.
func plain(a *AWS, region string) aws.Config {
	open := *a.transport
	open.allowed, open.clock = nil, nil
	return aws.Config{Region: region, HTTPClient: open.client(), Retryer: func() aws.Retryer { return aws.NopRetryer{} }}
}

func ssoCredentials(a *AWS, s *config.SharedConfig) (aws.CredentialsProvider, error) {
	if s.SSOAccountID == "" || s.SSORoleName == "" {
		return nil, fmt.Errorf("profile %s lacks sso_account_id or sso_role_name", s.Profile)
	}
	if s.SSOSession == nil {
		return ssocreds.New(sso.NewFromConfig(plain(a, s.SSORegion)), s.SSOAccountID, s.SSORoleName, s.SSOStartURL), nil
	}
	path, err := ssocreds.StandardCachedTokenFilepath(s.SSOSession.Name)
	if err != nil {
		return nil, err
	}
	cfg := plain(a, s.SSOSession.SSORegion)
	return ssocreds.New(sso.NewFromConfig(cfg), s.SSOAccountID, s.SSORoleName, s.SSOSession.SSOStartURL, func(o *ssocreds.Options) {
		o.SSOTokenProvider = ssocreds.NewSSOTokenProvider(ssooidc.NewFromConfig(cfg), path)
		o.CachedTokenFilepath = path
	}), nil
}

func loginCredentials(a *AWS, env func(string) string, s *config.SharedConfig) (aws.CredentialsProvider, error) {
	path, err := logincreds.StandardCachedTokenFilepath(s.LoginSession, env("AWS_LOGIN_CACHE_DIRECTORY"))
	if err != nil {
		return nil, err
	}
	return logincreds.New(signin.NewFromConfig(plain(a, a.Region)), path), nil
}

// containerURL is where a container asks for its credentials; both forms are AWS's.
func containerURL(env func(string) string) string {
	if path := env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"); path != "" {
		return "http://169.254.170.2" + path
	}
	return env("AWS_CONTAINER_CREDENTIALS_FULL_URI")
}

func container(env func(string) string, a *AWS) aws.CredentialsProvider {
	return endpointcreds.New(containerURL(env), func(o *endpointcreds.Options) {
		o.HTTPClient, o.Retryer = a.http, aws.NopRetryer{}
		o.AuthorizationToken = env("AWS_CONTAINER_AUTHORIZATION_TOKEN")
		if file := env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); file != "" {
			o.AuthorizationTokenProvider = tokenFile(file)
		}
	})
}

// tokenFile reads the container's authorization token anew each time, since it is rotated.
func tokenFile(path string) endpointcreds.AuthTokenProvider {
	return endpointcreds.TokenProviderFunc(func() (string, error) {
		b, err := os.ReadFile(path)
		if err != nil {
			return "", fmt.Errorf("read container authorization token: %w", err)
		}
		return strings.TrimSpace(string(b)), nil
	})
}
