package sandbox_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

const (
	uid      = "104512345678901234567"
	audience = "https://sts.amazonaws.com/123456789012/ci-runner"
)

// googleTrust trusts exactly one Google account for exactly one audience.
func googleTrust(principal string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Sid":"GoogleServiceAccount","Effect":"Allow","Principal":{"Federated":%q},`+
		`"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"accounts.google.com:aud":%q,"accounts.google.com:oaud":%q,"accounts.google.com:sub":%q}}}]}`,
		principal, uid, audience, uid)
}

// idToken is a token that Google signed, as the service account's unless change says otherwise.
func idToken(t *testing.T, s *sandbox.Server, change map[string]any) string {
	t.Helper()
	now := s.World().Now()
	claims := map[string]any{
		"iss": "https://accounts.google.com", "aud": audience, "azp": uid, "sub": uid,
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "email": "ci-runner@acme-build.iam.gserviceaccount.com", "email_verified": true,
	}
	maps.Copy(claims, change)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	return must(s.World().Sign(world.IssuerGoogle, "RS256", claims))(t)
}

func webIdentity(t *testing.T, s *sandbox.Server, in *sts.AssumeRoleWithWebIdentityInput) (*sts.AssumeRoleWithWebIdentityOutput, error) {
	t.Helper()
	if in.RoleArn == nil {
		in.RoleArn = aws.String("arn:aws:iam::123456789012:role/drawbridge/ci-runner")
	}
	if in.RoleSessionName == nil {
		in.RoleSessionName = aws.String("verify-1")
	}
	client := sts.New(sts.Options{Region: "us-east-1", BaseEndpoint: aws.String(s.URL()), Credentials: aws.AnonymousCredentials{}, Retryer: aws.NopRetryer{}})
	return client.AssumeRoleWithWebIdentity(t.Context(), in)
}

func TestGoogleTokenOpensTheRoleThatTrustsIt(t *testing.T) {
	s := start(t, sandbox.Options{})
	newRole(t, s, "ci-runner", googleTrust("accounts.google.com"))
	got := must(webIdentity(t, s, &sts.AssumeRoleWithWebIdentityInput{WebIdentityToken: aws.String(idToken(t, s, nil)), DurationSeconds: aws.Int32(900)}))(t)
	if *got.Provider != "accounts.google.com" || *got.Audience != uid || *got.SubjectFromWebIdentityToken != uid {
		t.Errorf("got provider %s, audience %s, subject %s", *got.Provider, *got.Audience, *got.SubjectFromWebIdentityToken)
	}
	if life := got.Credentials.Expiration.Sub(s.World().Now()); life > 15*time.Minute || life < 14*time.Minute {
		t.Errorf("life: got %s, want 15m", life)
	}
	c := got.Credentials
	who := must(sts.NewFromConfig(configOf(s, *c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken)).GetCallerIdentity(t.Context(), nil))(t)
	if want := "arn:aws:sts::123456789012:assumed-role/ci-runner/verify-1"; *who.Arn != want {
		t.Errorf("arn: got %s, want %s", *who.Arn, want)
	}
	if !strings.HasPrefix(*who.UserId, "AROA") || !strings.HasSuffix(*who.UserId, ":verify-1") {
		t.Errorf("user id: got %s", *who.UserId)
	}
}

func TestWebIdentityIsRefusedForTheRightReason(t *testing.T) {
	s := start(t, sandbox.Options{})
	newRole(t, s, "ci-runner", googleTrust("accounts.google.com"))
	past := s.World().Now().Add(-2 * time.Hour)
	good := idToken(t, s, nil)
	flipped := good[:len(good)-6] + "AAAAAA"
	for name, tc := range map[string]struct {
		token, role, code, message string
		seconds                    int32
	}{
		"another audience":    {token: idToken(t, s, map[string]any{"aud": audience + "-wrong"}), code: "AccessDenied", message: "Not authorized to perform sts:AssumeRoleWithWebIdentity"},
		"another account":     {token: idToken(t, s, map[string]any{"sub": "1", "azp": "1"}), code: "AccessDenied"},
		"made from a key":     {token: idToken(t, s, map[string]any{"azp": "ci-runner@acme-build.iam.gserviceaccount.com"}), code: "AccessDenied"},
		"no such role":        {token: good, role: "arn:aws:iam::123456789012:role/drawbridge/nobody", code: "AccessDenied"},
		"letter case of role": {token: good, role: "arn:aws:iam::123456789012:role/drawbridge/CI-runner", code: "AccessDenied"},
		"path of role":        {token: good, role: "arn:aws:iam::123456789012:role/ci-runner", code: "AccessDenied"},
		"broken signature":    {token: flipped, code: "InvalidIdentityToken"},
		"not a token":         {token: "ya29.access-token", code: "InvalidIdentityToken", message: "not a valid JWT"},
		"another issuer":      {token: idToken(t, s, map[string]any{"iss": "https://token.actions.githubusercontent.com"}), code: "InvalidIdentityToken", message: "No OpenIDConnect provider found in your account for https://token.actions.githubusercontent.com"},
		"no audience":         {token: idToken(t, s, map[string]any{"aud": nil}), code: "InvalidIdentityToken", message: "Missing a required claim: aud"},
		"roles claim":         {token: idToken(t, s, map[string]any{"https://aws.amazon.com/roles": []string{"arn:aws:iam::1:role/x"}}), code: "InvalidIdentityToken", message: "not present in the roles claim"},
		"expired":             {token: idToken(t, s, map[string]any{"exp": past.Unix(), "iat": past.Add(-time.Hour).Unix()}), code: "ExpiredTokenException", message: "must be before the expiration date/time"},
		"too long":            {token: good, seconds: 7200, code: "ValidationError", message: "exceeds the MaxSessionDuration"},
		"not a role":          {token: good, role: "arn:aws:iam::123456789012:oidc-provider/x", code: "ValidationError", message: "Request ARN is invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			in := &sts.AssumeRoleWithWebIdentityInput{WebIdentityToken: &tc.token}
			if tc.role != "" {
				in.RoleArn = &tc.role
			}
			if tc.seconds != 0 {
				in.DurationSeconds = &tc.seconds
			}
			_, err := webIdentity(t, s, in)
			if got := refusedWith(t, err, tc.code); !strings.Contains(got.ErrorMessage(), tc.message) {
				t.Errorf("message: got %q, want %q in it", got.ErrorMessage(), tc.message)
			}
		})
	}
}

func TestExpiredTokenIsGoodForFiveMinutesMore(t *testing.T) {
	s := start(t, sandbox.Options{})
	newRole(t, s, "ci-runner", googleTrust("accounts.google.com"))
	token := idToken(t, s, nil)
	s.World().Advance(time.Hour + 4*time.Minute)
	must(webIdentity(t, s, &sts.AssumeRoleWithWebIdentityInput{WebIdentityToken: &token}))(t)
	s.World().Advance(2 * time.Minute)
	_, err := webIdentity(t, s, &sts.AssumeRoleWithWebIdentityInput{WebIdentityToken: &token})
	refusedWith(t, err, "ExpiredTokenException")
}

func TestExplicitProviderTakesOverFromTheBuiltInOne(t *testing.T) {
	s := start(t, sandbox.Options{})
	client := iamOf(s)
	newRole(t, s, "ci-runner", googleTrust("accounts.google.com"))
	made := must(client.CreateOpenIDConnectProvider(t.Context(), &iam.CreateOpenIDConnectProviderInput{
		Url: aws.String("https://accounts.google.com"), ClientIDList: []string{"sts.amazonaws.com"},
	}))(t)
	ask := func() error {
		_, err := webIdentity(t, s, &sts.AssumeRoleWithWebIdentityInput{WebIdentityToken: aws.String(idToken(t, s, nil))})
		return err
	}
	if got := refusedWith(t, ask(), "InvalidIdentityToken"); got.ErrorMessage() != "Incorrect token audience" {
		t.Errorf("message: got %q", got.ErrorMessage())
	}
	must(client.AddClientIDToOpenIDConnectProvider(t.Context(), &iam.AddClientIDToOpenIDConnectProviderInput{
		OpenIDConnectProviderArn: made.OpenIDConnectProviderArn, ClientID: aws.String(uid),
	}))(t)
	refusedWith(t, ask(), "AccessDenied") // the role still names the built-in principal
	must(client.UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{
		RoleName: aws.String("ci-runner"), PolicyDocument: aws.String(googleTrust(*made.OpenIDConnectProviderArn)),
	}))(t)
	if err := ask(); err != nil {
		t.Errorf("with its id and its principal: got %v, want a session", err)
	}
}

func TestOnlyWhoTheTrustNamesAssumesARole(t *testing.T) {
	s := start(t, sandbox.Options{})
	operator := must(stsOf(s).GetCallerIdentity(t.Context(), nil))(t)
	newRole(t, s, "worker", ec2Trust)
	arn := aws.String("arn:aws:iam::123456789012:role/drawbridge/worker")
	assume := func() (*sts.AssumeRoleOutput, error) {
		return stsOf(s).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: arn, RoleSessionName: aws.String("borrowed"), DurationSeconds: aws.Int32(900)})
	}
	_, err := assume()
	if got, want := refusedWith(t, err, "AccessDenied").ErrorMessage(), "User: arn:aws:iam::123456789012:user/operator is not authorized to perform: sts:AssumeRole on resource: "+*arn; got != want {
		t.Errorf("message: got %q, want %q", got, want)
	}
	until := s.World().Now().Add(10 * time.Minute).Format(time.RFC3339)
	lend := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"},
		{"Sid":"DrawbridgeBorrow1","Effect":"Allow","Principal":{"AWS":%q},"Action":"sts:AssumeRole","Condition":{
		"StringEquals":{"aws:userid":%q},"DateLessThan":{"aws:CurrentTime":%q}}}]}`, *operator.Arn, *operator.UserId, until)
	must(iamOf(s).UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("worker"), PolicyDocument: &lend}))(t)
	got := must(assume())(t)
	if want := "arn:aws:sts::123456789012:assumed-role/worker/borrowed"; *got.AssumedRoleUser.Arn != want {
		t.Errorf("arn: got %s, want %s", *got.AssumedRoleUser.Arn, want)
	}
	s.World().Advance(11 * time.Minute)
	_, err = assume()
	refusedWith(t, err, "AccessDenied")
}

func TestSignaturesAgeWithinFifteenMinutes(t *testing.T) {
	s := start(t, sandbox.Options{})
	s.World().Advance(14 * time.Minute)
	must(stsOf(s).GetCallerIdentity(t.Context(), nil))(t)
	s.World().Advance(2 * time.Minute)
	client := sts.NewFromConfig(config(s))
	_, err := client.GetCallerIdentity(t.Context(), nil)
	refusedWith(t, err, "SignatureDoesNotMatch")
}

func TestSessionsEnd(t *testing.T) {
	s := start(t, sandbox.Options{})
	newRole(t, s, "ci-runner", googleTrust("accounts.google.com"))
	got := must(webIdentity(t, s, &sts.AssumeRoleWithWebIdentityInput{WebIdentityToken: aws.String(idToken(t, s, nil)), DurationSeconds: aws.Int32(900)}))(t)
	c := got.Credentials
	client := sts.NewFromConfig(configOf(s, *c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken))
	must(client.GetCallerIdentity(t.Context(), nil))(t)
	must(iamOf(s).DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: aws.String("ci-runner")}))(t)
	newRole(t, s, "ci-runner", googleTrust("accounts.google.com"))
	_, err := client.GetCallerIdentity(t.Context(), nil)
	refusedWith(t, err, "InvalidClientTokenId") // the session is of the role that is gone, not of its namesake
}

func TestOutboundTokenSaysWhichRoleAsked(t *testing.T) {
	s := start(t, sandbox.Options{})
	client := iamOf(s)
	_, err := client.GetOutboundWebIdentityFederationInfo(t.Context(), nil)
	refusedWith(t, err, "FeatureDisabled")
	on := must(client.EnableOutboundWebIdentityFederation(t.Context(), nil))(t)
	_, err = client.EnableOutboundWebIdentityFederation(t.Context(), nil)
	refusedWith(t, err, "FeatureEnabled")
	newRole(t, s, "reporter", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/operator"},"Action":"sts:AssumeRole"}]}`)
	must(client.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: aws.String("reporter"), PolicyName: aws.String("token"), PolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:GetWebIdentityToken","Resource":"*","Condition":{
		"ForAllValues:StringEquals":{"sts:IdentityTokenAudience":["AUD"]},"Null":{"sts:IdentityTokenAudience":"false"},
		"StringEquals":{"sts:SigningAlgorithm":"RS256"},"NumericLessThanEquals":{"sts:DurationSeconds":300}}}]}`)}))(t)
	ses := must(stsOf(s).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::123456789012:role/drawbridge/reporter"), RoleSessionName: aws.String("task")}))(t).Credentials
	worker := sts.NewFromConfig(configOf(s, *ses.AccessKeyId, *ses.SecretAccessKey, *ses.SessionToken))
	ask := func(seconds int32, alg string, audience ...string) (*sts.GetWebIdentityTokenOutput, error) {
		return worker.GetWebIdentityToken(t.Context(), &sts.GetWebIdentityTokenInput{Audience: audience, SigningAlgorithm: &alg, DurationSeconds: &seconds})
	}
	token := must(ask(300, "RS256", "AUD"))(t)
	claims := string(must(s.World().Verify(world.IssuerAWS+"123456789012", "RS256", *token.WebIdentityToken))(t))
	for _, want := range []string{*on.IssuerIdentifier, `"aud":"AUD"`, `"sub":"arn:aws:iam::123456789012:role/drawbridge/reporter"`, `"aws_account":"123456789012"`} {
		if !strings.Contains(claims, want) {
			t.Errorf("claims: got %s, want %s in them", claims, want)
		}
	}
	for name, err := range map[string]error{
		"another audience": second(ask(300, "RS256", "OTHER")), "one more audience": second(ask(300, "RS256", "AUD", "OTHER")),
		"longer": second(ask(301, "RS256", "AUD")), "another algorithm": second(ask(300, "ES384", "AUD")),
	} {
		t.Run(name, func(t *testing.T) { refusedWith(t, err, "AccessDenied") })
	}
}

func second[T any](_ T, err error) error { return err }

func TestPresignedRequestsSayWhoSigned(t *testing.T) {
	s := start(t, sandbox.Options{})
	signed := must(sts.NewPresignClient(stsOf(s)).PresignGetCallerIdentity(t.Context(), nil))(t)
	got := send(t, signed.Method, signed.URL, nil)
	if want := "<Arn>arn:aws:iam::123456789012:user/operator</Arn>"; got.status != 200 || !strings.Contains(got.body, want) {
		t.Errorf("got %d %s, want %s in it", got.status, got.body, want)
	}
}

func TestRootIsTheAccountItself(t *testing.T) {
	s := start(t, sandbox.Options{})
	id, secret := s.World().RootKey(world.AccountID)
	got := must(sts.NewFromConfig(configOf(s, id, secret, "")).GetCallerIdentity(t.Context(), nil))(t)
	if *got.Arn != "arn:aws:iam::123456789012:root" || *got.UserId != "123456789012" {
		t.Errorf("got %s, %s", *got.Arn, *got.UserId)
	}
	must(iam.NewFromConfig(configOf(s, id, secret, "")).ListRoles(t.Context(), nil))(t)
}

func TestTheOtherAccountHasItsOwnOperator(t *testing.T) {
	s := start(t, sandbox.Options{})
	id, secret := s.World().KeyOf(world.LegacyAccountID, world.OperatorUser)
	client := iam.NewFromConfig(configOf(s, id, secret, ""))
	providers := must(client.ListOpenIDConnectProviders(t.Context(), nil))(t).OpenIDConnectProviderList
	if len(providers) != 1 || *providers[0].Arn != "arn:aws:iam::210987654321:oidc-provider/accounts.google.com" {
		t.Errorf("providers: got %+v", providers)
	}
	_, err := webIdentity(t, s, &sts.AssumeRoleWithWebIdentityInput{
		RoleArn: aws.String("arn:aws:iam::210987654321:role/gcp-legacy"), WebIdentityToken: aws.String(idToken(t, s, map[string]any{"aud": "gcp"})),
	})
	if got := refusedWith(t, err, "InvalidIdentityToken").ErrorMessage(); got != "Incorrect token audience" {
		t.Errorf("the explicit provider: got %q", got)
	}
}
