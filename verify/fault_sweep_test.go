package verify

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/sandboxtest"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// trouble is one way in which a single call fails.
type trouble struct {
	name string
	does incident
	may  []explain.Kind // the kinds of error it may end in; none: the run must converge
	slow bool           // the call ends by its own time limit
}

// troubles are the ways in which clouds and networks fail. What passes by itself, and what reading again mends, must be
// mended; the rest is one error of the kind that says what happened.
func troubles() []trouble {
	return []trouble{
		{name: "403", does: sandboxtest.Fails("AccessDenied", "PERMISSION_DENIED"), may: []explain.Kind{explain.Denied}},
		{name: "404", does: sandboxtest.Fails("NoSuchEntity", "NOT_FOUND"), may: []explain.Kind{explain.Missing}},
		{name: "conflict", does: sandboxtest.Fails("ConcurrentModification", "ABORTED"), may: []explain.Kind{explain.Conflict}},
		{name: "412", does: sandboxtest.Fails("412", "412"), may: []explain.Kind{explain.Conflict}},
		{name: "throttled", does: sandboxtest.Throttled},
		{name: "500", does: sandboxtest.Fails("500", "500")},
		{name: "503", does: sandboxtest.Fails("503", "503")},
		{name: "drop", does: sandboxtest.Fails("drop", "drop")},
		{name: "refuse", does: sandboxtest.Fails("refuse", "refuse")},
		{name: "hang", does: sandboxtest.Hang, slow: true},
		{name: "truncated", does: sandboxtest.Truncated},
		{name: "html", does: sandboxtest.WebPage, may: []explain.Kind{explain.Other}},
	}
}

const notMet = "not met"

// mishap is one point of the sweep.
type mishap struct {
	course
	trouble
	at point
}

func TestEveryFaultConvergesOrEndsInOneClearError(t *testing.T) {
	var all []mishap
	for _, example := range examples {
		for _, c := range courses(t, example) {
			for _, at := range c.points {
				for _, how := range troubles() {
					all = append(all, mishap{c, how, at})
				}
			}
		}
	}
	points := sampled(t, all, 30)
	if !inFull() {
		points = append(points, onceWrong(t, all)...)
	}
	var mu sync.Mutex
	var missed atomic.Int32
	outcomes := map[string]int{}
	t.Run("points", func(t *testing.T) {
		for _, m := range points {
			t.Run(m.example+"/"+m.command.name+"/"+m.name+"/"+m.at.String(), func(t *testing.T) {
				t.Parallel()
				outcome := m.sweep(t)
				if outcome == notMet {
					missed.Add(1)
				}
				mu.Lock()
				defer mu.Unlock()
				outcomes[m.command.name+" "+m.name+": "+outcome]++
			})
		}
	})
	t.Logf("failed one call at %d of %d points; %d were not met", len(points), len(all), missed.Load())
	if int(missed.Load()) > len(points)/10 {
		t.Errorf("%d of %d points were not met", missed.Load(), len(points))
	}
	for _, line := range sortedKeys(outcomes) {
		t.Logf("%4d %s", outcomes[line], line)
	}
}

// onceWrong are points at which the program was wrong before; they are always visited.
func onceWrong(t *testing.T, all []mishap) []mishap {
	t.Helper()
	const pool = "/v1/projects/acme-build/locations/global/workloadIdentityPools/ec2-to-google"
	const provider = pool + "/providers/aws-123456789012"
	wrong := []string{
		"both-ways.yaml apply 403 POST /tokeninfo#1",
		"ec2-to-google.yaml apply refuse AddRoleToInstanceProfile web-risk-caller web-risk-caller#1",
		"ec2-to-google.yaml destroy refuse DELETE " + provider + "#1",
		"ec2-to-google.yaml destroy 404 DELETE " + provider + "#1",
		"ec2-to-google.yaml destroy 404 GetRole web-risk-caller#3",
		"ec2-to-google.yaml destroy 404 ListAttachedRolePolicies web-risk-caller#1",
		"ec2-to-google.yaml destroy 404 GetInstanceProfile web-risk-caller#1",
		"ec2-to-google.yaml destroy 403 GET /compute/v1/projects/acme-build/aggregated/instances#1",
		"ec2-to-google.yaml destroy 403 POST /v1/projects/acme-build:getIamPolicy#5",
		"ec2-to-google.yaml destroy 404 GET " + pool + "#2",
		"ec2-to-google.yaml verify 404 GetRole web-risk-caller#5",
		"ec2-to-google.yaml verify 404 UpdateAssumeRolePolicy web-risk-caller#2",
		"ec2-to-google.yaml verify 412 POST /v1/token#1",
		"ci-to-sqs.yaml verify hang GET /computeMetadata/v1/instance/service-accounts/default/identity#1",
	}
	var out []mishap
	for _, m := range all {
		if slices.Contains(wrong, m.example+" "+m.command.name+" "+m.name+" "+m.at.String()) {
			out = append(out, m)
		}
	}
	if len(out) != len(wrong) {
		t.Errorf("found %d of the %d points that once were wrong", len(out), len(wrong))
	}
	return out
}

func sortedKeys(m map[string]int) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// sweep fails one call of a run, and holds it or the next one to the undisturbed course.
func (m mishap) sweep(t *testing.T) string {
	s := newSite(t, m.example)
	for _, before := range m.before {
		s.must(before)
	}
	if m.slow {
		s.call = 3 * time.Second
	}
	p, err := s.run(m.command, m.at, m.does)
	if !s.gate.Reached() {
		return notMet
	}
	outcome := "converged"
	if err != nil {
		outcome = m.judge(t, s, p, err)
	}
	// Who may not look at what may hang on a thing keeps it: that is a no with its reason, exit code 3, and not an error.
	held := err == nil && m.name == "403" && steps.DestroyOf(p.plan, p.result).Held()
	if held {
		outcome = "kept, and said why"
	}
	if err != nil || held {
		s.call = 0
		s.must(m.command)
	}
	if diff := cmp.Diff(m.after, sandboxtest.State(t, s.gate.Server)); diff != "" {
		t.Errorf("%s; then the clouds hold (-undisturbed +got):\n%s", outcome, diff)
	}
	return outcome
}

// judge holds an error to what an error is: one, clear, of the right kind, without a secret.
func (m mishap) judge(t *testing.T, s *site, p *process, err error) string {
	t.Helper()
	for _, secret := range s.gate.Server.Secrets() {
		if len(secret) > 8 && strings.Contains(err.Error(), secret) {
			t.Errorf("a secret is in the error")
		}
	}
	if unproven, ok := errors.AsType[*unprovenError](err); ok {
		return m.judgeProofs(t, s, p, unproven)
	}
	if strings.HasSuffix(m.at.Call, ":setIamPolicy") && m.crossed() {
		t.Errorf("got %v, want it to read again and converge", err)
	}
	problem, ok := errors.AsType[*explain.Problem](err)
	if !ok {
		t.Errorf("got %T %v, want a problem", err, err)
		return "no problem"
	}
	if problem.Op == "" || problem.Reason == "" {
		t.Errorf("got %+v, want what was attempted and why it failed", problem)
	}
	if !slices.Contains(m.may, problem.Kind) {
		t.Errorf("got %s: %v, want one of %v", problem.Kind, err, m.may)
	}
	if n := strings.Count(err.Error(), "\n"); n > 0 {
		t.Errorf("got %d errors, want one:\n%v", n+1, err)
	}
	return string(problem.Kind)
}

// crossed holds when the cloud said that somebody else wrote at the same moment.
func (m mishap) crossed() bool { return m.name == "conflict" || m.name == "412" }

// judgeProofs wants no fault of a network or a service to pass for a refusal, and nothing to stay borrowed.
func (m mishap) judgeProofs(t *testing.T, s *site, p *process, err *unprovenError) string {
	t.Helper()
	refusal := m.name == "403" || m.name == "404"
	for _, proof := range p.proofs {
		if !refusal && (proof.Verdict == Refused || proof.Verdict == Open) {
			t.Errorf("%s: got %s, want unknown: %s", proof.Direction, proof.Verdict, proof.Reason)
		}
		if proof.Verdict != Proven && proof.Reason == "" {
			t.Errorf("%s: got %s without a reason", proof.Direction, proof.Verdict)
		}
	}
	if len(m.may) == 0 {
		t.Errorf("got %v, want it to converge", err)
	}
	s.gate.Server.World().View(func(st *world.State, now time.Time) {
		for _, r := range st.AWS.Accounts[s.bridge.AWS.Account].Roles.AllSeen(now) {
			if strings.Contains(r.Trust, loanSid) {
				t.Errorf("role %s is still lent", r.Name)
			}
		}
		for _, a := range st.Google.Projects[s.bridge.Google.Project].Accounts {
			for _, b := range a.Policy.Value.Bindings {
				if b.Condition != nil {
					t.Errorf("account %s is still lent", a.Email)
				}
			}
		}
	})
	return "not proven"
}
