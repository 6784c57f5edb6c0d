package artifact

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

func (s *script) toAWS() {
	b := s.b
	s.serviceAccount("unique_id", b.ToAWSAccountID(), b.ToAWSEmail(), toAWS)
	if b.ToAWS.Provider == spec.ProviderExplicit {
		s.oidcProvider()
	}
	trust := around(func(word string) string { return b.Trust(word).Compact() })
	s.role(b.ToAWS.Role, toAWS, spliced(trust, "unique_id"))
	s.policies(b.ToAWS.Role, nil)
	if b.ToAWS.VM != nil {
		s.vm()
	}
	if b.ToAWS.GKE != nil {
		s.title("The Kubernetes account that may act as the service account.")
		s.accountBinding(b.ToAWSEmail(), shellWord(b.GKEMember()))
	}
}

// spliced is a text of several pieces with a variable of the script between them.
func spliced(pieces []string, variable string) string {
	quoted := make([]string, 0, len(pieces))
	for _, p := range pieces {
		if p == "" {
			quoted = append(quoted, "")
			continue
		}
		quoted = append(quoted, shellWord(p))
	}
	return strings.Join(quoted, `"$`+variable+`"`)
}

func (s *script) tags() []string {
	tags := s.b.Tags()
	words := []string{"--tags"}
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		words = append(words, shellWord("Key="+k+",Value="+tags[k]))
	}
	return words
}

func (s *script) oidcProvider() {
	arn := shellWord(s.b.GoogleProviderARN())
	s.title("Google as an explicit identity provider of the account.")
	s.line("if found aws iam get-open-id-connect-provider --open-id-connect-provider-arn %s; then", arn)
	s.run("  ", "aws iam add-client-id-to-open-id-connect-provider", "--open-id-connect-provider-arn "+arn, `--client-id "$unique_id"`)
	s.line("else")
	s.run("  ", append([]string{"aws iam create-open-id-connect-provider", "--url https://" + spec.GoogleIssuer, `--client-id-list "$unique_id"`}, s.tags()...)...)
	s.line("fi")
}

// role makes a role or brings ours to what the file asks.
func (s *script) role(r spec.Role, direction, trust string) {
	seconds := strconv.Itoa(int(r.MaxSession.Seconds()))
	description := shellWord(steps.RoleDescription(s.b, direction))
	s.title("Role %s%s.", r.Path, r.Name)
	s.line("role=%s", shellWord(r.Name))
	s.line("trust=%s", trust)
	s.line(`if found aws iam get-role --role-name "$role"; then`)
	s.line(`  seen=$(aws iam list-role-tags --role-name "$role" --query "Tags[?Key=='drawbridge:bridge'].Value" --output text)`)
	s.line(`  [ "$seen" = "$mark" ] || stop "role $role was not made by this bridge"`)
	s.run("  ", "aws iam update-assume-role-policy", `--role-name "$role"`, `--policy-document "$trust"`)
	s.run("  ", "aws iam update-role", `--role-name "$role"`, "--description "+description, "--max-session-duration "+seconds)
	if r.PermissionsBoundary != "" {
		s.run("  ", "aws iam put-role-permissions-boundary", `--role-name "$role"`, "--permissions-boundary "+shellWord(r.PermissionsBoundary))
	}
	s.line("else")
	create := []string{
		"aws iam create-role", `--role-name "$role"`, "--path " + shellWord(r.Path), "--description " + description,
		"--max-session-duration " + seconds, `--assume-role-policy-document "$trust"`,
	}
	if r.PermissionsBoundary != "" {
		create = append(create, "--permissions-boundary "+shellWord(r.PermissionsBoundary))
	}
	s.run("  ", append(create, s.tags()...)...)
	s.line("  aws iam wait role-exists --role-name \"$role\"")
	s.line("fi")
}

// policies puts on the role of the last part what the file asks for; more are other inline documents by name, ready for
// the script.
func (s *script) policies(r spec.Role, more map[string]string) {
	for _, arn := range slices.Sorted(slices.Values(r.ManagedPolicies)) {
		s.run("", "aws iam attach-role-policy", `--role-name "$role"`, "--policy-arn "+shellWord(arn))
	}
	if len(r.InlinePolicy) > 0 {
		s.run("", "aws iam put-role-policy", `--role-name "$role"`, "--policy-name "+spec.InlinePolicyName, "--policy-document "+shellWord(string(r.InlinePolicy)))
	}
	for _, name := range slices.Sorted(maps.Keys(more)) {
		s.run("", "aws iam put-role-policy", `--role-name "$role"`, "--policy-name "+name, "--policy-document "+more[name])
	}
}

// workload makes the role that a workload on AWS runs with, and how it gets it.
func (s *script) workload() {
	b := s.b
	role := b.ToGoogle.Role
	s.role(role.Role, toGoogle, shellWord(b.WorkloadTrust().Compact()))
	more := map[string]string{}
	if b.ToGoogle.Token == spec.TokenJWT {
		more[spec.OutboundPolicyName] = spliced(around(func(word string) string { return b.OutboundPolicy(word).Compact() }), "number")
	}
	s.policies(role.Role, more)
	if role.InstanceProfile {
		s.instanceProfile(role.Role)
	}
	if role.Instance != "" {
		s.association(role.Instance)
	}
}

func (s *script) outbound() {
	s.title("AWS issues tokens of its own. This is a switch for the whole account, and is never turned off again.")
	s.line("if ! found aws iam get-outbound-web-identity-federation-info; then")
	s.line("  aws iam enable-outbound-web-identity-federation >/dev/null")
	s.line("fi")
	s.line("retry found aws iam get-outbound-web-identity-federation-info")
	s.line("issuer=$(aws iam get-outbound-web-identity-federation-info --query IssuerIdentifier --output text)")
}

func (s *script) instanceProfile(r spec.Role) {
	s.title("The instance profile, by which an instance gets the role.")
	s.line(`if ! found aws iam get-instance-profile --instance-profile-name "$role"; then`)
	s.run("  ", append([]string{"aws iam create-instance-profile", `--instance-profile-name "$role"`, "--path " + shellWord(r.Path)}, s.tags()...)...)
	s.line(`  aws iam wait instance-profile-exists --instance-profile-name "$role"`)
	s.line("fi")
	s.line(`seen=$(aws iam list-instance-profile-tags --instance-profile-name "$role" --query "Tags[?Key=='drawbridge:bridge'].Value" --output text)`)
	s.line(`[ "$seen" = "$mark" ] || stop "instance profile $role was not made by this bridge"`)
	s.line(`seen=$(aws iam get-instance-profile --instance-profile-name "$role" --query 'InstanceProfile.Roles[].RoleName' --output text)`)
	s.line(`if [ -z "$seen" ] || [ "$seen" = None ]; then`)
	s.line(`  retry aws iam add-role-to-instance-profile --instance-profile-name "$role" --role-name "$role"`)
	s.line("fi")
}

func (s *script) association(instance string) {
	s.title("The instance that gets it.")
	s.line("instance=%s", shellWord(instance))
	s.line(`seen=$(aws ec2 describe-iam-instance-profile-associations --filters "Name=instance-id,Values=$instance" "Name=state,Values=associating,associated" --query 'IamInstanceProfileAssociations[].IamInstanceProfile.Arn' --output text)`)
	s.line(`case "$seen" in`)
	s.line(`  "" | None) retry aws ec2 associate-iam-instance-profile --instance-id "$instance" --iam-instance-profile "Name=$role" ;;`)
	s.line(`  %s) ;;`, shellWord(s.b.InstanceProfileARN()))
	s.line(`  *) stop "instance $instance has another profile: $seen" ;;`)
	s.line("esac")
}
