package cloud

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awssts "github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
)

// Credentials are temporary AWS credentials.
type Credentials struct {
	AccessKeyID     string
	SecretAccessKey Secret
	SessionToken    Secret
	Expires         time.Time // zero when nobody said
}

// WebIdentity is what STS answered to an ID token: credentials, and how it read the token.
type WebIdentity struct {
	Credentials Credentials
	ARN         string // arn:PART:sts::ACCT:assumed-role/NAME/SESSION
	RoleID      string // AROA…
	Provider    string // accounts.google.com
	Audience    string // what the condition key aud was compared with
	Subject     string
}

// AssumeRoleWithWebIdentity swaps an ID token for a session of the role, at the regional STS, unsigned. The duration is
// at least 15 minutes and at most the role's limit.
func AssumeRoleWithWebIdentity(ctx context.Context, a *AWS, roleARN, session string, token Secret, d time.Duration) (WebIdentity, error) {
	op := "assume " + roleARN + " with an ID token"
	got, err := a.STS.AssumeRoleWithWebIdentity(ctx, &awssts.AssumeRoleWithWebIdentityInput{
		RoleArn: &roleARN, RoleSessionName: &session, WebIdentityToken: aws.String(token.Reveal()), DurationSeconds: seconds(d),
	}, anonymous)
	if err != nil {
		return WebIdentity{}, Problem(op, err)
	}
	c, err := credentialsOf(got.Credentials)
	if err != nil {
		return WebIdentity{}, Problem(op, err)
	}
	w := WebIdentity{Credentials: c, Provider: aws.ToString(got.Provider), Audience: aws.ToString(got.Audience), Subject: aws.ToString(got.SubjectFromWebIdentityToken)}
	if u := got.AssumedRoleUser; u != nil {
		w.ARN = aws.ToString(u.Arn)
		w.RoleID, _, _ = strings.Cut(aws.ToString(u.AssumedRoleId), ":")
	}
	return w, nil
}

// Caller is who AWS says we are.
type Caller struct {
	ARN     string
	Account string
	UserID  string // AIDA… of a user, AROA…:SESSION of a role
}

// CallerIdentity asks AWS who holds these credentials; nil asks about the operator. It needs no permission.
func CallerIdentity(ctx context.Context, a *AWS, c *Credentials) (Caller, error) {
	const op = "ask AWS who is calling"
	got, err := a.STS.GetCallerIdentity(ctx, &awssts.GetCallerIdentityInput{}, as(c))
	if err != nil {
		return Caller{}, Problem(op, err)
	}
	if aws.ToString(got.Arn) == "" {
		return Caller{}, Problem(op, &strangeReply{Status: 200, Host: a.STSURL, What: "no identity"})
	}
	return Caller{ARN: aws.ToString(got.Arn), Account: aws.ToString(got.Account), UserID: aws.ToString(got.UserId)}, nil
}

// AssumeRole takes a session of the role with the operator's credentials.
func AssumeRole(ctx context.Context, a *AWS, roleARN, session string, d time.Duration) (Credentials, error) {
	op := "assume " + roleARN
	got, err := a.STS.AssumeRole(ctx, &awssts.AssumeRoleInput{RoleArn: &roleARN, RoleSessionName: &session, DurationSeconds: seconds(d)})
	if err != nil {
		return Credentials{}, Problem(op, err)
	}
	c, err := credentialsOf(got.Credentials)
	return c, Problem(op, err)
}

// WebIdentityToken asks AWS for an RS256 token of its own about the role that holds c, for one audience. It needs
// outbound federation to be on and sts:GetWebIdentityToken.
func WebIdentityToken(ctx context.Context, a *AWS, c Credentials, audience string, d time.Duration) (Secret, error) {
	const op = "ask AWS for a web identity token"
	got, err := a.STS.GetWebIdentityToken(ctx, &awssts.GetWebIdentityTokenInput{
		Audience: []string{audience}, SigningAlgorithm: aws.String("RS256"), DurationSeconds: seconds(d),
	}, as(&c))
	if err != nil {
		return "", Problem(op, err)
	}
	if aws.ToString(got.WebIdentityToken) == "" {
		return "", Problem(op, &strangeReply{Status: 200, Host: a.STSURL, What: "no token"})
	}
	return Secret(*got.WebIdentityToken), nil
}

func anonymous(o *awssts.Options) { o.Credentials = aws.AnonymousCredentials{} }

// as signs one call with c instead of the operator's credentials.
func as(c *Credentials) func(*awssts.Options) {
	return func(o *awssts.Options) {
		if c != nil {
			o.Credentials = credentials.NewStaticCredentialsProvider(c.AccessKeyID, c.SecretAccessKey.Reveal(), c.SessionToken.Reveal())
		}
	}
}

func seconds(d time.Duration) *int32 {
	if d <= 0 {
		return nil
	}
	return aws.Int32(int32(min(d, 12*time.Hour) / time.Second)) //nolint:gosec // at most 43200
}

func credentialsOf(c *types.Credentials) (Credentials, error) {
	if c == nil || aws.ToString(c.AccessKeyId) == "" || aws.ToString(c.SecretAccessKey) == "" {
		return Credentials{}, fmt.Errorf("the reply holds no credentials")
	}
	return Credentials{
		AccessKeyID: aws.ToString(c.AccessKeyId), SecretAccessKey: Secret(aws.ToString(c.SecretAccessKey)),
		SessionToken: Secret(aws.ToString(c.SessionToken)), Expires: aws.ToTime(c.Expiration),
	}, nil
}
