package google

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/shape"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
)

// signedJSON is the serialised GetCallerIdentity request, as Google's Go, Python and Node libraries write it.
type signedJSON struct {
	URL     string `json:"url"`
	Method  string `json:"method"`
	Headers []struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	} `json:"headers"`
	Body string `json:"body"`
}

const formatText = "AWS request has invalid format."

// stsHost is the regional host; the global one is not taken.
var stsHost = shape.Of(`^sts\.[a-z0-9-]+\.amazonaws\.com$`)

const targetHeader = "x-goog-cloud-target-resource"

// awsAssertion has AWS say who signed the request, after checking that it was signed for this provider.
func (c *Cloud) awsAssertion(subjectToken string, at target) (map[string]any, error) {
	signed, err := parseSigned(subjectToken)
	if err != nil {
		return nil, err
	}
	if err := checkSigned(signed, at.audience); err != nil {
		return nil, err
	}
	if c.Replay == nil {
		return nil, oauth("invalid_grant", "AWS cannot be reached to verify the given credential.")
	}
	who, err := c.Replay(signed)
	if err != nil {
		return nil, oauth("invalid_grant", replayText(err))
	}
	if who.Account != at.provider.AWSAccount {
		return nil, oauth("invalid_grant", fmt.Sprintf("The AWS account %s of the given credential does not match the account of the identity provider.", who.Account))
	}
	return map[string]any{"arn": who.Arn, "account": who.Account, "userid": who.UserID}, nil
}

// replayText quotes the answer with which AWS refused.
func replayText(err error) string {
	code, text := "InternalFailure", err.Error()
	if failed, ok := errors.AsType[*wire.Failure](err); ok {
		code, text = failed.Code, failed.Message
	}
	return fmt.Sprintf("Received invalid AWS response of type %s with error message: %s", code, text)
}

// parseSigned undoes the one percent-encoding of the JSON; both spellings of a space are known.
func parseSigned(subjectToken string) (wire.SignedRequest, error) {
	var in signedJSON
	text, err := url.QueryUnescape(subjectToken)
	if err != nil || strings.HasPrefix(subjectToken, "{") {
		return wire.SignedRequest{}, oauth("invalid_grant", "Invalid format of AWS credentials:Error at line 0:0: Unexpected end of stream : expected '{'")
	}
	dec := json.NewDecoder(bytes.NewReader([]byte(text)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil || dec.Decode(&struct{}{}) != io.EOF {
		return wire.SignedRequest{}, oauth("invalid_grant", "Invalid format of AWS credentials:Error at line 0:0: Unexpected end of stream : expected '{'")
	}
	out := wire.SignedRequest{Method: in.Method, URL: in.URL, Body: []byte(in.Body)}
	for _, h := range in.Headers {
		out.Headers = append(out.Headers, wire.Header{Name: h.Key, Value: h.Value})
	}
	return out, nil
}

// checkSigned wants a POST of GetCallerIdentity to a regional endpoint with exactly the headers of the protocol, and
// the audience as its target. Whether the target is signed is not asked: two of the libraries append it.
func checkSigned(s wire.SignedRequest, audience string) error {
	u, err := url.Parse(s.URL)
	bad := oauth("invalid_grant", formatText)
	if err != nil || u.Scheme != "https" || !stsHost(u.Host) || u.User != nil || u.Fragment != "" ||
		u.Path != "" && u.Path != "/" || s.Method != "POST" || len(s.Body) > 0 {
		return bad
	}
	if query := u.Query(); len(query) != 2 || query.Get("Action") != "GetCallerIdentity" || query.Get("Version") != "2011-06-15" || strings.Count(u.RawQuery, "=") != 2 {
		return bad
	}
	seen := map[string]string{}
	for _, h := range s.Headers {
		name := strings.ToLower(h.Name)
		if _, twice := seen[name]; twice || !slices.Contains(signedHeaders, name) {
			return bad
		}
		seen[name] = h.Value
	}
	if seen["host"] != u.Host || seen["authorization"] == "" || seen["x-amz-date"] == "" {
		return bad
	}
	if got := seen[targetHeader]; got != audience && got != "https:"+audience {
		return oauth("invalid_grant", "The value of the header "+targetHeader+" does not match the audience.")
	}
	return nil
}

var signedHeaders = []string{"authorization", "host", "x-amz-date", "x-amz-security-token", targetHeader}
