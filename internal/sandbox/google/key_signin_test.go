package google_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"math/big"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/auth/credentials/idtoken"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"golang.org/x/oauth2/google"
	googlejwt "golang.org/x/oauth2/jwt"
	crm "google.golang.org/api/cloudresourcemanager/v1"
	iam "google.golang.org/api/iam/v1"
	"google.golang.org/api/iamcredentials/v1"
)

// keyFile makes a key of an account and answers the file that its holder keeps, which leads to this server.
func (c *cloud) keyFile(a *iam.ServiceAccount) (name string, file []byte) {
	c.t.Helper()
	key, err := c.iam.Projects.ServiceAccounts.Keys.Create(a.Name, &iam.CreateServiceAccountKeyRequest{}).Do()
	if err != nil {
		c.t.Fatal(err)
	}
	raw := must(base64.StdEncoding.DecodeString(key.PrivateKeyData))
	return key.Name, []byte(strings.Replace(string(raw), "https://oauth2.googleapis.com/token", c.URL()+"/token", 1))
}

func TestKeyOfAnAccountSignsIn(t *testing.T) {
	c := start(t)
	a := c.account("ci-runner")
	if err := c.Google().Tamper().Grant(project, "roles/browser", "serviceAccount:"+a.Email); err != nil {
		t.Fatal(err)
	}
	name, file := c.keyFile(a)
	config := must(google.JWTConfigFromJSON(file, crm.CloudPlatformScope))
	token := must(config.TokenSource(t.Context()).Token())
	if p := must(as(t, c.Server, token.AccessToken).crm.Projects.Get(project).Do()); p.ProjectId != project {
		t.Errorf("got %v, want the project", p)
	}
	self := must(must(google.JWTAccessTokenSourceFromJSON(file, "https://cloudresourcemanager.googleapis.com/")).Token())
	must(as(t, c.Server, self.AccessToken).crm.Projects.Get(project).Do())
	_, err := as(t, c.Server, self.AccessToken).iam.Projects.ServiceAccounts.Get(a.Name).Do()
	refused(t, err, 401, "invalid authentication credentials")

	must(c.iam.Projects.ServiceAccounts.Keys.Disable(name, &iam.DisableServiceAccountKeyRequest{}).Do())
	if _, err := config.TokenSource(t.Context()).Token(); err == nil || !strings.Contains(err.Error(), "Invalid JWT Signature.") {
		t.Errorf("with a disabled key: got %v, want Invalid JWT Signature.", err)
	}
	must(c.iam.Projects.ServiceAccounts.Keys.Enable(name, &iam.EnableServiceAccountKeyRequest{}).Do())
	must(c.iam.Projects.ServiceAccounts.Delete(a.Name).Do())
	if _, err := config.TokenSource(t.Context()).Token(); err == nil || !strings.Contains(err.Error(), "Invalid grant: account not found") {
		t.Errorf("of a deleted account: got %v, want account not found", err)
	}
}

// TestIDTokenOfAKeyNamesTheAddress holds what lets a trust policy keep keys out: azp is the e-mail instead of the number.
func TestIDTokenOfAKeyNamesTheAddress(t *testing.T) {
	c := start(t)
	a := c.account("ci-runner")
	_, file := c.keyFile(a)
	made := must(idtoken.NewCredentials(&idtoken.Options{Audience: "https://sts.amazonaws.com/x", CredentialsJSON: file})) //nolint:staticcheck // the file was made here
	claims := must(jwt.ParseSigned(must(made.Token(t.Context())).Value, []jose.SignatureAlgorithm{jose.RS256}))
	var got map[string]any
	if err := claims.UnsafeClaimsWithoutVerification(&got); err != nil {
		t.Fatal(err)
	}
	if got["azp"] != a.Email || got["sub"] != a.UniqueId || got["aud"] != "https://sts.amazonaws.com/x" {
		t.Errorf("got %v, want azp %s and sub %s", got, a.Email, a.UniqueId)
	}
}

func TestKeySignInIsStrict(t *testing.T) {
	c := start(t)
	a := c.account("ci-runner")
	_, raw := c.keyFile(a)
	config := must(google.JWTConfigFromJSON(raw))
	now := time.Now().Unix()
	for name, tc := range map[string]struct {
		change map[string]any
		word   string
		text   string
	}{
		"good":             {nil, "", ""},
		"too long":         {map[string]any{"exp": now + 3700}, "invalid_grant", "short-lived token"},
		"stale":            {map[string]any{"iat": now - 7200, "exp": now - 3600}, "invalid_grant", "short-lived token"},
		"another audience": {map[string]any{"aud": "https://sts.googleapis.com/"}, "invalid_grant", "Failed audience check"},
		"another subject":  {map[string]any{"sub": operator}, "unauthorized_client", "Client is unauthorized"},
		"no scope":         {map[string]any{"scope": ""}, "invalid_scope", "Invalid OAuth scope"},
		"nobody":           {map[string]any{"iss": "nobody@acme-build.iam.gserviceaccount.com"}, "invalid_grant", "account not found"},
	} {
		claims := map[string]any{"iss": a.Email, "aud": c.URL() + "/token", "scope": crm.CloudPlatformScope, "iat": now, "exp": now + 3600}
		maps.Copy(claims, tc.change)
		r := must(http.NewRequestWithContext(t.Context(), http.MethodPost, c.URL()+"/token", strings.NewReader(url.Values{
			"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {signedWith(t, config.PrivateKey, config.PrivateKeyID, claims)},
		}.Encode())))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, body := do(t, r)
		if tc.word == "" && res.StatusCode != http.StatusOK || tc.word != "" && (res.StatusCode != http.StatusBadRequest || !strings.Contains(body, `"`+tc.word+`"`) || !strings.Contains(body, tc.text)) {
			t.Errorf("%s: got %d %s, want %s %q", name, res.StatusCode, body, tc.word, tc.text)
		}
	}
}

func TestUploadedKeySignsIn(t *testing.T) {
	c := start(t)
	a := c.account("ci-runner")
	private := must(rsa.GenerateKey(rand.Reader, 2048))
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der := must(x509.CreateCertificate(rand.Reader, template, template, private.Public(), private))
	upload := func(data []byte) (*iam.ServiceAccountKey, error) {
		return c.iam.Projects.ServiceAccounts.Keys.Upload(a.Name, &iam.UploadServiceAccountKeyRequest{PublicKeyData: base64.StdEncoding.EncodeToString(data)}).Do()
	}
	_, err := upload([]byte("no certificate"))
	refused(t, err, 400, "X.509 certificate")
	key := must(upload(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	if key.KeyOrigin != "USER_PROVIDED" || key.KeyType != "USER_MANAGED" {
		t.Errorf("got %s, %s, want a user-managed key that the user provided", key.KeyOrigin, key.KeyType)
	}
	config := &googlejwt.Config{
		Email: a.Email, PrivateKeyID: path.Base(key.Name), TokenURL: c.URL() + "/token", Scopes: []string{crm.CloudPlatformScope},
		PrivateKey: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(private))}),
	}
	must(config.TokenSource(t.Context()).Token())
	c.World().Advance(2 * time.Hour)
	if _, err := config.TokenSource(t.Context()).Token(); err == nil || !strings.Contains(err.Error(), "Invalid JWT Signature.") {
		t.Errorf("after its certificate: got %v, want Invalid JWT Signature.", err)
	}
}

func signedWith(t *testing.T, pem []byte, id string, claims any) string {
	t.Helper()
	key, err := privateKey(pem)
	if err != nil {
		t.Fatal(err)
	}
	signer := must(jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: id}}, nil))
	return must(must(signer.Sign(must(json.Marshal(claims)))).CompactSerialize())
}

func TestAccountsSignForWhoeverMay(t *testing.T) {
	c := start(t)
	c.enable("iamcredentials.googleapis.com")
	a := c.account("ci-runner")
	name := "projects/-/serviceAccounts/" + a.Email
	ask := &iamcredentials.SignJwtRequest{Payload: `{"sub":"x"}`}
	_, err := c.minting.Projects.ServiceAccounts.SignJwt(name, ask).Do()
	refused(t, err, 403, "iam.serviceAccounts.signJwt")
	c.bind(a.Email, "roles/iam.serviceAccountTokenCreator", "user:"+operator)
	signed := must(c.minting.Projects.ServiceAccounts.SignJwt(name, ask).Do())
	_, body := get(t, c.URL()+"/service_accounts/v1/jwk/"+a.Email)
	var set jose.JSONWebKeySet
	if err := json.Unmarshal([]byte(body), &set); err != nil {
		t.Fatal(err)
	}
	parsed := must(jose.ParseSignedCompact(signed.SignedJwt, []jose.SignatureAlgorithm{jose.RS256}))
	if _, err := parsed.Verify(set.Key(signed.KeyId)[0]); err != nil {
		t.Errorf("got %v, want a signature of the published key", err)
	}
	_, err = c.minting.Projects.ServiceAccounts.SignJwt(name, &iamcredentials.SignJwtRequest{Payload: `{"exp":99999999999}`}).Do()
	refused(t, err, 400, "12 hours")
	blob := must(c.minting.Projects.ServiceAccounts.SignBlob(name, &iamcredentials.SignBlobRequest{Payload: base64.StdEncoding.EncodeToString([]byte("x"))}).Do())
	if blob.KeyId != signed.KeyId || blob.SignedBlob == "" {
		t.Errorf("got %+v, want a signature with the same key", blob)
	}
}

func privateKey(text []byte) (any, error) {
	block, _ := pem.Decode(text)
	return x509.ParsePKCS8PrivateKey(block.Bytes)
}
