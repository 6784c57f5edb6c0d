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
	document, err := c.permissions("PolicyDocument", c.quota("PolicySizeQuota"))
	if err != nil {
		return result{}, err
	}
	if _, ok := find(c, c.account.Policies, name); ok {
		return result{}, exists("A policy called " + name + " already exists. Duplicate names are not allowed.")
	}
	if err := c.within("PoliciesQuota", "PoliciesPerAccount", count(c.account.Policies.AllLatest())); err != nil {
		return result{}, err
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
	return own.policy(path, name), nil
}

func (c *call) policyNode(p world.ManagedPolicy, whole bool) wire.Node {
	arn := c.iamARN("policy", p.Path, p.Name)
	if given := c.params.Get("PolicyArn"); given != "" {
		arn = given
	}
	return c.policyNodeAt(arn, p, whole)
}

func (c *call) policyNodeAt(arn string, p world.ManagedPolicy, whole bool) wire.Node {
	attached, bounded := c.holders(arn)
	n := wire.El("Policy",
		wire.Text("PolicyName", p.Name), wire.Text("PolicyId", p.ID), wire.Text("Arn", arn), wire.Text("Path", p.Path),
		wire.Text("DefaultVersionId", p.Default), wire.Number("AttachmentCount", len(attached)),
		wire.Number("PermissionsBoundaryUsageCount", len(bounded)), wire.Flag("IsAttachable", true),
		wire.Time("CreateDate", p.Created), wire.Time("UpdateDate", p.Updated))
	if whole {
		n.Kids = append(n.Kids, wire.Some("Description", p.Description), someTags(p.Tags))
	}
	return n
}

// holder is a role, user or group that carries a policy.
type holder struct {
	kind kind
	world.Entity
}

// holders lists who carries a policy, and whom it bounds.
func (c *call) holders(arn string) (attached, bounded []holder) {
	note := func(k kind, e world.Entity) {
		if slices.Contains(e.Attached, arn) {
			attached = append(attached, holder{k, e})
		}
		if e.Boundary == arn {
			bounded = append(bounded, holder{k, e})
		}
	}
	for _, role := range c.account.Roles.AllLatest() {
		note(roles, role.Entity)
	}
	for _, user := range c.account.Users.AllLatest() {
		note(users, user.Entity)
	}
	for _, group := range c.account.Groups.AllLatest() {
		note(groups, group.Entity)
	}
	return attached, bounded
}

func getPolicy(c *call) (result, error) {
	p, err := c.policy()
	if err != nil {
		return result{}, err
	}
	return nodes(c.policyNode(p, true))
}

func deletePolicy(c *call) (result, error) {
	p, err := c.policy()
	if err != nil {
		return result{}, err
	}
	attached, bounded := c.holders(c.params.Get("PolicyArn"))
	switch {
	case len(attached)+len(bounded) > 0:
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
	document, err := c.permissions("PolicyDocument", c.quota("PolicySizeQuota"))
	if err != nil {
		return result{}, err
	}
	if most := c.quota("VersionsPerPolicyQuota"); len(p.Versions) >= most {
		return result{}, limit(fmt.Sprintf("A managed policy can have up to %d versions. Before you create a new version, you must delete an existing version.", most))
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

// listEntities answers who carries a policy, or whom it bounds, as EntityFilter and PolicyUsageFilter ask.
func listEntities(c *call) (result, error) {
	if _, err := c.policy(); err != nil {
		return result{}, err
	}
	attached, bounded := c.holders(c.params.Get("PolicyArn"))
	switch c.params.Get("PolicyUsageFilter") {
	case "PermissionsPolicy":
		bounded = nil
	case "PermissionsBoundary":
		attached = nil
	}
	var all []detail
	for _, h := range slices.Concat(attached, bounded) {
		if want := c.params.Get("EntityFilter"); want == "" || want == h.kind.label {
			all = append(all, detail{
				"Policy" + h.kind.label + "s",
				wire.El("member", wire.Text(h.kind.label+"Name", h.Name), wire.Text(h.kind.label+"Id", h.ID)),
			})
		}
	}
	return c.sorted(all, "PolicyGroups", "PolicyUsers", "PolicyRoles")
}
