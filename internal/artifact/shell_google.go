package artifact

import (
	"maps"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

func (s *script) toGoogle() {
	b := s.b
	if b.ToGoogle.Token == spec.TokenJWT {
		s.outbound()
	}
	s.workload()
	s.pool()
	s.provider()
	member := `"principalSet://iam.googleapis.com/projects/$number"` + shellWord(s.memberTail())
	grantee := member
	if b.ToGoogle.Access != spec.AccessDirect {
		s.serviceAccount("", b.ToGoogleAccountID(), b.ToGoogleEmail(), toGoogle)
		s.title("Exactly this role may act as the service account.")
		s.accountBinding(b.ToGoogleEmail(), member)
		grantee = shellWord("serviceAccount:" + b.ToGoogleEmail())
	}
	s.grants(grantee)
}

// memberTail is the role's principal set behind the project's number.
func (s *script) memberTail() string {
	return strings.TrimPrefix(s.b.Member(""), "principalSet://iam.googleapis.com/projects/")
}

func (s *script) pool() {
	s.title("The pool: the namespace of those who come in.")
	s.line("pool=%s", shellWord(s.b.ToGoogle.Pool))
	s.line(`pools=(gcloud iam workload-identity-pools)`)
	s.line(`where=("--project=$project" --location=global)`)
	s.line(`if found "${pools[@]}" describe "$pool" "${where[@]}"; then`)
	s.line(`  seen=$("${pools[@]}" describe "$pool" "${where[@]}" --format='value(description)')`)
	s.line(`  case " $seen " in *" $description "*) ;; *) stop "pool $pool was not made by this bridge" ;; esac`)
	s.line(`  if [ "$("${pools[@]}" describe "$pool" "${where[@]}" --format='value(state)')" = DELETED ]; then`)
	s.line(`    "${pools[@]}" undelete "$pool" "${where[@]}"`)
	s.line("  fi")
	s.line(`  "${pools[@]}" update "$pool" "${where[@]}" --no-disabled`)
	s.line("else")
	s.run("  ", `"${pools[@]}" create "$pool" "${where[@]}"`, "--display-name="+shellWord(steps.PoolDisplayName(s.b)), `--description="$description"`)
	s.line("fi")
	s.line(`retry found "${pools[@]}" describe "$pool" "${where[@]}"`)
}

func (s *script) provider() {
	b := s.b
	kind, settings := "aws", []string{`--account-id="$account"`}
	if b.ToGoogle.Token == spec.TokenJWT {
		kind, settings = "oidc", []string{`--issuer-uri="$issuer"`, "--allowed-audiences="}
	}
	settings = append(settings, "--attribute-mapping="+shellWord(pairs(b.Mapping())), "--attribute-condition="+shellWord(b.Condition()))
	s.title("The provider: whom the pool admits, and how they are called.")
	s.line("provider=%s", shellWord(b.ToGoogle.Provider))
	s.line(`inside=("${where[@]}" "--workload-identity-pool=$pool")`)
	s.line(`if found "${pools[@]}" providers describe "$provider" "${inside[@]}"; then`)
	s.line(`  seen=$("${pools[@]}" providers describe "$provider" "${inside[@]}" --format='value(description)')`)
	s.line(`  case " $seen " in *" $description "*) ;; *) stop "provider $provider was not made by this bridge" ;; esac`)
	s.line(`  if [ "$("${pools[@]}" providers describe "$provider" "${inside[@]}" --format='value(state)')" = DELETED ]; then`)
	s.line(`    "${pools[@]}" providers undelete "$provider" "${inside[@]}"`)
	s.line("  fi")
	s.run("  ", append([]string{`"${pools[@]}" providers update-` + kind + ` "$provider" "${inside[@]}"`, "--no-disabled"}, settings...)...)
	s.line("else")
	s.run("  ", append([]string{
		`retry "${pools[@]}" providers create-` + kind + ` "$provider" "${inside[@]}"`,
		"--display-name=" + shellWord(steps.PoolDisplayName(b)), `--description="$description"`,
	}, settings...)...)
	s.line("fi")
}

// pairs is a map in gcloud's form.
func pairs(m map[string]string) string {
	list := make([]string, 0, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		list = append(list, k+"="+m[k])
	}
	return steps.DelimitedList(list)
}

// accountBinding lets a member, as a word of the script, act as a service account. What is there already stays as it is.
func (s *script) accountBinding(email, member string) {
	s.run("", "retry gcloud iam service-accounts add-iam-policy-binding "+shellWord(email), `--project="$project"`,
		"--role=roles/iam.workloadIdentityUser", "--member="+member, "--condition=None", "--format=none")
}

func (s *script) grants(grantee string) {
	if len(s.b.ToGoogle.Grants) == 0 {
		return
	}
	s.title("What it may do in the project.")
	for _, g := range s.b.ToGoogle.Grants {
		s.run("", `retry gcloud projects add-iam-policy-binding "$project"`, "--role="+shellWord(g.Role), "--member="+grantee,
			"--condition="+shellWord(conditionOf(g)), "--format=none")
	}
}

func conditionOf(g spec.Grant) string {
	if g.Condition == nil {
		return "None"
	}
	list := []string{"expression=" + g.Condition.Expression, "title=" + g.Condition.Title}
	if g.Condition.Description != "" {
		list = append(list, "description="+g.Condition.Description)
	}
	return steps.DelimitedList(list)
}

func (s *script) vm() {
	b := s.b
	vm := b.ToAWS.VM
	labels := make([]string, 0, len(b.Labels()))
	for _, k := range slices.Sorted(maps.Keys(b.Labels())) {
		labels = append(labels, k+"="+b.Labels()[k])
	}
	s.title("A machine that runs as the service account. One that is there is left as it is.")
	s.line("if ! found gcloud compute instances describe %s --project=\"$project\" --zone=%s; then", shellWord(vm.Name), shellWord(vm.Zone))
	words := []string{
		"retry gcloud compute instances create " + shellWord(vm.Name), `--project="$project"`, "--zone=" + shellWord(vm.Zone),
		"--machine-type=" + shellWord(vm.MachineType), "--image=" + shellWord(vm.SourceImage()), "--network=" + shellWord(vm.Network),
		"--service-account=" + shellWord(b.ToAWSEmail()), "--scopes=cloud-platform", "--labels=" + shellWord(strings.Join(labels, ",")),
	}
	if !vm.ExternalIP {
		words = append(words, "--no-address")
	}
	s.run("  ", words...)
	s.line("fi")
}
