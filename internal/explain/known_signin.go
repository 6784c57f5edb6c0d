package explain

const (
	you       = "you"
	orgAdmin  = "your organisation's administrator"
	projOwner = "an owner of the Google project"
	awsAdmin  = "an administrator of the AWS account"
)

// signInRows are failures of the operator's own credentials.
var signInRows = []Known{
	{Says: []string{"invalid_rapt"}, Kind: Expired, Row: 1},
	{Says: []string{"rapt_required"}, Kind: Expired, Row: 1},
	{Says: []string{"reauth related error"}, Kind: Expired, Row: 1},
	{Says: []string{"required permission to use project"}, Kind: Denied, Final: true, Row: 2},
	{Codes: []string{"USER_PROJECT_DENIED"}, Kind: Denied, Final: true, Row: 2},
	{
		Codes: []string{"CONSUMER_INVALID"}, Kind: Denied, Who: you, Final: true,
		Cause: "the project that pays for the calls does not exist or is closed",
		Do:    []string{"set GOOGLE_CLOUD_QUOTA_PROJECT to a live project that you may charge"},
	},
	{Says: []string{"token has expired and refresh failed"}, Kind: Expired, Row: 3},
	{Says: []string{"missing the following required sso configuration values"}, Kind: Expired, Row: 4},
	{Says: []string{"partial credentials found in assume-role"}, Kind: Expired, Row: 8},
	{
		Says: []string{"one-time code"}, Kind: Expired, Who: you,
		Cause: "the profile asks for a code at each use",
		Do:    []string{"sign in with your usual tool and export temporary credentials, then run this again without --profile"},
	},
	{Says: []string{"signature expired"}, Kind: Expired, Row: 7},
	{Says: []string{"signature not yet current"}, Kind: Expired, Row: 7},
	{Says: []string{"token expired: current date/time"}, Kind: Expired, Row: 51},
	{Says: []string{"token too old"}, Kind: Expired, Row: 52},
	{Codes: []string{"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "AuthFailure"}, Kind: Expired, Row: 6},
	{
		Codes: []string{"SignatureDoesNotMatch", "IncompleteSignature"}, Kind: Expired, Who: you,
		Cause: "the secret does not belong to the key, or something between changed the request",
		Do:    []string{"check the secret access key, and any proxy between here and AWS"},
	},
	{Codes: []string{"ExpiredToken", "ExpiredTokenException", "RequestExpired"}, Kind: Expired, Row: 5},
	{
		Codes: []string{"MissingAuthenticationToken"}, Kind: Expired, Who: you, Cause: "no AWS credentials were sent", Do: []string{"sign in to AWS, with the tool that you use for it"},
	},
	{
		Codes: []string{"UNAUTHENTICATED", "CREDENTIALS_MISSING", "ACCESS_TOKEN_EXPIRED"}, Kind: Expired, Who: you,
		Cause: "Google does not take the token: it ended, or it is a federated token that this API does not take",
		Do:    []string{"gcloud auth application-default login", "if CLOUDSDK_AUTH_ACCESS_TOKEN is set: unset it, or set it to a new token"},
	},
}
