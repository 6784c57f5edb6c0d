package audit

import "slices"

// Rules lists every rule, in the order of the two clouds' chapters: who gets in, what they may do, what lies about.
func Rules() []Rule {
	return slices.Concat(
		awsTrustRules(),       // AWS-T: whom Google may send into roles
		awsProviderRules(),    // AWS-P: identity providers of the account
		awsRoleRules(),        // AWS-R: what linked roles may do
		awsSurroundingRules(), // AWS-K, I, O, L: keys, machines, outbound tokens, traces
		memberRules(),         // GCP-TRUST: members of bindings
		providerRules(),       // GCP-TRUST, GCP-POOL: what pools accept
		accountRules(),        // GCP-SA: the accounts in between
		projectRules(),        // GCP-PRJ: the project they stand in
		fileRules(),           // GCP-CFG: files that workloads read
	)
}
