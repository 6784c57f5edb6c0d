package artifact_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
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
		"aws.role-policies.to-google": true, "aws.instance-profile": true, "aws.instance-association": true, "aws.outbound-federation": true,
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

func TestTerraformMakesWhatApplyMakes(t *testing.T) {
	for name, set := range variations() {
		t.Run(name, func(t *testing.T) {
			in := input(t, set...)
			files, err := artifact.Make("terraform", in)
			if err != nil {
				t.Fatal(err)
			}
			want := asked(t, in.Bridge)
			for key, p := range want {
				if strings.HasPrefix(key, "profile ") {
					p["tags"] = in.Bridge.Mark()
				}
			}
			if diff := cmp.Diff(want, inTerraform(t, files[3].Bytes)); diff != "" {
				t.Errorf("apply's (-) and the module's (+):\n%s", diff)
			}
		})
	}
}

// inTerraform reads the AWS module as Terraform would, with the variables of these tests.
func inTerraform(t *testing.T, data []byte) resources {
	t.Helper()
	body, names := parsed(t, data), map[string]string{}
	for _, b := range body.Blocks {
		if b.Type == "resource" && b.Labels[0] == "aws_iam_role" {
			names[b.Labels[1]] = valueOf(t, b, "name", nil).AsString()
		}
	}
	roles := map[string]cty.Value{}
	for label, n := range names {
		roles[label] = cty.ObjectVal(map[string]cty.Value{"name": cty.StringVal(n), "arn": cty.StringVal("")})
	}
	scope := &hcl.EvalContext{
		Variables: map[string]cty.Value{
			"var":          cty.ObjectVal(map[string]cty.Value{"unique_id": cty.StringVal(uniqueID), "project_number": cty.StringVal(project)}),
			"aws_iam_role": cty.ObjectVal(roles),
			"each":         cty.ObjectVal(map[string]cty.Value{"value": cty.StringVal("")}),
		},
		Functions: map[string]function.Function{"jsonencode": stdlib.JSONEncodeFunc, "toset": stdlib.MakeToFunc(cty.Set(cty.String))},
	}
	out := resources{}
	for _, b := range body.Blocks {
		if b.Type == "resource" {
			terraformResource(t, out, b, scope)
		}
	}
	return out
}

func terraformResource(t *testing.T, out resources, b *hclsyntax.Block, scope *hcl.EvalContext) {
	t.Helper()
	text := func(key string) string {
		v := valueOf(t, b, key, scope)
		if v.IsNull() {
			return ""
		}
		if v.Type() == cty.Number {
			return v.AsBigFloat().String()
		}
		return v.AsString()
	}
	switch b.Labels[0] {
	case "aws_iam_role":
		p := thing(out, "role "+text("name"))
		p["path"], p["description"], p["session"] = text("path"), text("description"), text("max_session_duration")
		p["trust"], p["boundary"], p["tags"] = sorted(t, text("assume_role_policy")), text("permissions_boundary"), valueOf(t, b, "tags", scope).AsValueMap()["drawbridge:bridge"].AsString()
		p["managed"] += ""
	case "aws_iam_role_policy_attachment":
		var arns []string
		for _, v := range valueOf(t, b, "for_each", scope).AsValueSlice() {
			arns = append(arns, v.AsString())
		}
		slices.Sort(arns)
		thing(out, "role "+text("role"))["managed"] = strings.Join(arns, " ")
	case "aws_iam_role_policy":
		thing(out, "role "+text("role"))["inline:"+text("name")] = sorted(t, text("policy"))
	case "aws_iam_openid_connect_provider":
		thing(out, "provider "+text("url"))["clients"] = valueOf(t, b, "client_id_list", scope).AsValueSlice()[0].AsString()
		thing(out, "provider "+text("url"))["tags"] = valueOf(t, b, "tags", scope).AsValueMap()["drawbridge:bridge"].AsString()
	case "aws_iam_instance_profile":
		p := thing(out, "profile "+text("name"))
		p["path"], p["role"], p["tags"] = text("path"), text("role"), valueOf(t, b, "tags", scope).AsValueMap()["drawbridge:bridge"].AsString()
	default:
		t.Errorf("got a resource of type %s, want none", b.Labels[0])
	}
}

func thing(out resources, key string) map[string]string {
	if out[key] == nil {
		out[key] = map[string]string{}
	}
	return out[key]
}

func parsed(t *testing.T, data []byte) *hclsyntax.Body {
	t.Helper()
	f, problems := hclsyntax.ParseConfig(data, "main.tf", hcl.InitialPos)
	if problems.HasErrors() {
		t.Fatalf("%v in\n%s", problems, data)
	}
	body, _ := f.Body.(*hclsyntax.Body)
	return body
}

func valueOf(t *testing.T, b *hclsyntax.Block, key string, scope *hcl.EvalContext) cty.Value {
	t.Helper()
	a, ok := b.Body.Attributes[key]
	if !ok {
		return cty.NullVal(cty.String)
	}
	v, problems := a.Expr.Value(scope)
	if problems.HasErrors() {
		t.Fatalf("%s of %v: %v", key, b.Labels, problems)
	}
	return v
}

// cfn-lint, terraform fmt and shellcheck look at the files of every variation.
func TestFilesOfEveryVariationPassTheirLinters(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT TESTED with cfn-lint, terraform fmt and shellcheck: -short")
	}
	dir := t.TempDir()
	var templates, scripts []string
	for name, set := range variations() {
		in := input(t, set...)
		name = strings.ReplaceAll(name, " ", "-")
		templates = append(templates, write(t, dir, name+".json", made(t, "cloudformation", in).Bytes))
		scripts = append(scripts, write(t, dir, name+".sh", made(t, "shell", in).Bytes))
		for _, kind := range []string{"workload", "terraform"} {
			files, err := artifact.Make(kind, in)
			if err != nil {
				t.Fatal(name, err)
			}
			for i, f := range files {
				path := write(t, dir, fmt.Sprintf("%s-%s-%d%s", name, kind, i, extension(f.Path)), f.Bytes)
				if bytes.HasPrefix(f.Bytes, []byte("#!/bin/bash")) {
					scripts = append(scripts, path)
				}
			}
		}
	}
	lint(t, "cfn-lint", templates...)
	lint(t, "shellcheck", append([]string{"--shell=bash"}, scripts...)...)
	lint(t, "terraform", "fmt", "-check", "-diff", dir)
}

func extension(path string) string {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		return path[i:]
	}
	return ""
}

func write(t *testing.T, dir, name string, data []byte) string {
	t.Helper()
	path := dir + "/" + name
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func lint(t *testing.T, program string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Logf("NOT TESTED with %s: it is not installed here", program)
		return
	}
	c := exec.CommandContext(t.Context(), program, args...)
	c.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+os.DevNull, "CHECKPOINT_DISABLE=1")
	if out, err := c.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%s found: %v\n%s", program, err, out)
	}
}
