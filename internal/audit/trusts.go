package audit

import (
	"cmp"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/trust"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// Trust is one way from one cloud into the other, both halves joined as far as they stand.
type Trust struct {
	Direction string `json:"direction"` // to-aws or to-google
	From      string `json:"from"`      // who gets in, in words
	Through   string `json:"through"`   // what lets it in: statement, pool and provider
	To        string `json:"to"`        // what it becomes
	Dangling  string `json:"dangling"`  // the half that is missing; "" when both stand
	Worst     string `json:"worst"`     // the gravest severity found on the way; "" for none
	Bridge    string `json:"bridge,omitempty"`

	Words   []string       `json:"words,omitempty"`   // who is admitted, a line for each way in
	Admits  map[string]any `json:"admits,omitempty"`  // claims or caller that would get in
	Refuses map[string]any `json:"refuses,omitempty"` // the nearest found that would not; none: everybody tried gets in
}

// Trusts draws every way between the two clouds out of the inventory that a report was made from.
func (s *sight) trusts(findings []Finding) []Trust {
	out := []Trust{}
	if s.Account != nil {
		out = append(out, s.trustsToAWS(findings)...)
	}
	if s.Project != nil {
		out = append(out, s.trustsToGoogle(findings)...)
	}
	return out
}

func (s *sight) trustsToAWS(findings []Finding) []Trust {
	var out []Trust
	for _, r := range s.linked() {
		for _, g := range r.google {
			t := Trust{Direction: "to-aws", From: "any Google identity", Through: g.Name, To: r.ARN, Worst: worst(findings, "role:"+r.Name)}
			if ids := g.uniqueIDs(); len(ids) > 0 {
				t.From, t.Dangling = s.accountsNamed(ids)
			}
			if who, err := trust.AdmittedByPolicy([]byte(r.Trust), g.principal); err == nil {
				t.Words, t.Admits, t.Refuses = who.Words, who.In, who.Out
			}
			out = append(out, t)
		}
	}
	return s.cut(out, func(t Trust) string { return "role:" + t.To[strings.LastIndex(t.To, "/")+1:] })
}

// accountsNamed are the accounts of these numbers, and which numbers nobody of the project has.
func (s *sight) accountsNamed(ids []string) (names, missing string) {
	var known, unknown []string
	for _, id := range ids {
		email := ""
		if s.Project != nil {
			for _, a := range s.Project.Accounts {
				if a.UniqueID == id {
					email = a.Email
				}
			}
		}
		known = append(known, first(email, "account "+id))
		if email == "" {
			unknown = append(unknown, id)
		}
	}
	if len(unknown) > 0 {
		missing = "no service account of the project has the number " + strings.Join(unknown, ", ")
	}
	return strings.Join(known, ", "), missing
}

func (s *sight) trustsToGoogle(findings []Finding) []Trust {
	var out []Trust
	for _, m := range s.members {
		if !m.federated {
			continue
		}
		t := Trust{Direction: "to-google", From: first(m.value, "everybody"), Through: "pool " + m.pool, To: s.where(m), Worst: worst(findings, "pool:"+m.pool)}
		if m.whole {
			t.From = "everybody of the pool"
		}
		if len(s.providers(m.pool)) == 0 {
			t.Dangling = "pool " + m.pool + " has no provider that can be used"
		}
		s.showWho(&t, m)
		if t.Dangling != "" {
			out = append(out, t)
			continue
		}
		if _, name, ok := assumedRole(m.value); ok && s.Account != nil && strings.Contains(m.value, ":"+s.Account.ID+":") {
			if _, stands := s.role(name); !stands {
				t.Dangling = "account " + s.Account.ID + " has no role " + name
			}
		}
		out = append(out, t)
	}
	return s.cut(out, func(t Trust) string { return "pool:" + strings.TrimPrefix(t.Through, "pool ") })
}

// showWho says who of an AWS account gets in by a member, where one provider of that kind decides.
func (s *sight) showWho(t *Trust, m member) {
	list := s.providers(m.pool)
	if len(list) != 1 || list[0].AWSAccount == "" {
		return
	}
	v := list[0]
	who, err := trust.AdmittedByExchange(trust.Exchange{Mapping: v.Mapping, Condition: v.Condition, Pool: v.pool.Name, Members: []string{m.text}}, v.AWSAccount)
	if err == nil {
		t.Words, t.Admits, t.Refuses = who.Words, who.In, who.Out
	}
}

// cut keeps what the bridges are about.
func (s *sight) cut(list []Trust, about func(Trust) string) []Trust {
	if s.subjects == nil {
		return list
	}
	return slices.DeleteFunc(list, func(t Trust) bool { return !slices.Contains(s.subjects, about(t)) })
}

// worst is the gravest severity of what was found on a subject.
func worst(findings []Finding, subject string) string {
	for _, severity := range Severities() {
		if slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity == severity && slices.Contains(f.about, subject) }) {
			return string(severity)
		}
	}
	return ""
}

// sortAll leaves no two different things in an order of chance: parts that are merged in any order give the same report.
func sortAll(drift []steps.Change, open, accepted []Finding, unread []NotEvaluated, trusts []Trust) {
	Sort(open)
	Sort(accepted)
	slices.SortStableFunc(drift, func(a, b steps.Change) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Command, b.Command))
	})
	slices.SortStableFunc(unread, func(a, b NotEvaluated) int {
		return cmp.Or(cmp.Compare(a.Bridge, b.Bridge), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Reason, b.Reason))
	})
	slices.SortStableFunc(trusts, func(a, b Trust) int {
		return cmp.Or(cmp.Compare(a.Bridge, b.Bridge), cmp.Compare(a.Direction, b.Direction), cmp.Compare(a.From, b.From),
			cmp.Compare(a.To, b.To), cmp.Compare(a.Through, b.Through))
	})
}
