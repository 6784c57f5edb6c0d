package spec

import (
	"slices"
	"strings"
)

const (
	// Google's rule for account ids, or an e-mail of a user-made account in any project.
	patternServiceAccount = `^[a-z][a-z0-9-]*[a-z0-9](@[a-z][a-z0-9.-]*\.iam\.gserviceaccount\.com)?$`
	limitServiceAccount   = "an account id of 6 to 30 characters of a-z, 0-9 and -, beginning with a letter, or an e-mail ID@PROJECT.iam.gserviceaccount.com"
	patternAudience       = `^[!-~]*$`
)

// inToAWS reaches into the direction, nil when it is not wanted.
func inToAWS(at func(*ToAWS) any) func(*Bridge) any {
	return func(b *Bridge) any {
		if b.ToAWS == nil {
			return nil
		}
		return at(b.ToAWS)
	}
}

func toAWSFields() []Field {
	fields := []Field{
		block("toAWS", "a Google service account assumes an IAM role",
			"Google workloads reach AWS with an ID token in place of an access key. Leave the block out when nothing on Google has to reach AWS.",
			inToAWS(func(d *ToAWS) any { return d }),
			func(b *Bridge) {
				if b.ToAWS == nil {
					b.ToAWS = &ToAWS{}
				}
			}),
		{
			Path: "toAWS.serviceAccount", note: "the workload runs as it; AWS pins its number", Type: TypeText, Example: "ci-runner", DefaultFrom: "the name",
			Limit: limitServiceAccount, pattern: patternServiceAccount, min: 6, max: 160, check: checkEmail, Title: "service account",
			Why: "The workload runs as this account and AWS trusts its number, because an e-mail can be made anew by somebody else. " +
				"An account of another project is only adopted, never made.",
			derive: func(b Bridge) string { return b.Name },
			at:     inToAWS(func(d *ToAWS) any { return &d.ServiceAccount }),
		},
		block("toAWS.role", "the IAM role that is assumed",
			"What the workload may do in AWS is what this role may do. Each bridge has a role of its own, so that CloudTrail tells who it was.",
			inToAWS(func(d *ToAWS) any { return &d.Role }), nil),
	}
	role := roleFields("toAWS.role", inToAWS(func(d *ToAWS) any { return &d.Role }))
	role[0].DefaultFrom = "the id of the service account"
	role[0].derive = func(b Bridge) string { return b.ToAWSAccountID() }
	return slices.Concat(fields, role, trustFields())
}

// trustFields settle what the trust policy of the role asks of a token.
func trustFields() []Field {
	return []Field{
		{
			Path: "toAWS.provider", note: "or explicit, for an OIDC provider of the account's own", Type: TypeText, Default: ProviderBuiltin, Choices: []string{ProviderBuiltin, ProviderExplicit},
			Example: ProviderBuiltin, Title: "how AWS knows Google",
			Why: "Every account knows accounts.google.com already, so nothing has to be made for builtin. " +
				"An account that has an IAM OIDC provider for Google needs explicit, because that provider is asked first.",
			at: inToAWS(func(d *ToAWS) any { return &d.Provider }),
		},
		{
			Path: "toAWS.audience", note: "the token is made for this role alone", Type: TypeText, Example: "https://sts.amazonaws.com/123456789012/ci-runner",
			Limit:   "1 to 255 printable characters without spaces, and without ${",
			pattern: patternAudience, min: 1, max: 255, check: checkAudience, Title: "audience of the ID token",
			DefaultFrom: "https://sts.amazonaws.com/ACCOUNT/ROLE",
			Why: "The token is asked for with this text and the role takes no other, so that a token meant for somebody else is of no use here. " +
				"One per role is best: two roles that share it take each other's tokens.",
			derive: func(b Bridge) string {
				return "https://sts.amazonaws.com/" + b.AWS.Account + "/" + b.ToAWS.Role.Name
			},
			at: inToAWS(func(d *ToAWS) any { return &d.Audience }),
		},
	}
}

func checkEmail(value string) string {
	id, host, ok := strings.Cut(value, "@")
	switch {
	case len(id) < 6 || len(id) > 30:
		return quote(value) + " must be " + limitServiceAccount
	case ok && strings.Contains(host, ".."):
		return quote(value) + " is not the e-mail of a service account"
	}
	return ""
}

// checkAudience refuses policy variables: AWS would put the caller's own value in their place.
func checkAudience(value string) string {
	if strings.Contains(value, "${") {
		return quote(value) + " holds ${, which AWS reads as a policy variable"
	}
	return ""
}
