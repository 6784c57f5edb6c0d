package explain

// awsRows are refusals of AWS.
var awsRows = []Known{
	{
		Says: []string{"incorrect token audience"}, Codes: []string{"InvalidIdentityToken", "InvalidIdentityTokenException"}, Who: awsAdmin,
		Cause: "the account has an IAM OIDC provider for Google, which takes over from the built-in one, and its client ids lack this account's unique id",
		Do:    []string{"run `drawbridge audit --discover` to see who depends on that provider", "set toAWS.provider to explicit, so that our client id is added to it"},
	},
	{
		Says: []string{"no openidconnect provider found"}, Who: you,
		Cause: "the token's issuer has no provider in that account: another account, or not a Google ID token",
		Do:    []string{"check the account in the role's ARN, and that an ID token was sent, not an access token"},
	},
	{
		Says: []string{"couldn't retrieve verification key"}, Kind: Pending, Who: you,
		Cause: "AWS could not read the issuer's keys at that moment", Do: []string{"wait a minute and try again with a new token"},
	},
	{
		Codes: []string{"IDPCommunicationError", "OpenIdIdpCommunicationError"}, Kind: Pending, Who: you,
		Cause: "AWS could not reach the issuer", Do: []string{"wait a minute and try again"},
	},
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
	{
		Says: []string{"sts:getwebidentitytoken"}, Kind: Denied, Who: awsAdmin,
		Cause: "the role may not ask for that token: no permission, or another audience, length of life or algorithm than its policy allows",
		Do:    []string{"run `drawbridge plan`: it compares the role's policy"},
	},
	{
		Codes: []string{"OutboundWebIdentityFederationDisabled", "OutboundWebIdentityFederationDisabledException", "FeatureDisabled", "FeatureDisabledException"}, Kind: Disabled, Who: awsAdmin,
		Cause: "outbound federation is off in this account, or was switched on moments ago",
		Do:    []string{"let `drawbridge apply` switch it on, or wait a minute if it just was"},
	},
	{
		Says: []string{"in a service control policy"}, Kind: Denied, Who: orgAdmin, Final: true,
		Cause: "a service control policy of your organisation forbids it; nothing in this account can allow it",
		Do:    []string{"export the plan with `drawbridge plan --format json` for those who own that policy"},
	},
	{
		Says: []string{"in a resource control policy"}, Kind: Denied, Who: orgAdmin, Final: true,
		Cause: "a resource control policy of your organisation forbids it; nothing in this account can allow it",
		Do:    []string{"export the plan with `drawbridge plan --format json` for those who own that policy"},
	},
	{
		Says: []string{"no service control policy allows"}, Kind: Denied, Who: orgAdmin, Final: true,
		Cause: "no service control policy of your organisation allows it; nothing in this account can",
		Do:    []string{"export the plan with `drawbridge plan --format json` for those who own that policy"},
	},
	{
		Says: []string{"invalid principal in policy"}, Kind: Pending, Who: you,
		Cause: "the policy names a principal that does not exist, or was made seconds ago", Do: []string{"check the name; if it was just made, wait and try again"},
	},
	{
		Says: []string{"federated principals must be valid"}, Who: you,
		Cause: "the federated principal is neither accounts.google.com nor a whole provider ARN", Do: []string{"run `drawbridge plan` to see the trust policy that it would write"},
	},
	{
		Says: []string{"should not specify a principal"}, Who: you,
		Cause: "a trust policy stands where a permission policy belongs", Do: []string{"take Principal out of toAWS.role.inlinePolicy"},
	},
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
	{
		Says: []string{"exceeds the maxsessionduration"}, Who: you,
		Cause: "a longer session was asked for than the role allows", Do: []string{"ask for less, or raise maxSession in bridge.yaml"},
	},
	{
		Says: []string{"1 hour session limit"}, Who: you, Cause: "a session taken with another role's session lasts at most an hour", Do: []string{"ask for an hour or less"},
	},
	{
		Codes: []string{"RegionDisabledException"}, Kind: Disabled, Who: awsAdmin, Final: true,
		Cause: "the region or its STS is switched off in that account", Do: []string{"set aws.region to one that is on, or switch it on in the account settings"},
	},
	{
		Says: []string{"request arn is invalid"}, Who: you, Cause: "something other than a role's ARN was given", Do: []string{"check the role's ARN"},
	},
	{
		Says: []string{"'rolesessionname' failed to satisfy"}, Who: you, Cause: "a session name has 2 to 64 of the characters letters digits _+=,.@-", Do: []string{"pass another --session-name"},
	},
	{
		Codes: []string{"OptInRequired"}, Kind: Disabled, Who: awsAdmin, Final: true, Cause: "the account has not signed up for this service or region", Do: []string{"choose another region, or opt in"},
	},
}
