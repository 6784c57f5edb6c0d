package aws

import (
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func userOperations() []operation {
	return iam(
		operation{action: "CreateUser", write: createUser, resource: newUser, facts: newEntityFacts},
		operation{action: "GetUser", read: getUser, resource: userOrSelf, facts: users.known},
		operation{action: "ListUsers", read: listUsers, resource: func(c *call) string { return c.iamARN("user", "/", "") }},
		operation{action: "DeleteUser", write: deleteUser, resource: users.on, facts: users.known},
		operation{action: "CreateAccessKey", write: createAccessKey, resource: userOrSelf},
		operation{action: "ListAccessKeys", read: listAccessKeys, resource: userOrSelf},
		operation{action: "UpdateAccessKey", write: updateAccessKey, resource: userOrSelf},
		operation{action: "DeleteAccessKey", write: deleteAccessKey, resource: userOrSelf},
		operation{action: "GetAccessKeyLastUsed", read: getAccessKeyLastUsed, resource: keyOwner},
	)
}

func newUser(c *call) string {
	path, _ := c.path()
	return c.iamARN("user", path, c.params.Get("UserName"))
}

func userOrSelf(c *call) string {
	if c.params.Get("UserName") == "" {
		return c.caller.ARN
	}
	return users.on(c)
}

// user is the one that a call names, or the caller when it names none.
func (c *call) user() (world.User, error) {
	name := c.params.Get("UserName")
	if name == "" && c.caller.role {
		return world.User{}, wire.AWSError("ValidationError", "Must specify userName when calling with non-User credentials")
	}
	if name == "" {
		name = c.caller.entity.Name
	}
	user, ok := find(c, c.account.Users, name)
	if !ok {
		return user, noSuch("The user with name " + name + " cannot be found.")
	}
	return user, nil
}

func createUser(c *call) (result, error) {
	e, err := c.newEntity(users)
	if err != nil {
		return result{}, err
	}
	if _, ok := c.account.Users.Latest(strings.ToLower(e.Name)); ok {
		return result{}, exists("User with name " + e.Name + " already exists.")
	}
	if err := c.within("UsersQuota", "UsersPerAccount", count(c.account.Users.AllLatest())); err != nil {
		return result{}, err
	}
	e.ID = "AIDA" + c.state.Upper(17)
	user := world.User{Entity: e}
	put(c, c.account.Users, e.Name, user)
	return nodes(c.userNode(user, true))
}

func getUser(c *call) (result, error) {
	user, err := c.user()
	if err != nil {
		return result{}, err
	}
	return nodes(c.userNode(user, true))
}

func listUsers(c *call) (result, error) {
	var all []wire.Node
	for _, user := range c.account.Users.AllSeen(c.now) {
		if strings.HasPrefix(user.Path, c.params.Get("PathPrefix")) {
			all = append(all, c.userNode(user, false))
		}
	}
	some, paging, err := page(c, all, 100)
	if err != nil {
		return result{}, err
	}
	return nodes(append([]wire.Node{wire.List("Users", "member", some...)}, paging...)...)
}

func deleteUser(c *call) (result, error) {
	user, err := c.user()
	if err != nil {
		return result{}, err
	}
	if err := freeOfPolicies(user.Entity); err != nil {
		return result{}, err
	}
	switch {
	case len(user.Keys) > 0:
		return result{}, conflict("Cannot delete entity, must delete access keys first.")
	case len(user.Groups) > 0:
		return result{}, conflict("Cannot delete entity, must remove users from group first.")
	}
	drop(c, c.account.Users, user.Name)
	return result{}, nil
}

func (c *call) userNode(u world.User, whole bool) wire.Node {
	n := wire.El("User",
		wire.Text("Path", u.Path), wire.Text("UserName", u.Name), wire.Text("UserId", u.ID),
		wire.Text("Arn", c.iamARN("user", u.Path, u.Name)), wire.Time("CreateDate", u.Created))
	if whole {
		n.Kids = append(n.Kids, boundaryNode(u.Boundary), someTags(u.Tags))
	}
	return n
}

func createAccessKey(c *call) (result, error) {
	user, err := c.user()
	if err != nil {
		return result{}, err
	}
	if err := c.within("AccessKeysPerUserQuota", "AccessKeysPerUser", len(user.Keys)); err != nil {
		return result{}, err
	}
	key := world.NewAccessKey(c.state, c.now)
	c.cloud.world.Issued(key.Secret)
	edit(c, c.account.Users, user.Name, func(u *world.User) { u.Keys = append(u.Keys, key) })
	return nodes(wire.El("AccessKey",
		wire.Text("UserName", user.Name), wire.Text("AccessKeyId", key.ID), wire.Text("Status", "Active"),
		wire.Text("SecretAccessKey", key.Secret), wire.Time("CreateDate", key.Created)))
}

func listAccessKeys(c *call) (result, error) {
	user, err := c.user()
	if err != nil {
		return result{}, err
	}
	list := make([]wire.Node, len(user.Keys))
	for i, key := range user.Keys {
		list[i] = wire.El("member", wire.Text("UserName", user.Name), wire.Text("AccessKeyId", key.ID),
			wire.Text("Status", keyStatus(key)), wire.Time("CreateDate", key.Created))
	}
	some, paging, err := page(c, list, 100)
	if err != nil {
		return result{}, err
	}
	return nodes(append([]wire.Node{wire.List("AccessKeyMetadata", "member", some...), wire.Text("UserName", user.Name)}, paging...)...)
}

func keyStatus(key world.AccessKey) string {
	if key.Active {
		return "Active"
	}
	return "Inactive"
}

// accessKey finds the key that a call names among its user's.
func (c *call) accessKey() (world.User, int, error) {
	user, err := c.user()
	if err != nil {
		return user, 0, err
	}
	id, err := c.need("AccessKeyId")
	if err != nil {
		return user, 0, err
	}
	i := slices.IndexFunc(user.Keys, func(k world.AccessKey) bool { return k.ID == id })
	if i < 0 {
		return user, 0, noSuch("The Access Key with id " + id + " cannot be found.")
	}
	return user, i, nil
}

func updateAccessKey(c *call) (result, error) {
	user, i, err := c.accessKey()
	if err != nil {
		return result{}, err
	}
	status := c.params.Get("Status")
	if status != "Active" && status != "Inactive" {
		return result{}, invalid("Status", status, "Member must satisfy enum value set: [Active, Inactive]")
	}
	edit(c, c.account.Users, user.Name, func(u *world.User) { u.Keys[i].Active = status == "Active" })
	return result{}, nil
}

func deleteAccessKey(c *call) (result, error) {
	user, i, err := c.accessKey()
	if err != nil {
		return result{}, err
	}
	edit(c, c.account.Users, user.Name, func(u *world.User) { u.Keys = slices.Delete(u.Keys, i, i+1) })
	return result{}, nil
}

func (c *call) ownerOf(keyID string) (world.User, bool) {
	for _, user := range c.account.Users.AllSeen(c.now) {
		for _, key := range user.Keys {
			if key.ID == keyID {
				return user, true
			}
		}
	}
	return world.User{}, false
}

func keyOwner(c *call) string {
	user, _ := c.ownerOf(c.params.Get("AccessKeyId"))
	return c.iamARN("user", user.Path, user.Name)
}

func getAccessKeyLastUsed(c *call) (result, error) {
	id, err := c.need("AccessKeyId")
	if err != nil {
		return result{}, err
	}
	user, ok := c.ownerOf(id)
	if !ok {
		return result{}, wire.AWSError("AccessDenied", "User: "+c.caller.ARN+" is not authorized to perform: iam:GetAccessKeyLastUsed on resource: access key "+id)
	}
	last := []wire.Node{wire.Text("ServiceName", "N/A"), wire.Text("Region", "N/A")}
	if use, ok := c.account.KeyUses[id]; ok {
		last = []wire.Node{wire.Time("LastUsedDate", use.At), wire.Text("ServiceName", use.Service), wire.Text("Region", use.Region)}
	}
	return nodes(wire.Text("UserName", user.Name), wire.El("AccessKeyLastUsed", last...))
}
