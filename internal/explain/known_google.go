package explain

// googleRows are refusals of Google Cloud.
var googleRows = []Known{
	{Codes: []string{"SERVICE_DISABLED", "accessNotConfigured"}, Kind: Disabled, Row: 9},
	{Says: []string{"has not been used in project"}, Kind: Disabled, Row: 9},
	{Says: []string{"constraints/iam.workloadidentitypoolproviders"}, Kind: Denied, Final: true, Row: 15},
	{Says: []string{"constraints/iam.workloadidentitypoolawsaccounts"}, Kind: Denied, Final: true, Row: 16},
	{
		Says: []string{"org policy violated"}, Kind: Denied, Who: orgAdmin, Final: true,
		Cause: "a policy of your organisation forbids this value", Do: []string{"show your organisation's administrator this message"},
	},
	{Says: []string{"permitted customer"}, Kind: Denied, Final: true, Row: 22},
	{
		Says: []string{"constraints/"}, Codes: []string{"FAILED_PRECONDITION"}, Kind: Denied, Who: orgAdmin, Final: true,
		Cause: "a policy of your organisation forbids this", Do: []string{"show your organisation's administrator this message"},
	},
	{Codes: []string{"SECURITY_POLICY_VIOLATED", "VPC_SERVICE_CONTROLS"}, Kind: Denied, Final: true, Row: 23},
	{Says: []string{"prohibited by organization's policy"}, Kind: Denied, Final: true, Row: 23},
	{
		Codes: []string{"ACCESS_TOKEN_SCOPE_INSUFFICIENT"}, Kind: Denied, Who: you, Final: true,
		Cause: "the access token may not do this, whatever its owner may",
		Do:    []string{"gcloud auth application-default login --scopes=https://www.googleapis.com/auth/cloud-platform,https://www.googleapis.com/auth/userinfo.email,openid"},
	},
	{Says: []string{"iam.serviceaccounts.getopenidtoken"}, Codes: []string{"IAM_PERMISSION_DENIED", "PERMISSION_DENIED"}, Kind: Denied, Row: 33},
	{Says: []string{"iam.serviceaccounts.getaccesstoken"}, Codes: []string{"IAM_PERMISSION_DENIED", "PERMISSION_DENIED"}, Kind: Denied, Row: 86},
	{Says: []string{"gaia id not found"}, Kind: Missing, Row: 11},
	{Says: []string{"unknown service account"}, Kind: Missing, Row: 11},
	{Says: []string{"identity pool does not exist"}, Kind: Pending, Row: 19},
	{Says: []string{"concurrent policy changes"}, Kind: Conflict, Row: 21},
	{Says: []string{"size of mapped attribute google.subject"}, Kind: Other, Row: 18},
	{Says: []string{"rejected by the attribute condition"}, Kind: Denied, Row: 80},
	{Codes: []string{"invalid_target"}, Kind: Missing, Row: 79},
	{Says: []string{`invalid value for "audience"`}, Kind: Other, Row: 78},
	{Says: []string{"received invalid aws response"}, Kind: Denied, Row: 75},
	{
		Says: []string{"aws request has invalid format"}, Kind: Other, Who: you,
		Cause: "the signed request is not in the shape that Google reads", Do: []string{"use drawbridge or a Google client library to build it"},
	},
	{Says: []string{"is stale to sign-in"}, Kind: Expired, Row: 85},
	{Says: []string{"does not match the expected audience"}, Kind: Denied, Row: 81},
	{Says: []string{"the issuer in id token"}, Kind: Denied, Row: 82},
	{Says: []string{"connecting to the given credential's issuer"}, Kind: Pending, Row: 83},
	{Says: []string{"lifetime cannot exceed"}, Kind: Other, Row: 89},
	{
		Says: []string{"another activation or deactivation is in progress"}, Kind: Pending, Who: you, Cause: "the project's APIs are being changed by somebody else", Do: []string{"wait a minute and try again"},
	},
	{
		Says: []string{"maximum number of service accounts"}, Kind: Other, Who: projOwner, Final: true,
		Cause: "the project holds as many service accounts as it may", Do: []string{"delete unused ones, or ask Google for a higher limit"},
	},
}
