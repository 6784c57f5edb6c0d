package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	sigv4      = "AWS4-HMAC-SHA256"
	sigv4Time  = "20060102T150405Z"
	clockSkew  = 15 * time.Minute
	emptyHash  = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	unsignedOK = "UNSIGNED-PAYLOAD"
)

// Signature is a parsed AWS Signature Version 4 and the request it stands on. Only the headers that the client signed
// count: the Go SDK, the AWS CLI, boto3 and Google's libraries all differ in which they sign.
type Signature struct {
	KeyID   string
	Region  string
	Service string
	Token   string // X-Amz-Security-Token
	Signed  []string
	At      time.Time

	date      string
	signature string
	payload   string
	request   SignedRequest
	url       *url.URL
	query     bool
	expires   time.Duration
}

// FromHTTP turns an incoming request into the form that signatures are checked on.
func FromHTTP(r *http.Request, body []byte) SignedRequest {
	s := SignedRequest{Method: r.Method, URL: r.URL.RequestURI(), Body: body}
	for name, values := range r.Header {
		for _, v := range values {
			s.Headers = append(s.Headers, Header{name, v})
		}
	}
	s.Headers = append(s.Headers, Header{"Host", r.Host})
	if r.ContentLength >= 0 && r.Header.Get("Content-Length") == "" {
		s.Headers = append(s.Headers, Header{"Content-Length", itoa(r.ContentLength)})
	}
	return s
}

// Get returns a header's values joined as a signature joins them, or "".
func (s SignedRequest) Get(name string) string {
	var values []string
	for _, h := range s.Headers {
		if strings.EqualFold(h.Name, name) {
			values = append(values, strings.Join(strings.Fields(h.Value), " "))
		}
	}
	return strings.Join(values, ",")
}

// ParseSignature reads the signature of a request, from the Authorization header or from the query of a presigned one.
// It answers nil without an error when the request is not signed.
func ParseSignature(s SignedRequest) (*Signature, error) {
	u, err := url.Parse(s.URL)
	if err != nil {
		return nil, AWSError("IncompleteSignature", "The request URL cannot be parsed.")
	}
	sig := &Signature{request: s, url: u}
	authorization := s.Get("Authorization")
	switch {
	case strings.HasPrefix(authorization, sigv4):
		err = sig.fromHeader(strings.TrimPrefix(authorization, sigv4))
	case u.Query().Get("X-Amz-Algorithm") == sigv4:
		err = sig.fromQuery(u.Query())
	default:
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return sig, nil
}

func (s *Signature) fromHeader(rest string) error {
	parts := map[string]string{}
	for field := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		parts[name] = value
	}
	s.Token = s.request.Get("X-Amz-Security-Token")
	s.payload = s.request.Get("X-Amz-Content-Sha256")
	at := s.request.Get("X-Amz-Date")
	if at == "" {
		if t, err := http.ParseTime(s.request.Get("Date")); err == nil {
			at = t.UTC().Format(sigv4Time)
		}
	}
	return s.fill(parts["Credential"], parts["SignedHeaders"], parts["Signature"], at)
}

func (s *Signature) fromQuery(q url.Values) error {
	s.query, s.Token, s.payload = true, q.Get("X-Amz-Security-Token"), s.request.Get("X-Amz-Content-Sha256")
	expires, err := time.ParseDuration(q.Get("X-Amz-Expires") + "s")
	if err != nil || expires <= 0 || expires > 7*24*time.Hour {
		expires = clockSkew
	}
	s.expires = expires
	return s.fill(q.Get("X-Amz-Credential"), q.Get("X-Amz-SignedHeaders"), q.Get("X-Amz-Signature"), q.Get("X-Amz-Date"))
}

func (s *Signature) fill(credential, signed, signature, at string) (err error) {
	scope := strings.Split(credential, "/")
	if len(scope) != 5 || scope[4] != "aws4_request" || signed == "" || signature == "" {
		return AWSError("IncompleteSignature", "Authorization header requires 'Credential', 'Signature', 'SignedHeaders' and a date.")
	}
	s.KeyID, s.date, s.Region, s.Service = scope[0], scope[1], scope[2], scope[3]
	s.Signed = strings.Split(strings.ToLower(signed), ";")
	s.signature = signature
	if s.At, err = time.Parse(sigv4Time, at); err != nil {
		return AWSError("IncompleteSignature", "Date must be in ISO-8601 'basic format'. Got '"+at+"'.")
	}
	if !slices.Contains(s.Signed, "host") {
		return AWSError("SignatureDoesNotMatch", "'Host' must be a 'SignedHeader' in the AWS Authorization.")
	}
	return nil
}

// Check says whether the request was signed with secret, near enough to now. Its errors are those of the services.
func (s *Signature) Check(secret string, now time.Time) error {
	if err := s.fresh(now); err != nil {
		return err
	}
	if s.date != s.At.Format("20060102") {
		return AWSError("SignatureDoesNotMatch", "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.")
	}
	if !s.payloadMatches() {
		return AWSError("SignatureDoesNotMatch", mismatch)
	}
	if subtle.ConstantTimeCompare([]byte(s.sign(secret)), []byte(s.signature)) != 1 {
		return AWSError("SignatureDoesNotMatch", mismatch)
	}
	return nil
}

const mismatch = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."

func (s *Signature) fresh(now time.Time) error {
	life := clockSkew
	if s.query {
		life = s.expires
	}
	stamp := func(t time.Time) string { return t.UTC().Format(sigv4Time) }
	switch {
	case s.At.Add(life).Before(now):
		return AWSError("SignatureDoesNotMatch", "Signature expired: "+stamp(s.At)+" is now earlier than "+stamp(now.Add(-life))+" ("+stamp(now)+" - 15 min.)")
	case s.At.After(now.Add(clockSkew)):
		return AWSError("SignatureDoesNotMatch", "Signature not yet current: "+stamp(s.At)+" is still later than "+stamp(now.Add(clockSkew))+" ("+stamp(now)+" + 15 min.)")
	}
	return nil
}

// payloadMatches refuses a body that is not the one whose hash was signed.
func (s *Signature) payloadMatches() bool {
	if s.payload == "" || s.payload == unsignedOK || strings.HasPrefix(s.payload, "STREAMING-") {
		return true
	}
	return s.payload == hashHex(s.request.Body)
}

func (s *Signature) sign(secret string) string {
	scope := strings.Join([]string{s.date, s.Region, s.Service, "aws4_request"}, "/")
	text := strings.Join([]string{sigv4, s.At.Format(sigv4Time), scope, hashHex([]byte(s.canonical()))}, "\n")
	key := []byte("AWS4" + secret)
	for _, part := range []string{s.date, s.Region, s.Service, "aws4_request"} {
		key = mac(key, part)
	}
	return hex.EncodeToString(mac(key, text))
}

func (s *Signature) canonical() string {
	var headers strings.Builder
	for _, name := range s.Signed {
		headers.WriteString(name + ":" + s.request.Get(name) + "\n")
	}
	payload := s.payload
	if payload == "" {
		payload = hashHex(s.request.Body)
	}
	path := s.url.EscapedPath()
	if path == "" {
		path = "/"
	}
	return strings.Join([]string{s.request.Method, path, s.canonicalQuery(), headers.String(), strings.Join(s.Signed, ";"), payload}, "\n")
}

func (s *Signature) canonicalQuery() string {
	query := s.url.Query()
	query.Del("X-Amz-Signature")
	var pairs []string
	for _, name := range slices.SortedFunc(maps.Keys(query), func(a, b string) int { return strings.Compare(uriEncode(a), uriEncode(b)) }) {
		values := query[name]
		slices.Sort(values)
		for _, value := range values {
			pairs = append(pairs, uriEncode(name)+"="+uriEncode(value))
		}
	}
	return strings.Join(pairs, "&")
}

// uriEncode is RFC 3986 encoding of everything but the unreserved characters.
func uriEncode(s string) string {
	return strings.NewReplacer("+", "%20", "%7E", "~").Replace(url.QueryEscape(s))
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func hashHex(b []byte) string {
	if len(b) == 0 {
		return emptyHash
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
