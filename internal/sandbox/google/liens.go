package google

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// lienRoutes are the same in both versions of resource manager: liens name their project in a parameter, not in the path.
func lienRoutes() []route {
	const id = "cloudresourcemanager.liens."
	var out []route
	for _, version := range []string{"v1", "v3"} {
		out = append(out, of(resourceManager,
			get(version+"/liens", id+"list", (*call).listLiens),
			post(version+"/liens", id+"create", (*call).createLien).writing(),
			get(version+"/liens/{lien}", id+"get", (*call).getLien),
			remove(version+"/liens/{lien}", id+"delete", (*call).deleteLien),
		)...)
	}
	return out
}

type lienJSON struct {
	Name         string   `json:"name,omitempty"`
	Parent       string   `json:"parent"`
	Restrictions []string `json:"restrictions"`
	Reason       string   `json:"reason,omitempty"`
	Origin       string   `json:"origin,omitempty"`
	CreateTime   string   `json:"createTime,omitempty"`
}

func lienView(p *world.Project, l *world.Lien) lienJSON {
	return lienJSON{"liens/" + l.ID, "projects/" + p.Number, l.Restrictions, l.Reason, l.Origin, stamp(l.Created)}
}

// onParent makes the project that a lien belongs to the one of the call, and asks for a permission on it.
func (q *call) onParent(parent, permission string) error {
	name, ok := strings.CutPrefix(parent, "projects/")
	if !ok || name == "" {
		text := "parent must be a project, such as projects/123456789012"
		return invalidArgument("field [parent] has issue [%s]", text).With(wire.BadRequest("parent", text))
	}
	q.vars["project"], q.project = name, q.projectNamed(name)
	if err := q.needThis(permission); err != nil {
		return err
	}
	return q.enabled(q.project)
}

func (q *call) listLiens() (any, error) {
	if err := q.onParent(q.query.Get("parent"), "resourcemanager.projects.get"); err != nil {
		return nil, err
	}
	var all []lienJSON
	for _, l := range q.project.Liens {
		all = append(all, lienView(q.project, l))
	}
	slices.SortFunc(all, func(a, b lienJSON) int { return cmp.Compare(a.Name, b.Name) })
	some, next, err := page(q, all, "pageSize", 1000, 1000)
	return struct {
		Liens []lienJSON `json:"liens,omitempty"`
		Next  string     `json:"nextPageToken,omitempty"`
	}{some, next}, err
}

func (q *call) createLien() (any, error) {
	var in lienJSON
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	if err := q.onParent(in.Parent, "resourcemanager.projects.updateLiens"); err != nil {
		return nil, err
	}
	switch {
	case !slices.Equal(in.Restrictions, []string{"resourcemanager.projects.delete"}):
		text := "restrictions must be [resourcemanager.projects.delete]"
		return nil, invalidArgument("field [restrictions] has issue [%s]", text).With(wire.BadRequest("restrictions", text))
	case utf8.RuneCountInString(in.Reason) > 200, utf8.RuneCountInString(in.Origin) > 200:
		text := "reason and origin must not be longer than 200 characters"
		return nil, invalidArgument("field [reason] has issue [%s]", text).With(wire.BadRequest("reason", text))
	}
	l := &world.Lien{
		ID: "p" + q.project.Number + "-l" + q.state.Hex(8) + "-" + q.state.Hex(4), Restrictions: in.Restrictions,
		Reason: in.Reason, Origin: in.Origin, Created: q.now,
	}
	if q.project.Liens == nil {
		q.project.Liens = map[string]*world.Lien{}
	}
	q.project.Liens[l.ID] = l
	return lienView(q.project, l), nil
}

// lien finds the lien of the path. One that is not there is refused as one that may not be seen.
func (q *call) lien(permission string) (*world.Lien, error) {
	id := q.vars["lien"]
	for _, p := range q.g.Projects {
		if l := p.Liens[id]; l != nil {
			return l, q.onParent("projects/"+p.ID, permission)
		}
	}
	return nil, forbidden("The caller does not have permission")
}

func (q *call) getLien() (any, error) {
	l, err := q.lien("resourcemanager.projects.get")
	if err != nil {
		return nil, err
	}
	return lienView(q.project, l), nil
}

func (q *call) deleteLien() (any, error) {
	l, err := q.lien("resourcemanager.projects.updateLiens")
	if err != nil {
		return nil, err
	}
	delete(q.project.Liens, l.ID)
	return struct{}{}, nil
}
