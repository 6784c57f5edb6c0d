package google

import (
	"cmp"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/shape"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func customView(r *world.CustomRole, full bool) roleJSON {
	out := roleJSON{Name: r.Name, Title: r.Title, Description: r.Description, Stage: r.Stage, Etag: r.Etag, Deleted: r.Deleted}
	if full {
		out.IncludedPermissions = r.Permissions
	}
	return out
}

func (q *call) listCustomRoles() (any, error) {
	if err := q.needIn("iam.roles.list", ""); err != nil {
		return nil, err
	}
	var all []roleJSON
	for name, r := range q.g.Roles {
		if strings.HasPrefix(name, "projects/"+q.project.ID+"/") && (!r.Deleted || q.boolean("showDeleted")) {
			all = append(all, customView(r, q.query.Get("view") == "FULL"))
		}
	}
	slices.SortFunc(all, func(a, b roleJSON) int { return cmp.Compare(a.Name, b.Name) })
	some, next, err := page(q, all, "pageSize", 300, 1000)
	return rolesJSON{some, next}, err
}

// customRole finds a role of the project after asking for a permission.
func (q *call) customRole(permission string) (*world.CustomRole, error) {
	if err := q.needIn(permission, "/roles/"+q.vars["role"]); err != nil {
		return nil, err
	}
	r := q.g.Roles["projects/"+q.project.ID+"/roles/"+q.vars["role"]]
	if r == nil {
		return nil, notFound("The role named projects/%s/roles/%s was not found.", q.project.ID, q.vars["role"])
	}
	return r, nil
}

func (q *call) getCustomRole() (any, error) {
	r, err := q.customRole("iam.roles.get")
	if err != nil {
		return nil, err
	}
	return customView(r, true), nil
}

const roleIDPattern = `^[a-zA-Z0-9_.]{3,64}$`

var roleID = shape.Of(roleIDPattern)

func (q *call) createRole() (any, error) {
	var in struct {
		RoleID string
		Role   roleJSON
	}
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	if err := q.needIn("iam.roles.create", ""); err != nil {
		return nil, err
	}
	if !roleID(in.RoleID) {
		return nil, invalidArgument("The role_id %q is invalid. It must match %s.", in.RoleID, roleIDPattern)
	}
	if err := checkRolePermissions(in.Role.IncludedPermissions); err != nil {
		return nil, err
	}
	name := "projects/" + q.project.ID + "/roles/" + in.RoleID
	if q.g.Roles[name] != nil {
		return nil, alreadyExists("A role named %s in projects/%s already exists.", in.RoleID, q.project.ID)
	}
	r := &world.CustomRole{Name: name, Title: in.Role.Title, Description: in.Role.Description, Stage: in.Role.Stage, Permissions: in.Role.IncludedPermissions, Etag: q.state.Etag()}
	q.g.Roles[name] = r
	return customView(r, true), nil
}

func checkRolePermissions(names []string) error {
	testable := judge.TestableOn("projects")
	for _, name := range names {
		if !contains(testable, name) {
			return invalidArgument("Permission %s is not valid.", name)
		}
	}
	return nil
}

func (q *call) patchRole() (any, error) {
	var in roleJSON
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	r, err := q.customRole("iam.roles.update")
	if err != nil {
		return nil, err
	}
	if in.Etag != "" && in.Etag != r.Etag {
		return nil, failure(409, "ABORTED", "There were concurrent changes to the role.")
	}
	if err := checkRolePermissions(in.IncludedPermissions); err != nil {
		return nil, err
	}
	mask := q.query.Get("updateMask")
	in.apply(r, func(field string) bool { return mask == "" || slices.Contains(strings.Split(mask, ","), field) })
	r.Etag = q.state.Etag()
	return customView(r, true), nil
}

func (in roleJSON) apply(r *world.CustomRole, masked func(string) bool) {
	if masked("title") {
		r.Title = in.Title
	}
	if masked("description") {
		r.Description = in.Description
	}
	if masked("stage") {
		r.Stage = in.Stage
	}
	if masked("includedPermissions") {
		r.Permissions = in.IncludedPermissions
	}
}

func (q *call) deleteRole() (any, error) {
	r, err := q.customRole("iam.roles.delete")
	if err != nil {
		return nil, err
	}
	r.Deleted = true
	return customView(r, true), nil
}

func (q *call) undeleteRole() (any, error) {
	var in struct{ Etag string }
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	r, err := q.customRole("iam.roles.undelete")
	if err != nil {
		return nil, err
	}
	if !r.Deleted {
		return nil, precondition("The role %s is not deleted.", r.Name)
	}
	r.Deleted = false
	return customView(r, true), nil
}
