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
		operation{action: "ListAccountAliases", read: accountAliases},
		operation{action: "GetAccountAuthorizationDetails", read: authorizationDetails},
	)
}

func accountSummary(c *call) (result, error) {
	a := c.account
	numbers := []struct {
		key   string
		value int
	}{
		{"AccessKeysPerUserQuota", 2},
		{"AccountMFAEnabled", 1},
		{"AccountAccessKeysPresent", 0},
		{"AssumeRolePolicySizeQuota", maxTrust},
		{"AttachedPoliciesPerRoleQuota", 10},
		{"AttachedPoliciesPerUserQuota", 10},
		{"Groups", 0},
		{"GroupsQuota", 300},
		{"InstanceProfiles", count(a.Profiles.AllSeen(c.now))},
		{"InstanceProfilesQuota", 1000},
		{"Policies", count(a.Policies.AllSeen(c.now))},
		{"PoliciesQuota", 1500},
		{"PolicySizeQuota", maxPolicy},
		{"Providers", count(a.Providers.AllSeen(c.now))},
		{"RolePolicySizeQuota", roles.inline},
		{"Roles", count(a.Roles.AllSeen(c.now))},
		{"RolesQuota", 1000},
		{"UserPolicySizeQuota", users.inline},
		{"Users", count(a.Users.AllSeen(c.now))},
		{"UsersQuota", 5000},
		{"VersionsPerPolicyQuota", 5},
	}
	entries := make([]wire.Node, len(numbers))
	for i, n := range numbers {
		entries[i] = wire.El("entry", wire.Text("key", n.key), wire.Number("value", n.value))
	}
	return nodes(wire.El("SummaryMap", entries...))
}

func accountAliases(c *call) (result, error) {
	var aliases []string
	if c.account.Alias != "" {
		aliases = append(aliases, c.account.Alias)
	}
	return nodes(wire.Texts("AccountAliases", "member", aliases...), wire.Flag("IsTruncated", false))
}

// detail is one entry of the authorization details, with the list that it belongs to.
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
	for _, r := range c.account.Roles.AllSeen(c.now) {
		add("Role", "RoleDetailList", c.roleDetail(r))
	}
	for _, p := range c.account.Policies.AllSeen(c.now) {
		add("LocalManagedPolicy", "Policies", c.policyDetail(p))
	}
	some, paging, err := page(c, all, 100)
	if err != nil {
		return result{}, err
	}
	lists := []wire.Node{wire.El("UserDetailList"), wire.El("GroupDetailList"), wire.El("RoleDetailList"), wire.El("Policies")}
	for i := range lists {
		for _, d := range some {
			if d.list == lists[i].Name {
				lists[i].Kids = append(lists[i].Kids, d.node)
			}
		}
	}
	return nodes(append(lists, paging...)...)
}

func (c *call) userDetail(u world.User) wire.Node {
	n := c.userNode(u, true)
	n.Name = "member"
	n.Kids = append(n.Kids, inlineNode("UserPolicyList", u.Inline), wire.El("GroupList"), managedNode(u.Attached))
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
