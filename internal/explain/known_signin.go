package explain

const (
	you       = "you"
	orgAdmin  = "your organisation's administrator"
	projOwner = "an owner of the Google project"
	awsAdmin  = "an administrator of the AWS account"
)

// signInRows are failures of the operator's own credentials.
var signInRows = []Known{
	{
		Says: []string{"invalid_rapt"}, Kind: Expired, Who: you,
		Cause: "Google wants a new sign-in because your organisation limits how long one lasts; no role is missing",
		Do:    []string{"gcloud auth application-default login"},
	},
	{
		Says: []string{"rapt_required"}, Kind: Expired, Who: you,
		Cause: "Google wants a new sign-in because your organisation limits how long one lasts; no role is missing",
		Do:    []string{"gcloud auth application-default login"},
	},
	{
		Says: []string{"reauth related error"}, Kind: Expired, Who: you,
		Cause: "Google wants a new sign-in because your organisation limits how long one lasts; no role is missing",
		Do:    []string{"gcloud auth application-default login"},
	},
	{
		Says: []string{"required permission to use project"}, Kind: Denied, Who: projOwner, Final: true,
		Cause: "the project that pays for the calls may not be charged by you",
		Do: []string{
			"grant roles/serviceusage.serviceUsageConsumer on that project to exactly this caller",
			"or set GOOGLE_CLOUD_QUOTA_PROJECT to a project that you may charge",
		},
	},
	{
		Codes: []string{"USER_PROJECT_DENIED"}, Kind: Denied, Who: projOwner, Final: true,
		Cause: "the project that pays for the calls may not be charged by you",
		Do: []string{
			"grant roles/serviceusage.serviceUsageConsumer on that project to exactly this caller",
			"or set GOOGLE_CLOUD_QUOTA_PROJECT to a project that you may charge",
		},
	},
	{
		Codes: []string{"CONSUMER_INVALID"}, Kind: Denied, Who: you, Final: true,
		Cause: "the project that pays for the calls does not exist or is closed",
		Do:    []string{"set GOOGLE_CLOUD_QUOTA_PROJECT to a live project that you may charge"},
	},
	{
		Says: []string{"token has expired and refresh failed"}, Kind: Expired, Who: you,
		Cause: "the AWS SSO session ended", Do: []string{"aws sso login, with the profile in use"},
	},
	{
		Says: []string{"missing the following required sso configuration values"}, Kind: Expired, Who: you,
		Cause: "the profile mixes the old SSO keys with an sso_session section, or lacks one",
		Do:    []string{"complete the profile in your AWS config file, or choose another with --profile"},
	},
	{
		Says: []string{"partial credentials found in assume-role"}, Kind: Expired, Who: you,
		Cause: "credential_process and role_arn stand in one profile",
		Do:    []string{"put the process in a profile of its own and name it as source_profile"},
	},
	{
		Says: []string{"one-time code"}, Kind: Expired, Who: you,
		Cause: "the profile asks for a code at each use",
		Do:    []string{"sign in with your usual tool and export temporary credentials, then run this again without --profile"},
	},
	{
		Says: []string{"signature expired"}, Kind: Expired, Who: you,
		Cause: "the clock of this machine is off",
		Do:    []string{"set the clock of this machine (time synchronisation) and try again"},
	},
	{
		Says: []string{"signature not yet current"}, Kind: Expired, Who: you,
		Cause: "the clock of this machine is off",
		Do:    []string{"set the clock of this machine (time synchronisation) and try again"},
	},
	{
		Says: []string{"token expired: current date/time"}, Kind: Expired, Who: you,
		Cause: "the ID token was too old when AWS read it",
		Do:    []string{"mint a new token and try again", "if a fresh token fails too, set the clock of this machine"},
	},
	{
		Says: []string{"token too old"}, Kind: Expired, Who: you,
		Cause: "the ID token was issued too long ago for AWS", Do: []string{"mint a new token and try again"},
	},
	{
		Codes: []string{"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "AuthFailure"}, Kind: Expired, Who: you,
		Cause: "AWS does not know the key: it was deleted, belongs to another partition, or a temporary key came without its session token",
		Do:    []string{"check that the key, its secret and, for temporary keys, the session token are all set", "check that the key belongs to this partition and that the region is switched on"},
	},
	{
		Codes: []string{"SignatureDoesNotMatch", "IncompleteSignature"}, Kind: Expired, Who: you,
		Cause: "the secret does not belong to the key, or something between changed the request",
		Do:    []string{"check the secret access key, and any proxy between here and AWS"},
	},
	{
		Codes: []string{"ExpiredToken", "ExpiredTokenException", "RequestExpired"}, Kind: Expired, Who: you,
		Cause: "the temporary AWS credentials ended", Do: []string{"sign in to AWS again, with the tool that you use for it"},
	},
	{
		Codes: []string{"MissingAuthenticationToken"}, Kind: Expired, Who: you, Cause: "no AWS credentials were sent", Do: []string{"sign in to AWS, with the tool that you use for it"},
	},
	{
		Codes: []string{"UNAUTHENTICATED", "CREDENTIALS_MISSING", "ACCESS_TOKEN_EXPIRED"}, Kind: Expired, Who: you,
		Cause: "Google does not take the token: it ended, or it is a federated token that this API does not take",
		Do:    []string{"gcloud auth application-default login", "if CLOUDSDK_AUTH_ACCESS_TOKEN is set: unset it, or set it to a new token"},
	},
}
