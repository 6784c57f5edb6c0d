package artifact_test

import (
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
)

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
