package artifact_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

const (
	uniqueID = "104512345678901234567"
	project  = "512345678901"
)

// resources is what a file makes in AWS: by kind and name, what is settled about it.
type resources map[string]map[string]string

// asked is what apply makes in AWS for a bridge, from the same derivations that the steps write.
func asked(t *testing.T, b spec.Bridge) resources {
	t.Helper()
	out := resources{}
	role := func(direction string, r spec.Role, trust string) {
		p := map[string]string{
			"path": r.Path, "description": steps.RoleDescription(b, direction), "session": fmt.Sprint(int(r.MaxSession.Seconds())),
			"trust": sorted(t, trust), "boundary": r.PermissionsBoundary, "tags": b.Mark(),
			"managed": strings.Join(slices.Sorted(slices.Values(r.ManagedPolicies)), " "),
		}
		if len(r.InlinePolicy) > 0 {
			p["inline:"+spec.InlinePolicyName] = sorted(t, string(r.InlinePolicy))
		}
		out["role "+r.Name] = p
	}
	if b.ToAWS != nil {
		role(steps.ToAWS, b.ToAWS.Role, b.Trust(uniqueID).Compact())
		if b.ToAWS.Provider == spec.ProviderExplicit {
			out["provider https://accounts.google.com"] = map[string]string{"clients": uniqueID, "tags": b.Mark()}
		}
	}
	if b.ToGoogle == nil {
		return out
	}
	r := b.ToGoogle.Role
	role(steps.ToGoogle, r.Role, b.WorkloadTrust().Compact())
	if b.ToGoogle.Token == spec.TokenJWT {
		out["role "+r.Name]["inline:"+spec.OutboundPolicyName] = sorted(t, b.OutboundPolicy(project).Compact())
	}
	if r.InstanceProfile {
		out["profile "+r.Name] = map[string]string{"path": r.Path, "role": r.Name}
	}
	return out
}

// planned is the AWS steps that a plan of the bridge has, but for what no file can do: the switch of the account and the
// attachment to a running instance.
func planned(t *testing.T, b spec.Bridge) []string {
	t.Helper()
	graph, err := steps.Of(b)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, s := range graph.Steps() {
		if id := s.About().ID; strings.HasPrefix(id, "aws.") {
			ids = append(ids, id)
		}
	}
	return ids
}

func sorted(t *testing.T, document string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(document), &v); err != nil {
		t.Fatalf("%v in %s", err, document)
	}
	return compact(t, v)
}

func compact(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(flat(v))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// flat makes a list of one text that text: policies take both.
func flat(v any) any {
	switch v := v.(type) {
	case []any:
		if len(v) == 1 {
			if s, ok := v[0].(string); ok {
				return s
			}
		}
		for i := range v {
			v[i] = flat(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = flat(v[k])
		}
	}
	return v
}

// variations are bridges that between them use everything that a file can hold.
func variations() map[string][]string {
	inline := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"NumericLessThan":{"s3:max-keys":10},"StringEquals":{"aws:PrincipalTag/x":"${file(\"/etc/passwd\")}"}}}]}`
	return map[string][]string{
		"both ways":  nil,
		"inline":     {"toAWS.role.inlinePolicy=" + inline, "toGoogle.role.inlinePolicy=" + inline},
		"boundary":   {"toAWS.role.permissionsBoundary=arn:aws:iam::123456789012:policy/limit", "toGoogle.role.maxSession=12h"},
		"explicit":   {"toAWS.provider=explicit"},
		"jwt":        {"toGoogle.token=jwt", "toGoogle.role.inlinePolicy=" + inline},
		"lambda":     {"toGoogle.role.runsOn=lambda"},
		"ecs":        {"toGoogle.role.runsOn=ecs"},
		"eks":        {"toGoogle.role.runsOn=eks", "toGoogle.role.eks={cluster: c, namespace: n, serviceAccount: s}"},
		"direct":     {"toGoogle.access=direct"},
		"GovCloud":   {"aws.region=us-gov-west-1", "toAWS.role.managedPolicies=[]"},
		"no profile": {"toGoogle.role.instanceProfile=false"},
	}
}
