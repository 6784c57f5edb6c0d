package aws

import (
	"fmt"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func roleOperations() []operation {
	return iam(
		operation{action: "CreateRole", write: createRole, resource: newRole, facts: newEntityFacts},
		operation{action: "GetRole", read: getRole, resource: roles.on, facts: roles.known},
		operation{action: "ListRoles", read: listRoles, resource: func(c *call) string { return c.iamARN("role", "/", "") }},
		operation{action: "UpdateRole", write: updateRole, resource: roles.on, facts: roles.known},
		operation{action: "UpdateRoleDescription", write: updateRole, resource: roles.on, facts: roles.known},
		operation{action: "UpdateAssumeRolePolicy", write: updateTrust, resource: roles.on, facts: roles.known},
		operation{action: "DeleteRole", write: deleteRole, resource: roles.on, facts: roles.known},
	)
}

func newRole(c *call) string {
	path, _ := c.path()
	return c.iamARN("role", path, c.params.Get("RoleName"))
}

// newEntityFacts are the condition keys of a call that makes a role or user.
func newEntityFacts(c *call, f judge.Facts) {
	requestTags(f, c.tags(), nil)
	if arn := c.params.Get("PermissionsBoundary"); arn != "" {
		f.Set("iam:PermissionsBoundary", arn)
	}
}

func createRole(c *call) (result, error) {
	e, err := c.newEntity(roles)
	if err != nil {
		return result{}, err
	}
	if _, ok := c.account.Roles.Latest(strings.ToLower(e.Name)); ok {
		return result{}, exists("Role with name " + e.Name + " already exists.")
	}
	if err := c.within("RolesQuota", "RolesPerAccount", count(c.account.Roles.AllLatest())); err != nil {
		return result{}, err
	}
	role := world.Role{Entity: e, Description: c.params.Get("Description")}
	if role.MaxSession, err = c.number("MaxSessionDuration", 3600, 3600, 43200); err != nil {
		return result{}, err
	}
	if err := checkDescription(role.Description); err != nil {
		return result{}, err
	}
	if role.Trust, role.TrustIDs, err = c.trust("AssumeRolePolicyDocument"); err != nil {
		return result{}, err
	}
	role.ID = "AROA" + c.state.Upper(17)
	put(c, c.account.Roles, role.Name, role)
	return nodes(c.roleNode(role, true))
}

// newEntity reads what calls that make a role, user or group have in common.
func (c *call) newEntity(k kind) (e world.Entity, err error) {
	e.Created = c.now
	if e.Name, err = c.name(k.param(), k.name); err != nil {
		return e, err
	}
	if e.Path, err = c.path(); err != nil {
		return e, err
	}
	if e.Tags, err = c.checkedTags(true); err != nil {
		return e, err
	}
	if c.params.Get("PermissionsBoundary") != "" {
		e.Boundary, err = c.attachable("PermissionsBoundary")
	}
	return e, err
}

func checkDescription(text string) error {
	if len(text) > 1000 {
		return invalid("Description", text, "Member must have length less than or equal to 1000")
	}
	for _, r := range text {
		if r != '\t' && r != '\n' && r != '\r' && (r < 0x20 || r > 0x7e && r < 0xa1 || r > 0xff) {
			return invalid("Description", text, `Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*`)
		}
	}
	return nil
}

// trust is a parameter that holds a trust policy, checked as IAM checks it, with the unique ids of those it names.
func (c *call) trust(param string) (text string, ids map[string]string, err error) {
	if text, err = c.need(param); err != nil {
		return "", nil, err
	}
	document, err := judge.ParseDocument(text)
	if err == nil {
		err = judge.CheckTrust(document, func(name string) bool { _, ok := c.namedID(name); return ok })
	}
	if err != nil {
		return "", nil, malformed(err)
	}
	if most := c.quota("AssumeRolePolicySizeQuota"); bytesWithoutSpace(text) > most {
		return "", nil, limit(fmt.Sprintf("Cannot exceed quota for ACLSizePerRole: %d", most))
	}
	ids = map[string]string{}
	for _, name := range judge.AWSNames(document) {
		if id, _ := c.namedID(name); id != "" {
			ids[name] = id
		}
	}
	return text, ids, nil
}

// namedID answers the unique id behind an AWS principal of a trust policy: of a user or role that readers can see.
// Accounts, sessions and unique ids stand for themselves.
func (c *call) namedID(name string) (id string, ok bool) {
	if accountShape(name) || uniqueID(name) {
		return "", true
	}
	a, ok := parseARN(name)
	if !ok || a.partition != c.partition || !accountShape(a.account) {
		return "", false
	}
	switch {
	case a.service == "sts" && strings.HasPrefix(a.resource, "assumed-role/"), a.resource == "root" && a.service == "iam":
		return "", true
	}
	account, ok := c.state.AWS.Accounts[a.account]
	if !ok {
		return "", false
	}
	if path, name, ok := a.pathAndName("role"); ok {
		role, ok := account.Roles.Seen(strings.ToLower(name), c.now)
		return role.ID, ok && role.Path == path && role.Name == name
	}
	if path, name, ok := a.pathAndName("user"); ok {
		user, ok := account.Users.Seen(strings.ToLower(name), c.now)
		return user.ID, ok && user.Path == path && user.Name == name
	}
	return "", false
}

func getRole(c *call) (result, error) {
	name, err := c.name("RoleName", 64)
	if err != nil {
		return result{}, err
	}
	role, ok := find(c, c.account.Roles, name)
	if !ok {
		return result{}, noSuch("The role with name " + name + " cannot be found.")
	}
	return nodes(c.roleNode(role, true))
}

func listRoles(c *call) (result, error) {
	var all []wire.Node
	for _, role := range c.account.Roles.AllSeen(c.now) {
		if strings.HasPrefix(role.Path, c.params.Get("PathPrefix")) {
			all = append(all, c.roleNode(role, false))
		}
	}
	some, paging, err := page(c, all, 100)
	if err != nil {
		return result{}, err
	}
	return nodes(append([]wire.Node{wire.List("Roles", "member", some...)}, paging...)...)
}

func updateRole(c *call) (result, error) {
	e, err := c.entity(roles)
	if err != nil {
		return result{}, err
	}
	max, err := c.number("MaxSessionDuration", 0, 3600, 43200)
	if err != nil {
		return result{}, err
	}
	if err := checkDescription(c.params.Get("Description")); err != nil {
		return result{}, err
	}
	edit(c, c.account.Roles, e.Name, func(r *world.Role) {
		if _, given := c.params["Description"]; given {
			r.Description = c.params.Get("Description")
		}
		if max != 0 {
			r.MaxSession = max
		}
	})
	if c.op.action == "UpdateRole" {
		return nodes(wire.Node{})
	}
	return getRole(c)
}

func updateTrust(c *call) (result, error) {
	e, err := c.entity(roles)
	if err != nil {
		return result{}, err
	}
	text, ids, err := c.trust("PolicyDocument")
	if err != nil {
		return result{}, err
	}
	edit(c, c.account.Roles, e.Name, func(r *world.Role) { r.Trust, r.TrustIDs = text, ids })
	return result{}, nil
}

func deleteRole(c *call) (result, error) {
	e, err := c.entity(roles)
	if err != nil {
		return result{}, err
	}
	if err := freeOfPolicies(e); err != nil {
		return result{}, err
	}
	for _, profile := range c.account.Profiles.AllLatest() {
		if profile.Role == strings.ToLower(e.Name) {
			return result{}, conflict("Cannot delete entity, must remove roles from instance profile first.")
		}
	}
	drop(c, c.account.Roles, e.Name)
	return result{}, nil
}

func freeOfPolicies(e world.Entity) error {
	switch {
	case len(e.Attached) > 0:
		return conflict("Cannot delete entity, must detach all policies first.")
	case len(e.Inline) > 0:
		return conflict("Cannot delete entity, must delete policies first.")
	}
	return nil
}

// roleNode is a Role element. Lists leave out tags, boundary and last use, as the real one does.
func (c *call) roleNode(r world.Role, whole bool) wire.Node {
	n := wire.El("Role",
		wire.Text("Path", r.Path),
		wire.Text("RoleName", r.Name),
		wire.Text("RoleId", r.ID),
		wire.Text("Arn", c.iamARN("role", r.Path, r.Name)),
		wire.Time("CreateDate", r.Created),
		wire.Text("AssumeRolePolicyDocument", encoded(c.shownTrust(r))),
		wire.Some("Description", r.Description),
		wire.Number("MaxSessionDuration", r.MaxSession))
	if !whole {
		return n
	}
	n.Kids = append(n.Kids, boundaryNode(r.Boundary), someTags(r.Tags))
	if c.op.action != "CreateRole" {
		n.Kids = append(n.Kids, c.lastUsed(r))
	}
	return n
}

// shownTrust puts the unique id in the place of a user or role that is gone or was made anew, as IAM shows it.
func (c *call) shownTrust(r world.Role) string {
	text := r.Trust
	for name, id := range r.TrustIDs {
		if now, _ := c.namedID(name); now != id {
			text = strings.ReplaceAll(text, `"`+name+`"`, `"`+id+`"`)
		}
	}
	return text
}

func (c *call) lastUsed(r world.Role) wire.Node {
	use, ok := c.account.RoleUses[r.ID]
	if !ok {
		return wire.El("RoleLastUsed")
	}
	return wire.El("RoleLastUsed", wire.Time("LastUsedDate", use.At), wire.Text("Region", use.Region))
}

func boundaryNode(arn string) wire.Node {
	if arn == "" {
		return wire.Node{}
	}
	return wire.El("PermissionsBoundary", wire.Text("PermissionsBoundaryType", "Policy"), wire.Text("PermissionsBoundaryArn", arn))
}
