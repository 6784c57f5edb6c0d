package verify

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// asksOf are the ways in that the files ask for, with every number that a bridge's account ever had.
func (w *walk) asksOf(s *world.State) facts {
	out, p := facts{}, s.Google.Projects[projectID]
	for _, at := range w.sites {
		if to := at.bridge.ToGoogle; to != nil {
			provider := admits("provider "+to.Pool+"/"+to.Provider, at.bridge.AWS.Account, at.bridge.Mapping(), at.bridge.Condition(), "null")
			out.add("%s", provider)
			out.statements(to.Role.Name, asText(at.bridge.WorkloadTrust()))
		}
		if at.bridge.ToAWS == nil {
			continue
		}
		trusted := func(a *world.ServiceAccount) {
			if mark, marked := markIn(a.Description); marked && mark == at.bridge.Mark() && a.Email == at.bridge.ToAWSEmail() {
				out.statements(at.bridge.ToAWS.Role.Name, asText(at.bridge.Trust(a.UniqueID)))
			}
		}
		for _, a := range p.Accounts {
			trusted(a)
		}
		for _, a := range p.Gone {
			trusted(a)
		}
	}
	return out
}

// statements adds each statement of a trust policy, but for its Sid: an adopted role gets ours under another one.
func (f facts) statements(role, trust string) {
	for _, s := range statementsOf(trust) {
		delete(s, "Sid")
		f.add("role %s: %s", strings.ToLower(role), asText(s))
	}
}

// statementsOf takes a trust policy apart, with single values in place of lists of one.
func statementsOf(trust string) []map[string]any {
	var doc struct{ Statement []map[string]any }
	if err := json.Unmarshal([]byte(trust), &doc); err != nil {
		panic(err) // the test itself is wrong
	}
	for _, s := range doc.Statement {
		for key, value := range s {
			s[key] = single(value)
		}
	}
	return doc.Statement
}

func single(v any) any {
	switch v := v.(type) {
	case []any:
		if len(v) == 1 {
			return v[0]
		}
	case map[string]any:
		for key, value := range v {
			v[key] = single(value)
		}
	}
	return v
}

func (w *walk) seeAmazon(v *sight, a *world.Account) {
	for name, r := range a.Roles.AllLatest() {
		w.seeRole(v, name, r)
	}
	for name, p := range a.Profiles.AllLatest() {
		if mark, marked := tagged(p.Tags); marked {
			v.live("profile "+name, mark)
		} else {
			v.others.add("profile %s %s", name, asText(p))
		}
	}
	for id, i := range a.Instances {
		if i.Association != nil {
			v.others.add("instance %s carries %s", id, i.Association.Profile)
			if p, ok := a.Profiles.Latest(i.Association.Profile); ok && p.ID == i.Association.ProfileID {
				v.pins.add("profile %s", i.Association.Profile)
			}
		}
	}
	for name, u := range a.Users.AllLatest() {
		v.others.add("user %s %s %s", name, u.ID, asText(u.Attached))
	}
	for url, p := range a.Providers.AllLatest() {
		v.others.add("oidc provider %s %s", url, asText(p))
	}
	v.others.add("outbound federation %t", a.Outbound.Enabled)
}

func tagged(tags []world.Tag) (string, bool) {
	for _, t := range tags {
		if t.Key == markWord {
			return t.Value, true
		}
	}
	return "", false
}

func (w *walk) seeRole(v *sight, name string, r world.Role) {
	mark, marked := tagged(r.Tags)
	var asked []string
	if marked {
		v.live("role "+name, mark)
		asked = w.attachedOf(name)
	} else {
		v.others.add("role %s %s %q %d %s %s", r.Path, r.ID, r.Description, r.MaxSession, r.Boundary, asText(r.Tags))
	}
	for _, arn := range r.Attached {
		if !slices.Contains(asked, arn) {
			v.others.add("role %s: attached %s", name, arn)
		}
	}
	for policy, doc := range r.Inline {
		if !marked || policy != spec.InlinePolicyName {
			v.others.add("role %s: inline %s %s", name, policy, doc)
		}
	}
	w.seeTrust(v, name, r.Trust, marked)
}

func (w *walk) seeTrust(v *sight, name, trust string, marked bool) {
	for _, s := range statementsOf(trust) {
		sid, _ := s["Sid"].(string)
		delete(s, "Sid")
		own := marked || slices.ContainsFunc(w.sites, func(at *site) bool { return sid == at.bridge.TrustSid() })
		switch {
		case strings.HasPrefix(sid, loanSid):
			v.loans = append(v.loans, lent{"role " + name, momentIn(asText(s["Condition"]))})
		case !own:
			v.others.add("role %s: %s %s", name, sid, asText(s))
		case s["Effect"] == "Allow":
			v.ways.add("role %s: %s", name, asText(s))
		}
	}
}

// attachedOf are the managed policies that the files ask for on a role.
func (w *walk) attachedOf(name string) []string {
	var out []string
	for _, s := range w.sites {
		if to := s.bridge.ToAWS; to != nil && strings.ToLower(to.Role.Name) == name {
			out = append(out, to.Role.ManagedPolicies...)
		}
		if to := s.bridge.ToGoogle; to != nil && strings.ToLower(to.Role.Name) == name {
			out = append(out, to.Role.ManagedPolicies...)
		}
	}
	return out
}
