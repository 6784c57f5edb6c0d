package steps

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// question is one simulation: some actions on one thing, with what the planned calls would carry.
type question struct {
	on      string
	actions []string
	context []types.ContextEntry
}

// questions groups rights by the thing they are on. Attaching is asked policy by policy: the policy is its context.
func (p *preflight) questions(rights []Right) []question {
	groups := map[string][]string{}
	var out []question
	for _, r := range rights {
		if policies := p.attached(r.On); r.Action == "iam:AttachRolePolicy" && len(policies) > 0 {
			for _, arn := range policies {
				out = append(out, question{r.On, []string{r.Action}, append(p.carried(r.On), text("iam:PolicyARN", arn))})
			}
			continue
		}
		groups[r.On] = append(groups[r.On], r.Action)
	}
	for _, on := range sortedKeys(groups) {
		out = append(out, question{on, groups[on], p.carried(on)})
	}
	return out
}

// attached are the managed policies that the file wants on a role.
func (p *preflight) attached(arn string) []string {
	switch b := p.Bridge; {
	case b.ToAWS != nil && arn == b.ToAWSRoleARN():
		return b.ToAWS.Role.ManagedPolicies
	case b.ToGoogle != nil && arn == b.ToGoogleRoleARN():
		return b.ToGoogle.Role.ManagedPolicies
	}
	return nil
}

// carried is what our calls on a thing carry: the mark as its tag, the boundary of a role, the service that a role is
// passed to. A key that an action does not have is never asked for by a policy on that action.
func (p *preflight) carried(on string) []types.ContextEntry {
	mark := p.Bridge.Tags()
	keys := sortedKeys(mark)
	list := types.ContextEntry{ContextKeyName: new("aws:TagKeys"), ContextKeyValues: keys, ContextKeyType: types.ContextKeyTypeEnumStringList}
	out := []types.ContextEntry{list, text("aws:RequestedRegion", p.Bridge.AWS.Region)}
	for _, key := range keys {
		out = append(out, text("aws:RequestTag/"+key, mark[key]), text("aws:ResourceTag/"+key, mark[key]))
	}
	if strings.Contains(on, ":role/") {
		out = append(out, text("iam:PassedToService", "ec2.amazonaws.com"))
	}
	if boundary := p.boundary(on); boundary != "" {
		out = append(out, text("iam:PermissionsBoundary", boundary))
	}
	return out
}

func (p *preflight) boundary(arn string) string {
	switch b := p.Bridge; {
	case b.ToAWS != nil && arn == b.ToAWSRoleARN():
		return b.ToAWS.Role.PermissionsBoundary
	case b.ToGoogle != nil && arn == b.ToGoogleRoleARN():
		return b.ToGoogle.Role.PermissionsBoundary
	}
	return ""
}

func text(key, value string) types.ContextEntry {
	return types.ContextEntry{ContextKeyName: &key, ContextKeyValues: []string{value}, ContextKeyType: types.ContextKeyTypeEnumString}
}
