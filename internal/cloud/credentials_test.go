package cloud

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"cloud.google.com/go/auth"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// recorder keeps the headers of each path that was asked for.
type recorder struct {
	mu   sync.Mutex
	seen map[string]http.Header
}

func (r *recorder) note(req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen == nil {
		r.seen = map[string]http.Header{}
	}
	r.seen[req.URL.Path] = req.Header.Clone()
}

func (r *recorder) header(path, name string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seen[path].Get(name)
}

// googleStub answers what the tests below ask of Google.
func googleStub(r *recorder) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		r.note(req)
		w.Header().Set("Content-Type", "application/json")
		switch {
		case strings.HasSuffix(req.URL.Path, ":generateAccessToken"):
			_, _ = fmt.Fprintf(w, `{"accessToken":"impersonated-token","expireTime":%q}`, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
		case req.URL.Path == "/token":
			_, _ = fmt.Fprint(w, `{"access_token":"account-token","token_type":"Bearer","expires_in":3599}`)
		case req.URL.Path == "/v1/token":
			_, _ = fmt.Fprint(w, `{"access_token":"federated-token","issued_token_type":"urn:ietf:params:oauth:token-type:access_token","token_type":"Bearer","expires_in":3599}`)
		case req.URL.Path == "/tokeninfo":
			w.WriteHeader(400)
			_, _ = fmt.Fprint(w, `{"error":"invalid_token","error_description":"Invalid Value"}`)
		default:
			_, _ = fmt.Fprint(w, `{}`)
		}
	}
}

const accountPath = "/v1/projects/acme-build/serviceAccounts/x@y"

// withADC signs Google in by a credentials file instead of a token. The server's URL stands for SERVER in content.
func withADC(t *testing.T, content string) func(*Options, map[string]string) {
	return func(_ *Options, env map[string]string) {
		delete(env, "CLOUDSDK_AUTH_ACCESS_TOKEN")
		env["GOOGLE_APPLICATION_CREDENTIALS"] = write(t, "adc.json", strings.ReplaceAll(content, "SERVER", env["AWS_ENDPOINT_URL"]))
	}
}

func serviceAccountFile(t *testing.T) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	b, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "ops@acme-build.iam.gserviceaccount.com", "private_key": string(p), "private_key_id": "k1", "token_uri": "SERVER/token", "project_id": "acme-build",
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPersonsCallsChargeTheProject(t *testing.T) {
	var r recorder
	f := opened(t, googleStub(&r))
	_ = readGoogle(f)
	if got := r.header(accountPath, "X-Goog-User-Project"); got != "acme-build" {
		t.Errorf("got quota project %q, want acme-build", got)
	}
	if got := r.header(accountPath, "Authorization"); got != "Bearer "+operatorToken {
		t.Errorf("got authorization of %d characters, want the operator's token", len(got))
	}
	_, _, _ = Exchange(f.ctx, f.g, "//x", JWT, "subject")
	if a, q := r.header("/v1/token", "Authorization"), r.header("/v1/token", "X-Goog-User-Project"); a != "" || q != "" {
		t.Errorf("STS got authorization %q and quota project %q, want neither", a, q)
	}
	_, _ = TestProjectPermissions(f.ctx, f.g, "workload-token", "acme-build", []string{"a.b.c"})
	if q := r.header("/v1/projects/acme-build:testIamPermissions", "X-Goog-User-Project"); q != "" {
		t.Errorf("a workload's call charges %q, want none", q)
	}
}

func TestQuotaProjectOfTheEnvironmentWins(t *testing.T) {
	var r recorder
	f := opened(t, googleStub(&r), func(_ *Options, env map[string]string) { env["GOOGLE_CLOUD_QUOTA_PROJECT"] = "payer" })
	_ = readGoogle(f)
	if got := r.header(accountPath, "X-Goog-User-Project"); got != "payer" {
		t.Errorf("got %q, want payer", got)
	}
}

func TestServiceAccountFileIsUsedAndChargesItself(t *testing.T) {
	var r recorder
	f := opened(t, googleStub(&r), withADC(t, serviceAccountFile(t)))
	if err := readGoogle(f); err != nil {
		t.Fatal(err)
	}
	if a, q := r.header(accountPath, "Authorization"), r.header(accountPath, "X-Goog-User-Project"); a != "Bearer account-token" || q != "" {
		t.Errorf("got %q charging %q, want the account's token charging nothing", a, q)
	}
}

func TestImpersonationWrapsTheOperator(t *testing.T) {
	var r recorder
	f := opened(t, googleStub(&r), func(o *Options, _ map[string]string) { o.Impersonate = "ops@acme-build.iam.gserviceaccount.com" })
	if err := readGoogle(f); err != nil {
		t.Fatal(err)
	}
	at := "/v1/projects/-/serviceAccounts/ops@acme-build.iam.gserviceaccount.com:generateAccessToken"
	if a, q := r.header(at, "Authorization"), r.header(at, "X-Goog-User-Project"); a != "Bearer "+operatorToken || q != "acme-build" {
		t.Errorf("impersonated as %q charging %q, want the operator, a person, charging acme-build", a, q)
	}
	if a, q := r.header(accountPath, "Authorization"), r.header(accountPath, "X-Goog-User-Project"); a != "Bearer impersonated-token" || q != "" {
		t.Errorf("called as %q charging %q, want the account charging nothing", a, q)
	}
	if !strings.HasSuffix(f.g.Source, "impersonating ops@acme-build.iam.gserviceaccount.com") {
		t.Errorf("source: got %q", f.g.Source)
	}
}

func TestFederatedOperatorHasNoPrincipal(t *testing.T) {
	var r recorder
	subject := write(t, "subject", "subject-jwt")
	f := opened(t, googleStub(&r), withADC(t, fmt.Sprintf(`{"type":"external_account","audience":"//iam.googleapis.com/x","subject_token_type":%q,"token_url":"SERVER/v1/token","credential_source":{"file":%q}}`, JWT, subject)))
	ops := SignIn(f.ctx, f.g, f.a)
	if ops.GoogleErr != nil || ops.Google.Principal != "" {
		t.Errorf("got %+v, %v, want no principal and no error", ops.Google, ops.GoogleErr)
	}
}

func TestTokenThatEndedNeedsANewSignIn(t *testing.T) {
	var r recorder
	f := opened(t, googleStub(&r))
	ops := SignIn(f.ctx, f.g, f.a)
	p, ok := errors.AsType[*explain.Problem](ops.GoogleErr)
	if !ok || p.Kind != explain.Expired || p.Op != "sign in to Google Cloud" || len(p.Do) == 0 || !strings.Contains(p.Do[0], "CLOUDSDK_AUTH_ACCESS_TOKEN") {
		t.Errorf("got %#v, want expired, with what to do about the variable", ops.GoogleErr)
	}
}

func TestSigningInAgainIsNamed(t *testing.T) {
	refusal := func(body string) error {
		return &signInError{Cloud: "google", File: "adc.json", Err: &auth.Error{Response: &http.Response{StatusCode: 400}, Body: []byte(body)}}
	}
	for name, c := range map[string]struct {
		err        error
		reason, do string
	}{
		"Google, the organisation's limit": {refusal(`{"error":"invalid_grant","error_description":"reauth related error (invalid_rapt)","error_subtype":"invalid_rapt"}`), "invalid_rapt", "gcloud auth application-default login"},
		"Google, revoked":                  {refusal(`{"error":"invalid_grant","error_description":"Token has been expired or revoked."}`), "revoked", "gcloud auth application-default login"},
		"Google, never":                    {&signInError{Cloud: "google", File: "adc.json", Err: errNotSignedIn}, "not signed in", "gcloud auth application-default login"},
		"AWS SSO":                          {&signInError{Cloud: "aws", Profile: "acme", Kind: "sso", Err: errors.New("the SSO session has expired or is invalid")}, "SSO session", "aws sso login --profile acme"},
		"AWS login":                        {&signInError{Cloud: "aws", Profile: "acme", Kind: "login", Err: errors.New("ended")}, "ended", "aws login --profile acme"},
		"AWS, no profile":                  {&signInError{Cloud: "aws", Profile: "acme", Err: errNotSignedIn}, "profile acme does not exist", "aws configure --profile acme"},
		"AWS, nothing":                     {&signInError{Cloud: "aws", Profile: "default", Err: errNotSignedIn}, "not signed in", "aws configure"},
		"AWS process":                      {&signInError{Cloud: "aws", Profile: "p", Kind: "process", Err: errors.New("exit status 1")}, "exit status 1", "credential_process"},
	} {
		t.Run(name, func(t *testing.T) {
			p, ok := errors.AsType[*explain.Problem](Problem("sign in", c.err))
			if !ok || p.Kind != explain.Expired || !strings.Contains(p.Reason, c.reason) || len(p.Do) == 0 || !strings.Contains(p.Do[0], c.do) {
				t.Errorf("got %#v, want reason %q and first %q", p, c.reason, c.do)
			}
		})
	}
}

func TestNoCredentialsMeansNoCall(t *testing.T) {
	f := opened(t, func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s was called without credentials", r.Method, r.URL.Path)
	}, func(_ *Options, env map[string]string) {
		for _, name := range []string{"CLOUDSDK_AUTH_ACCESS_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
			delete(env, name)
		}
	})
	ops := SignIn(f.ctx, f.g, f.a)
	for side, err := range map[string]error{"Google": ops.GoogleErr, "AWS": ops.AWSErr} {
		if !explain.Is(err, explain.Expired) || !strings.Contains(err.Error(), "not signed in") {
			t.Errorf("%s: got %v, want not signed in", side, err)
		}
	}
}

func TestUnusableCredentialFilesAreOneClearError(t *testing.T) {
	for name, content := range map[string]string{
		"empty": "", "not JSON": "ya29.token", "no type": `{"client_id":"x"}`, "unknown type": `{"type":"magic"}`, "half": `{"type":"service_account"}`, "a list": `[1]`,
	} {
		t.Run(name, func(t *testing.T) {
			f := opened(t, status(200, `{}`), withADC(t, content))
			err := readGoogle(f)
			p, ok := errors.AsType[*explain.Problem](err)
			if !ok || p.Kind != explain.Expired || len(p.Do) == 0 || !strings.Contains(p.Reason, "adc.json does not hold") {
				t.Errorf("got %#v, want an expired sign-in that names the file", err)
			}
		})
	}
}

func TestProcessEnvironmentDoesNotLeakIn(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDPROCESS")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "process-secret")
	t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
	t.Setenv("AWS_PROFILE", "nonesuch")
	t.Setenv("AWS_CA_BUNDLE", "/nonexistent")
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nonexistent")
	t.Setenv("GOOGLE_CLOUD_QUOTA_PROJECT", "process-payer")
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	var r recorder
	f := opened(t, func(w http.ResponseWriter, req *http.Request) {
		r.note(req)
		status(200, awsRole)(w, req)
	})
	if err := readAWS(f); err != nil {
		t.Fatal(err)
	}
	if got := r.header("/", "Authorization"); !strings.Contains(got, "Credential=AKIDEXAMPLE/") {
		t.Errorf("signed as %.60q, want the overlaid key", got)
	}
	_ = readGoogle(f)
	if got := r.header(accountPath, "X-Goog-User-Project"); got != "acme-build" {
		t.Errorf("charged %q, want acme-build", got)
	}
}

const assumed = `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAASSUMED</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/ops/x</Arn><AssumedRoleId>AROA1:x</AssumedRoleId></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>`

func TestProfilesSignIn(t *testing.T) {
	for name, c := range map[string]struct{ config, credentials, key, source string }{
		"keys":          {"", "[lab]\naws_access_key_id = AKIDPROFILE\naws_secret_access_key = s\n", "AKIDPROFILE", "profile lab"},
		"a role":        {"[profile lab]\nrole_arn = arn:aws:iam::123456789012:role/ops\nsource_profile = base\n", "[base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = s\n", "ASIAASSUMED", "profile lab"},
		"the variables": {"[profile lab]\nrole_arn = arn:aws:iam::123456789012:role/ops\ncredential_source = Environment\n", "", "ASIAASSUMED", "profile lab"},
		"a process":     {"[profile lab]\ncredential_process = echo '{\"Version\":1,\"AccessKeyId\":\"AKIDPROCESS\",\"SecretAccessKey\":\"s\"}'\n", "", "AKIDPROCESS", "profile lab"},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "a process" && runtime.GOOS == "windows" {
				t.Skip("needs a shell that knows single quotes")
			}
			var r recorder
			f := opened(t, func(w http.ResponseWriter, req *http.Request) {
				body := make([]byte, req.ContentLength)
				_, _ = req.Body.Read(body)
				if strings.Contains(string(body), "Action=AssumeRole") {
					status(200, assumed)(w, req)
					return
				}
				r.note(req)
				status(200, awsRole)(w, req)
			}, func(o *Options, env map[string]string) {
				o.Profile = "lab"
				env["AWS_CONFIG_FILE"], env["AWS_SHARED_CREDENTIALS_FILE"] = write(t, "config", c.config), write(t, "credentials", c.credentials)
			})
			if err := readAWS(f); err != nil {
				t.Fatal(err)
			}
			if got := r.header("/", "Authorization"); !strings.Contains(got, "Credential="+c.key+"/") {
				t.Errorf("signed as %.60q, want %s", got, c.key)
			}
			if f.a.Source != c.source || f.a.Profile != "lab" {
				t.Errorf("got source %q of profile %q", f.a.Source, f.a.Profile)
			}
		})
	}
}

func TestSSOProfileWithoutASessionSaysHowToSignIn(t *testing.T) {
	t.Setenv("HOME", t.TempDir()) // where the SDK looks for the session
	f := opened(t, status(500, ""), func(o *Options, env map[string]string) {
		o.Profile = "acme"
		env["AWS_CONFIG_FILE"] = write(t, "config", "[profile acme]\nsso_session = acme\nsso_account_id = 123456789012\nsso_role_name = Admin\n[sso-session acme]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = us-east-1\n")
	})
	err := SignIn(f.ctx, f.g, f.a).AWSErr
	p, ok := errors.AsType[*explain.Problem](err)
	if !ok || p.Kind != explain.Expired || len(p.Do) == 0 || p.Do[0] != "aws sso login --profile acme" {
		t.Errorf("got %#v, want the command that signs in", err)
	}
}

func TestKeysThatAWSRefusesSayHowToSignIn(t *testing.T) {
	f := opened(t, status(403, awsFault("ExpiredToken", "The security token included in the request is expired")))
	err := SignIn(f.ctx, f.g, f.a).AWSErr
	p, ok := errors.AsType[*explain.Problem](err)
	if !ok || p.Kind != explain.Expired || len(p.Do) != 1 || !strings.Contains(p.Do[0], "AWS_ACCESS_KEY_ID") {
		t.Errorf("got %#v, want what to do about the variables", err)
	}
}

func TestCredentialsLieInHome(t *testing.T) {
	home := t.TempDir()
	if runtime.GOOS == "windows" {
		t.Skip("other places there")
	}
	for path, content := range map[string]string{".aws/credentials": "[default]\naws_access_key_id = AKIDHOME\naws_secret_access_key = s\n", ".aws/config": "[default]\nregion = ap-southeast-2\n"} {
		if err := os.MkdirAll(filepath.Join(home, ".aws"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(home, path), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, a, err := Open(t.Context(), Options{Env: of(map[string]string{"HOME": home})})
	if err != nil {
		t.Fatal(err)
	}
	c, err := a.Config.Credentials.Retrieve(t.Context())
	if err != nil || c.AccessKeyID != "AKIDHOME" || a.Region != "ap-southeast-2" {
		t.Errorf("got key %s in %s, %v", c.AccessKeyID, a.Region, err)
	}
}
