package cloud

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"
)

const callerIdentityQuery = "Action=GetCallerIdentity&Version=2011-06-15"

// SignCallerIdentity builds the subject token of a Google provider of type AWS: a GetCallerIdentity request for the
// region's STS, signed with c and not sent, as percent-encoded JSON. The audience, the provider's full name, is one of
// the signed headers, which binds the token to that provider. Whoever holds it can be c to that provider for 15 minutes.
func SignCallerIdentity(c Credentials, region, audience string, at time.Time) (Secret, error) {
	if c.AccessKeyID == "" || c.SecretAccessKey == "" || region == "" || audience == "" {
		return "", Problem("sign the subject token", errors.New("credentials, a region and an audience are needed"))
	}
	host := "sts." + region + ".amazonaws.com"
	stamp := at.UTC().Format("20060102T150405Z")
	headers := map[string]string{"host": host, "x-amz-date": stamp, "x-goog-cloud-target-resource": audience}
	if c.SessionToken != "" {
		headers["x-amz-security-token"] = c.SessionToken.Reveal()
	}
	headers["Authorization"] = authorization(c, region, stamp, headers)
	return encodeRequest("https://"+host+"?"+callerIdentityQuery, headers)
}

// authorization is Signature Version 4 of a POST without a body.
func authorization(c Credentials, region, stamp string, headers map[string]string) string {
	canonical, signed := canonicalRequest(headers)
	scope := strings.Join([]string{stamp[:8], region, "sts", "aws4_request"}, "/")
	toSign := strings.Join([]string{"AWS4-HMAC-SHA256", stamp, scope, hexSHA256(canonical)}, "\n")
	key := []byte("AWS4" + c.SecretAccessKey.Reveal())
	for part := range strings.SplitSeq(scope, "/") {
		key = mac(key, part)
	}
	return "AWS4-HMAC-SHA256 Credential=" + c.AccessKeyID + "/" + scope + ", SignedHeaders=" + signed + ", Signature=" + hex.EncodeToString(mac(key, toSign))
}

func canonicalRequest(headers map[string]string) (canonical, signed string) {
	names := make([]string, 0, len(headers))
	for n := range headers {
		names = append(names, n)
	}
	slices.Sort(names)
	lines := []string{"POST", "/", callerIdentityQuery}
	for _, n := range names {
		lines = append(lines, n+":"+headers[n])
	}
	signed = strings.Join(names, ";")
	return strings.Join(append(lines, "", signed, hexSHA256("")), "\n"), signed
}

// encodeRequest writes the request as Google STS reads it, encoded once; the form encodes it a second time.
func encodeRequest(at string, headers map[string]string) (Secret, error) {
	type header struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	}
	list := make([]header, 0, len(headers))
	for k, v := range headers {
		list = append(list, header{k, v})
	}
	slices.SortFunc(list, func(a, b header) int { return strings.Compare(a.Key, b.Key) })
	doc, err := json.Marshal(struct {
		URL     string   `json:"url"`
		Method  string   `json:"method"`
		Headers []header `json:"headers"`
	}{at, "POST", list})
	if err != nil {
		return "", Problem("encode the subject token", err)
	}
	return Secret(url.QueryEscape(string(doc))), nil
}

func mac(key []byte, s string) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte(s))
	return h.Sum(nil)
}

func hexSHA256(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
