package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/internal/trust"
)

// awsSurroundingRules read keys that a bridge makes unnecessary, machines, and the account's own token issuer.
func awsSurroundingRules() []Rule {
	const keys = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html"
	const outbound = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound.html"
	users := []inventory.Part{inventory.PartIdentities, inventory.PartAccessKeys}
	roles := []inventory.Part{inventory.PartIdentities}
	machines := []inventory.Part{inventory.PartIdentities, inventory.PartInstances}
	return []Rule{
		{ID: "AWS-K01", Severity: High, Title: "a key that the bridge makes unnecessary is still active", Reference: keys, Needs: users, find: activeKeys},
		{ID: "AWS-K02", Severity: Low, Title: "a key that was switched off is still there", Reference: keys, Needs: users, find: inactiveKeys},
		{ID: "AWS-K03", Severity: Medium, Title: "static keys stand beside the keyless profile", Reference: keys, Optional: true, lacks: noProfile, find: staticKeys},
		{ID: "AWS-I01", Severity: Medium, Title: "the workload's role trusts another service than the one it runs on", Reference: refRoles, Needs: roles, find: wrongService},
		{ID: "AWS-I02", Severity: Medium, Title: "the metadata service hands the role's credentials to its first version", Reference: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html", Needs: machines, find: metadataV1},
		{ID: "AWS-I03", Severity: Low, Title: "the instance does not carry the profile that the bridge asks for", Reference: "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html", Needs: machines, find: wrongProfile},
		{ID: "AWS-I04", Severity: Low, Title: "Session Manager's policy is still attached", Reference: "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMManagedInstanceCore.html", Needs: roles, find: sessionManager},
		{ID: "AWS-I05", Severity: Medium, Title: "others can become the workload's role", Reference: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html", Needs: []inventory.Part{inventory.PartIdentities, inventory.PartPrincipals}, Optional: true, find: othersBecome},
		{ID: "AWS-O01", Severity: Low, Title: "outbound federation is on and nothing here uses it", Reference: outbound, Needs: []inventory.Part{inventory.PartOutbound, inventory.PartPools}, find: unusedOutbound},
		{ID: "AWS-O02", Severity: Medium, Title: "the role may ask for tokens for any audience", Reference: outbound, Needs: roles, find: anyAudience},
		{ID: "AWS-O03", Severity: Low, Title: "the audience condition does not mean what it seems to", Reference: outbound, Needs: roles, find: oddAudience},
		{ID: "AWS-L01", Severity: Info, Title: "who used the role", Reference: "https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html", Optional: true, lacks: noTrail, find: nothing},
	}
}

func nothing(*sight) []Finding { return nil }

// noTrail says how a person reads what this program cannot: its clients of AWS are those of IAM, STS and EC2.
func noTrail(inv inventory.Inventory) string {
	return "CloudTrail is not read here; look for a principalId that you do not know in what this prints: " +
		command("aws", "cloudtrail", "lookup-events", "--region", inv.Account.Region, "--lookup-attributes",
			"AttributeKey=EventName,AttributeValue=AssumeRoleWithWebIdentity", "--query", "Events[].CloudTrailEvent") +
		" (it takes cloudtrail:LookupEvents)"
}

// replaced lists the users whose work a bridge's role does now: named as it or its account, or with no permission that
// the role lacks. Without bridges every user counts.
func (s *sight) replaced() map[string][]string {
	out := map[string][]string{}
	for _, u := range s.Account.Users {
		if len(s.Bridges) == 0 {
			out[u.Name] = []string{"aws"}
		}
		for _, b := range s.Bridges {
			if b.ToAWS == nil {
				continue
			}
			r, ok := s.role(b.ToAWS.Role.Name)
			if u.Name == b.ToAWS.Role.Name || u.Name == b.ToAWSAccountID() || ok && covered(u, r) {
				out[u.Name] = []string{"role:" + b.ToAWS.Role.Name}
			}
		}
	}
	return out
}

// covered holds when everything that a user may do is among the role's policies.
func covered(u inventory.User, r role) bool {
	for _, arn := range u.Attached {
		// That a role may do everything does not mean that it replaces everybody.
		if !slices.Contains(r.Attached, arn) || strings.HasSuffix(arn, "/AdministratorAccess") {
			return false
		}
	}
	for _, d := range u.Inline {
		if !slices.ContainsFunc(r.Inline, func(have inventory.Document) bool { return spec.SameDocument([]byte(have.JSON), []byte(d.JSON)) }) {
			return false
		}
	}
	return len(u.Attached)+len(u.Inline) > 0
}

func eachKey(s *sight, ask func(inventory.User, inventory.AccessKey) []Finding) []Finding {
	var out []Finding
	replaced := s.replaced()
	for _, u := range s.Account.Users {
		about, ok := replaced[u.Name]
		if !ok {
			continue
		}
		for _, k := range u.Keys {
			for _, f := range ask(u, k) {
				f.Resource, f.about = u.ARN+"/"+k.ID, about
				out = append(out, f)
			}
		}
	}
	return out
}

func activeKeys(s *sight) []Finding {
	return eachKey(s, func(u inventory.User, k inventory.AccessKey) []Finding {
		if !k.Active {
			return nil
		}
		severity, last := Medium, "never used"
		if !k.LastUsed.IsZero() {
			last = fmt.Sprintf("last used %d days ago for %s in %s", s.age(k.LastUsed), k.Service, k.From)
		}
		if s.age(k.Created) > 90 || !k.LastUsed.IsZero() && s.age(k.LastUsed) < 30 {
			severity = High
		}
		return one(Finding{
			Severity: severity, Evidence: fmt.Sprintf("key %s, %d days old, %s", k.ID, s.age(k.Created), last),
			Fix:     "move what uses it to the bridge, switch the key off, and delete it once nothing broke",
			Command: command("aws", "iam", "update-access-key", "--user-name", u.Name, "--access-key-id", k.ID, "--status", "Inactive"),
		})
	})
}

func inactiveKeys(s *sight) []Finding {
	return eachKey(s, func(u inventory.User, k inventory.AccessKey) []Finding {
		if k.Active || s.age(k.Created) <= 30 {
			return nil
		}
		return one(Finding{
			Evidence: fmt.Sprintf("key %s, %d days old, inactive", k.ID, s.age(k.Created)), Fix: "delete it",
			Command: command("aws", "iam", "delete-access-key", "--user-name", u.Name, "--access-key-id", k.ID),
		})
	})
}

// serviceOf is the service principal of a runtime; EKS has two ways and neither is judged here.
func serviceOf(runsOn string) string {
	switch runsOn {
	case spec.RunsOnEC2:
		return "ec2.amazonaws.com"
	case spec.RunsOnLambda:
		return "lambda.amazonaws.com"
	case spec.RunsOnECS:
		return "ecs-tasks.amazonaws.com"
	}
	return ""
}

func wrongService(s *sight) []Finding {
	var out []Finding
	for _, b := range s.Bridges {
		if b.ToGoogle == nil || b.Adopts("toGoogle.role") || serviceOf(b.ToGoogle.Role.RunsOn) == "" {
			continue
		}
		r, ok := s.role(b.ToGoogle.Role.Name)
		if !ok {
			continue
		}
		var services []string
		for _, st := range r.statements {
			for _, p := range st.Principals {
				if st.Allow && p.Kind == "Service" {
					services = append(services, p.Value)
				}
			}
		}
		want := serviceOf(b.ToGoogle.Role.RunsOn)
		if len(services) != 1 || strings.TrimSuffix(services[0], ".cn") != want {
			out = append(out, roleFinding(r, Medium, fmt.Sprintf("trusts %s, wanted %s alone", orNone(services), want), "write the bridge's trust policy again: drawbridge apply", updateTrust(r.Name)))
		}
	}
	return out
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "no service"
	}
	return strings.Join(list, ", ")
}

func metadataV1(s *sight) []Finding {
	var out []Finding
	for _, r := range s.linked() {
		for _, i := range s.Account.Instances {
			if i.Tokens != "optional" || !slices.ContainsFunc(r.Profiles, func(p string) bool { return strings.HasSuffix(i.Profile, "/"+p) }) {
				continue
			}
			f := roleFinding(r, Medium, "instance "+i.ID+" has HttpTokens = optional", "insist on version 2 of the metadata service",
				command("aws", "ec2", "modify-instance-metadata-options", "--instance-id", i.ID, "--http-tokens", "required", "--region", s.Account.Region))
			f.Resource = i.ID
			out = append(out, f)
		}
	}
	return out
}

func wrongProfile(s *sight) []Finding {
	var out []Finding
	for _, b := range s.Bridges {
		if b.ToGoogle == nil || b.ToGoogle.Role.Instance == "" {
			continue
		}
		for _, i := range s.Account.Instances {
			if i.ID == b.ToGoogle.Role.Instance && !strings.HasSuffix(i.Profile, "/"+b.ToGoogle.Role.Name) {
				out = append(out, Finding{
					Resource: i.ID, Evidence: fmt.Sprintf("profile %q, wanted %s", i.Profile, b.InstanceProfileARN()), Fix: "drawbridge apply",
					Command: command("aws", "ec2", "associate-iam-instance-profile", "--instance-id", i.ID, "--iam-instance-profile", "Arn="+b.InstanceProfileARN(), "--region", s.Account.Region),
					about:   []string{"role:" + b.ToGoogle.Role.Name},
				})
			}
		}
	}
	return out
}

func sessionManager(s *sight) []Finding {
	return eachLinked(s, func(r role) []Finding {
		for _, arn := range r.Attached {
			if strings.HasSuffix(arn, "/AmazonSSMManagedInstanceCore") {
				return one(roleFinding(r, Low, arn+" allows ssm:GetParameter on *", "detach it once nobody needs a session on the machine", dropPolicy(r, arn)))
			}
		}
		return nil
	})
}

// unusedOutbound asks only where the project was read too: a provider there is what would use it.
func unusedOutbound(s *sight) []Finding {
	if !s.Account.Outbound.Enabled || s.Project == nil {
		return nil
	}
	for _, v := range s.providers("") {
		if v.Issuer == s.Account.Outbound.Issuer {
			return nil
		}
	}
	return one(Finding{
		Resource: s.Account.Outbound.Issuer, Evidence: "enabled; no provider of project " + s.Project.ID + " trusts " + s.Account.Outbound.Issuer,
		Fix: "switch it off if nothing else uses it", Command: command("aws", "iam", "disable-outbound-web-identity-federation"), about: []string{"aws"},
	})
}

const vend = "sts:GetWebIdentityToken"

func anyAudience(s *sight) []Finding {
	return eachLinked(s, func(r role) (out []Finding) {
		s.grants(r, func(policy string, st trust.Statement) {
			if st.Names(vend) && len(conditionsOn(st, "sts:IdentityTokenAudience")) == 0 {
				out = append(out, roleFinding(r, Medium, policy+": "+st.Name+" allows "+vend+" without a condition on sts:IdentityTokenAudience",
					"add ForAllValues:StringEquals on sts:IdentityTokenAudience with the pool's own audience, and a condition on sts:DurationSeconds", dropPolicy(r, policy)))
			}
		})
		return out
	})
}

func oddAudience(s *sight) []Finding {
	return eachLinked(s, func(r role) (out []Finding) {
		s.grants(r, func(policy string, st trust.Statement) {
			for _, c := range conditionsOn(st, "sts:IdentityTokenAudience") {
				if st.Names(vend) && !strings.HasPrefix(strings.ToLower(c.Operator), "forallvalues:") {
					out = append(out, roleFinding(r, Low, policy+": "+st.Name+": "+said(c), "use ForAllValues:StringEquals: the key has many values", dropPolicy(r, policy)))
				}
			}
		})
		return out
	})
}

func conditionsOn(st trust.Statement, key string) []trust.Condition {
	var out []trust.Condition
	for _, c := range st.Conditions {
		if strings.EqualFold(c.Key, key) {
			out = append(out, c)
		}
	}
	return out
}
