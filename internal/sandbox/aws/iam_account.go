package aws

import (
	"maps"
	"slices"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func accountOperations() []operation {
	return iam(
		operation{action: "GetAccountSummary", read: accountSummary},
		operation{action: "GetAccountAuthorizationDetails", read: authorizationDetails},
	)
}

func accountSummary(c *call) (result, error) {
	a := c.account
	numbers := map[string]int{
		"AccountMFAEnabled":        1,
		"AccountAccessKeysPresent": 0,
		"Groups":                   count(a.Groups.AllSeen(c.now)),
		"InstanceProfiles":         count(a.Profiles.AllSeen(c.now)),
		"Policies":                 count(a.Policies.AllSeen(c.now)),
		"Providers":                count(a.Providers.AllSeen(c.now)),
		"Roles":                    count(a.Roles.AllSeen(c.now)),
		"Users":                    count(a.Users.AllSeen(c.now)),
	}
	if a.Root != nil {
		numbers["AccountAccessKeysPresent"] = 1
	}
	for name := range quotas() {
		if !unsummarised(name) {
			numbers[name] = c.quota(name)
		}
	}
	var entries []wire.Node
	for _, key := range slices.Sorted(maps.Keys(numbers)) {
		entries = append(entries, wire.El("entry", wire.Text("key", key), wire.Number("value", numbers[key])))
	}
	return nodes(wire.El("SummaryMap", entries...))
}

// detail is one entry of an answer of several lists that are paged together, with the list that it belongs to.
type detail struct {
	list string
	node wire.Node
}

func authorizationDetails(c *call) (result, error) {
	want := c.list("Filter")
	var all []detail
	add := func(filter, list string, n wire.Node) {
		if len(want) == 0 || slices.Contains(want, filter) {
			all = append(all, detail{list, n})
		}
	}
	for _, u := range c.account.Users.AllSeen(c.now) {
		add("User", "UserDetailList", c.userDetail(u))
	}
	for _, g := range c.account.Groups.AllSeen(c.now) {
		add("Group", "GroupDetailList", c.groupDetail(g))
	}
	for _, r := range c.account.Roles.AllSeen(c.now) {
		add("Role", "RoleDetailList", c.roleDetail(r))
	}
	for _, p := range c.account.Policies.AllSeen(c.now) {
		add("LocalManagedPolicy", "Policies", c.policyDetail(p))
	}
	return c.sorted(all, "UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
}

// sorted answers one page of details, each in the list that it belongs to.
func (c *call) sorted(all []detail, names ...string) (result, error) {
	some, paging, err := page(c, all, 100)
	if err != nil {
		return result{}, err
	}
	lists := make([]wire.Node, len(names))
	for i, name := range names {
		lists[i] = wire.El(name)
		for _, d := range some {
			if d.list == name {
				lists[i].Kids = append(lists[i].Kids, d.node)
			}
		}
	}
	return nodes(append(lists, paging...)...)
}

func (c *call) userDetail(u world.User) wire.Node {
	n := c.userNode(u, true)
	n.Name = "member"
	n.Kids = append(n.Kids, inlineNode("UserPolicyList", u.Inline), c.groupList(u), managedNode(u.Attached))
	return n
}

// groupList names the groups that a user is in.
func (c *call) groupList(u world.User) wire.Node {
	var names []string
	for _, e := range groupsOf(c.account, u.Groups, c) {
		names = append(names, e.Name)
	}
	return wire.Texts("GroupList", "member", names...)
}

func (c *call) groupDetail(g world.Group) wire.Node {
	n := c.groupNode(g.Entity, "member")
	n.Kids = append(n.Kids, inlineNode("GroupPolicyList", g.Inline), managedNode(g.Attached))
	return n
}

func (c *call) roleDetail(r world.Role) wire.Node {
	profiles := wire.El("InstanceProfileList")
	for _, p := range c.account.Profiles.AllSeen(c.now) {
		if here, ok := c.account.Roles.Seen(p.Role, c.now); ok && here.ID == r.ID {
			n := c.profileNode(p, true)
			n.Name = "member"
			profiles.Kids = append(profiles.Kids, n)
		}
	}
	return wire.El("member",
		wire.Text("Path", r.Path), wire.Text("RoleName", r.Name), wire.Text("RoleId", r.ID),
		wire.Text("Arn", c.iamARN("role", r.Path, r.Name)), wire.Time("CreateDate", r.Created),
		wire.Text("AssumeRolePolicyDocument", encoded(c.shownTrust(r))), profiles,
		inlineNode("RolePolicyList", r.Inline), managedNode(r.Attached), boundaryNode(r.Boundary), tagsNode(r.Tags), c.lastUsed(r))
}

func (c *call) policyDetail(p world.ManagedPolicy) wire.Node {
	n := c.policyNode(p, true)
	n.Name = "member"
	versions := wire.El("PolicyVersionList")
	for _, v := range p.Versions {
		one := versionNode(p, v, true)
		one.Name = "member"
		versions.Kids = append(versions.Kids, one)
	}
	n.Kids = append(n.Kids, versions)
	return n
}

func inlineNode(list string, policies map[string]string) wire.Node {
	n := wire.El(list)
	for _, name := range slices.Sorted(maps.Keys(policies)) {
		n.Kids = append(n.Kids, wire.El("member", wire.Text("PolicyName", name), wire.Text("PolicyDocument", encoded(policies[name]))))
	}
	return n
}

func managedNode(arns []string) wire.Node {
	n := attachedNode(arns)
	n.Name = "AttachedManagedPolicies"
	return n
}
