package spec

import (
	"slices"
	"strings"
)

const (
	patternPool = `^[a-z0-9-]*$` // as Google documents it; what we make is held to more
	limitPool   = "4 to 32 characters of a-z, 0-9 and -, and not begin with gcp-"
)

// exchangeFields settle how Google recognises the role and what it may do there.
func exchangeFields() []Field {
	return slices.Concat(poolFields(), []Field{
		{
			Path: "toGoogle.serviceAccount", note: "the role acts as it in Google", Type: TypeText, Example: "report-reader", DefaultFrom: "the name of the role",
			Limit: limitServiceAccount, pattern: patternServiceAccount, min: 6, max: 160, check: checkEmail, Title: "service account to act as",
			Why: "The role acts as this account in Google, whose e-mail shows in logs and grants. It is left out with direct access, where the role holds the grants itself.",
			derive: func(b Bridge) string {
				if b.ToGoogle.Access == AccessDirect {
					return ""
				}
				return b.ToGoogle.Role.Name
			},
			at: inToGoogle(func(d *ToGoogle) any { return &d.ServiceAccount }),
		},
		{
			Path: "toGoogle.access", note: "or direct: the role holds the grants itself", Type: TypeText, Default: AccessImpersonate, Example: AccessImpersonate,
			Choices: []string{AccessImpersonate, AccessDirect}, Title: "act as a service account, or directly",
			Why: "Acting as a service account works with every API and gives a stable e-mail. Direct access saves that step where the APIs you call support it.",
			at:  inToGoogle(func(d *ToGoogle) any { return &d.Access }),
		},
		{
			Path: "toGoogle.grants", note: "all that the workload may do in the project", Type: TypeGrants, Example: "roles/storage.objectViewer",
			Limit: "roles in the project, such as roles/storage.objectViewer, each alone or as {role: …, condition: {title: …, expression: …}}",
			Title: "roles in the project",
			Why:   "They say what the workload may do in Google. Owner and editor are refused, because they include everything there is and will be.",
			at:    inToGoogle(func(d *ToGoogle) any { return &d.Grants }),
		},
	})
}

func poolFields() []Field {
	return []Field{
		{
			Path: "toGoogle.pool", note: "one pool with one provider for each bridge", Type: TypeText, Example: "ec2-to-google", DefaultFrom: "the name",
			Limit: limitPool, pattern: patternPool, min: 4, max: 32, check: checkPool, Title: "workload identity pool",
			Why:    "Members of a pool are whoever its providers let in, so each bridge has a pool of its own with one provider. A deleted id stays taken for 30 days.",
			derive: func(b Bridge) string { return b.Name },
			at:     inToGoogle(func(d *ToGoogle) any { return &d.Pool }),
		},
		{
			Path: "toGoogle.provider", Type: TypeText, Example: "aws-123456789012", DefaultFrom: "aws-ACCOUNT, with -jwt behind it for token jwt",
			Limit: limitPool, pattern: patternPool, min: 4, max: 32, check: checkPool, Title: "provider in the pool",
			Why: "It tells Google which account, or which issuer, vouches for the role. Its kind cannot be changed, so another kind of token needs another id.",
			derive: func(b Bridge) string {
				if b.ToGoogle.token() == TokenJWT {
					return "aws-" + b.AWS.Account + "-jwt"
				}
				return "aws-" + b.AWS.Account
			},
			at: inToGoogle(func(d *ToGoogle) any { return &d.Provider }),
		},
		{
			Path: "toGoogle.token", note: "what the workload shows Google", Type: TypeText, Example: TokenSignedRequest, Choices: []string{TokenSignedRequest, TokenJWT},
			DefaultFrom: "signed-request on ec2 and lambda, jwt on ecs and eks", Title: "what the workload shows Google",
			Why:    "A signed request needs nothing to be switched on and suits EC2 and Lambda. A token that AWS issues (jwt) works everywhere, but switches outbound federation on for the whole account.",
			derive: func(b Bridge) string { return b.ToGoogle.token() },
			at:     inToGoogle(func(d *ToGoogle) any { return &d.Token }),
		},
		{
			Path: "toGoogle.mapping", Type: TypeMap, Example: "{google.subject: assertion.arn, attribute.aws_role: assertion.arn}",
			Limit:       "google.subject and attribute.aws_role, and more attribute.NAME, each with a CEL expression",
			DefaultFrom: "the two documented lines", Title: "attribute mapping",
			Why: "It turns what AWS says of a caller into the attributes that grants name. One of your own is refused when anybody but the role could come out the same.",
			at:  inToGoogle(func(d *ToGoogle) any { return &d.Mapping }),
		},
		{
			Path: "toGoogle.condition", note: "whoever does not meet it gets no token", Type: TypeText, Example: "assertion.arn.startsWith('arn:aws:sts::123456789012:assumed-role/report-reader/')",
			Limit: "a CEL expression of at most 4096 characters", check: checkExpression, DefaultFrom: "sessions of this role alone", Title: "attribute condition",
			Why: "Whoever does not meet it gets no token, whatever the grants. It is anchored at the start of the ARN, because the paths of IAM users may hold nearly anything.",
			at:  inToGoogle(func(d *ToGoogle) any { return &d.Condition }),
		},
	}
}

// token is the kind of token, by default what the place where the workload runs can make.
func (d ToGoogle) token() string {
	switch {
	case d.Token != "":
		return d.Token
	case d.Role.RunsOn == RunsOnECS, d.Role.RunsOn == RunsOnEKS:
		return TokenJWT
	}
	return TokenSignedRequest
}

func checkPool(value string) string {
	if strings.HasPrefix(value, "gcp-") {
		return quote(value) + " begins with gcp-, which Google keeps for itself"
	}
	return ""
}

func checkExpression(value string) string {
	if strings.TrimSpace(value) == "" {
		return "the expression is empty"
	}
	if len(value) > 4096 {
		return "the expression has more than 4096 characters"
	}
	return ""
}
