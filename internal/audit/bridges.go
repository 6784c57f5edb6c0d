package audit

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// BridgeFile is a bridge.yaml for a trust that stands already; all that it names is to be adopted.
type BridgeFile struct {
	Name string
	Text []byte
}

// Bridges writes down every trust of which both halves stand and which a bridge can say. Left are the others, each with
// the reason.
func Bridges(inv inventory.Inventory) (files []BridgeFile, left []string) {
	s := newSight(inv)
	taken := s.marks()
	add := func(what string, doc map[string]any) {
		name := fileName(what, taken)
		taken = append(taken, strings.TrimSuffix(name, ".yaml"))
		doc["name"] = strings.TrimSuffix(name, ".yaml")
		text, err := s.bridgeText(doc)
		if err != nil {
			left = append(left, what+": "+err.Error())
			return
		}
		files = append(files, BridgeFile{name, text})
	}
	for _, r := range s.roles {
		for _, g := range r.google {
			doc, why := s.toAWS(r, g)
			if why != "" {
				left = append(left, "role "+r.Name+": "+why)
				continue
			}
			add(r.Name, doc)
		}
	}
	for _, m := range s.members {
		if !m.federated || m.account == "" || m.role != workloadUser {
			continue
		}
		doc, why := s.toGoogle(m)
		if why != "" {
			left = append(left, m.text+" on "+m.account+": "+why)
			continue
		}
		add(m.pool, doc)
	}
	return files, left
}

// markKey is how a bridge marks what it made. What carries a mark is never written down a second time: two files with one
// mark would take each other's things for leftovers.
const markKey = "drawbridge:bridge"

// marks are the names of the bridges that have made something in the project or the account.
func (s *sight) marks() []string {
	var out []string
	add := func(mark string) {
		if name, _, ok := strings.Cut(mark, "/"); ok && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, r := range s.roles {
		add(r.Tags[markKey])
	}
	for _, p := range s.Project.Pools {
		_, mark, _ := strings.Cut(p.Description, markKey+"=")
		add(mark)
	}
	for _, a := range s.Project.Accounts {
		_, mark, _ := strings.Cut(a.Description, markKey+"=")
		add(mark)
	}
	return out
}

// bridgeText holds a document to the rules of bridge.yaml; JSON is YAML.
func (s *sight) bridgeText(doc map[string]any) ([]byte, error) {
	doc["version"] = 1
	doc["google"] = map[string]any{"project": s.Project.ID}
	doc["aws"] = map[string]any{"account": s.Account.ID, "region": s.Account.Region}
	text, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("write the bridge: %w", err)
	}
	b, err := spec.Parse("discovered", text)
	if err != nil {
		return nil, err
	}
	return b.YAML()
}

func (s *sight) toAWS(r role, g googleStatement) (map[string]any, string) {
	if mark := r.Tags[markKey]; mark != "" {
		return nil, "it belongs to bridge " + mark + " already"
	}
	ids := g.uniqueIDs()
	if len(ids) != 1 || len(g.exact("oaud")) != 1 {
		return nil, "its trust does not pin one service account and one audience: close it first"
	}
	i := slices.IndexFunc(s.Project.Accounts, func(a inventory.ServiceAccount) bool { return a.UniqueID == ids[0] })
	if i < 0 {
		return nil, "no service account of the project has the number " + ids[0]
	}
	provider := spec.ProviderBuiltin
	if g.principal != spec.GoogleIssuer {
		provider = spec.ProviderExplicit
	}
	return map[string]any{
		"adopt": []string{"toAWS.serviceAccount", "toAWS.role"},
		"toAWS": map[string]any{
			"serviceAccount": s.Project.Accounts[i].Email, "audience": g.exact("oaud")[0], "provider": provider,
			"role": map[string]any{"name": r.Name, "path": r.Path},
		},
	}, ""
}

func (s *sight) toGoogle(m member) (map[string]any, string) {
	account, name, ok := assumedRole(m.value)
	list := s.providers(m.pool)
	if len(list) > 0 {
		if _, mark, ours := strings.Cut(list[0].pool.Description, markKey+"="); ours {
			return nil, "it belongs to bridge " + mark + " already"
		}
	}
	switch {
	case !ok || m.attribute != "attribute.aws_role":
		return nil, "it does not name one role"
	case account != s.Account.ID:
		return nil, "the role is in account " + account
	case len(list) != 1:
		return nil, fmt.Sprintf("pool %s has %d providers that can be used", m.pool, len(list))
	}
	r, stands := s.role(name)
	if !stands {
		return nil, "account " + account + " has no role " + name
	}
	return map[string]any{
		"adopt": []string{"toGoogle.role", "toGoogle.pool", "toGoogle.provider", "toGoogle.serviceAccount"},
		"toGoogle": map[string]any{
			"role": map[string]any{"name": r.Name, "path": r.Path, "instanceProfile": len(r.Profiles) > 0}, "pool": m.pool, "provider": list[0].ID, "serviceAccount": m.account,
		},
	}, ""
}

// fileName makes a bridge's name of what it is about, unlike all others.
func fileName(what string, taken []string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(what))
	name = strings.Trim(name, "-0123456789")
	if len(name) < 2 {
		name = "bridge"
	}
	name = name[:min(len(name), 26)]
	out := name
	for i := 2; slices.Contains(taken, out); i++ {
		out = fmt.Sprintf("%s-%d", name, i)
	}
	return out + ".yaml"
}
