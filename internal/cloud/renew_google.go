package cloud

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"net/http"
	"os"
	"sync"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// fingerprint tells one content of a credentials file from another without keeping it.
type fingerprint [sha256.Size]byte

// renewals is what a token source remembers so that no one else takes over a run.
type renewals struct {
	one sync.Mutex // renews at a time

	mu      sync.Mutex
	known   bool // somebody has signed in
	who     Operator
	vouched fingerprint // of the file that is known to be who's
}

// RoundTrip makes the operator's call and, when Google no longer takes the token and another is there, makes it once
// more. Google looks at the token before anything else, so that the first one had no effect.
func (t *operatorTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := wholeBody(req)
	if err != nil {
		return nil, err
	}
	token, _, err := t.tokens.token(req.Context())
	if err != nil {
		return nil, err
	}
	resp, err := t.send(req, body, token)
	if err != nil || resp.StatusCode != http.StatusUnauthorized {
		return resp, err
	}
	newer, err := t.tokens.renew(req.Context(), token)
	switch {
	case err != nil:
		_ = resp.Body.Close()
		return nil, err
	case newer == "":
		return resp, nil
	}
	_ = resp.Body.Close()
	return t.send(req, body, newer)
}

func (t *operatorTransport) send(req *http.Request, body []byte, token Secret) (*http.Response, error) {
	out := req.Clone(req.Context())
	if body != nil {
		out.Body = io.NopCloser(bytes.NewReader(body))
	}
	out.Header.Set("Authorization", "Bearer "+token.Reveal())
	if q := t.tokens.quota(); q != "" {
		out.Header.Set("X-Goog-User-Project", q)
	}
	return t.next.RoundTrip(out)
}

// renew gives another token than used, "" when there is none: another call has got it already, or the credentials file,
// read anew, gives it. Calls that fail together read the file one after the other.
func (s *tokenSource) renew(ctx context.Context, used Secret) (Secret, error) {
	s.renewals.one.Lock()
	defer s.renewals.one.Unlock()
	now, _, err := s.token(ctx)
	if err == nil && now == used {
		s.forget()
		now, _, err = s.token(ctx)
	}
	switch {
	case refused(err):
		return "", err
	case err != nil, now == used:
		return "", nil //nolint:nilerr // what Google answered to the call says it better
	}
	return now, nil
}

// forget has the file read anew, and impersonation begin anew.
func (s *tokenSource) forget() {
	s.forgetFile()
	s.minting.Lock()
	s.held = ""
	s.minting.Unlock()
}

func (s *tokenSource) forgetFile() {
	s.reading.Lock()
	defer s.reading.Unlock()
	s.found = nil
}

// replaced reports whether the file is another than the one in use.
func (s *tokenSource) replaced() bool {
	b, err := os.ReadFile(s.file)
	s.reading.Lock()
	defer s.reading.Unlock()
	return err == nil && s.read != fingerprint{} && s.read != sha256.Sum256(b)
}

func (s *tokenSource) inUse() fingerprint {
	s.reading.Lock()
	defer s.reading.Unlock()
	return s.read
}

// signedIn says whose the tokens of the file in use are.
func (s *tokenSource) signedIn(who Operator) {
	file := s.inUse()
	s.renewals.mu.Lock()
	defer s.renewals.mu.Unlock()
	if !s.renewals.known {
		s.renewals.known, s.renewals.who, s.renewals.vouched = true, who, file
	}
}

// vouch refuses the token of another file than before unless it is the same principal's.
func (s *tokenSource) vouch(ctx context.Context, token Secret) error {
	file := s.inUse()
	s.renewals.mu.Lock()
	known, was, vouched := s.renewals.known, s.renewals.who, s.renewals.vouched
	s.renewals.mu.Unlock()
	if !known || file == vouched {
		return nil
	}
	info, err := AskTokenInfo(ctx, s.google, token)
	if err != nil && !explain.Is(err, explain.Expired) {
		return err
	}
	if is := memberOf(info.Email); is == "" || is != was.Principal || info.Subject != was.UserID {
		return refuseOther("Google Cloud", was.Principal, is)
	}
	s.renewals.mu.Lock()
	defer s.renewals.mu.Unlock()
	s.renewals.vouched = file
	return nil
}
