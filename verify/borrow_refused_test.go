package verify

import (
	"strings"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func TestNothingIsBorrowedWithoutConsent(t *testing.T) {
	r := standing(t, bothWays)
	r.opts.Borrow = false
	r.server.ResetCalls()
	for direction, p := range r.prove(t) {
		if p.Verdict != Skipped || p.Borrowed != nil || p.Command != "drawbridge verify --from workload --direction "+direction {
			t.Errorf("%s: verdict %s, borrowed %v, command %q; want skipped, with the command for the workload", direction, p.Verdict, p.Borrowed, p.Command)
		}
		if !strings.Contains(strings.Join(refusedHop(t, p).Do, "\n"), "--borrow") {
			t.Errorf("%s: what to do %q; want --borrow named", direction, refusedHop(t, p).Do)
		}
	}
	if w := r.writes(); len(w) > 0 {
		t.Errorf("writes %v; want none", w)
	}
}

func TestNothingIsBorrowedOnWhatIsNotOurs(t *testing.T) {
	r := standing(t, bothWays)
	r.account(t, deployer, func(a *world.ServiceAccount) { a.Description = "made by hand" })
	r.tamper(t, func(s *world.State, now time.Time) {
		s.AWS.Accounts[world.AccountID].Roles.Change("report-reader", now, 0, func(v *world.Role) { v.Tags = nil })
	})
	r.server.ResetCalls()
	plan, err := BorrowPlan(t.Context(), r.world, r.opts)
	if err != nil || len(plan) > 0 {
		t.Errorf("plan of borrowing %s, %v; want nothing", dump(plan), err)
	}
	for direction, p := range r.prove(t) {
		if p.Verdict != Skipped || p.Borrowed != nil || p.Command == "" {
			t.Errorf("%s: verdict %s, borrowed %v, command %q; want skipped with a command", direction, p.Verdict, p.Borrowed, p.Command)
		}
	}
	if w := r.writes(); len(w) > 0 {
		t.Errorf("writes %v; want none", w)
	}
}

func TestAccessThatIsHeldIsNotBorrowed(t *testing.T) {
	r := standing(t, bothWays)
	r.opts.Directions = []string{ToAWS}
	r.account(t, deployer, func(a *world.ServiceAccount) {
		a.Policy.Value.Bindings = []world.PolicyBinding{{Role: openIDTokenCreator, Members: []string{"user:operator@acme.example"}}}
	})
	r.server.ResetCalls()
	p := r.prove(t)[ToAWS]
	wantProven(t, p)
	if w := r.writes(); p.Borrowed != nil || len(w) > 0 {
		t.Errorf("borrowed %v, writes %v; want neither", p.Borrowed, w)
	}
}

func TestACallerThatCannotBeNamedBorrowsNothing(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"root user":       func(o *Options) { o.Operators.AWS.Principal = "arn:aws:iam::123456789012:root" },
		"another account": func(o *Options) { o.Operators.AWS.Principal = "arn:aws:iam::210987654321:user/operator" },
		"federated user":  func(o *Options) { o.Operators.AWS.Principal = "arn:aws:sts::123456789012:federated-user/x" },
		"no user id":      func(o *Options) { o.Operators.AWS.UserID = "" },
		"a session of a role that cannot be read": func(o *Options) {
			o.Operators.AWS.Principal = "arn:aws:sts::123456789012:assumed-role/not-there/me"
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := standing(t, bothWays)
			r.opts.Directions = []string{ToGoogle}
			change(&r.opts)
			r.server.ResetCalls()
			p := r.prove(t)[ToGoogle]
			if p.Verdict != Skipped || p.Command == "" || p.Reason == "" {
				t.Errorf("verdict %s (%s), command %q; want skipped", p.Verdict, p.Reason, p.Command)
			}
			if w := r.writes(); len(w) > 0 {
				t.Errorf("writes %v; want none", w)
			}
		})
	}
	r := standing(t, bothWays)
	r.opts.Directions = []string{ToAWS}
	r.opts.Operators.Google.Principal = "principal://iam.googleapis.com/x"
	if p := r.prove(t)[ToAWS]; p.Verdict != Skipped || p.Borrowed != nil {
		t.Errorf("verdict %s; want skipped, because Google's caller cannot be named", p.Verdict)
	}
}

func TestASessionsRoleIsNamedWithItsPath(t *testing.T) {
	r := standing(t, bothWays)
	r.opts.Operators.AWS.Principal = "arn:aws:sts::123456789012:assumed-role/deployer/me"
	got, err := awsCaller(t.Context(), r.world, r.opts)
	if want := "arn:aws:iam::123456789012:role/drawbridge/deployer"; err != nil || got != want {
		t.Errorf("caller %q, %v; want %q", got, err, want)
	}
}

func TestARefusedConditionGrantsNothing(t *testing.T) {
	r := standing(t, bothWays)
	if err := r.server.SetFaults("aws.iam.UpdateAssumeRolePolicy=LimitExceeded", "google.iam.projects.serviceAccounts.setIamPolicy=400"); err != nil {
		t.Fatal(err)
	}
	for direction, p := range r.prove(t) {
		if p.Verdict != Skipped || p.Borrowed != nil || !strings.Contains(p.Reason, "could not be borrowed") || p.Command == "" {
			t.Errorf("%s: verdict %s (%s), borrowed %v; want skipped", direction, p.Verdict, p.Reason, p.Borrowed)
		}
	}
}

func TestALostReplyOfTheGrantIsStillReturned(t *testing.T) {
	r := standing(t, bothWays)
	if err := r.server.SetFaults("aws.iam.UpdateAssumeRolePolicy=drop*1", "google.iam.projects.serviceAccounts.setIamPolicy=drop*1"); err != nil {
		t.Fatal(err)
	}
	for direction, p := range r.prove(t) {
		t.Logf("%s: %s %s", direction, p.Verdict, p.Reason)
	}
	if left := r.lent(t); len(left) > 0 {
		t.Errorf("still borrowed: %s", dump(left))
	}
}

func TestBorrowingStopsWhenSomebodyElseWritesTheTrust(t *testing.T) {
	r := standing(t, bothWays)
	r.opts.Directions = []string{ToGoogle}
	const theirs = `{"Sid":"Theirs","Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}`
	written := false
	ctx := cloud.WithTrace(quick(t.Context()), &cloud.Trace{Call: func(c cloud.Call) {
		if c.Operation == "UpdateAssumeRolePolicy" && !written {
			written = true
			r.retrust(t, "report-reader", `"Statement":[`, `"Statement":[`+theirs+",")
		}
	}})
	proofs, err := Proofs(ctx, r.world, r.opts)
	if err != nil {
		t.Fatal(err)
	}
	if p := proofs[0]; p.Verdict != Skipped || p.Borrowed != nil || !strings.Contains(p.Reason, "somebody else") && !strings.Contains(p.Reason, "written") {
		t.Errorf("verdict %s (%s); want skipped, because somebody else wrote", p.Verdict, p.Reason)
	}
	if now := r.trust(t, "report-reader"); strings.Contains(now, loanSid) || !strings.Contains(now, "Theirs") {
		t.Errorf("trust is %s; want theirs kept and ours gone", now)
	}
}

func TestReturningKeepsWhatOthersWroteMeanwhile(t *testing.T) {
	r := standing(t, bothWays)
	r.opts.Directions = []string{ToGoogle}
	r.when(Borrowing, func(Event) {
		r.retrust(t, "report-reader", `"Statement":[`, `"Statement":[{"Sid":"Theirs","Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"},`)
	})
	p := r.prove(t)[ToGoogle]
	wantProven(t, p)
	if now := r.trust(t, "report-reader"); !p.Borrowed.Removed || strings.Contains(now, loanSid) || !strings.Contains(now, "Theirs") {
		t.Errorf("removed %v, trust is %s; want theirs kept and ours gone", p.Borrowed.Removed, now)
	}
}
