package sandbox_test

import (
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// typedLine is one command as people and generated scripts type it, in a session with the ones before. A refusal is
// written "CODE: message" and compared whole with what the CLI says, a success by the words that must be there; words that
// must not be there begin with "!".
type typedLine struct{ line, want string }

const (
	cliRole  = "arn:aws:iam::123456789012:role/drawbridge/cli"
	cliQueue = " --endpoint-url ENDPOINT"
)

// roleSession makes a role, its policies and its profile, looks at everything, and takes it away again.
var roleSession = []typedLine{
	{"iam get-role --role-name cli", "NoSuchEntity: The role with name cli cannot be found."},
	{"iam create-role --role-name cli --path /drawbridge/ --assume-role-policy-document file://testdata/clients/ec2-trust.json --max-session-duration 3600 --tags Key=drawbridge:bridge,Value=x", `"Arn": "` + cliRole + `"`},
	{"iam create-role --role-name CLI --assume-role-policy-document file://testdata/clients/ec2-trust.json", "EntityAlreadyExists: Role with name CLI already exists."},
	{"iam list-roles --path-prefix /drawbridge/ --query Roles[].RoleName --output text", "cli"},
	{"iam list-role-tags --role-name cli --query Tags[0].Value --output text", "x"},
	{"iam tag-role --role-name cli --tags Key=more,Value=y", ""},
	{"iam untag-role --role-name cli --tag-keys more", ""},
	{"iam tag-role --role-name nobody --tags Key=more,Value=y", "NoSuchEntity: The role with name nobody cannot be found."},
	{"iam update-role --role-name cli --description new", ""},
	{"iam update-assume-role-policy --role-name cli --policy-document file://testdata/clients/root-trust.json", ""},
	{"iam update-assume-role-policy --role-name cli --policy-document {", "MalformedPolicyDocument: This policy contains invalid Json"},
	{"iam put-role-policy --role-name cli --policy-name send --policy-document file://testdata/clients/send.json", ""},
	{"iam get-role-policy --role-name cli --policy-name send --query PolicyDocument.Statement[0].Action --output text", "sqs:SendMessage"},
	{"iam get-role-policy --role-name cli --policy-name none", "NoSuchEntity: The role policy with name none cannot be found."},
	{"iam list-role-policies --role-name cli --output text", "send"},
	{"iam attach-role-policy --role-name cli --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess", ""},
	{"iam attach-role-policy --role-name cli --policy-arn arn:aws:iam::aws:policy/Nope", "NoSuchEntity: Policy arn:aws:iam::aws:policy/Nope does not exist or is not attachable."},
	{"iam list-attached-role-policies --role-name cli --output text", "ReadOnlyAccess"},
	{"iam create-instance-profile --instance-profile-name cli", "arn:aws:iam::123456789012:instance-profile/cli"},
	{"iam create-instance-profile --instance-profile-name cli", "EntityAlreadyExists: Instance Profile cli already exists."},
	{"iam add-role-to-instance-profile --instance-profile-name cli --role-name cli", ""},
	{"iam add-role-to-instance-profile --instance-profile-name cli --role-name web-server", "LimitExceeded: Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1"},
	{"iam wait instance-profile-exists --instance-profile-name cli", ""},
	{"iam delete-role --role-name cli", "DeleteConflict: Cannot delete entity, must detach all policies first."},
	{"iam detach-role-policy --role-name cli --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess", ""},
	{"iam detach-role-policy --role-name cli --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess", "NoSuchEntity: Policy arn:aws:iam::aws:policy/ReadOnlyAccess was not found."},
	{"iam delete-role --role-name cli", "DeleteConflict: Cannot delete entity, must delete policies first."},
	{"iam delete-role-policy --role-name cli --policy-name send", ""},
	{"iam delete-role --role-name cli", "DeleteConflict: Cannot delete entity, must remove roles from instance profile first."},
	{"iam remove-role-from-instance-profile --instance-profile-name cli --role-name cli", ""},
	{"iam delete-instance-profile --instance-profile-name cli", ""},
	{"iam get-instance-profile --instance-profile-name cli", "NoSuchEntity: Instance Profile cli cannot be found."},
	{"iam delete-role --role-name cli", ""},
	{"iam delete-role --role-name cli", "NoSuchEntity: The role with name cli cannot be found."},
}

// tokenSession is about providers, sessions, machines and queues.
var tokenSession = []typedLine{
	{"sts get-caller-identity --output text", "arn:aws:iam::123456789012:user/operator"},
	{"sts get-caller-identity --profile acme-legacy --query Account --output text", "210987654321"},
	{"iam list-account-aliases --output text", "acme-prod"},
	{"iam get-user --query User.UserName --output text", "operator"},
	{"iam list-access-keys --user-name ci-deploy --profile acme-legacy --query AccessKeyMetadata[0].Status --output text", "Active"},
	{"iam get-account-summary --query SummaryMap.RolesQuota", "1000"},
	{"iam create-open-id-connect-provider --url https://accounts.google.com --client-id-list 1", "arn:aws:iam::123456789012:oidc-provider/accounts.google.com"},
	{"iam create-open-id-connect-provider --url https://accounts.google.com", "EntityAlreadyExists: Provider with url https://accounts.google.com already exists."},
	{"iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn arn:aws:iam::123456789012:oidc-provider/accounts.google.com --client-id 2", ""},
	{"iam get-open-id-connect-provider --open-id-connect-provider-arn arn:aws:iam::123456789012:oidc-provider/accounts.google.com --query ClientIDList --output text", "2"},
	{"iam delete-open-id-connect-provider --open-id-connect-provider-arn arn:aws:iam::123456789012:oidc-provider/accounts.google.com", ""},
	{
		"iam get-open-id-connect-provider --open-id-connect-provider-arn arn:aws:iam::123456789012:oidc-provider/accounts.google.com",
		"NoSuchEntity: OpenIDConnect Provider not found for arn arn:aws:iam::123456789012:oidc-provider/accounts.google.com",
	},
	{"iam simulate-principal-policy --policy-source-arn arn:aws:iam::123456789012:user/operator --action-names iam:CreateRole --query EvaluationResults[0].EvalDecision --output text", "allowed"},
	{
		"sts assume-role --role-arn " + cliRole + " --role-session-name me",
		"AccessDenied: User: arn:aws:iam::123456789012:user/operator is not authorized to perform: sts:AssumeRole on resource: " + cliRole,
	},
	{
		"sts assume-role-with-web-identity --role-arn " + cliRole + " --role-session-name me --web-identity-token nonsense --no-sign-request",
		"InvalidIdentityToken: The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
	},
	{
		"sts assume-role-with-web-identity --role-arn " + cliRole + " --role-session-name me --web-identity-token e30.eyJpc3MiOiJodHRwczovL3guZXhhbXBsZSIsInN1YiI6IjEiLCJhdWQiOiJhIn0.e30 --no-sign-request",
		"InvalidIdentityToken: No OpenIDConnect provider found in your account for https://x.example",
	},
	{"sts get-access-key-info --access-key-id AKIAIOSFODNN7EXAMPLE", "ValidationError"},
	{"iam get-outbound-web-identity-federation-info", "FeatureDisabled"},
	{"iam enable-outbound-web-identity-federation --query IssuerIdentifier --output text", "https://"},
	{"sts get-web-identity-token --audience a --signing-algorithm RS256 --query WebIdentityToken --output text", "eyJ"},
	{"iam disable-outbound-web-identity-federation", ""},
	{"ec2 describe-instances --instance-ids " + plainInstance + " --query Reservations[0].Instances[0].State.Name --output text", "running"},
	{"ec2 describe-instances --instance-ids i-00000000000000000", "InvalidInstanceID.NotFound: The instance ID 'i-00000000000000000' does not exist"},
	{"ec2 associate-iam-instance-profile --instance-id " + plainInstance + " --iam-instance-profile Name=none", "InvalidParameterValue: Value (none) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name"},
	{"ec2 associate-iam-instance-profile --instance-id " + plainInstance + " --iam-instance-profile Name=web-server --query IamInstanceProfileAssociation.State --output text", "associating"},
	{"ec2 describe-iam-instance-profile-associations --filters Name=instance-id,Values=" + plainInstance + " --query IamInstanceProfileAssociations[0].State --output text", "associated"},
	{"ec2 modify-instance-metadata-options --instance-id " + plainInstance + " --http-tokens required --query InstanceMetadataOptions.HttpTokens --output text", "required"},
	{"sqs create-queue --queue-name jobs" + cliQueue, "/123456789012/jobs"},
	{"sqs get-queue-url --queue-name none" + cliQueue, "AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist."},
	{"sqs send-message --queue-url ENDPOINT/123456789012/jobs --message-body hello" + cliQueue, "MD5OfMessageBody"},
	{"sqs receive-message --queue-url ENDPOINT/123456789012/jobs --query Messages[0].Body --output text" + cliQueue, "hello"},
}

func TestStockAWSCommandLineCannotTell(t *testing.T) {
	stock(t, "aws")
	t.Parallel()
	for name, session := range map[string][]typedLine{"a role's life": roleSession, "tokens, machines and queues": tokenSession} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, sandbox.Options{})
			env := clientEnv(t, s)
			for _, typed := range session {
				line := strings.ReplaceAll(typed.line, "ENDPOINT", s.URL())
				out, code := output(t, env, "aws", strings.Fields(line)...)
				sameAsTyped(t, line, typed.want, out, code)
			}
		})
	}
}

func sameAsTyped(t *testing.T, line, want, out string, code int) {
	t.Helper()
	word, message, refused := strings.Cut(want, ": ")
	refused = refused && !strings.HasPrefix(word, `"`) || want == "ValidationError" || want == "FeatureDisabled"
	if !refused {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("aws %s:\ngot exit %d\n%s\nwant success with %q", line, code, out, want)
		}
		return
	}
	if code != 254 && code != 255 { // version 2 and version 1
		t.Errorf("aws %s: got exit %d, want 254 or 255\n%s", line, code, out)
	}
	out = strings.TrimSpace(out)
	if !strings.Contains(out, "An error occurred ("+word+") when calling the ") || !strings.HasSuffix(out, message) {
		t.Errorf("aws %s:\ngot %s\nwant %s: %s", line, out, word, message)
	}
}
