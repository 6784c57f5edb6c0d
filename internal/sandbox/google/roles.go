package google

import (
	"cmp"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/shape"
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

var fullResource = shape.Parts(`^//(cloudresourcemanager|iam)\.googleapis\.com/projects/([^/]+)(/serviceAccounts/[^/]+|/locations/global/workloadIdentityPools/[^/]+)?$`)

// resourceKind reads a full resource name: the project it is in and what it is, as judge.TestableOn names kinds.
func (q *call) resourceKind(name string) (string, error) {
	m := fullResource(name)
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
