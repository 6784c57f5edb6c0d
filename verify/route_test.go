package verify

import (
	"strings"
	"testing"
)

const (
	withVM       = "toAWS: {serviceAccount: deployer, role: {name: deployer}, vm: {name: deployer-1, zone: us-central1-a}}"
	withInstance = "role: {name: report-reader, runsOn: ec2, instance: i-0acce550000000001}"
)

// onVM is bothWays with a VM that runs as the service account.
func onVM(file string) string {
	return strings.Replace(file, "toAWS: {serviceAccount: deployer, role: {name: deployer}}", withVM, 1)
}

// onInstance is bothWays with an instance that runs with the role.
func onInstance(file string) string {
	return strings.Replace(file, "role: {name: report-reader, runsOn: ec2}", withInstance, 1)
}

func TestWorkloadProvesItselfAndBorrowsNothing(t *testing.T) {
	r := standing(t, onInstance(onVM(bothWays)))
	r.server.ResetCalls()
	got := r.prove(t)
	for direction, p := range got {
		wantProven(t, p)
		if p.From != Workload || p.Borrowed != nil {
			t.Errorf("%s: from %s, borrowed %v; want workload, nothing", direction, p.From, p.Borrowed)
		}
	}
	if len(got) != 2 {
		t.Errorf("%d proofs; want both", len(got))
	}
	if w := r.writes(); len(w) > 0 {
		t.Errorf("writes %v; want none", w)
	}
	if id := got[ToGoogle].Hops[0].Claims["arn"]; !strings.HasSuffix(id, "/i-0acce550000000001") {
		t.Errorf("role credentials of %q; want the instance's session", id)
	}
	for _, d := range got[ToAWS].Doors {
		if d.Attempt == "another service account" && d.Outcome != "not-tried" {
			t.Errorf("another service account: %s; want not-tried on a workload", d.Outcome)
		}
	}
}

func TestOnAWorkloadOnlyItsOwnDirectionIsAsked(t *testing.T) {
	r := standing(t, onVM(bothWays))
	if got := r.prove(t); len(got) != 1 || got[ToAWS].From != Workload {
		t.Errorf("proofs %s; want to-aws alone, from the workload", dump(got))
	}
	r.opts.Directions = []string{ToAWS, ToGoogle}
	got := r.prove(t)
	if len(got) != 2 || got[ToGoogle].From != Operator || got[ToGoogle].Verdict != Proven {
		t.Errorf("proofs %s; want to-google from the operator, because it was named", dump(got))
	}
}

func TestOperatorIsProvenThoughAWorkloadAnswers(t *testing.T) {
	r := standing(t, onVM(bothWays))
	r.opts.From = Operator
	for direction, p := range r.prove(t) {
		wantProven(t, p)
		if p.From != Operator || p.Borrowed == nil {
			t.Errorf("%s: from %s, borrowed %v; want operator with borrowed access", direction, p.From, p.Borrowed)
		}
	}
}

func TestAMachineThatIsNotTheWorkloadIsSaid(t *testing.T) {
	r := standing(t, bothWays)
	r.opts.From = Workload
	for direction, p := range r.prove(t) {
		if p.Verdict != Skipped || !strings.Contains(p.Reason, "this machine") {
			t.Errorf("%s: verdict %s (%s); want skipped, because this machine is not the workload", direction, p.Verdict, p.Reason)
		}
	}
	if n := len(r.events); n == 0 {
		t.Error("no event tells that the proofs ended")
	}
}
