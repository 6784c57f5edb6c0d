package sandbox_test

import (
	"errors"
	"testing"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// modelled are the errors of the service models of IAM and STS around a bridge, with the status that the models give them,
// and the ones that every service may answer with.
var modelled = map[string]map[string]int{
	"iam.ListRoles": {
		"ConcurrentModification": 409, "DeleteConflict": 409, "EntityAlreadyExists": 409, "EntityTemporarilyUnmodifiable": 409, "FeatureDisabled": 404,
		"FeatureEnabled": 409, "InvalidInput": 400, "InvalidUserType": 400, "LimitExceeded": 409, "MalformedPolicyDocument": 400, "NoSuchEntity": 404,
		"OpenIdIdpCommunicationError": 400, "PolicyEvaluation": 500, "PolicyNotAttachable": 400, "ServiceFailure": 500, "NotSupportedService": 404,
		"UnmodifiableEntity": 400, "AccessDenied": 403, "Throttling": 400, "ServiceUnavailable": 503, "ValidationError": 400, "RequestExpired": 400,
	},
	"sts.GetCallerIdentity": {
		"ExpiredTokenException": 400, "IDPCommunicationError": 400, "IDPRejectedClaim": 403, "InvalidAuthorizationMessageException": 400,
		"InvalidIdentityToken": 400, "JWTPayloadSizeExceededException": 400, "OutboundWebIdentityFederationDisabledException": 403,
		"PackedPolicyTooLarge": 400, "RegionDisabledException": 403, "SessionDurationEscalationException": 403, "ExpiredToken": 403,
		"InvalidClientTokenId": 403, "SignatureDoesNotMatch": 403, "IncompleteSignature": 400,
	},
}

func TestEveryModelledErrorHasItsStatus(t *testing.T) {
	s := start(t, sandbox.Options{})
	for call, codes := range modelled {
		for code, want := range codes {
			if err := s.SetFaults("aws." + call + "=" + code + "*1"); err != nil {
				t.Fatal(err)
			}
			var err error
			if call == "iam.ListRoles" {
				_, err = iamOf(s).ListRoles(t.Context(), nil)
			} else {
				_, err = stsOf(s).GetCallerIdentity(t.Context(), nil)
			}
			var api smithy.APIError
			var reply *smithyhttp.ResponseError
			if !errors.As(err, &api) || !errors.As(err, &reply) || api.ErrorCode() != code || reply.HTTPStatusCode() != want {
				t.Errorf("%s: got %v, want %s with status %d", call, err, code, want)
			}
		}
	}
}
