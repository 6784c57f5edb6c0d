package artifact_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

const issuer = "https://4b1c7a2e.tokens.sts.global.api.aws"

// inShellOnly are bridges with what Terraform and CloudFormation leave to others.
func inShellOnly() map[string][]string {
	return map[string][]string{
		"vm":         {"toAWS.vm={name: ci, zone: us-central1-a, externalIP: true}"},
		"vm inside":  {"toAWS.vm={name: ci, zone: us-central1-a}"},
		"gke":        {"toAWS.gke={namespace: ci, serviceAccount: runner}"},
		"instance":   {"toGoogle.role.instance=i-0acce550000000001"},
		"conditions": {`toGoogle.grants=[{role: roles/browser, condition: {title: t, description: "d;e", expression: "request.time < timestamp('2027-01-01T00:00:00Z')"}}, {role: roles/viewer}]`},
	}
}

func TestShellMakesWhatApplyMakes(t *testing.T) {
	all := variations()
	maps.Copy(all, inShellOnly())
	for name, set := range all {
		t.Run(name, func(t *testing.T) {
			in := input(t, set...)
			want := askedOfBoth(t, in.Bridge)
			if diff := cmp.Diff(want, inScript(t, in)); diff != "" {
				t.Errorf("apply's (-) and the script's (+):\n%s", diff)
			}
			everyStepIs(t, in.Bridge, want)
		})
	}
}

// askedOfBoth is what apply makes in both clouds, with what no file but a script can make.
func askedOfBoth(t *testing.T, b spec.Bridge) resources {
	t.Helper()
	out := asked(t, b)
	maps.Copy(out, askedOfGoogle(b))
	for key, p := range out {
		if strings.HasPrefix(key, "profile ") {
			p["tags"] = b.Mark()
		}
	}
	if to := b.ToGoogle; to != nil && to.Role.Instance != "" {
		out["association "+to.Role.Instance] = map[string]string{"profile": to.Role.Name}
	}
	if to := b.ToGoogle; to != nil && to.Token == spec.TokenJWT {
		out["outbound "] = map[string]string{}
	}
	return out
}

// everyStepIs holds what was asked to the plan: each step of it is there, by its kind.
func everyStepIs(t *testing.T, b spec.Bridge, want resources) {
	t.Helper()
	kinds := map[string]string{
		"google.project": "apis", "google.apis": "apis", "google.pool": "pool", "google.provider": "provider", "google.binding": "binding",
		"google.grants": "grant", "google.gke-binding": "binding", "google.vm": "vm", "google.service-account.to-aws": "account",
		"google.service-account.to-google": "account", "aws.account": "role", "aws.oidc-provider": "provider", "aws.role.to-aws": "role",
		"aws.role.to-google": "role", "aws.role-policies.to-aws": "role", "aws.role-policies.to-google": "role",
		"aws.instance-profile": "profile", "aws.instance-profile-association": "association", "aws.outbound-federation": "outbound",
	}
	graph, err := steps.Of(b)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range graph.Steps() {
		id := s.About().ID
		is := func(key string) bool { return kinds[id] != "" && strings.HasPrefix(key, kinds[id]+" ") }
		if !slices.ContainsFunc(slices.Collect(maps.Keys(want)), is) {
			t.Errorf("the plan has %s, which the script was not looked at for", id)
		}
	}
}

// inScript is what the script of a bridge makes where nothing is there yet.
func inScript(t *testing.T, in artifact.Input) resources {
	t.Helper()
	out := resources{}
	for _, c := range calls(t, made(t, "shell", in).Bytes, answers(in.Bridge)) {
		switch c[0] {
		case "aws":
			awsCall(t, out, c[1:])
		case "gcloud":
			gcloudCall(t, out, c[1:])
		case "set", "export", "printf":
		default:
			t.Errorf("the script runs %q", c)
		}
	}
	return out
}

// answers are what the clouds say while the script runs.
func answers(b spec.Bridge) func([]string) string {
	return func(command []string) string {
		switch line := strings.Join(command, " "); {
		case strings.Contains(line, "get-caller-identity"):
			return b.AWS.Account
		case strings.Contains(line, "value(projectNumber)"):
			return project
		case strings.Contains(line, "value(uniqueId)"):
			return uniqueID
		case strings.Contains(line, "IssuerIdentifier"):
			return issuer
		case strings.Contains(line, "list-instance-profile-tags"):
			return b.Mark()
		}
		return ""
	}
}

// flags are the flags of a command, --name=value or --name value, and the words before them.
func flags(command []string) (words []string, set map[string]string) {
	set = map[string]string{}
	for i := 0; i < len(command); i++ {
		name, value, joined := strings.Cut(command[i], "=")
		switch {
		case !strings.HasPrefix(command[i], "--"):
			words = append(words, command[i])
		case !joined && name != "--quiet" && i+1 < len(command) && !strings.HasPrefix(command[i+1], "--"):
			i++
			set[name] = command[i]
		default:
			set[name] = value
		}
	}
	return words, set
}
