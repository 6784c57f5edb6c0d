package cloud

import (
	"net/http"
	"net/url"
	"strings"
)

// call is one request seen from above: what it is named, and what a lost reply of it means.
type call struct {
	operation string // AWS: the Action; else ""
	what      string // for people: "CreateRole", "POST iam.googleapis.com"
	body      []byte
	harmless  bool // making it twice has the effect of making it once
}

func newCall(req *http.Request, body []byte) *call {
	c := &call{body: body, operation: awsAction(req, body)}
	if c.operation != "" {
		c.what, c.harmless = c.operation, harmlessAction(c.operation)
		return c
	}
	c.what, c.harmless = req.Method+" "+req.URL.Hostname(), harmlessRequest(req)
	return c
}

// awsAction is the Action of an AWS Query call, which stands in the form body.
func awsAction(req *http.Request, body []byte) string {
	if req.Method != http.MethodPost || !strings.HasPrefix(req.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return ""
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || form.Get("Version") == "" {
		return ""
	}
	return clean(form.Get("Action"))
}

// harmlessAction holds for AWS reads and for the writes that IAM documents as idempotent. A create, a delete and an
// association are not: a second one fails with a code that hides the first one's success.
func harmlessAction(action string) bool {
	for _, verb := range [...]string{
		"Get", "List", "Describe", "Simulate", "Assume", "Decode", "Put", "Attach", "Tag", "Untag", "Update", "AddClientID", "RemoveClientID",
	} {
		if strings.HasPrefix(action, verb) {
			return true
		}
	}
	return false
}

// harmlessRequest holds for Google reads, for whole updates, and for the POST calls that only ask, mint or switch.
func harmlessRequest(req *http.Request) bool {
	switch req.Method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodPatch:
		return true
	case http.MethodPost:
	default:
		return false
	}
	path := req.URL.Path
	for _, end := range [...]string{
		":getIamPolicy", ":testIamPermissions", ":generateIdToken", ":generateAccessToken", ":getEffectiveOrgPolicy",
		":listAvailableOrgPolicyConstraints", ":listOrgPolicies", ":queryGrantableRoles", ":queryTestablePermissions",
		":getAncestry", ":enable", ":disable", ":batchEnable", "/token", "/tokeninfo", "/introspect",
	} {
		if strings.HasSuffix(path, end) {
			return true
		}
	}
	return false
}

// settle turns the last attempt into the answer: a write whose outcome nobody knows becomes a lostReply.
func (c *call) settle(resp *http.Response, err error) (*http.Response, error) {
	if err != nil {
		if c.harmless || beforeEffect(err) {
			return nil, err
		}
		return nil, &lostReply{Operation: c.what, Err: err}
	}
	if !c.harmless && uncertain(resp.StatusCode) {
		return nil, &lostReply{Status: resp.StatusCode, Operation: c.what, RequestID: requestID(resp.Header), Message: bodyMessage(resp)}
	}
	return resp, nil
}

// uncertain are the statuses after which a write may have happened.
func uncertain(status int) bool {
	return status == http.StatusInternalServerError || status == http.StatusBadGateway || status == http.StatusGatewayTimeout
}
