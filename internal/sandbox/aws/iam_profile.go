package aws

import (
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func profileOperations() []operation {
	ops := iam(
		operation{action: "CreateInstanceProfile", write: createProfile, facts: newEntityFacts},
		operation{action: "GetInstanceProfile", read: getProfile},
		operation{action: "ListInstanceProfiles", read: listProfiles},
		operation{action: "DeleteInstanceProfile", write: deleteProfile},
		operation{action: "AddRoleToInstanceProfile", write: addRole},
		operation{action: "RemoveRoleFromInstanceProfile", write: removeRole},
		operation{action: "TagInstanceProfile", write: tagProfile, facts: newEntityFacts},
		operation{action: "UntagInstanceProfile", write: tagProfile},
		operation{action: "ListInstanceProfileTags", read: listProfileTags},
	)
	for i := range ops {
		ops[i].resource = onProfile
	}
	return append(ops, iam(operation{action: "ListInstanceProfilesForRole", read: profilesForRole, resource: roles.on})...)
}

func onProfile(c *call) string {
	path, err := c.path()
	name := c.params.Get("InstanceProfileName")
	if p, ok := find(c, c.account.Profiles, name); ok && c.op.action != "CreateInstanceProfile" {
		path, name = p.Path, p.Name
	}
	if err != nil {
		path = "/"
	}
	return c.iamARN("instance-profile", path, name)
}

func (c *call) profile() (world.InstanceProfile, error) {
	name, err := c.name("InstanceProfileName", 128)
	if err != nil {
		return world.InstanceProfile{}, err
	}
	p, ok := find(c, c.account.Profiles, name)
	if !ok {
		return p, noSuch("Instance Profile " + name + " cannot be found.")
	}
	return p, nil
}

func createProfile(c *call) (result, error) {
	name, err := c.name("InstanceProfileName", 128)
	if err != nil {
		return result{}, err
	}
	path, err := c.path()
	if err != nil {
		return result{}, err
	}
	tags, err := c.checkedTags(false)
	if err != nil {
		return result{}, err
	}
	if _, ok := find(c, c.account.Profiles, name); ok {
		return result{}, exists("Instance Profile " + name + " already exists.")
	}
	if err := c.within("InstanceProfilesQuota", "InstanceProfilesPerAccount", count(c.account.Profiles.AllLatest())); err != nil {
		return result{}, err
	}
	p := world.InstanceProfile{Name: name, Path: path, ID: "AIPA" + c.state.Upper(17), Created: c.now, Tags: tags}
	put(c, c.account.Profiles, name, p)
	return nodes(c.profileNode(p, true))
}

func getProfile(c *call) (result, error) {
	p, err := c.profile()
	if err != nil {
		return result{}, err
	}
	return nodes(c.profileNode(p, true))
}

func (c *call) profileNode(p world.InstanceProfile, whole bool) wire.Node {
	var role []wire.Node
	if r, ok := find(c, c.account.Roles, p.Role); ok && p.Role != "" {
		role = append(role, c.roleNode(r, false))
	}
	n := wire.El("InstanceProfile",
		wire.Text("Path", p.Path), wire.Text("InstanceProfileName", p.Name), wire.Text("InstanceProfileId", p.ID),
		wire.Text("Arn", c.iamARN("instance-profile", p.Path, p.Name)), wire.Time("CreateDate", p.Created),
		wire.List("Roles", "member", role...))
	if whole {
		n.Kids = append(n.Kids, someTags(p.Tags))
	}
	return n
}

func listProfiles(c *call) (result, error) {
	return c.profilesWhere(func(p world.InstanceProfile) bool { return strings.HasPrefix(p.Path, c.params.Get("PathPrefix")) })
}

func profilesForRole(c *call) (result, error) {
	e, err := c.entity(roles)
	if err != nil {
		return result{}, err
	}
	return c.profilesWhere(func(p world.InstanceProfile) bool { return p.Role == strings.ToLower(e.Name) })
}

func (c *call) profilesWhere(want func(world.InstanceProfile) bool) (result, error) {
	var all []wire.Node
	for _, p := range c.account.Profiles.AllSeen(c.now) {
		if want(p) {
			all = append(all, c.profileNode(p, false))
		}
	}
	some, paging, err := page(c, all, 100)
	if err != nil {
		return result{}, err
	}
	return nodes(append([]wire.Node{wire.List("InstanceProfiles", "member", some...)}, paging...)...)
}

func deleteProfile(c *call) (result, error) {
	p, err := c.profile()
	if err != nil {
		return result{}, err
	}
	if p.Role != "" {
		return result{}, conflict("Cannot delete entity, must remove roles from instance profile first.")
	}
	drop(c, c.account.Profiles, p.Name)
	return result{}, nil
}

func addRole(c *call) (result, error) {
	p, err := c.profile()
	if err != nil {
		return result{}, err
	}
	e, err := c.entity(roles)
	if err != nil {
		return result{}, err
	}
	if p.Role != "" {
		return result{}, limit("Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")
	}
	if err := c.passRole(e, "ec2.amazonaws.com"); err != nil {
		return result{}, err
	}
	edit(c, c.account.Profiles, p.Name, func(p *world.InstanceProfile) { p.Role = strings.ToLower(e.Name) })
	return result{}, nil
}

// passRole refuses unless the caller may hand a role to a service.
func (c *call) passRole(e world.Entity, service string) error {
	facts := c.facts()
	resourceTags(facts, e.Tags)
	facts.Set("iam:PassedToService", service)
	return c.allow("iam:PassRole", c.iamARN("role", e.Path, e.Name), facts)
}

func removeRole(c *call) (result, error) {
	p, err := c.profile()
	if err != nil {
		return result{}, err
	}
	name, err := c.name("RoleName", 64)
	if err != nil {
		return result{}, err
	}
	if p.Role != strings.ToLower(name) {
		return result{}, noSuch("The role with name " + name + " cannot be found.")
	}
	edit(c, c.account.Profiles, p.Name, func(p *world.InstanceProfile) { p.Role = "" })
	return result{}, nil
}

func tagProfile(c *call) (result, error) {
	p, err := c.profile()
	if err != nil {
		return result{}, err
	}
	tags, err := c.retag(p.Tags, "InstanceProfile", false)
	if err != nil {
		return result{}, err
	}
	edit(c, c.account.Profiles, p.Name, func(p *world.InstanceProfile) { p.Tags = tags })
	return result{}, nil
}

func listProfileTags(c *call) (result, error) {
	p, err := c.profile()
	if err != nil {
		return result{}, err
	}
	return c.listedTags(p.Tags)
}
