package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
	"github.com/drawbridge-cloud/drawbridge/internal/trust"
)

// actor is a user or a role of the account with everything that its policies say.
type actor struct {
	arn, boundary string
	statements    []trust.Statement
	sources       []string // the policy of each statement
}

// actors lists who could act in the account. Roles that only services of AWS can become are left out, as are
// policies that cannot be taken apart.
func (s *sight) actors() []actor {
	var out []actor
	for _, u := range s.Account.Users {
		p := actor{arn: u.ARN, boundary: u.Boundary}
		p.take(s.Account.Documents(u.Inline, u.Attached))
		for _, g := range s.Account.Groups {
			if slices.Contains(u.Groups, g.Name) {
				p.take(s.Account.Documents(g.Inline, g.Attached))
			}
		}
		out = append(out, p)
	}
	for _, r := range s.Account.Roles {
		if !strings.HasPrefix(r.Path, "/aws-service-role/") {
			p := actor{arn: r.ARN, boundary: r.Boundary}
			p.take(s.Account.Documents(r.Inline, r.Attached))
			out = append(out, p)
		}
	}
	return out
}

func (p *actor) take(list []inventory.Document) {
	for _, d := range list {
		statements, err := trust.Statements([]byte(d.JSON))
		if err != nil {
			continue
		}
		for _, st := range statements {
			p.statements, p.sources = append(p.statements, st), append(p.sources, d.Name)
		}
	}
}

// administers holds for who may do everything: such a one owns the role's trust policy as well.
func (p actor) administers() bool {
	return slices.ContainsFunc(p.statements, func(st trust.Statement) bool {
		return st.Allow && everything(st) && slices.Contains(st.Resources, "*") && len(st.Conditions) == 0
	})
}

// may names the policy that allows an action. resource "" is any. Conditions count as met, except those on the service
// that a role is passed to; a Deny counts when it has no condition.
func (p actor) may(action, resource, service string) (policy string, ok bool) {
	covers := func(st trust.Statement) bool {
		return st.Does(action) && (resource == "" || st.On(resource))
	}
	for _, st := range p.statements {
		if !st.Allow && len(st.Conditions) == 0 && covers(st) && (resource != "" || slices.Contains(st.Resources, "*")) {
			return "", false
		}
	}
	for i, st := range p.statements {
		if st.Allow && covers(st) && passesTo(st, service) {
			return p.sources[i], true
		}
	}
	return "", false
}

// passesTo reports whether conditions on iam:PassedToService leave a service in. Operators that are not exact count as met.
func passesTo(st trust.Statement, service string) bool {
	return !slices.ContainsFunc(conditionsOn(st, "iam:PassedToService"), func(c trust.Condition) bool {
		return c.Exact() && !slices.Contains(c.Values, service)
	})
}

// bounded reports whether the permissions boundary, where its document was read, keeps an action away.
func (s *sight) bounded(p actor, action, resource, service string) bool {
	document, read := s.Account.Policies[p.boundary]
	if p.boundary == "" || !read {
		return false
	}
	limit := actor{}
	limit.take([]inventory.Document{{Name: p.boundary, JSON: document}})
	_, within := limit.may(action, resource, service)
	return !within
}

// starts is what it takes to run something of one's own under a role that the service may become.
func starts(service string) string {
	switch strings.TrimSuffix(service, ".cn") {
	case "ec2.amazonaws.com":
		return "ec2:RunInstances"
	case "lambda.amazonaws.com":
		return "lambda:CreateFunction"
	case "ecs-tasks.amazonaws.com":
		return "ecs:RunTask"
	}
	return ""
}

// workloads are the roles that become identities of Google: a bridge says so, or a pool admits them.
func (s *sight) workloads() []role {
	return slices.DeleteFunc(s.linked(), func(r role) bool {
		return !s.admitted(r.Name) && !slices.ContainsFunc(s.toGoogleRoles(), func(name string) bool { return name == r.Name })
	})
}

func (s *sight) toGoogleRoles() []string {
	var out []string
	for _, b := range s.Bridges {
		if b.ToGoogle != nil {
			out = append(out, b.ToGoogle.Role.Name)
		}
	}
	return out
}

// othersBecome finds who can run something of their own as a workload's role, or is let into it by name. That the whole
// account, another one or everybody is let in is another rule's finding.
func othersBecome(s *sight) []Finding {
	var out []Finding
	all := s.actors()
	for _, r := range s.workloads() {
		for _, st := range r.statements {
			for _, p := range st.Principals {
				if st.Allow && p.Kind == "AWS" && st.Does("sts:AssumeRole") && s.ownPrincipal(p.Value) {
					out = append(out, roleFinding(r, Medium, st.Name+": "+p.Value+" may assume it", "take the principal out, or give it a role of its own", updateTrust(r.Name)))
				}
			}
			for _, service := range servicesOf(st) {
				out = append(out, s.passers(all, r, service)...)
			}
		}
	}
	return out
}

func servicesOf(st trust.Statement) []string {
	var out []string
	for _, p := range st.Principals {
		if st.Allow && p.Kind == "Service" && starts(p.Value) != "" {
			out = append(out, p.Value)
		}
	}
	return out
}

// ownPrincipal holds for one user or role of this account.
func (s *sight) ownPrincipal(arn string) bool {
	return strings.Contains(arn, "::"+s.Account.ID+":") && !strings.HasSuffix(arn, ":root")
}

func (s *sight) passers(all []actor, r role, service string) []Finding {
	var out []Finding
	start := starts(service)
	for _, p := range all {
		pass, passes := p.may("iam:PassRole", r.ARN, service)
		run, runs := p.may(start, "", service)
		if p.arn == r.ARN || !passes || !runs || p.administers() || s.bounded(p, "iam:PassRole", r.ARN, service) || s.bounded(p, start, "", service) {
			continue
		}
		out = append(out, roleFinding(r, Medium, fmt.Sprintf("%s may pass it (%s) and call %s (%s)", p.arn, pass, start, run),
			"name in its policy the roles that it may pass, without this one",
			command("aws", "iam", "simulate-principal-policy", "--policy-source-arn", p.arn, "--action-names", "iam:PassRole", "--resource-arns", r.ARN)))
	}
	return out
}
