package verify

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// badge is one way to be signed in on both sides.
type badge struct{ keyID, secret, token string }

// booth stands in front of a gate and gives out Google's tokens. From some moment on it takes the first badge no longer,
// as the clouds do with what has expired. The operator is signed in by files, which may be others by then.
type booth struct {
	*testing.T
	site              *site
	server            *httptest.Server
	dir               string
	first             badge
	endAWS, endGoogle atomic.Bool

	mu     sync.Mutex
	tokens map[string]string // by the account that asks for one
}

func newBooth(t *testing.T, s *site) *booth {
	t.Helper()
	w := s.gate.Server.World()
	b := &booth{T: t, site: s, dir: t.TempDir(), tokens: map[string]string{}}
	b.first.token = w.OperatorToken()
	b.first.keyID, b.first.secret = w.OperatorKey()
	b.server = httptest.NewServer(b)
	t.Cleanup(b.server.Close)
	b.signInAWS(b.first)
	b.signInGoogle(b.first)
	s.signIn = func(env map[string]string) {
		gate := env["AWS_ENDPOINT_URL"]
		for name, value := range env {
			value = strings.ReplaceAll(value, gate, b.server.URL)
			env[name] = strings.ReplaceAll(value, strings.TrimPrefix(gate, "http://"), strings.TrimPrefix(b.server.URL, "http://"))
		}
		delete(env, "CLOUDSDK_AUTH_ACCESS_TOKEN")
		env["AWS_SHARED_CREDENTIALS_FILE"], env["GOOGLE_APPLICATION_CREDENTIALS"] = b.file("aws"), b.file("google")
	}
	return b
}

func (b *booth) file(name string) string { return filepath.Join(b.dir, name) }

// signInAWS leaves a badge where `aws configure` does.
func (b *booth) signInAWS(as badge) {
	b.put("aws", fmt.Sprintf("[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n", as.keyID, as.secret))
}

// signInGoogle leaves a credentials file that gets the token of a badge.
func (b *booth) signInGoogle(as badge) {
	b.mu.Lock()
	name := fmt.Sprintf("badge-%d@acme-build.iam.gserviceaccount.com", len(b.tokens))
	b.tokens[name] = as.token
	b.mu.Unlock()
	text, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": name, "private_key": badgeKey(), "private_key_id": "k1", "token_uri": b.server.URL + "/token",
	})
	if err != nil {
		b.Error(err)
	}
	b.put("google", string(text))
}

// put replaces a file in one go, as tools that sign in do.
func (b *booth) put(name, content string) {
	if err := os.WriteFile(b.file(name+".new"), []byte(content), 0o600); err != nil {
		b.Error(err)
	}
	if err := os.Rename(b.file(name+".new"), b.file(name)); err != nil {
		b.Error(err)
	}
}

var badgeKey = sync.OnceValue(func() string {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // the test itself is wrong
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
})

// ServeHTTP refuses the first badge once it has ended, gives out tokens, and lets everything else through.
func (b *booth) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	auth := r.Header.Get("Authorization")
	switch {
	case r.URL.Path == "/token":
		b.giveToken(w, r)
	case b.endGoogle.Load() && auth == "Bearer "+b.first.token:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = fmt.Fprint(w, `{"error":{"code":401,"message":"Request had invalid authentication credentials.","status":"UNAUTHENTICATED"}}`)
	case b.endAWS.Load() && strings.Contains(auth, "Credential="+b.first.keyID+"/"):
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(http.StatusForbidden)
		_, _ = fmt.Fprint(w, `<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The security token included in the request is expired</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`)
	default:
		b.site.gate.ServeHTTP(w, r)
	}
}

// giveToken answers a signed assertion by the account that it is of.
func (b *booth) giveToken(w http.ResponseWriter, r *http.Request) {
	var claims struct {
		Issuer string `json:"iss"`
	}
	if part := strings.Split(r.FormValue("assertion"), "."); len(part) == 3 {
		text, _ := base64.RawURLEncoding.DecodeString(part[1])
		_ = json.Unmarshal(text, &claims)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":3599}`, b.tokens[claims.Issuer])
}

// renewed is another badge of the operator.
func (b *booth) renewed() (next badge) {
	next.token = "ya29.renewed-token-of-the-operator"
	b.change(func(s *world.State, now time.Time) {
		same := *s.Google.Tokens[b.first.token]
		s.Google.Tokens[next.token] = &same
		users := s.AWS.Accounts[world.AccountID].Users
		u, _ := users.Latest(world.OperatorUser)
		key := world.NewAccessKey(s, now)
		u.Keys = append(slices.Clone(u.Keys), key)
		users.Put(world.OperatorUser, u, now, 0)
		next.keyID, next.secret = key.ID, key.Secret
	})
	return next
}

// someoneElse is a badge of another person, who may do everything.
func (b *booth) someoneElse() (other badge) {
	other.token = "ya29.token-of-the-administrator"
	b.change(func(s *world.State, _ time.Time) {
		t := *s.Google.Tokens[b.first.token]
		t.User = "admin@acme.example"
		s.Google.Tokens[other.token] = &t
	})
	other.keyID, other.secret = b.site.gate.Server.World().RootKey(world.AccountID)
	return other
}

func (b *booth) change(f func(*world.State, time.Time)) {
	err := b.site.gate.Server.World().Change(func(s *world.State, now time.Time) error { f(s, now); return nil })
	if err != nil {
		b.Error(err)
	}
}
