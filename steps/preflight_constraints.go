package steps

import "github.com/drawbridge-cloud/drawbridge/internal/spec"

// constraint is one organisation policy that can stop a bridge, and what it would have to let pass.
type constraint struct {
	name    string   // without constraints/
	managed string   // its managed successor, "" for none
	stops   []string // the steps whose changes it judges: others are not affected, nor is what already stands
	wants   func(Plan) []string
	fix     string
	judge   func(*preflight, rule, constraint) (CheckOutcome, string)
}

const askAdministrator = "ask the organisation's administrator to "

// constraints are those that this bridge can run into.
func constraints(b spec.Bridge) []constraint {
	var out []constraint
	if b.ToGoogle != nil {
		out = append(out, providerConstraints(b)...)
	}
	accounts := []string{"google.service-account.to-aws", "google.service-account.to-google"}
	return append(out,
		constraint{
			name: "iam.disableServiceAccountCreation", managed: "iam.managed.disableServiceAccountCreation", stops: accounts,
			fix: askAdministrator + "exempt this project, or adopt accounts that exist", judge: (*preflight).forbids,
		},
		constraint{
			name: "iam.disableServiceAccountKeyCreation", managed: "iam.managed.disableServiceAccountKeyCreation", judge: (*preflight).keys,
		},
		constraint{
			name: "gcp.restrictServiceUsage", stops: []string{"google.apis"}, wants: apisToEnable,
			fix: askAdministrator + "allow these APIs", judge: (*preflight).values,
		},
		constraint{
			name: "iam.allowedPolicyMemberDomains", managed: "iam.managed.allowedPolicyMembers",
			stops: []string{"google.binding", "google.gke-binding", "google.grants"},
			fix:   askAdministrator + "allow the organisation's own principal set", judge: (*preflight).members,
		})
}

// providerConstraints name what a provider may trust. Google looks at them when a provider is made and when it is changed.
func providerConstraints(b spec.Bridge) []constraint {
	issuer := constraint{
		name: "iam.workloadIdentityPoolProviders", managed: "iam.managed.workloadIdentityPoolProviders", stops: []string{"google.provider"},
		wants: func(Plan) []string { return []string{"https://sts.amazonaws.com"} },
		fix:   askAdministrator + "allow the value https://sts.amazonaws.com", judge: (*preflight).values,
	}
	if b.ToGoogle.Token == spec.TokenJWT {
		issuer.judge, issuer.fix = (*preflight).ownIssuer, askAdministrator+"allow the account's own issuer"
		return []constraint{issuer}
	}
	return []constraint{issuer, {
		name: "iam.workloadIdentityPoolAwsAccounts", managed: "iam.managed.workloadIdentityPoolAwsAccounts", stops: []string{"google.provider"},
		wants: func(Plan) []string { return []string{b.AWS.Account} },
		fix:   askAdministrator + "allow account " + b.AWS.Account, judge: (*preflight).values,
	}}
}

// apisToEnable are the APIs that the plan turns on.
func apisToEnable(p Plan) []string {
	c, _ := p.Change("google.apis")
	off, _ := c.Seen.([]string)
	return off
}
