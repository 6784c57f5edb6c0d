package artifact_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

func TestCloudFormationMakesWhatApplyMakes(t *testing.T) {
	for name, set := range variations() {
		t.Run(name, func(t *testing.T) {
			in := input(t, set...)
			if diff := cmp.Diff(asked(t, in.Bridge), inTemplate(t, made(t, "cloudformation", in).Bytes)); diff != "" {
				t.Errorf("apply's (-) and the template's (+):\n%s", diff)
			}
			covered(t, in.Bridge)
		})
	}
}

// covered holds asked to the plan: each step of the plan is seen in it.
func covered(t *testing.T, b spec.Bridge) {
	t.Helper()
	known := map[string]bool{
		"aws.oidc-provider": true, "aws.role.to-aws": true, "aws.role.to-google": true, "aws.role-policies.to-aws": true,
		"aws.role-policies.to-google": true, "aws.instance-profile": true, "aws.instance-profile-association": true, "aws.outbound-federation": true,
	}
	for _, id := range planned(t, b) {
		if !known[id] {
			t.Errorf("the plan has %s, which no file was looked at for", id)
		}
	}
}

// inTemplate reads a template as CloudFormation would, with the parameters of these tests.
func inTemplate(t *testing.T, data []byte) resources {
	t.Helper()
	var doc struct {
		Resources map[string]struct {
			Type       string
			Properties map[string]any
		}
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	out := resources{}
	for _, r := range doc.Resources {
		p, _ := resolved(r.Properties).(map[string]any)
		text := func(key string) string { s, _ := p[key].(string); return s }
		switch r.Type {
		case "AWS::IAM::Role":
			out["role "+text("RoleName")] = templateRole(t, p)
		case "AWS::IAM::OIDCProvider":
			out["provider "+text("Url")] = map[string]string{"clients": join(p["ClientIdList"]), "tags": tagIn(p)}
		case "AWS::IAM::InstanceProfile":
			out["profile "+text("InstanceProfileName")] = map[string]string{"path": text("Path"), "role": roleNamed(doc.Resources["ToGoogleRole"].Properties, join(p["Roles"]))}
		default:
			t.Errorf("got a resource of type %s, want none", r.Type)
		}
	}
	return out
}

func roleNamed(role map[string]any, ref string) string {
	if ref != "ToGoogleRole" {
		return ref
	}
	return fmt.Sprint(role["RoleName"])
}

func templateRole(t *testing.T, p map[string]any) map[string]string {
	t.Helper()
	text := func(key string) string { s, _ := p[key].(string); return s }
	out := map[string]string{
		"path": text("Path"), "description": text("Description"), "session": fmt.Sprint(p["MaxSessionDuration"]),
		"trust": compact(t, p["AssumeRolePolicyDocument"]), "boundary": text("PermissionsBoundary"), "tags": tagIn(p), "managed": join(p["ManagedPolicyArns"]),
	}
	policies, _ := p["Policies"].([]any)
	for _, entry := range policies {
		policy, _ := entry.(map[string]any)
		out["inline:"+fmt.Sprint(policy["PolicyName"])] = compact(t, policy["PolicyDocument"])
	}
	return out
}

func join(v any) string {
	list, _ := v.([]any)
	words := make([]string, 0, len(list))
	for _, item := range list {
		words = append(words, fmt.Sprint(item))
	}
	return strings.Join(words, " ")
}

func tagIn(p map[string]any) string {
	list, _ := p["Tags"].([]any)
	for _, item := range list {
		if tag, _ := item.(map[string]any); tag["Key"] == "drawbridge:bridge" {
			return fmt.Sprint(tag["Value"])
		}
	}
	return ""
}

// resolved is v with the template's functions carried out.
func resolved(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = resolved(v[i])
		}
	case map[string]any:
		if ref, ok := v["Ref"].(string); ok && len(v) == 1 {
			return map[string]string{"UniqueId": uniqueID, "ProjectNumber": project, "ToGoogleRole": "ToGoogleRole"}[ref]
		}
		if args, ok := v["Fn::Join"].([]any); ok && len(v) == 1 {
			pieces, _ := resolved(args[1]).([]any)
			words := make([]string, 0, len(pieces))
			for _, p := range pieces {
				words = append(words, fmt.Sprint(p))
			}
			return strings.Join(words, fmt.Sprint(args[0]))
		}
		for k := range v {
			v[k] = resolved(v[k])
		}
	}
	return v
}
