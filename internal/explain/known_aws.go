package explain

// awsRows are refusals of AWS.
var awsRows = []Known{
	{Says: []string{"incorrect token audience"}, Codes: []string{"InvalidIdentityToken", "InvalidIdentityTokenException"}, Row: 37},
	{Says: []string{"no openidconnect provider found"}, Row: 38},
	{Says: []string{"couldn't retrieve verification key"}, Kind: Pending, Row: 47},
	{Codes: []string{"IDPCommunicationError", "OpenIdIdpCommunicationError"}, Kind: Pending, Row: 48},
	{
		Codes: []string{"InvalidIdentityToken", "InvalidIdentityTokenException"}, Who: you,
		Cause: "AWS did not accept the token itself: its issuer, its audience, its signature or its time; the trust policy was not even read",
		Do:    []string{"mint a new token; compare iss and aud with what the role expects"},
	},
	{
		Says: []string{"assumerolewithwebidentity"}, Codes: []string{"AccessDenied", "AccessDeniedException"}, Kind: Denied, Who: awsAdmin,
		Cause: "AWS accepted the token, but the role's trust policy, or a policy of the organisation, refuses it; right after a change it may not have spread",
		Do:    []string{"compare azp, aud and sub of the token with the trust policy: `drawbridge verify` does", "if they match, ask your organisation for its resource and service control policies"},
	},
	{Says: []string{"sts:getwebidentitytoken"}, Kind: Denied, Row: 94},
	{Codes: []string{"OutboundWebIdentityFederationDisabled", "OutboundWebIdentityFederationDisabledException", "FeatureDisabled", "FeatureDisabledException"}, Kind: Disabled, Row: 93},
	{
		Says: []string{"in a service control policy"}, Kind: Denied, Who: orgAdmin, Final: true,
		Cause: "a service control policy of your organisation forbids it; nothing in this account can allow it",
		Do:    []string{"export the plan with `drawbridge plan --format json` for those who own that policy"},
	},
	{Says: []string{"in a resource control policy"}, Kind: Denied, Final: true, Row: 42},
	{
		Says: []string{"no service control policy allows"}, Kind: Denied, Who: orgAdmin, Final: true,
		Cause: "no service control policy of your organisation allows it; nothing in this account can",
		Do:    []string{"export the plan with `drawbridge plan --format json` for those who own that policy"},
	},
	{Says: []string{"invalid principal in policy"}, Kind: Pending, Row: 28},
	{Says: []string{"federated principals must be valid"}, Row: 26},
	{Says: []string{"should not specify a principal"}, Row: 27},
	{
		Codes: []string{"MalformedPolicyDocument", "MalformedPolicyDocumentException"}, Who: you,
		Cause: "IAM cannot read the policy", Do: []string{"correct the policy document in bridge.yaml"},
	},
	{
		Says: []string{"invalid iam instance profile"}, Kind: Pending, Who: you,
		Cause: "EC2 does not see the new instance profile yet", Do: []string{"wait half a minute and try again"},
	},
	{
		Codes: []string{"EntityTemporarilyUnmodifiable"}, Kind: Pending, Who: you, Cause: "it was just deleted or made", Do: []string{"wait some minutes and try again"},
	},
	{
		Codes: []string{"DeleteConflict", "DeleteConflictException"}, Kind: Conflict, Who: you, Cause: "others still hang on it", Do: []string{"remove what hangs on it, or leave it"},
	},
	{
		Codes: []string{"LimitExceeded", "LimitExceededException", "LimitExceededFault"}, Who: awsAdmin, Final: true,
		Cause: "the account holds as many of these as it may", Do: []string{"delete unused ones, or raise the quota in Service Quotas (us-east-1)"},
	},
	{Says: []string{"exceeds the maxsessionduration"}, Row: 55},
	{Says: []string{"1 hour session limit"}, Row: 55},
	{Codes: []string{"RegionDisabledException"}, Kind: Disabled, Final: true, Row: 56},
	{Says: []string{"request arn is invalid"}, Row: 53},
	{Says: []string{"'rolesessionname' failed to satisfy"}, Row: 54},
	{
		Codes: []string{"OptInRequired"}, Kind: Disabled, Who: awsAdmin, Final: true, Cause: "the account has not signed up for this service or region", Do: []string{"choose another region, or opt in"},
	},
}
