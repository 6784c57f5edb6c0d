package explain

// operatorRows are the messages of operator sign-in and preflight.
var operatorRows = []Row{
	{
		Number: 1, Step: "OP", Evidence: "S", Who: you,
		Says:    []string{"invalid_rapt", "rapt_required", "reauth related error"},
		Cause:   "the Google session behind application-default credentials hit the organisation's reauthentication limit",
		Do:      []string{"gcloud auth application-default login", "run the same command again: it goes on where it stopped"},
		Sources: []string{"pulumi/pulumi-gcp#479", "cline/cline#4080", "aaif-goose/goose#9689"},
	},
	{
		Number: 2, Step: "OP, X, I", Evidence: "S", Who: projOwner,
		Says:    []string{"caller does not have required permission to use project", "serviceusage.services.use"},
		Cause:   "a quota project is being sent (ADC quota project or x-goog-user-project) and the caller may not bill to it; it also reaches STS and iamcredentials calls",
		Do:      []string{"grant roles/serviceusage.serviceUsageConsumer on that project to exactly this caller", "or set GOOGLE_CLOUD_QUOTA_PROJECT to a project that you may charge"},
		Sources: []string{"cloud-custodian/cloud-custodian#7155", "cloud-custodian/cloud-custodian#9069", "google-github-actions/auth#250", "google/adk-python#4370"},
	},
	{
		Number: 3, Step: "OP", Evidence: "S", Who: you,
		Says:    []string{"token has expired and refresh failed"},
		Cause:   "the AWS SSO session ended",
		Do:      []string{"aws sso login, with the profile in use"},
		Sources: []string{"61418/aws-sso-util#83", "aws/aws-cli#7656"},
	},
	{
		Number: 4, Step: "OP", Evidence: "S", Who: you,
		Says:    []string{"missing the following required sso configuration values"},
		Cause:   "the profile mixes the old SSO keys with a sso_session section, or lacks one",
		Do:      []string{"complete the profile in your AWS config file, or choose another with --profile"},
		Sources: []string{"aws/aws-cli#5024"},
	},
	{
		Number: 5, Step: "OP, W, K", Evidence: "S", Who: you,
		Says:    []string{"the security token included in the request is expired", "expiredtoken"},
		Cause:   "temporary credentials are past their end; an expired set may also surface as row 6",
		Do:      []string{"sign in to AWS again, with the tool that you use for it"},
		Sources: []string{"pulumi/pulumi-aws#2560"},
	},
	{
		Number: 6, Step: "OP, W, K", Evidence: "S", Who: you,
		Says:    []string{"the security token included in the request is invalid", "invalidclienttokenid", "unrecognizedclientexception"},
		Cause:   "unknown or deleted key, temporary key used without its session token, or a standard-partition key against a GovCloud/China endpoint (or an opt-in region that is off)",
		Do:      []string{"check that the key, its secret and, for temporary keys, the session token are all set", "check that the key belongs to this partition and that the region is switched on"},
		Sources: []string{"pulumi/pulumi-aws#2560"},
	},
	{
		Number: 7, Step: "OP, K", Evidence: "S", Who: you,
		Says:    []string{"signature expired", "is now earlier than", "signature not yet current"},
		Cause:   "local clock is off",
		Do:      []string{"set the clock of this machine (time synchronisation) and try again"},
		Sources: []string{"devsecops/bootcamp#101"},
	},
	{
		Number: 8, Step: "OP, R", Evidence: "S", Who: you,
		Says:    []string{"partial credentials found in assume-role"},
		Cause:   "credential_process and role_arn were put in one profile",
		Do:      []string{"put the process into a profile of its own and name it as source_profile"},
		Sources: []string{"aws/aws-cli#6046"},
	},
	{
		Number: 9, Step: "G, X, I", Evidence: "S", Who: projOwner,
		Says:    []string{"has not been used in project", "service_disabled", "accessnotconfigured"},
		Cause:   "the API is off in the project that is charged, which may be the quota project and not the target, or it was enabled moments ago",
		Do:      []string{"let drawbridge apply enable the API that the message names", "if it was just enabled: wait some minutes"},
		Sources: []string{"google/kctf#194", "openshift/installer#2187", "terraform-google-modules/terraform-example-foundation#1133"},
	},
}
