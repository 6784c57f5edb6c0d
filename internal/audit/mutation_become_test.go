package audit

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// person puts a user with an inline policy of these statements into the account, in a group and with a boundary if named.
func (r *rig) person(statements string, group world.Group, boundary string) {
	r.tamper(func(s *world.State, now time.Time) {
		a := s.AWS.Accounts[r.bridge.AWS.Account]
		u := world.User{Entity: world.Entity{Name: "someone", Path: "/", ID: "AIDASOMEONE", Created: now, Boundary: boundary}}
		if statements != "" {
			u.Inline = map[string]string{"own": `{"Version":"2012-10-17","Statement":[` + statements + `]}`}
		}
		if group.Name != "" {
			a.Groups.Put(group.Name, group, now, 0)
			u.Groups = []string{group.ID}
		}
		a.Users.Put(u.Name, u, now, 0)
	})
}

func TestWhoElseBecomesTheRoleFiresItsOwnRule(t *testing.T) { runs(t, becomeMutations()) }

func becomeMutations() []mutation {
	const (
		run  = `{"Effect":"Allow","Action":"ec2:RunInstances","Resource":"*"}`
		pass = `{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}`
		to   = `{"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"SERVICE"}}}`
		deny = `{"Effect":"Deny","Action":"iam:PassRole","Resource":"arn:aws:iam::123456789012:role/drawbridge/*"}`
		full = "arn:aws:iam::aws:policy/"
	)
	may := func(statements ...string) func(*rig) {
		return func(r *rig) { r.person(strings.Join(statements, ","), world.Group{}, "") }
	}
	service := func(name string) string { return strings.Replace(to, "SERVICE", name, 1) }
	fires := []string{"AWS-I05"}
	return []mutation{
		{name: "I05 passes and runs", want: fires, do: may(run, pass)},
		{name: "I05 passes to this service", want: fires, do: may(run, service("ec2.amazonaws.com"))},
		{name: "I05 everything of two services", want: fires, do: may(`{"Effect":"Allow","Action":["iam:*","EC2:*"],"Resource":"*"}`)},
		{name: "I05 passes only", do: may(pass)},
		{name: "I05 runs only", do: may(run)},
		{name: "I05 passes to another service", do: may(run, service("lambda.amazonaws.com"))},
		{name: "I05 passes another role", do: may(run, strings.Replace(pass, `"*"`, `"arn:aws:iam::123456789012:role/x"`, 1))},
		{name: "I05 denied", do: may(run, pass, deny)},
		{name: "I05 administrators", do: may(`{"Effect":"Allow","Action":"*","Resource":"*"}`)},
		{name: "I05 bounded", do: func(r *rig) { r.person(run+","+pass, world.Group{}, full+"ReadOnlyAccess") }, read: func(inv *inventory.Inventory) {
			inv.Account.Policies[full+"ReadOnlyAccess"] = `{"Version":"2012-10-17","Statement":[` + run + `]}`
		}},
		{name: "I05 bounded to this service", want: fires, do: func(r *rig) { r.person(run+","+pass, world.Group{}, full+"ReadOnlyAccess") }, read: func(inv *inventory.Inventory) {
			inv.Account.Policies[full+"ReadOnlyAccess"] = `{"Version":"2012-10-17","Statement":[` + run + `,` + service("ec2.amazonaws.com") + `]}`
		}},
		{name: "I05 by a group's policies", want: fires, do: func(r *rig) {
			g := world.Group{Entity: world.Entity{Name: "staff", Path: "/", ID: "AGPASTAFF", Attached: []string{full + "IAMFullAccess", full + "AmazonEC2FullAccess"}}}
			r.person("", g, "")
		}},
		{name: "I05 let in by name", want: fires, do: func(r *rig) {
			r.person("", world.Group{}, "")
			r.role("report-reader", func(v *world.Role) {
				v.Trust = v.Trust[:len(v.Trust)-2] + `,{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/someone"},"Action":"sts:AssumeRole"}]}`
			})
		}},
	}
}

func TestPoliciesThatMayNotBeReadLeaveTheQuestionOpen(t *testing.T) {
	r := standing(t, bothWays)
	g := world.Group{Entity: world.Entity{Name: "staff", Path: "/", ID: "AGPASTAFF", Attached: []string{"arn:aws:iam::aws:policy/IAMFullAccess"}}}
	r.person("", g, "")
	r.tamper(func(s *world.State, now time.Time) {
		s.AWS.Accounts[r.bridge.AWS.Account].Users.Change(world.OperatorUser, now, 0, func(u *world.User) {
			u.Inline = map[string]string{"no": `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:GetPolicy","Resource":"arn:aws:iam::aws:policy/IAMFullAccess"}]}`}
		})
	})
	report := r.audit()
	i := slices.IndexFunc(report.NotEvaluated, func(n NotEvaluated) bool { return n.ID == "AWS-I05" })
	if i < 0 || !report.NotEvaluated[i].Optional || !strings.Contains(report.NotEvaluated[i].Reason, "missing permission iam:GetPolicy") {
		t.Errorf("got %+v, want AWS-I05 open for lack of iam:GetPolicy, and optional", report.NotEvaluated)
	}
	for _, n := range report.NotEvaluated {
		if strings.HasPrefix(n.ID, "AWS-R") {
			t.Errorf("%s is open too: %s", n.ID, n.Reason)
		}
	}
	d := NewDocument(nil, nil, nil, slices.DeleteFunc(report.NotEvaluated, func(n NotEvaluated) bool { return n.ID != "AWS-I05" }), nil, 1)
	if d.Answer(Info, false) {
		t.Error("an optional rule that is open made the answer a no")
	}
}
