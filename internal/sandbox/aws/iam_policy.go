package aws

import (
	"fmt"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func policyOperations() []operation {
	ops := iam(
		operation{action: "GetPolicy", read: getPolicy},
		operation{action: "DeletePolicy", write: deletePolicy},
		operation{action: "CreatePolicyVersion", write: createVersion},
		operation{action: "GetPolicyVersion", read: getVersion},
		operation{action: "ListPolicyVersions", read: listVersions},
		operation{action: "SetDefaultPolicyVersion", write: setDefault},
		operation{action: "DeletePolicyVersion", write: deleteVersion},
		operation{action: "TagPolicy", write: tagPolicy},
		operation{action: "UntagPolicy", write: tagPolicy},
		operation{action: "ListPolicyTags", read: listPolicyTags},
		operation{action: "ListEntitiesForPolicy", read: listEntities},
	)
	for i := range ops {
		ops[i].resource = func(c *call) string { return c.params.Get("PolicyArn") }
		ops[i].facts = func(c *call, f judge.Facts) { requestTags(f, c.tags(), c.list("TagKeys")) }
	}
	return append(ops, iam(
		operation{action: "CreatePolicy", write: createPolicy, resource: newPolicy, facts: newEntityFacts},
		operation{action: "ListPolicies", read: listPolicies, resource: func(c *call) string { return c.iamARN("policy", "/", "") }},
	)...)
}

func newPolicy(c *call) string {
	path, _ := c.path()
	return c.iamARN("policy", path, c.params.Get("PolicyName"))
}

const maxPolicy = 6144

func createPolicy(c *call) (result, error) {
	name, err := c.name("PolicyName", 128)
	if err != nil {
		return result{}, err
	}
	p := world.ManagedPolicy{Name: name, Description: c.params.Get("Description"), Created: c.now, Updated: c.now, Default: "v1", Next: 2}
	if p.Path, err = c.path(); err != nil {
		return result{}, err
	}
	if p.Tags, err = c.checkedTags(false); err != nil {
		return result{}, err
	}
	document, err := c.permissions("PolicyDocument", maxPolicy)
	if err != nil {
		return result{}, err
	}
	if _, ok := find(c, c.account.Policies, name); ok {
		return result{}, exists("A policy called " + name + " already exists. Duplicate names are not allowed.")
	}
	p.ID = "ANPA" + c.state.Upper(17)
	p.Versions = []world.PolicyVersion{{ID: "v1", Document: document, Created: c.now}}
	put(c, c.account.Policies, name, p)
	return nodes(c.policyNode(p, true))
}

// policy finds the customer managed policy that a call names by ARN. AWS's own can be read and never changed.
func (c *call) policy() (world.ManagedPolicy, error) {
	given, err := c.need("PolicyArn")
	if err != nil {
		return world.ManagedPolicy{}, err
	}
	a, ok := parseARN(given)
	if !ok || a.service != "iam" || len(given) < 20 {
		return world.ManagedPolicy{}, wire.AWSError("InvalidInput", "ARN "+given+" is not valid.")
	}
	if a.account == "aws" {
		return c.awsOwn(a, given)
	}
	path, name, ok := a.pathAndName("policy")
	p, found := find(c, c.account.Policies, name)
	if !ok || !found || p.Path != path || p.Name != name || a.account != c.account.ID || a.partition != c.partition {
		return p, noSuch("Policy " + given + " was not found.")
	}
	return p, nil
}

func (c *call) awsOwn(a arn, given string) (world.ManagedPolicy, error) {
	path, name, _ := a.pathAndName("policy")
	own, ok := awsManaged()[strings.TrimPrefix(a.resource, "policy/")]
	if !ok {
		return world.ManagedPolicy{}, noSuch("Policy " + given + " was not found.")
	}
	if c.writing {
		return world.ManagedPolicy{}, wire.AWSError("AccessDenied", "Policy "+given+" is managed by AWS and cannot be changed.")
	}
	made := c.account.Created
	return world.ManagedPolicy{
		Name: name, Path: path, ID: own.id, Created: made, Updated: made, Default: "v1",
		Versions: []world.PolicyVersion{{ID: "v1", Document: own.document, Created: made}},
	}, nil
}

func (c *call) policyNode(p world.ManagedPolicy, whole bool) wire.Node {
	arn := c.iamARN("policy", p.Path, p.Name)
	if given := c.params.Get("PolicyArn"); given != "" {
		arn = given
	}
	attached, bounds := c.holders(arn)
	n := wire.El("Policy",
		wire.Text("PolicyName", p.Name), wire.Text("PolicyId", p.ID), wire.Text("Arn", arn), wire.Text("Path", p.Path),
		wire.Text("DefaultVersionId", p.Default), wire.Number("AttachmentCount", len(attached)),
		wire.Number("PermissionsBoundaryUsageCount", bounds), wire.Flag("IsAttachable", true),
		wire.Time("CreateDate", p.Created), wire.Time("UpdateDate", p.Updated))
	if whole {
		n.Kids = append(n.Kids, wire.Some("Description", p.Description), someTags(p.Tags))
	}
	return n
}

// holder is a role or user that carries a policy.
type holder struct {
	kind kind
	world.Entity
}

// holders lists who carries a policy, and counts whom it bounds.
func (c *call) holders(arn string) (attached []holder, bounds int) {
	note := func(k kind, e world.Entity) {
		if slices.Contains(e.Attached, arn) {
			attached = append(attached, holder{k, e})
		}
		if e.Boundary == arn {
			bounds++
		}
	}
	for _, role := range c.account.Roles.AllLatest() {
		note(roles, role.Entity)
	}
	for _, user := range c.account.Users.AllLatest() {
		note(users, user.Entity)
	}
	return attached, bounds
}

func getPolicy(c *call) (result, error) {
	p, err := c.policy()
	if err != nil {
		return result{}, err
	}
	return nodes(c.policyNode(p, true))
}

func listPolicies(c *call) (result, error) {
	var all []wire.Node
	for _, p := range c.account.Policies.AllSeen(c.now) {
		n := c.policyNode(p, false)
		attached, _ := c.holders(c.iamARN("policy", p.Path, p.Name))
		unwanted := c.params.Get("Scope") == "AWS" || c.params.Get("OnlyAttached") == "true" && len(attached) == 0
		if strings.HasPrefix(p.Path, c.params.Get("PathPrefix")) && !unwanted {
			all = append(all, n)
		}
	}
	some, paging, err := page(c, all, 100)
	if err != nil {
		return result{}, err
	}
	return nodes(append([]wire.Node{wire.List("Policies", "member", some...)}, paging...)...)
}

func deletePolicy(c *call) (result, error) {
	p, err := c.policy()
	if err != nil {
		return result{}, err
	}
	attached, bounds := c.holders(c.params.Get("PolicyArn"))
	switch {
	case len(attached)+bounds > 0:
		return result{}, conflict("Cannot delete a policy attached to entities.")
	case len(p.Versions) > 1:
		return result{}, conflict("This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.")
	}
	drop(c, c.account.Policies, p.Name)
	return result{}, nil
}

func createVersion(c *call) (result, error) {
	p, err := c.policy()
	if err != nil {
		return result{}, err
	}
	document, err := c.permissions("PolicyDocument", maxPolicy)
	if err != nil {
		return result{}, err
	}
	if len(p.Versions) >= 5 {
		return result{}, limit("A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.")
	}
	v := world.PolicyVersion{ID: fmt.Sprintf("v%d", p.Next), Document: document, Created: c.now}
	edit(c, c.account.Policies, p.Name, func(p *world.ManagedPolicy) {
		p.Versions, p.Next, p.Updated = append(p.Versions, v), p.Next+1, c.now
		if c.params.Get("SetAsDefault") == "true" {
			p.Default = v.ID
		}
	})
	now, _ := find(c, c.account.Policies, p.Name)
	return nodes(versionNode(now, v, false))
}

func versionNode(p world.ManagedPolicy, v world.PolicyVersion, whole bool) wire.Node {
	n := wire.El("PolicyVersion", wire.Text("VersionId", v.ID), wire.Flag("IsDefaultVersion", v.ID == p.Default), wire.Time("CreateDate", v.Created))
	if whole {
		n.Kids = append(n.Kids, wire.Text("Document", encoded(v.Document)))
	}
	return n
}

func (c *call) version() (world.ManagedPolicy, int, error) {
	p, err := c.policy()
	if err != nil {
		return p, 0, err
	}
	id, err := c.need("VersionId")
	if err != nil {
		return p, 0, err
	}
	i := slices.IndexFunc(p.Versions, func(v world.PolicyVersion) bool { return v.ID == id })
	if i < 0 {
		return p, 0, noSuch("Policy " + c.params.Get("PolicyArn") + " version " + id + " does not exist or is not attachable.")
	}
	return p, i, nil
}

func getVersion(c *call) (result, error) {
	p, i, err := c.version()
	if err != nil {
		return result{}, err
	}
	return nodes(versionNode(p, p.Versions[i], true))
}

func listVersions(c *call) (result, error) {
	p, err := c.policy()
	if err != nil {
		return result{}, err
	}
	all := make([]wire.Node, 0, len(p.Versions))
	for _, v := range slices.Backward(p.Versions) {
		all = append(all, versionNode(p, v, false))
	}
	some, paging, err := page(c, all, 100)
	if err != nil {
		return result{}, err
	}
	return nodes(append([]wire.Node{wire.List("Versions", "member", some...)}, paging...)...)
}

func setDefault(c *call) (result, error) {
	p, i, err := c.version()
	if err != nil {
		return result{}, err
	}
	edit(c, c.account.Policies, p.Name, func(p *world.ManagedPolicy) { p.Default, p.Updated = p.Versions[i].ID, c.now })
	return result{}, nil
}

func deleteVersion(c *call) (result, error) {
	p, i, err := c.version()
	if err != nil {
		return result{}, err
	}
	if p.Versions[i].ID == p.Default {
		return result{}, conflict("Cannot delete the default version of a policy.")
	}
	edit(c, c.account.Policies, p.Name, func(p *world.ManagedPolicy) { p.Versions = slices.Delete(p.Versions, i, i+1) })
	return result{}, nil
}

func tagPolicy(c *call) (result, error) {
	p, err := c.policy()
	if err != nil {
		return result{}, err
	}
	tags, err := c.retag(p.Tags, "Policy", false)
	if err != nil {
		return result{}, err
	}
	edit(c, c.account.Policies, p.Name, func(p *world.ManagedPolicy) { p.Tags = tags })
	return result{}, nil
}

func listPolicyTags(c *call) (result, error) {
	p, err := c.policy()
	if err != nil {
		return result{}, err
	}
	return c.listedTags(p.Tags)
}

func listEntities(c *call) (result, error) {
	if _, err := c.policy(); err != nil {
		return result{}, err
	}
	attached, _ := c.holders(c.params.Get("PolicyArn"))
	var inRoles, inUsers []wire.Node
	for _, h := range attached {
		n := wire.El("member", wire.Text(h.kind.label+"Name", h.Name), wire.Text(h.kind.label+"Id", h.ID))
		if h.kind == roles {
			inRoles = append(inRoles, n)
		} else {
			inUsers = append(inUsers, n)
		}
	}
	return nodes(wire.El("PolicyGroups"), wire.List("PolicyUsers", "member", inUsers...), wire.List("PolicyRoles", "member", inRoles...),
		wire.Flag("IsTruncated", false))
}
