package verify

import (
	"strings"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// addCondition puts a condition beside those of the deployer's trust.
func (r *rig) addCondition(t *testing.T, operator, key, value string) {
	t.Helper()
	r.retrust(t, "deployer", `"Condition":{`, `"Condition":{"`+operator+`":{"`+key+`":"`+value+`"},`)
}

// toAWS is the proof to AWS and how long it took.
func (r *rig) toAWS(t *testing.T) (Proof, Hop) {
	t.Helper()
	r.opts.Directions, r.opts.Wait = []string{ToAWS}, 300*time.Millisecond
	p := r.prove(t)[ToAWS]
	for _, h := range p.Hops {
		if h.Name == hopAssumeRole {
			return p, h
		}
	}
	t.Fatalf("no hop %s: %s", hopAssumeRole, dump(p))
	return p, Hop{}
}

func TestConditionThatOnlyAWSSeesIsTheSuspect(t *testing.T) {
	r := standing(t, bothWays)
	r.addCondition(t, "IpAddress", "aws:SourceIp", "203.0.113.0/24")
	p, h := r.toAWS(t)
	if p.Verdict == Proven || !strings.Contains(h.Explain, "aws:SourceIp") || strings.Contains(h.Explain, "RCP") {
		t.Errorf("%s: %q; want aws:SourceIp named and no RCP", p.Verdict, h.Explain)
	}
	for _, row := range h.Table {
		if row.Key == "aws:SourceIp" && (row.Holds || !row.Unread) {
			t.Errorf("%+v; want it neither to hold nor to fail", row)
		}
	}
}

func TestWhatTheCallCarriesDecides(t *testing.T) {
	for key, c := range map[string]struct{ operator, value string }{
		"sts:RoleSessionName": {"StringLike", "somebody"},
		"aws:CurrentTime":     {"DateLessThan", "2020-01-01T00:00:00Z"},
	} {
		r := standing(t, bothWays)
		r.addCondition(t, c.operator, key, c.value)
		p, h := r.toAWS(t)
		if p.Verdict != Refused || !strings.Contains(h.Explain, key) || !strings.Contains(h.Explain, "wants") {
			t.Errorf("%s: %s %q; want it to decide", key, p.Verdict, h.Explain)
		}
	}
}

func TestDenyThatDecidesIsNamed(t *testing.T) {
	r := standing(t, bothWays)
	r.retrust(t, "deployer", `"Statement":[`, `"Statement":[{"Sid":"Closed","Effect":"Deny","Principal":"*","Action":"sts:AssumeRoleWithWebIdentity"},`)
	p, h := r.toAWS(t)
	if p.Verdict != Refused || !strings.Contains(h.Explain, "Closed") || !strings.Contains(h.Explain, "Deny") {
		t.Errorf("%s: %q; want the Deny named", p.Verdict, h.Explain)
	}
}

func TestRoleAtAnotherPathIsSaidAtOnce(t *testing.T) {
	r := standing(t, bothWays)
	r.tamper(t, func(s *world.State, now time.Time) {
		for _, name := range []string{"deployer", "report-reader"} {
			s.AWS.Accounts[world.AccountID].Roles.Change(name, now, 0, func(v *world.Role) { v.Path = "/elsewhere/" })
		}
	})
	for direction, p := range r.prove(t) {
		if p.Verdict == Proven || !strings.Contains(p.Reason, "another path") {
			t.Errorf("%s: %s %q; want the other path named", direction, p.Verdict, p.Reason)
		}
	}
}

func TestMappingWithoutTheBoundAttributeIsFinal(t *testing.T) {
	r := standing(t, bothWays)
	r.provider(t, func(p *world.Provider) { delete(p.Mapping, "attribute.aws_role") })
	r.opts.Directions, r.opts.Wait = []string{ToGoogle}, time.Minute
	from := time.Now()
	p := r.prove(t)[ToGoogle]
	if p.Verdict == Proven || !strings.Contains(p.Reason, "mapping") || time.Since(from) > 30*time.Second {
		t.Errorf("%s after %s: %q; want the mapping named at once", p.Verdict, time.Since(from), p.Reason)
	}
}

func TestBindingUnderAConditionIsTheSuspect(t *testing.T) {
	r := standing(t, bothWays)
	r.account(t, "report-reader@acme-build.iam.gserviceaccount.com", func(a *world.ServiceAccount) {
		for i := range a.Policy.Value.Bindings {
			a.Policy.Value.Bindings[i].Condition = &world.Condition{Title: "once", Expression: `request.time < timestamp("2020-01-01T00:00:00Z")`}
		}
	})
	r.opts.Directions, r.opts.Wait = []string{ToGoogle}, 300*time.Millisecond
	p := r.prove(t)[ToGoogle]
	if p.Verdict == Proven || !strings.Contains(p.Reason, "2020-01-01") {
		t.Errorf("%s: %q; want the condition named", p.Verdict, p.Reason)
	}
}

func TestConditionIsShownTermByTerm(t *testing.T) {
	p := path{looked: true, condition: "assertion.account == '1' && assertion.arn.startsWith('arn:aws')", mapping: map[string]string{"google.subject": "assertion.arn"}}
	rows := p.judged(map[string]any{"arn": "arn:aws:sts::1:assumed-role/r/s", "account": "2"})
	if len(rows) != 2 || rows[0].Holds || !rows[1].Holds {
		t.Errorf("got %+v; want the first term false and the second true", rows)
	}
}

func TestLeftoverThatCannotBeTakenBackIsAnErrorWithTheCommand(t *testing.T) {
	r := standing(t, bothWays)
	r.leaveBehind(t)
	if err := r.server.SetFaults("aws.iam.UpdateAssumeRolePolicy=AccessDenied", "google.iam.projects.serviceAccounts.setIamPolicy=403"); err != nil {
		t.Fatal(err)
	}
	_, err := Proofs(quick(t.Context()), r.world, r.opts)
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 2 {
		t.Fatalf("got %v, want an error for each side", err)
	}
	for _, e := range joined.Unwrap() {
		if p, ok := e.(*explain.Problem); !ok || len(p.Do) == 0 || !strings.Contains(p.Do[0], "remove it with: ") { //nolint:errorlint // the problem itself is wanted
			t.Errorf("got %+v, want the command that removes it", e)
		}
	}
}

func TestProofOnWhatAnEarlierRunBorrowedSaysSo(t *testing.T) {
	r := standing(t, bothWays)
	r.leaveBehind(t)
	r.opts.Borrow, r.opts.Wait = false, 300*time.Millisecond
	for direction, p := range r.prove(t) {
		if p.Borrowed == nil || p.Borrowed.Removed || p.Borrowed.Command == "" || !strings.Contains(p.Borrowed.What, "left behind") {
			t.Errorf("%s: borrowed %s; want the leftover told", direction, dump(p.Borrowed))
		}
	}
}
