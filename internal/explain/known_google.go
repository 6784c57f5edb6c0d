package explain

// googleRows are refusals of Google Cloud.
var googleRows = []Known{
	{
		Codes: []string{"SERVICE_DISABLED", "accessNotConfigured"}, Kind: Disabled, Who: projOwner,
		Cause: "the API is off in the project that is charged, or was switched on moments ago",
		Do:    []string{"let `drawbridge apply` enable it, or wait some minutes if it was just enabled"},
	},
	{
		Says: []string{"has not been used in project"}, Kind: Disabled, Who: projOwner,
		Cause: "the API is off in the project that is charged, or was switched on moments ago",
		Do:    []string{"let `drawbridge apply` enable it, or wait some minutes if it was just enabled"},
	},
	{
		Says: []string{"constraints/iam.workloadidentitypoolproviders"}, Kind: Denied, Who: orgAdmin, Final: true,
		Cause: "your organisation lists the issuers that a pool may trust",
		Do:    []string{"ask for https://sts.amazonaws.com (or the account's outbound issuer) among the allowed values of that policy on this project"},
	},
	{
		Says: []string{"constraints/iam.workloadidentitypoolawsaccounts"}, Kind: Denied, Who: orgAdmin, Final: true,
		Cause: "your organisation lists the AWS accounts that a pool may trust",
		Do:    []string{"ask for the 12-digit account id among the allowed values of that policy on this project"},
	},
	{
		Says: []string{"org policy violated"}, Kind: Denied, Who: orgAdmin, Final: true,
		Cause: "a policy of your organisation forbids this value", Do: []string{"show your organisation's administrator this message"},
	},
	{
		Says: []string{"permitted customer"}, Kind: Denied, Who: orgAdmin, Final: true,
		Cause: "domain-restricted sharing forbids the member",
		Do:    []string{"ask for an exemption of this project, or for this organisation's own principals to be allowed"},
	},
	{
		Says: []string{"constraints/"}, Codes: []string{"FAILED_PRECONDITION"}, Kind: Denied, Who: orgAdmin, Final: true,
		Cause: "a policy of your organisation forbids this", Do: []string{"show your organisation's administrator this message"},
	},
	{
		Codes: []string{"SECURITY_POLICY_VIOLATED", "VPC_SERVICE_CONTROLS"}, Kind: Denied, Who: orgAdmin, Final: true,
		Cause: "a VPC Service Controls perimeter covers this API; no IAM change will help",
		Do:    []string{"give the perimeter's administrator the unique identifier in this message and ask for an ingress rule"},
	},
	{
		Says: []string{"prohibited by organization's policy"}, Kind: Denied, Who: orgAdmin, Final: true,
		Cause: "a VPC Service Controls perimeter covers this API; no IAM change will help",
		Do:    []string{"give the perimeter's administrator the unique identifier in this message and ask for an ingress rule"},
	},
	{
		Codes: []string{"ACCESS_TOKEN_SCOPE_INSUFFICIENT"}, Kind: Denied, Who: you, Final: true,
		Cause: "the access token may not do this, whatever its owner may",
		Do:    []string{"gcloud auth application-default login --scopes=https://www.googleapis.com/auth/cloud-platform,https://www.googleapis.com/auth/userinfo.email,openid"},
	},
	{
		Says: []string{"iam.serviceaccounts.getopenidtoken"}, Codes: []string{"IAM_PERMISSION_DENIED", "PERMISSION_DENIED"}, Kind: Denied, Who: projOwner,
		Cause: "minting an ID token of a service account needs a role on that account; owners do not have it",
		Do:    []string{"pass --borrow to have it for some minutes", "or grant roles/iam.serviceAccountOpenIdTokenCreator on that one account to that one caller"},
	},
	{
		Says: []string{"iam.serviceaccounts.getaccesstoken"}, Codes: []string{"IAM_PERMISSION_DENIED", "PERMISSION_DENIED"}, Kind: Denied, Who: projOwner,
		Cause: "the caller is not bound to that service account, the account does not exist, or the binding has not spread yet",
		Do:    []string{"run `drawbridge plan` to compare the binding with the pool's mapping", "if it was made within the last minutes, wait and try again"},
	},
	{
		Says: []string{"gaia id not found"}, Kind: Missing, Who: you,
		Cause: "the service account is not there, or not visible yet", Do: []string{"check its address; if it was just made, wait and try again"},
	},
	{
		Says: []string{"unknown service account"}, Kind: Missing, Who: you,
		Cause: "the service account is not there, or not visible yet", Do: []string{"check its address; if it was just made, wait and try again"},
	},
	{
		Says: []string{"identity pool does not exist"}, Kind: Pending, Who: you,
		Cause: "the member names a pool that is not there, or not visible yet", Do: []string{"run `drawbridge plan`: it compares the member with the pool"},
	},
	{
		Says: []string{"concurrent policy changes"}, Kind: Conflict, Who: you,
		Cause: "somebody changed the policy at the same moment", Do: []string{"run it again: the policy is read anew"},
	},
	{
		Says: []string{"size of mapped attribute google.subject"}, Kind: Other, Who: you,
		Cause: "google.subject may hold 127 bytes and the mapped value is longer", Do: []string{"shorten the role's name, or map a shorter part of the ARN in toGoogle.mapping"},
	},
	{
		Says: []string{"rejected by the attribute condition"}, Kind: Denied, Who: you,
		Cause: "the provider's condition is false for this caller: usually another role, another account, or a different spelling",
		Do:    []string{"compare the caller's ARN with toGoogle.role in bridge.yaml; run `drawbridge plan` to see whether the provider drifted"},
	},
	{
		Codes: []string{"invalid_target"}, Kind: Missing, Who: you,
		Cause: "the pool or the provider is missing, disabled, deleted, or not visible yet",
		Do:    []string{"run `drawbridge plan`; within five minutes of its making, wait and try again"},
	},
	{
		Says: []string{`invalid value for "audience"`}, Kind: Other, Who: you,
		Cause: "the audience is not the provider's full name with the project number", Do: []string{"use //iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER"},
	},
	{
		Says: []string{"received invalid aws response"}, Kind: Denied, Who: you,
		Cause: "Google asked AWS with the signed request and AWS refused it",
		Do:    []string{"run `aws sts get-caller-identity` with the same credentials: if that fails too, renew them; if not, check the session token and the region"},
	},
	{
		Says: []string{"aws request has invalid format"}, Kind: Other, Who: you,
		Cause: "the signed request is not in the shape that Google reads", Do: []string{"use drawbridge or a Google client library to build it"},
	},
	{
		Says: []string{"is stale to sign-in"}, Kind: Expired, Who: you, Cause: "the token is older than Google accepts", Do: []string{"get a new token", "check the clock"},
	},
	{
		Says: []string{"does not match the expected audience"}, Kind: Denied, Who: you,
		Cause: "the token was made for another audience than the provider's", Do: []string{"ask AWS for a token with the provider's own audience"},
	},
	{
		Says: []string{"the issuer in id token"}, Kind: Denied, Who: you,
		Cause: "the token comes from another issuer than the provider trusts", Do: []string{"compare the provider's issuer with the account's outbound issuer"},
	},
	{
		Says: []string{"connecting to the given credential's issuer"}, Kind: Pending, Who: you,
		Cause: "Google could not read the issuer's keys", Do: []string{"wait a minute and try again"},
	},
	{
		Says: []string{"lifetime cannot exceed"}, Kind: Other, Who: you, Cause: "an access token lives at most an hour", Do: []string{"ask for 3300 seconds or less"},
	},
	{
		Says: []string{"another activation or deactivation is in progress"}, Kind: Pending, Who: you, Cause: "the project's APIs are being changed by somebody else", Do: []string{"wait a minute and try again"},
	},
	{
		Says: []string{"maximum number of service accounts"}, Kind: Other, Who: projOwner, Final: true,
		Cause: "the project holds as many service accounts as it may", Do: []string{"delete unused ones, or ask Google for a higher limit"},
	},
}
