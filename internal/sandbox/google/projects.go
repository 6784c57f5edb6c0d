package google

import (
	"cmp"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

const resourceManager = "cloudresourcemanager.googleapis.com"

func projectRoutes() []route {
	const id = "cloudresourcemanager.projects."
	return of(resourceManager,
		get("v1/projects", id+"list", (*call).listProjects),
		get("v1/projects/{project}", id+"get", (*call).getProjectV1),
		post("v1/projects/{project}:getAncestry", id+"getAncestry", (*call).getAncestry),
		post("v1/projects/{project}:getIamPolicy", id+"getIamPolicy", (*call).getProjectPolicy),
		post("v1/projects/{project}:setIamPolicy", id+"setIamPolicy", (*call).setProjectPolicy).writing(),
		post("v1/projects/{project}:testIamPermissions", id+"testIamPermissions", (*call).testProject),
		get("v3/projects", id+"list", (*call).searchProjects),
		get("v3/projects:search", id+"search", (*call).searchProjects),
		get("v3/projects/{project}", id+"get", (*call).getProjectV3),
		post("v3/projects/{project}:getIamPolicy", id+"getIamPolicy", (*call).getProjectPolicy),
		post("v3/projects/{project}:setIamPolicy", id+"setIamPolicy", (*call).setProjectPolicy).writing(),
		post("v3/projects/{project}:testIamPermissions", id+"testIamPermissions", (*call).testProject),
		post("v1/organizations:search", "cloudresourcemanager.organizations.search", (*call).searchOrganizations),
		get("v3/organizations:search", "cloudresourcemanager.organizations.search", (*call).searchOrganizations),
		get("v1/organizations/{organization}", "cloudresourcemanager.organizations.get", (*call).getOrganization),
		get("v3/organizations/{organization}", "cloudresourcemanager.organizations.get", (*call).getOrganization),
	)
}

type parentJSON struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

type projectV1 struct {
	ProjectNumber  string            `json:"projectNumber"`
	ProjectID      string            `json:"projectId"`
	LifecycleState string            `json:"lifecycleState"`
	Name           string            `json:"name"`
	Labels         map[string]string `json:"labels,omitempty"`
	CreateTime     string            `json:"createTime"`
	Parent         parentJSON        `json:"parent"`
}

type projectV3 struct {
	Name        string            `json:"name"`
	Parent      string            `json:"parent"`
	ProjectID   string            `json:"projectId"`
	State       string            `json:"state"`
	DisplayName string            `json:"displayName"`
	CreateTime  string            `json:"createTime"`
	Labels      map[string]string `json:"labels,omitempty"`
	Etag        string            `json:"etag"`
}

func (q *call) viewV1(p *world.Project) projectV1 {
	return projectV1{
		ProjectNumber: p.Number, ProjectID: p.ID, LifecycleState: "ACTIVE", Name: p.Name, Labels: p.Labels,
		CreateTime: stamp(p.Created), Parent: parentJSON{"organization", q.g.Organization.ID},
	}
}

func (q *call) viewV3(p *world.Project) projectV3 {
	return projectV3{
		Name: "projects/" + p.Number, Parent: "organizations/" + q.g.Organization.ID, ProjectID: p.ID, State: "ACTIVE",
		DisplayName: p.Name, CreateTime: stamp(p.Created), Labels: p.Labels, Etag: `W/"` + p.Number + `"`,
	}
}

// needThis is needProject in resource manager's words: version 1 does not say which permission.
func (q *call) needThis(permission string) error {
	err := q.needProject(permission)
	if err == nil || strings.HasPrefix(q.r.URL.Path, "/v3/") {
		return err
	}
	e := denied(permission, "//cloudresourcemanager.googleapis.com/projects/"+q.vars["project"])
	e.Message, e.Legacy = "The caller does not have permission", "forbidden"
	return e
}

func (q *call) getProjectV1() (any, error) {
	if err := q.needThis("resourcemanager.projects.get"); err != nil {
		return nil, err
	}
	return q.viewV1(q.project), nil
}

func (q *call) getProjectV3() (any, error) {
	if err := q.needThis("resourcemanager.projects.get"); err != nil {
		return nil, err
	}
	return q.viewV3(q.project), nil
}

func (q *call) getAncestry() (any, error) {
	if err := q.needThis("resourcemanager.projects.get"); err != nil {
		return nil, err
	}
	return map[string]any{"ancestor": []any{
		map[string]any{"resourceId": parentJSON{"project", q.project.ID}},
		map[string]any{"resourceId": parentJSON{"organization", q.g.Organization.ID}},
	}}, nil
}

// readable lists the projects that the caller may get, by id.
func (q *call) readable() []*world.Project {
	var out []*world.Project
	for _, p := range q.g.Projects {
		if q.may("resourcemanager.projects.get", q.onProject(p)) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b *world.Project) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// matches understands the terms that tools send in filters: "id:x", "projectId=x", "lifecycleState:ACTIVE" and so on,
// joined by spaces or AND. An unknown term matches nothing.
func matches(p *world.Project, filter string) bool {
	for term := range strings.FieldsSeq(filter) {
		if term == "AND" || term == "lifecycleState:ACTIVE" || term == "state:ACTIVE" || term == "lifecycleState=ACTIVE" {
			continue
		}
		at := strings.IndexAny(term, ":=")
		if at < 0 || !termMatches(p, term[:at], strings.Trim(term[at+1:], `"'`)) {
			return false
		}
	}
	return true
}

func termMatches(p *world.Project, key, value string) bool {
	prefix, open := strings.CutSuffix(value, "*")
	is := func(s string) bool {
		return strings.EqualFold(s, value) || open && strings.HasPrefix(strings.ToLower(s), strings.ToLower(prefix))
	}
	switch strings.ToLower(key) {
	case "id", "projectid":
		return is(p.ID)
	case "name", "displayname":
		return is(p.Name)
	case "projectnumber":
		return is(p.Number)
	case "parent", "parent.type", "parent.id":
		return true
	}
	return false
}

func listing[T any](q *call, filter string, view func(*world.Project) T) ([]T, string, error) {
	var all []T
	for _, p := range q.readable() {
		if matches(p, filter) {
			all = append(all, view(p))
		}
	}
	return page(q, all, "pageSize", 100, 500)
}

func (q *call) listProjects() (any, error) {
	some, next, err := listing(q, q.query.Get("filter"), q.viewV1)
	return struct {
		Projects []projectV1 `json:"projects,omitempty"`
		Next     string      `json:"nextPageToken,omitempty"`
	}{some, next}, err
}

func (q *call) searchProjects() (any, error) {
	some, next, err := listing(q, q.query.Get("query"), q.viewV3)
	return struct {
		Projects []projectV3 `json:"projects,omitempty"`
		Next     string      `json:"nextPageToken,omitempty"`
	}{some, next}, err
}

func (q *call) getProjectPolicy() (any, error) {
	if err := q.needThis("resourcemanager.projects.getIamPolicy"); err != nil {
		return nil, err
	}
	var in struct {
		Options struct{ RequestedPolicyVersion int }
	}
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	return readPolicy(q.project.Policy.Seen(q.now, q.lag), in.Options.RequestedPolicyVersion)
}

func (q *call) setProjectPolicy() (any, error) {
	if err := q.needThis("resourcemanager.projects.setIamPolicy"); err != nil {
		return nil, err
	}
	return q.writePolicy(&q.project.Policy, "projects")
}

// testProject needs no permission.
func (q *call) testProject() (any, error) {
	if q.project == nil {
		return nil, denied("resourcemanager.projects.get", "//cloudresourcemanager.googleapis.com/projects/"+q.vars["project"])
	}
	return q.testPermissions("projects", q.onProject(q.project))
}

func (q *call) getOrganization() (any, error) {
	o := &q.g.Organization
	if q.vars["organization"] != o.ID || !q.may("resourcemanager.organizations.get", q.onOrganization()) {
		return nil, denied("resourcemanager.organizations.get", "//cloudresourcemanager.googleapis.com/organizations/"+q.vars["organization"])
	}
	return q.organization(), nil
}

// searchOrganizations answers the organisation to those who may see it, and nothing to everybody else.
func (q *call) searchOrganizations() (any, error) {
	if !q.may("resourcemanager.organizations.get", q.onOrganization()) {
		return struct{}{}, nil
	}
	return map[string]any{"organizations": []any{q.organization()}}, nil
}

func (q *call) organization() map[string]any {
	o := &q.g.Organization
	return map[string]any{
		"name": "organizations/" + o.ID, "displayName": o.Domain, "lifecycleState": "ACTIVE", "state": "ACTIVE",
		"owner": map[string]string{"directoryCustomerId": o.Customer},
	}
}
