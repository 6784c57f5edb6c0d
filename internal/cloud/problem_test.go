package cloud

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

func googleFault(code int, status, message, details string) http.HandlerFunc {
	return answer(code, fmt.Sprintf(`{"error":{"code":%d,"message":%q,"status":%q,"details":[%s]}}`, code, message, status, details))
}

func answer(code int, body string) http.HandlerFunc {
	return status(code, body, "Content-Type", "application/json")
}

// seen is what a table expects of a problem.
type seen struct {
	Kind       explain.Kind
	Code       string
	Permission string
	Final      bool
}

func TestGoogleRefusalsByKind(t *testing.T) {
	info := func(reason, metadata string) string {
		return fmt.Sprintf(`{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":%q,"domain":"googleapis.com","metadata":{%s}}`, reason, metadata)
	}
	for name, c := range map[string]struct {
		h    http.HandlerFunc
		want seen
		who  string
	}{
		"missing":            {googleFault(404, "NOT_FOUND", "Unknown service account", ""), seen{explain.Missing, "NOT_FOUND", "", false}, "you"},
		"exists":             {googleFault(409, "ALREADY_EXISTS", "Requested entity already exists", ""), seen{explain.Exists, "ALREADY_EXISTS", "", false}, ""},
		"etag":               {googleFault(409, "ABORTED", "There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.", ""), seen{explain.Conflict, "ABORTED", "", false}, "you"},
		"precondition":       {googleFault(412, "FAILED_PRECONDITION", "etag", ""), seen{explain.Conflict, "FAILED_PRECONDITION", "", false}, "you"},
		"permission":         {googleFault(403, "PERMISSION_DENIED", "Permission 'iam.workloadIdentityPools.create' denied on resource", info("IAM_PERMISSION_DENIED", `"permission":"iam.workloadIdentityPools.create"`)), seen{explain.Denied, "IAM_PERMISSION_DENIED", "iam.workloadIdentityPools.create", false}, ""},
		"mint":               {googleFault(403, "PERMISSION_DENIED", "Permission 'iam.serviceAccounts.getOpenIdToken' denied on resource (or it may not exist).", info("IAM_PERMISSION_DENIED", `"permission":"iam.serviceAccounts.getOpenIdToken"`)), seen{explain.Denied, "IAM_PERMISSION_DENIED", "iam.serviceAccounts.getOpenIdToken", false}, "owner"},
		"API off":            {googleFault(403, "PERMISSION_DENIED", "IAM Service Account Credentials API has not been used in project 5 before or it is disabled.", info("SERVICE_DISABLED", `"service":"iamcredentials.googleapis.com"`)), seen{explain.Disabled, "SERVICE_DISABLED", "", false}, "owner"},
		"API off, old form":  {answer(403, `{"error":{"code":403,"message":"Access Not Configured","errors":[{"reason":"accessNotConfigured"}]}}`), seen{explain.Disabled, "accessNotConfigured", "", false}, "owner"},
		"payer":              {googleFault(403, "PERMISSION_DENIED", "Caller does not have required permission to use project acme-build. Grant the caller the roles/serviceusage.serviceUsageConsumer role", info("USER_PROJECT_DENIED", "")), seen{explain.Denied, "USER_PROJECT_DENIED", "", true}, "owner"},
		"perimeter":          {googleFault(403, "PERMISSION_DENIED", "Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: abc", info("SECURITY_POLICY_VIOLATED", "")), seen{explain.Denied, "SECURITY_POLICY_VIOLATED", "", true}, "organisation"},
		"scope":              {googleFault(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.", info("ACCESS_TOKEN_SCOPE_INSUFFICIENT", "")), seen{explain.Denied, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "", true}, "you"},
		"issuer policy":      {googleFault(400, "FAILED_PRECONDITION", "Org Policy violated for value: 'https://sts.amazonaws.com'. constraints/iam.workloadIdentityPoolProviders", ""), seen{explain.Denied, "FAILED_PRECONDITION", "", true}, "organisation"},
		"new account":        {googleFault(400, "INVALID_ARGUMENT", "Service account ci-runner@acme-build.iam.gserviceaccount.com does not exist.", ""), seen{explain.Pending, "INVALID_ARGUMENT", "", false}, "you"},
		"field":              {googleFault(400, "INVALID_ARGUMENT", "Invalid value at 'x'", ""), seen{explain.Other, "INVALID_ARGUMENT", "", false}, ""},
		"signed out":         {googleFault(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.", ""), seen{explain.Expired, "UNAUTHENTICATED", "", false}, "you"},
		"too many accounts":  {googleFault(429, "RESOURCE_EXHAUSTED", "Maximum number of service accounts on project reached.", `{"@type":"type.googleapis.com/google.rpc.QuotaFailure"}`), seen{explain.Other, "RESOURCE_EXHAUSTED", "", true}, "owner"},
		"domain restriction": {googleFault(400, "FAILED_PRECONDITION", "One or more users named in the policy do not belong to a permitted customer.", ""), seen{explain.Denied, "FAILED_PRECONDITION", "", true}, "organisation"},
	} {
		t.Run(name, func(t *testing.T) {
			checkProblem(t, readGoogle(opened(t, c.h)), c.want, c.who)
		})
	}
}

func TestAWSRefusalsByKind(t *testing.T) {
	const denied = "User: arn:aws:iam::123456789012:user/operator is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::123456789012:role/drawbridge/ci-runner "
	for name, c := range map[string]struct {
		status        int
		code, message string
		want          seen
		who           string
	}{
		"missing":          {404, "NoSuchEntity", "The role with name x cannot be found.", seen{explain.Missing, "NoSuchEntity", "", false}, ""},
		"exists":           {409, "EntityAlreadyExists", "Role with name x already exists.", seen{explain.Exists, "EntityAlreadyExists", "", false}, ""},
		"at once":          {409, "ConcurrentModification", "x", seen{explain.Conflict, "ConcurrentModification", "", false}, "you"},
		"hangs on it":      {409, "DeleteConflict", "Cannot delete entity, must detach all policies first.", seen{explain.Conflict, "DeleteConflict", "", false}, "you"},
		"limit":            {409, "LimitExceeded", "Cannot exceed quota for RolesPerAccount: 1000", seen{explain.Other, "LimitExceeded", "", true}, "administrator"},
		"not yet":          {400, "MalformedPolicyDocument", "Invalid principal in policy: \"AWS\":\"arn:aws:iam::123456789012:role/x\"", seen{explain.Pending, "MalformedPolicyDocument", "", false}, "you"},
		"malformed":        {400, "MalformedPolicyDocument", "Syntax errors in policy.", seen{explain.Other, "MalformedPolicyDocument", "", false}, "you"},
		"federation on":    {409, "FeatureEnabled", "already", seen{explain.Exists, "FeatureEnabled", "", false}, ""},
		"federation off":   {404, "FeatureDisabled", "off", seen{explain.Disabled, "FeatureDisabled", "", false}, "administrator"},
		"no policy allows": {403, "AccessDenied", denied + "because no identity-based policy allows the iam:CreateRole action", seen{explain.Denied, "AccessDenied", "iam:CreateRole", false}, "administrator"},
		"guardrail":        {403, "AccessDenied", denied + "with an explicit deny in a service control policy", seen{explain.Denied, "AccessDenied", "iam:CreateRole", true}, "organisation"},
		"boundary":         {403, "AccessDenied", denied + "because no permissions boundary allows the iam:CreateRole action", seen{explain.Denied, "AccessDenied", "iam:CreateRole", false}, "administrator"},
		"token too old":    {403, "ExpiredToken", "The security token included in the request is expired", seen{explain.Expired, "ExpiredToken", "", false}, "you"},
		"unknown key":      {403, "InvalidClientTokenId", "The security token included in the request is invalid.", seen{explain.Expired, "InvalidClientTokenId", "", false}, "you"},
		"clock":            {403, "SignatureDoesNotMatch", "Signature expired: 20250101T000000Z is now earlier than 20250102T000000Z", seen{explain.Expired, "SignatureDoesNotMatch", "", false}, "you"},
		"bad token":        {400, "InvalidIdentityToken", "Incorrect token audience", seen{explain.Other, "InvalidIdentityToken", "", false}, "administrator"},
		"trust refuses":    {403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", seen{explain.Denied, "AccessDenied", "", false}, "administrator"},
		"region off":       {403, "RegionDisabledException", "STS is not activated in this region", seen{explain.Disabled, "RegionDisabledException", "", true}, "administrator"},
	} {
		t.Run(name, func(t *testing.T) {
			f := opened(t, status(c.status, awsFault(c.code, strings.ReplaceAll(c.message, `"`, "&quot;")), "X-Amzn-Requestid", "r-1"))
			err := readAWS(f)
			checkProblem(t, err, c.want, c.who)
			if p, _ := errors.AsType[*explain.Problem](err); p.RequestID != "r-1" || p.Status != c.status {
				t.Errorf("got request id %q and status %d", p.RequestID, p.Status)
			}
		})
	}
}

func checkProblem(t *testing.T, err error, want seen, who string) {
	t.Helper()
	p, ok := errors.AsType[*explain.Problem](err)
	if !ok {
		t.Fatalf("got %#v, want a problem", err)
	}
	if diff := cmp.Diff(want, seen{p.Kind, p.Code, p.Permission, p.Final}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !strings.Contains(p.Who, who) {
		t.Errorf("who can mend it: got %q, want %q", p.Who, who)
	}
	if p.Op == "" || p.Reason == "" {
		t.Errorf("got op %q and reason %q", p.Op, p.Reason)
	}
	for _, do := range p.Do {
		if strings.Contains(do, "*") || strings.Contains(strings.ToLower(do), "roles/owner") {
			t.Errorf("advice widens something: %q", do)
		}
	}
}

func TestOAuthRefusalsByKind(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   seen
	}{
		"pool not there":    {400, `{"error":"invalid_target","error_description":"The target service indicated by the \"audience\" parameters is invalid."}`, seen{explain.Missing, "invalid_target", "", false}},
		"condition":         {403, `{"error":"unauthorized_client","error_description":"The given credential is rejected by the attribute condition."}`, seen{explain.Denied, "unauthorized_client", "", false}},
		"condition, grant":  {400, `{"error":"invalid_grant","error_description":"The given credential is rejected by the attribute condition."}`, seen{explain.Denied, "invalid_grant", "", false}},
		"stale":             {400, `{"error":"invalid_grant","error_description":"ID Token issued at 1 is stale to sign-in."}`, seen{explain.Expired, "invalid_grant", "", false}},
		"another audience":  {400, `{"error":"invalid_grant","error_description":"The audience in ID Token [x] does not match the expected audience y."}`, seen{explain.Denied, "invalid_grant", "", false}},
		"subject too long":  {400, `{"error":"invalid_request","error_description":"The size of mapped attribute google.subject exceeds the 127 bytes limit."}`, seen{explain.Other, "invalid_request", "", false}},
		"front end":         {403, `{"error":{"code":403,"message":"no","status":"PERMISSION_DENIED"}}`, seen{explain.Denied, "PERMISSION_DENIED", "", false}},
		"not JSON":          {400, `Bad Request`, seen{explain.Other, "", "", false}},
		"an error of types": {400, `{"error":[1,2]}`, seen{explain.Other, "", "", false}},
	} {
		t.Run(name, func(t *testing.T) {
			f := opened(t, answer(c.status, c.body))
			_, _, err := Exchange(f.ctx, f.g, "//iam.googleapis.com/x", JWT, "subject")
			checkProblem(t, err, c.want, "")
		})
	}
}

func TestProblemKeepsWhatItIsGiven(t *testing.T) {
	if err := Problem("x", nil); err != nil {
		t.Errorf("nil became %v", err)
	}
	inner := &explain.Problem{Kind: explain.Conflict, Reason: "moved"}
	err := Problem("write policy", fmt.Errorf("attempt 2: %w", inner))
	if !explain.Is(err, explain.Conflict) || err.Error() != "write policy: moved" {
		t.Errorf("got %v, want the kind kept and the op added", err)
	}
	if inner.Op != "" {
		t.Error("the given problem was changed")
	}
	if again := Problem("other", err); again.Error() != "write policy: moved" {
		t.Errorf("got %v, want the first op kept", again)
	}
}
