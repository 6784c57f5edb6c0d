package cloud

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"cloud.google.com/go/auth"
	"cloud.google.com/go/auth/credentials"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// operatorScopes let the operator change things and be told apart: without userinfo.email, token information names no one.
var operatorScopes = []string{"https://www.googleapis.com/auth/cloud-platform", "https://www.googleapis.com/auth/userinfo.email"}

// earlyRefresh is how long before its end a token is no longer used.
const earlyRefresh = 4 * time.Minute

// tokenSource gives the operator's access token: a token of the environment, else application default credentials,
// either wrapped by impersonation. It never asks a metadata server.
type tokenSource struct {
	words       string // for people
	static      Secret
	file        string // application default credentials
	chosen      bool   // by GOOGLE_APPLICATION_CREDENTIALS
	impersonate string
	quotaEnv    string
	project     string
	allow       []string // hosts that the operator allowed by name
	google      *Google

	reading sync.Mutex
	found   auth.TokenProvider // of file
	kind    credentials.CredType
	read    fingerprint // of the file that found was made from

	minting sync.Mutex
	held    Secret // of impersonation
	expires time.Time

	renewals renewals
}

func newTokenSource(o Options, g *Google) *tokenSource {
	s := &tokenSource{google: g, impersonate: o.Impersonate, project: o.Project, allow: o.AllowEndpoint, quotaEnv: o.Env("GOOGLE_CLOUD_QUOTA_PROJECT")}
	if t := o.Env("CLOUDSDK_AUTH_ACCESS_TOKEN"); t != "" {
		s.static, s.words = Secret(t), "CLOUDSDK_AUTH_ACCESS_TOKEN"
	} else {
		s.file, s.words = adcFile(o.Env), "application default credentials"
		s.chosen = o.Env("GOOGLE_APPLICATION_CREDENTIALS") != ""
	}
	if s.impersonate != "" {
		s.words += ", impersonating " + s.impersonate
	}
	return s
}

// adcFile is where application default credentials lie, from env alone.
func adcFile(env func(string) string) string {
	if f := env("GOOGLE_APPLICATION_CREDENTIALS"); f != "" {
		return f
	}
	if d := env("CLOUDSDK_CONFIG"); d != "" {
		return filepath.Join(d, "application_default_credentials.json")
	}
	if runtime.GOOS == "windows" {
		return filepath.Join(env("APPDATA"), "gcloud", "application_default_credentials.json")
	}
	return filepath.Join(env("HOME"), ".config", "gcloud", "application_default_credentials.json")
}

// token gives a token that lives long enough for a call, and when it ends (zero when nobody said). Once signed in, it
// is never that of anybody else.
func (s *tokenSource) token(ctx context.Context) (Secret, time.Time, error) {
	t, expires, err := s.mint(ctx)
	if err != nil {
		return "", time.Time{}, err
	}
	if err := s.vouch(ctx, t); err != nil {
		s.forget()
		return "", time.Time{}, err
	}
	return t, expires, nil
}

func (s *tokenSource) mint(ctx context.Context) (Secret, time.Time, error) {
	if s.impersonate == "" {
		return s.own(ctx)
	}
	s.minting.Lock()
	defer s.minting.Unlock()
	if s.held != "" && time.Until(s.expires) > earlyRefresh {
		return s.held, s.expires, nil
	}
	own, _, err := s.own(ctx)
	if err != nil {
		return "", time.Time{}, err
	}
	t, expires, err := s.impersonated(ctx, own)
	if explain.Is(Problem("", err), explain.Expired) {
		s.forgetFile()
		if newer, _, rerr := s.own(ctx); rerr == nil && newer != own {
			t, expires, err = s.impersonated(ctx, newer)
		}
	}
	if err != nil {
		return "", time.Time{}, Problem("impersonate "+s.impersonate, err)
	}
	s.held, s.expires = t, expires
	return t, expires, nil
}

func (s *tokenSource) impersonated(ctx context.Context, own Secret) (Secret, time.Time, error) {
	return generateAccessToken(ctx, s.google, own, s.payer(), s.impersonate, operatorScopes, time.Hour)
}

// own is the token before impersonation.
func (s *tokenSource) own(ctx context.Context) (Secret, time.Time, error) {
	if s.static != "" {
		return s.static, time.Time{}, nil
	}
	t, err := s.fromFile(ctx)
	if err != nil && s.replaced() {
		s.forgetFile()
		t, err = s.fromFile(ctx)
	}
	if err != nil {
		return "", time.Time{}, s.failed(err)
	}
	return Secret(t.Value), t.Expiry, nil
}

func (s *tokenSource) fromFile(ctx context.Context) (*auth.Token, error) {
	p, err := s.detect()
	if err != nil {
		return nil, err
	}
	return p.Token(ctx)
}

// detect reads the file at the first use.
func (s *tokenSource) detect() (auth.TokenProvider, error) {
	s.reading.Lock()
	defer s.reading.Unlock()
	if s.found != nil {
		return s.found, nil
	}
	b, err := os.ReadFile(s.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNotSignedIn
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", s.file, err)
	}
	var head credentialsFile
	if err := json.Unmarshal(b, &head); err != nil || head.Type == "" {
		return nil, fmt.Errorf("%s does not hold Google credentials", s.file)
	}
	hosts, err := head.check(s.allow)
	if err != nil {
		return nil, fmt.Errorf("%s is not used: %w", s.file, err)
	}
	// Its calls go to where the file says, such as a token issuer of a build service, and through the same transport.
	open := *s.google.transport
	open.clock = nil
	open.allowed = func(host string) bool {
		return slices.Contains(hosts, host) || s.google.transport.allowed(host) || within(host, awsDomains)
	}
	c, err := credentials.NewCredentialsFromJSON(credentials.CredType(head.Type), b, &credentials.DetectOptions{
		Scopes: operatorScopes, Client: open.client(), DisableAsyncRefresh: true,
	})
	if err != nil {
		return nil, fmt.Errorf("%s does not hold usable Google credentials: %w", s.file, err)
	}
	s.found, s.kind, s.read = c, credentials.CredType(head.Type), sha256.Sum256(b)
	return c, nil
}

// quota is the project that pays for the operator's calls: a person's only. A service account's or a federated token
// has a project of its own, and may not be allowed to use another.
func (s *tokenSource) quota() string {
	if s.impersonate != "" {
		return s.quotaEnv
	}
	return s.payer()
}

// payer is quota for the credentials before impersonation.
func (s *tokenSource) payer() string {
	if s.static == "" && s.fileKind() != credentials.AuthorizedUser {
		return ""
	}
	if s.quotaEnv != "" {
		return s.quotaEnv
	}
	return s.project
}

func (s *tokenSource) fileKind() credentials.CredType {
	s.reading.Lock()
	defer s.reading.Unlock()
	return s.kind
}

// federated holds for a token of an identity pool, which belongs to no account.
func (s *tokenSource) federated() bool {
	return s.impersonate == "" && s.fileKind() == credentials.ExternalAccount
}

func (s *tokenSource) failed(err error) error {
	return &signInError{Cloud: "google", File: s.file, Chosen: s.chosen, Err: err}
}
