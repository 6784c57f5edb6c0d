package artifact

import (
	"fmt"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// CloudFormation writes the AWS half as a template: roles, their policies, the instance profile and an explicit provider,
// by names of their own. What a stack cannot do stands in its metadata as commands, and nothing runs inside it.
func CloudFormation(in Input) (File, error) {
	const kind = "cloudformation"
	b := in.Bridge
	if err := adoptsNothing(kind, b); err != nil {
		return File{}, err
	}
	t := &template{b: b, parameters: object{}, resources: object{}, outputs: object{}}
	if err := t.fill(); err != nil {
		return File{}, fmt.Errorf("write %s: %w", kind, err)
	}
	doc := object{
		"AWSTemplateFormatVersion": "2010-09-09",
		"Description":              "Bridge " + b.Name + " between Google Cloud and AWS without keys, AWS side",
		"Metadata":                 object{"Drawbridge": object{"Use": t.use(), "ManyAccounts": t.manyAccounts(), "Remaining": t.remaining()}},
		"Resources":                t.resources, "Outputs": t.outputs,
	}
	if len(t.parameters) > 0 {
		doc["Parameters"] = t.parameters
	}
	data, err := unescaped(doc)
	if err != nil {
		return File{}, fmt.Errorf("write %s: %w", kind, err)
	}
	// A text of this form would be replaced by a secret of the account, wherever it stands.
	if strings.Contains(string(data), "{{resolve:") {
		return File{}, &DirectionError{kind, "a value of the bridge holds {{resolve:, which CloudFormation would replace; use generate terraform or generate shell"}
	}
	return File{
		Path: "cloudformation.json", Kind: kind, For: "operator", Where: "one stack in one region: IAM is global", Command: t.use(),
		Bytes: append(data, '\n'), Remaining: t.remaining(),
	}, nil
}

// object is JSON whose keys are written in order of the alphabet.
type object map[string]any

type template struct {
	b                              spec.Bridge
	parameters, resources, outputs object
}

func (t *template) fill() error {
	if t.b.ToAWS != nil {
		if err := t.toAWS(); err != nil {
			return err
		}
	}
	if t.b.ToGoogle != nil {
		return t.toGoogle()
	}
	return nil
}

func (t *template) toAWS() error {
	b := t.b
	t.parameters["UniqueId"] = object{
		"Type": "String", "AllowedPattern": "^[0-9]{21}$", "Description": "Number of service account " + b.ToAWSEmail(),
		"ConstraintDescription": "the number of the service account, 21 digits, not its e-mail",
	}
	number := object{"Ref": "UniqueId"}
	if b.ToAWS.Provider == spec.ProviderExplicit {
		t.resources["GoogleProvider"] = object{"Type": "AWS::IAM::OIDCProvider", "Properties": object{
			"Url": "https://" + spec.GoogleIssuer, "ClientIdList": []any{number}, "Tags": t.tags(),
		}}
	}
	trust, err := embedded(func(w string) string { return b.Trust(w).Compact() }, number)
	if err != nil {
		return err
	}
	role := t.role("ToAWSRole", toAWS, b.ToAWS.Role, trust, nil)
	if b.ToAWS.Provider == spec.ProviderExplicit {
		role["DependsOn"] = "GoogleProvider"
	}
	return nil
}

func (t *template) toGoogle() error {
	b := t.b
	var inline []any
	if b.ToGoogle.Token == spec.TokenJWT {
		t.parameters["ProjectNumber"] = object{"Type": "String", "AllowedPattern": "^[0-9]{6,20}$", "Description": "Number of Google project " + b.Google.Project}
		document, err := embedded(func(w string) string { return b.OutboundPolicy(w).Compact() }, object{"Ref": "ProjectNumber"})
		if err != nil {
			return err
		}
		inline = append(inline, object{"PolicyName": spec.OutboundPolicyName, "PolicyDocument": document})
	}
	role := b.ToGoogle.Role
	t.role("ToGoogleRole", toGoogle, role.Role, b.WorkloadTrust(), inline)
	if role.InstanceProfile {
		t.resources["InstanceProfile"] = object{"Type": "AWS::IAM::InstanceProfile", "Properties": object{
			"InstanceProfileName": role.Name, "Path": role.Path, "Roles": []any{object{"Ref": "ToGoogleRole"}},
		}}
	}
	return nil
}

func (t *template) role(id, direction string, r spec.Role, trust any, inline []any) object {
	p := object{
		"RoleName": r.Name, "Path": r.Path, "Description": steps.RoleDescription(t.b, direction),
		"MaxSessionDuration": int(r.MaxSession.Seconds()), "AssumeRolePolicyDocument": trust, "Tags": t.tags(),
	}
	if r.PermissionsBoundary != "" {
		p["PermissionsBoundary"] = r.PermissionsBoundary
	}
	if len(r.ManagedPolicies) > 0 {
		p["ManagedPolicyArns"] = slices.Sorted(slices.Values(r.ManagedPolicies))
	}
	if len(r.InlinePolicy) > 0 {
		inline = append([]any{object{"PolicyName": spec.InlinePolicyName, "PolicyDocument": r.InlinePolicy}}, inline...)
	}
	if len(inline) > 0 {
		p["Policies"] = inline
	}
	role := object{"Type": "AWS::IAM::Role", "Properties": p}
	t.resources[id] = role
	t.outputs[id+"Arn"] = object{"Value": object{"Fn::GetAtt": []string{id, "Arn"}}}
	return role
}

func (t *template) tags() []any {
	var out []any
	for k, v := range t.b.Tags() {
		out = append(out, object{"Key": k, "Value": v})
	}
	return out
}

func (t *template) use() string {
	words := "aws cloudformation deploy --template-file cloudformation.json --stack-name " + t.b.Name + " --region " + t.b.AWS.Region + " --capabilities CAPABILITY_NAMED_IAM"
	if len(t.parameters) == 0 {
		return words
	}
	var set []string
	for _, name := range []string{"ProjectNumber", "UniqueId"} {
		if _, wanted := t.parameters[name]; wanted {
			set = append(set, name+"=NUMBER")
		}
	}
	return words + " --parameter-overrides " + strings.Join(set, " ")
}

// manyAccounts is how one template serves many accounts, as a StackSet.
func (t *template) manyAccounts() []string {
	name := t.b.Name
	return []string{
		"IAM is global: deploy to exactly one region, or the second one finds the names taken.",
		"A bridge names one account. For each further account write a bridge of its own, and give the set its numbers by --parameter-overrides.",
		"aws cloudformation create-stack-set --stack-set-name " + name + " --template-body file://cloudformation.json --capabilities CAPABILITY_NAMED_IAM",
		"aws cloudformation create-stack-instances --stack-set-name " + name + " --accounts " + t.b.AWS.Account + " --regions " + t.b.AWS.Region,
		"A set that an organisation manages leaves out its management account: deploy an ordinary stack there.",
	}
}

// remaining are the commands for what CloudFormation has no resource for.
func (t *template) remaining() []string {
	out := []string{}
	to := t.b.ToGoogle
	if to == nil {
		return out
	}
	if to.Role.InstanceProfile {
		tag := shellWord("Key=drawbridge:bridge,Value=" + t.b.Mark())
		out = append(out, "aws iam tag-instance-profile --instance-profile-name "+to.Role.Name+" --tags "+tag)
	}
	if to.Role.Instance != "" {
		out = append(out, "aws ec2 associate-iam-instance-profile --instance-id "+to.Role.Instance+" --iam-instance-profile Name="+to.Role.Name)
	}
	if to.Token == spec.TokenJWT {
		out = append(out, "aws iam enable-outbound-web-identity-federation")
	}
	return out
}
