package google

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func roleRoutes() []route {
	const own = "v1/projects/{project}/roles"
	return of(iam,
		get("v1/roles", "iam.roles.list", (*call).listRoles),
		get("v1/roles/{role}", "iam.roles.get", (*call).getRole),
		post("v1/roles:queryGrantableRoles", "iam.roles.queryGrantableRoles", (*call).grantableRoles),
		post("v1/permissions:queryTestablePermissions", "iam.permissions.queryTestablePermissions", (*call).testablePermissions),
		get(own, "iam.projects.roles.list", (*call).listCustomRoles),
		post(own, "iam.projects.roles.create", (*call).createRole).writing(),
		get(own+"/{role}", "iam.projects.roles.get", (*call).getCustomRole),
		patch(own+"/{role}", "iam.projects.roles.patch", (*call).patchRole),
		remove(own+"/{role}", "iam.projects.roles.delete", (*call).deleteRole),
		post(own+"/{role}:undelete", "iam.projects.roles.undelete", (*call).undeleteRole).writing(),
	)
}

type roleJSON struct {
	Name                string   `json:"name,omitempty"`
	Title               string   `json:"title,omitempty"`
	Description         string   `json:"description,omitempty"`
	IncludedPermissions []string `json:"includedPermissions,omitempty"`
	Stage               string   `json:"stage,omitempty"`
	Etag                string   `json:"etag,omitempty"`
	Deleted             bool     `json:"deleted,omitempty"`
}

func predefinedView(r judge.Role, full bool) roleJSON {
	out := roleJSON{Name: r.Name, Title: r.Title, Stage: r.Stage, Etag: "AA=="}
	if full {
		out.IncludedPermissions = r.Permissions
	}
	return out
}

func customView(r *world.CustomRole, full bool) roleJSON {
	out := roleJSON{Name: r.Name, Title: r.Title, Description: r.Description, Stage: r.Stage, Etag: r.Etag, Deleted: r.Deleted}
	if full {
		out.IncludedPermissions = r.Permissions
	}
	return out
}

func sortedRoles() []judge.Role {
	var all []judge.Role
	for _, r := range judge.PredefinedRoles() {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b judge.Role) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

type rolesJSON struct {
	Roles []roleJSON `json:"roles,omitempty"`
	Next  string     `json:"nextPageToken,omitempty"`
}

func (q *call) listRoles() (any, error) {
	full := q.query.Get("view") == "FULL"
	var all []roleJSON
	for _, r := range sortedRoles() {
		all = append(all, predefinedView(r, full))
	}
	some, next, err := page(q, all, "pageSize", 300, 1000)
	return rolesJSON{some, next}, err
}

func (q *call) getRole() (any, error) {
	r, ok := judge.PredefinedRoles()["roles/"+q.vars["role"]]
	if !ok {
		return nil, notFound("The role named roles/%s was not found.", q.vars["role"])
	}
	return predefinedView(r, true), nil
}

var fullResource = regexp.MustCompile(`^//(cloudresourcemanager|iam)\.googleapis\.com/projects/([^/]+)(/serviceAccounts/[^/]+|/locations/global/workloadIdentityPools/[^/]+)?$`)

// resourceKind reads a full resource name: the project it is in and what it is, as judge.TestableOn names kinds.
func (q *call) resourceKind(name string) (string, error) {
	m := fullResource.FindStringSubmatch(name)
	if m == nil || q.projectNamed(m[2]) == nil {
		return "", invalidArgument("Invalid full resource name: %q.", name)
	}
	switch {
	case strings.HasPrefix(m[3], "/serviceAccounts/"):
		return "serviceAccounts", nil
	case m[3] != "":
		return "workloadIdentityPools", nil
	}
	return "projects", nil
}

func (q *call) grantableRoles() (any, error) {
	var in struct {
		FullResourceName, View, PageToken string
		PageSize                          int
	}
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	kind, err := q.resourceKind(in.FullResourceName)
	if err != nil {
		return nil, err
	}
	var all []roleJSON
	for _, r := range sortedRoles() {
		if q.checkRole(r.Name, kind) == nil {
			all = append(all, predefinedView(r, in.View == "FULL"))
		}
	}
	some, next, err := pageOf(all, in.PageSize, in.PageToken, 300, 1000)
	return rolesJSON{some, next}, err
}

func (q *call) testablePermissions() (any, error) {
	var in struct {
		FullResourceName, PageToken string
		PageSize                    int
	}
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	kind, err := q.resourceKind(in.FullResourceName)
	if err != nil {
		return nil, err
	}
	some, next, err := pageOf(judge.TestableOn(kind), in.PageSize, in.PageToken, 100, 1000)
	if err != nil {
		return nil, err
	}
	out := make([]map[string]string, 0, len(some))
	for _, name := range some {
		out = append(out, map[string]string{"name": name, "stage": "GA"})
	}
	return map[string]any{"permissions": out, "nextPageToken": next}, nil
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

var roleID = regexp.MustCompile(`^[a-zA-Z0-9_.]{3,64}$`)

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
	if !roleID.MatchString(in.RoleID) {
		return nil, invalidArgument("The role_id %q is invalid. It must match %s.", in.RoleID, roleID)
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
