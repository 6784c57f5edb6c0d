package cloud

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// awsProblem tells an error of an AWS client.
func awsProblem(err error) *explain.Problem {
	e, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		return nil
	}
	p := &explain.Problem{Code: clean(e.ErrorCode()), Reason: clean(e.ErrorMessage())}
	if r, ok := errors.AsType[*smithyhttp.ResponseError](err); ok && r.Response != nil {
		p.Status, p.RequestID, p.RetryAfter = r.HTTPStatusCode(), requestID(r.Response.Header), headerDelay(r.Response.Header)
	}
	if p.Reason == "" {
		p.Reason = orElse(p.Code, "the request was refused")
	}
	p.Kind = awsKind(p.Code, p.Status)
	if p.Kind == explain.Denied {
		readDenial(p)
	}
	return p
}

// awsKind sorts by AWS's own word, and by the status where the word is not known.
func awsKind(code string, status int) explain.Kind {
	bare := strings.TrimSuffix(code, "Exception")
	switch {
	case throttleCode(code):
		return explain.Throttled
	case bare == "NoSuchEntity", strings.HasSuffix(code, ".NotFound"), bare == "ResourceNotFound":
		return explain.Missing
	case bare == "EntityAlreadyExists", bare == "FeatureEnabled", strings.HasSuffix(code, ".Duplicate"):
		return explain.Exists
	case bare == "AccessDenied", code == "UnauthorizedOperation", bare == "IDPRejectedClaim", code == "Client.UnauthorizedOperation":
		return explain.Denied
	case bare == "ConcurrentModification", bare == "DeleteConflict", code == "DependencyViolation", code == "IncorrectState", code == "IncorrectInstanceState":
		return explain.Conflict
	case bare == "LimitExceeded", bare == "InvalidIdentityToken":
		return explain.Other
	}
	return awsStatusKind(status)
}

func awsStatusKind(status int) explain.Kind {
	switch status {
	case http.StatusNotFound:
		return explain.Missing
	case http.StatusConflict, http.StatusPreconditionFailed:
		return explain.Conflict
	case http.StatusUnauthorized:
		return explain.Expired
	case http.StatusForbidden:
		return explain.Denied
	case http.StatusTooManyRequests:
		return explain.Throttled
	}
	return explain.Other
}

// denial is the canonical text of AccessDenied.
var denial = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`User: (\S+) is not authorized to perform: ([\w-]+:[\w*]+)(?: on resource: (\S+))?(.*)`)
})

// readDenial takes the permission out of the message, and who can grant it: an organisation's policies are out of the
// account's hands.
func readDenial(p *explain.Problem) {
	m := denial().FindStringSubmatch(p.Reason)
	if m == nil {
		return
	}
	p.Permission = m[2]
	why := strings.ToLower(m[4])
	if strings.Contains(why, "service control policy") || strings.Contains(why, "resource control policy") || strings.HasSuffix(p.Permission, "WithWebIdentity") {
		return // the known messages say it better
	}
	p.Who = "an administrator of the AWS account"
	switch {
	case strings.Contains(why, "permissions boundary"):
		p.Do = []string{"ask for " + p.Permission + " in the permissions boundary of " + m[1]}
	case strings.Contains(why, "session policy"):
		p.Do = []string{"sign in with a session whose policy allows " + p.Permission}
	case strings.Contains(why, "explicit deny"):
		p.Do = []string{"ask why a policy denies " + p.Permission + " to " + m[1]}
	default:
		p.Do = []string{"ask for " + p.Permission + " for " + m[1], "`drawbridge preflight --print-policy setup` prints the policy that is needed"}
	}
}
