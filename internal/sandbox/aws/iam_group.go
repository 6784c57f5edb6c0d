package aws

import (
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func groupOperations() []operation {
	return append(policyCarrying(groups), slices.Concat(
		groups.fill(
			operation{action: "GetGroup", read: getGroup},
			operation{action: "UpdateGroup", write: updateGroup},
			operation{action: "DeleteGroup", write: deleteGroup},
			operation{action: "AddUserToGroup", write: addToGroup},
			operation{action: "RemoveUserFromGroup", write: removeFromGroup},
		),
		users.fill(operation{action: "ListGroupsForUser", read: groupsForUser}),
		iam(
			operation{action: "CreateGroup", write: createGroup, resource: newGroup},
			operation{action: "ListGroups", read: listGroups, resource: func(c *call) string { return c.iamARN("group", "/", "") }},
		),
	)...)
}

func newGroup(c *call) string {
	path, _ := c.path()
	return c.iamARN("group", path, c.params.Get("GroupName"))
}

func createGroup(c *call) (result, error) {
	e, err := c.newEntity(groups)
	if err != nil {
		return result{}, err
	}
	if _, ok := c.account.Groups.Latest(strings.ToLower(e.Name)); ok {
		return result{}, exists("Group with name " + e.Name + " already exists.")
	}
	if err := c.within("GroupsQuota", "GroupsPerAccount", count(c.account.Groups.AllLatest())); err != nil {
		return result{}, err
	}
	e.ID = "AGPA" + c.state.Upper(17)
	put(c, c.account.Groups, e.Name, world.Group{Entity: e})
	return nodes(c.groupNode(e, "Group"))
}

func (c *call) groupNode(e world.Entity, name string) wire.Node {
	return wire.El(name,
		wire.Text("Path", e.Path), wire.Text("GroupName", e.Name), wire.Text("GroupId", e.ID),
		wire.Text("Arn", c.iamARN("group", e.Path, e.Name)), wire.Time("CreateDate", e.Created))
}

// getGroup answers a group with the users in it, a page of them at a time.
func getGroup(c *call) (result, error) {
	e, err := c.entity(groups)
	if err != nil {
		return result{}, err
	}
	var members []wire.Node
	for _, user := range c.account.Users.AllSeen(c.now) {
		if slices.Contains(user.Groups, e.ID) {
			n := c.userNode(user, false)
			n.Name = "member"
			members = append(members, n)
		}
	}
	some, paging, err := page(c, members, 100)
	if err != nil {
		return result{}, err
	}
	return nodes(append([]wire.Node{c.groupNode(e, "Group"), wire.List("Users", "member", some...)}, paging...)...)
}

func listGroups(c *call) (result, error) {
	return c.groupsWhere(func(g world.Group) bool { return strings.HasPrefix(g.Path, c.params.Get("PathPrefix")) })
}

func groupsForUser(c *call) (result, error) {
	name, err := c.name("UserName", users.name)
	if err != nil {
		return result{}, err
	}
	user, ok := find(c, c.account.Users, name)
	if !ok {
		return result{}, noSuch("The user with name " + name + " cannot be found.")
	}
	return c.groupsWhere(func(g world.Group) bool { return slices.Contains(user.Groups, g.ID) })
}

func (c *call) groupsWhere(want func(world.Group) bool) (result, error) {
	var all []wire.Node
	for _, g := range c.account.Groups.AllSeen(c.now) {
		if want(g) {
			all = append(all, c.groupNode(g.Entity, "member"))
		}
	}
	some, paging, err := page(c, all, 100)
	if err != nil {
		return result{}, err
	}
	return nodes(append([]wire.Node{wire.List("Groups", "member", some...)}, paging...)...)
}

// updateGroup renames or moves a group. Who is in it stays in it: users know their groups by unique id.
func updateGroup(c *call) (result, error) {
	e, err := c.entity(groups)
	if err != nil {
		return result{}, err
	}
	next := e
	if path := c.params.Get("NewPath"); path != "" {
		if !goodPath(path) {
			return result{}, badPath("newPath")
		}
		next.Path = path
	}
	if c.params.Get("NewGroupName") != "" {
		if next.Name, err = c.name("NewGroupName", groups.name); err != nil {
			return result{}, err
		}
	}
	renamed := !strings.EqualFold(next.Name, e.Name)
	if _, taken := c.account.Groups.Latest(strings.ToLower(next.Name)); renamed && taken {
		return result{}, exists("Group with name " + next.Name + " already exists.")
	}
	if renamed {
		drop(c, c.account.Groups, e.Name)
	}
	put(c, c.account.Groups, next.Name, world.Group{Entity: next})
	return result{}, nil
}

func deleteGroup(c *call) (result, error) {
	e, err := c.entity(groups)
	if err != nil {
		return result{}, err
	}
	for _, user := range c.account.Users.AllLatest() {
		if slices.Contains(user.Groups, e.ID) {
			return result{}, conflict("Cannot delete entity, must remove users from group first.")
		}
	}
	if err := freeOfPolicies(e); err != nil {
		return result{}, err
	}
	drop(c, c.account.Groups, e.Name)
	return result{}, nil
}

// member finds the group and the user of a call that puts one into the other or takes it out.
func (c *call) member() (group world.Entity, user world.User, err error) {
	if group, err = c.entity(groups); err != nil {
		return group, user, err
	}
	name, err := c.name("UserName", users.name)
	if err != nil {
		return group, user, err
	}
	user, ok := find(c, c.account.Users, name)
	if !ok {
		err = noSuch("The user with name " + name + " cannot be found.")
	}
	return group, user, err
}

// addToGroup succeeds when the user is in the group already.
func addToGroup(c *call) (result, error) {
	group, user, err := c.member()
	if err != nil || slices.Contains(user.Groups, group.ID) {
		return result{}, err
	}
	if err := c.within("GroupsPerUserQuota", "GroupsPerUser", len(user.Groups)); err != nil {
		return result{}, err
	}
	edit(c, c.account.Users, user.Name, func(u *world.User) { u.Groups = append(u.Groups, group.ID) })
	return result{}, nil
}

func removeFromGroup(c *call) (result, error) {
	group, user, err := c.member()
	if err != nil {
		return result{}, err
	}
	i := slices.Index(user.Groups, group.ID)
	if i < 0 {
		return result{}, noSuch("User " + user.Name + " is not in group " + group.Name + ".")
	}
	edit(c, c.account.Users, user.Name, func(u *world.User) { u.Groups = slices.Delete(u.Groups, i, i+1) })
	return result{}, nil
}

// groupsOf are the groups whose policies count for a user, as readers see them.
func groupsOf(account *world.Account, ids []string, c *call) []world.Entity {
	var in []world.Entity
	for _, g := range account.Groups.AllSeen(c.now) {
		if slices.Contains(ids, g.ID) {
			in = append(in, g.Entity)
		}
	}
	return in
}
