package verify

import (
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// inTheWay says what keeps a bridge from being applied by no fault of the program's; "" when nothing does.
func (w *walk) inTheWay(s *site, p *process) (why string) {
	if p != nil && len(p.plan.Blocked()) > 0 {
		c := p.plan.Blocked()[0]
		why = w.reasonFor(s, c)
		w.counts["blocked: "+c.ID]++
	}
	return why
}

// reasonFor finds in the clouds what a plan says is in the way, without asking the plan.
func (w *walk) reasonFor(s *site, c steps.Change) (why string) {
	w.clouds().View(func(st *world.State, _ time.Time) {
		g, a := st.Google.Projects[projectID], st.AWS.Accounts[world.AccountID]
		switch {
		case strings.HasPrefix(c.ID, "google.service-account"), strings.HasPrefix(c.ID, "aws.role.to-aws"), c.ID == "google.binding":
			why = squatted(s.bridge, g, a)
		case c.ID == "google.pool":
			for id, v := range g.Pools[s.bridge.ToGoogle.Pool].Providers {
				if _, marked := markIn(v.Description); !marked {
					why = "somebody's provider " + id
				}
			}
		}
	})
	return why
}

// squatted tells of an account under one of our names that is not ours, or of a trust in a number that no account has.
func squatted(b spec.Bridge, g *world.Project, a *world.Account) string {
	emails := []string{}
	if b.ToAWS != nil {
		emails = append(emails, b.ToAWSEmail())
		r, there := a.Roles.Latest(strings.ToLower(b.ToAWS.Role.Name))
		if live := g.Accounts[b.ToAWSEmail()]; there && live != nil && !strings.Contains(r.Trust, live.UniqueID) {
			return "the role trusts another account than lives"
		}
	}
	if b.ToGoogle != nil {
		emails = append(emails, b.ToGoogleEmail())
	}
	for _, email := range emails {
		if live := g.Accounts[email]; live != nil && !strings.Contains(live.Description, markWord) {
			return "somebody's account " + email
		}
	}
	return ""
}
