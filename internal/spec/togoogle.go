package spec

// What a workload hands to Google.
const (
	TokenSignedRequest = "signed-request" // a signed GetCallerIdentity request; provider of type AWS
	TokenJWT           = "jwt"            // a token that AWS issues; provider of type OIDC
)

// What the role may do in Google once it is in.
const (
	AccessImpersonate = "impersonate" // act as the service account
	AccessDirect      = "direct"      // hold the grants itself
)

// Where a workload on AWS runs.
const (
	RunsOnEC2    = "ec2"
	RunsOnLambda = "lambda"
	RunsOnECS    = "ecs"
	RunsOnEKS    = "eks"
)

// ToGoogleRoleARN is the ARN of the workload's role, path included.
func (b Bridge) ToGoogleRoleARN() string { return b.roleARN(b.ToGoogle.Role.Role) }

// ToGoogleSessionPrefix is how the ARN of every session of the workload's role begins; it ends in a slash.
func (b Bridge) ToGoogleSessionPrefix() string { return b.sessionPrefix(b.ToGoogle.Role.Role) }

// InstanceProfileARN is the ARN of the instance profile, which has the name and the path of its role.
func (b Bridge) InstanceProfileARN() string {
	r := b.ToGoogle.Role
	return b.arn("iam", "instance-profile"+r.Path+r.Name)
}

// PoolName is the resource name of the pool in a project, given by id (in requests) or by number (in members).
func (b Bridge) PoolName(project string) string {
	return "projects/" + project + "/locations/global/workloadIdentityPools/" + b.ToGoogle.Pool
}

// ProviderName is the resource name of the provider in a project, given by id or by number.
func (b Bridge) ProviderName(project string) string {
	return b.PoolName(project) + "/providers/" + b.ToGoogle.Provider
}

// ProviderAudience is the audience of the exchange at Google's token service; the project number is wanted, an id is refused.
func (b Bridge) ProviderAudience(number string) string {
	return "//iam.googleapis.com/" + b.ProviderName(number)
}

// JWTAudience is the audience that GetWebIdentityToken is asked for: the one Google expects of an OIDC provider without a
// list of audiences.
func (b Bridge) JWTAudience(number string) string {
	return "https:" + b.ProviderAudience(number)
}

// Member is the principal set that only sessions of the role belong to, by the bound attribute.
func (b Bridge) Member(number string) string {
	name, value := b.BoundAttribute()
	return "principalSet://iam.googleapis.com/" + b.PoolName(number) + "/" + name + "/" + value
}

// ToGoogleEmail is the e-mail of the service account that the role acts as, "" with direct access.
func (b Bridge) ToGoogleEmail() string {
	if b.ToGoogle.Access == AccessDirect {
		return ""
	}
	return b.email(b.ToGoogle.ServiceAccount)
}

// ToGoogleAccountID is the part of the e-mail before the @, "" with direct access.
func (b Bridge) ToGoogleAccountID() string { return accountID(b.ToGoogleEmail()) }

// ToGoogleAccountProject is the project that the service account lives in, "" with direct access.
func (b Bridge) ToGoogleAccountProject() string {
	if b.ToGoogleEmail() == "" {
		return ""
	}
	return b.accountProject(b.ToGoogleEmail())
}

// GrantMember is who gets the project grants: the service account, or the role's principal set with direct access.
func (b Bridge) GrantMember(number string) string {
	if b.ToGoogle.Access == AccessDirect {
		return b.Member(number)
	}
	return "serviceAccount:" + b.ToGoogleEmail()
}
