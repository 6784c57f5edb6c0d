package spec

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// The providers of the way to AWS.
const (
	ProviderBuiltin  = "builtin"  // accounts.google.com, known to every account
	ProviderExplicit = "explicit" // an IAM OIDC provider for Google in this account
)

// GoogleIssuer is Google's name in AWS: the built-in principal and the prefix of every condition key.
const GoogleIssuer = "accounts.google.com"

// InlinePolicyName names the inline policy that the file asks for on a role of ours.
const InlinePolicyName = "drawbridge"

// ToAWSEmail is the e-mail of the service account that assumes the role.
func (b Bridge) ToAWSEmail() string { return b.email(b.ToAWS.ServiceAccount) }

// ToAWSAccountID is the part of the e-mail before the @.
func (b Bridge) ToAWSAccountID() string { return accountID(b.ToAWS.ServiceAccount) }

// ToAWSAccountProject is the project that the service account lives in: google.project but for an adopted account.
func (b Bridge) ToAWSAccountProject() string { return b.accountProject(b.ToAWSEmail()) }

// ToAWSRoleARN is the ARN of the role, path included, as AssumeRoleWithWebIdentity wants it.
func (b Bridge) ToAWSRoleARN() string { return b.roleARN(b.ToAWS.Role) }

// ToAWSSessionPrefix is how GetCallerIdentity's ARN begins once the role is assumed; it ends in a slash.
func (b Bridge) ToAWSSessionPrefix() string { return b.sessionPrefix(b.ToAWS.Role) }

// GoogleProviderARN is the ARN of an explicit IAM OIDC provider for Google in this account.
func (b Bridge) GoogleProviderARN() string { return b.arn("iam", "oidc-provider/"+GoogleIssuer) }

// GooglePrincipal is the federated principal that the trust policy names, by the kind of provider.
func (b Bridge) GooglePrincipal() string {
	if b.ToAWS.Provider == ProviderExplicit {
		return b.GoogleProviderARN()
	}
	return GoogleIssuer
}

// Trust is the trust policy of a role of ours. The unique id is the service account's number: e-mails can be made anew by
// somebody else, numbers cannot. All three claims are pinned exactly: aud reads the token's azp (which keeps out tokens
// made with a key file), oaud the audience asked for, sub the account.
func (b Bridge) Trust(uniqueID string) Document {
	s := b.TrustStatement(uniqueID)
	s.Sid = "GoogleServiceAccount"
	return policy(s)
}

// TrustStatement is our statement alone, under a Sid of this bridge, as it is added to a role that is adopted.
func (b Bridge) TrustStatement(uniqueID string) Statement {
	return Statement{
		Sid:       b.TrustSid(),
		Effect:    "Allow",
		Principal: map[string]Values{"Federated": {b.GooglePrincipal()}},
		Action:    Values{"sts:AssumeRoleWithWebIdentity"},
		Condition: map[string]map[string]Values{"StringEquals": {
			GoogleIssuer + ":aud":  {uniqueID},
			GoogleIssuer + ":oaud": {b.ToAWS.Audience},
			GoogleIssuer + ":sub":  {uniqueID},
		}},
	}
}

// TrustSid is the Sid of our statement on an adopted role: Drawbridge and 16 hexadecimal digits of the mark's hash.
func (b Bridge) TrustSid() string {
	sum := sha256.Sum256([]byte(b.Mark()))
	return "Drawbridge" + hex.EncodeToString(sum[:8])
}

// GKEMember is the Kubernetes account as a member of the service account's policy; it needs toAWS.gke.
func (b Bridge) GKEMember() string {
	return "serviceAccount:" + b.Google.Project + ".svc.id.goog[" + b.ToAWS.GKE.Namespace + "/" + b.ToAWS.GKE.ServiceAccount + "]"
}

func accountID(account string) string {
	id, _, _ := strings.Cut(account, "@")
	return id
}
