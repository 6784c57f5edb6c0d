package verify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// withToGoogle is bothWays with other lines in toGoogle.
func withToGoogle(lines string) string {
	return strings.Replace(bothWays, "  pool: both-ways\n", "  pool: both-ways\n"+lines, 1)
}

func dump(v any) string {
	out, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return fmt.Sprint(err)
	}
	return string(out)
}

func hopNames(p Proof) []string {
	var names []string
	for _, h := range p.Hops {
		names = append(names, h.Name+" "+h.Outcome)
	}
	return names
}

func doorOutcomes(p Proof) map[string]string {
	out := map[string]string{}
	for _, d := range p.Doors {
		out[d.Attempt] = d.Outcome
	}
	return out
}

func wantProven(t *testing.T, p Proof) {
	t.Helper()
	if p.Verdict != Proven {
		t.Errorf("%s: verdict %s; want proven\n%s", p.Direction, p.Verdict, dump(p))
	}
}

func TestBridgeIsProvenBothWays(t *testing.T) {
	r := standing(t, bothWays)
	got := r.prove(t)
	aws, google := got[ToAWS], got[ToGoogle]
	wantProven(t, aws)
	wantProven(t, google)
	if diff := cmp.Diff([]string{"ID token ok", "assume role ok", "caller identity ok"}, hopNames(aws)); diff != "" {
		t.Errorf("hops to AWS (-want +got):\n%s", diff)
	}
	want := []string{"role credentials ok", "signed request ok", "token exchange ok", "impersonation ok", "caller identity ok"}
	if diff := cmp.Diff(want, hopNames(google)); diff != "" {
		t.Errorf("hops to Google (-want +got):\n%s", diff)
	}
	if aws.Identity != "arn:aws:sts::123456789012:assumed-role/deployer/drawbridge" || aws.Expected != "arn:aws:sts::123456789012:assumed-role/deployer/" {
		t.Errorf("identity %q, expected %q", aws.Identity, aws.Expected)
	}
	if google.Identity != "report-reader@acme-build.iam.gserviceaccount.com" || google.IdentitySource != "answered" {
		t.Errorf("identity %q, %s", google.Identity, google.IdentitySource)
	}
	if got := google.Hops[1].Claims["subjectBytes"]; got != "63 of 127" {
		t.Errorf("subject takes %q; want 63 of 127", got)
	}
}

func TestDoorsStayShut(t *testing.T) {
	r := standing(t, bothWays)
	got := r.prove(t)
	want := map[string]string{"another audience": "refused", "another service account": "not-tried", "broken signature": "refused"}
	if diff := cmp.Diff(want, doorOutcomes(got[ToAWS])); diff != "" {
		t.Errorf("doors to AWS (-want +got):\n%s", diff)
	}
	want = map[string]string{"operator's own identity": "refused", "another provider": "refused", "broken signature": "refused"}
	if diff := cmp.Diff(want, doorOutcomes(got[ToGoogle])); diff != "" {
		t.Errorf("doors to Google (-want +got):\n%s", diff)
	}
}

func TestNoDoorsLeavesThemOut(t *testing.T) {
	r := standing(t, bothWays)
	r.opts.NoDoors = true
	for _, p := range r.prove(t) {
		wantProven(t, p)
		if p.Doors == nil || len(p.Doors) > 0 {
			t.Errorf("%s: doors %v; want none, and not null", p.Direction, p.Doors)
		}
	}
}

func TestAnAccountThatTheCallerMayUseAlreadyIsTriedAtTheDoor(t *testing.T) {
	r := standing(t, bothWays)
	r.account(t, "report-reader@acme-build.iam.gserviceaccount.com", func(a *world.ServiceAccount) {
		p := a.Policy.Value
		p.Bindings = append(slices.Clone(p.Bindings), world.PolicyBinding{Role: openIDTokenCreator, Members: []string{"user:operator@acme.example"}})
		a.Policy.Value = p
	})
	if got := doorOutcomes(r.prove(t)[ToAWS])["another service account"]; got != "refused" {
		t.Errorf("another service account: %s; want refused", got)
	}
	r.retrust(t, "deployer", `"StringEquals"`, `"StringLike"`)
	unique := ""
	r.account(t, "deployer@acme-build.iam.gserviceaccount.com", func(a *world.ServiceAccount) { unique = a.UniqueID })
	r.retrust(t, "deployer", unique, "*")
	r.retrust(t, "deployer", unique, "*")
	p := r.prove(t)[ToAWS]
	if p.Verdict != Open || doorOutcomes(p)["another service account"] != "admitted" {
		t.Errorf("verdict %s, doors %v; want open through another service account", p.Verdict, doorOutcomes(p))
	}
}

func TestDirectAccessDerivesThePrincipal(t *testing.T) {
	file := strings.Replace(withToGoogle("  access: direct\n"), "  serviceAccount: report-reader\n", "", 1)
	p := standing(t, file).prove(t)[ToGoogle]
	wantProven(t, p)
	want := "principalSet://iam.googleapis.com/projects/512345678901/locations/global/workloadIdentityPools/both-ways/attribute.aws_role/arn:aws:sts::123456789012:assumed-role/report-reader"
	if p.Identity != want || p.Expected != want || p.IdentitySource != "derived" {
		t.Errorf("identity %q (%s), expected %q; want %q, derived", p.Identity, p.IdentitySource, p.Expected, want)
	}
	if last := p.Hops[len(p.Hops)-1]; last.Name != "permissions" {
		t.Errorf("last hop %q; want permissions", last.Name)
	}
}

func TestTokenOfAWSsOwnIsProven(t *testing.T) {
	p := standing(t, withToGoogle("  token: jwt\n")).prove(t)[ToGoogle]
	wantProven(t, p)
	want := []string{"role credentials ok", "AWS web identity token ok", "token exchange ok", "impersonation ok", "caller identity ok"}
	if diff := cmp.Diff(want, hopNames(p)); diff != "" {
		t.Errorf("hops (-want +got):\n%s", diff)
	}
	doors := map[string]string{"operator's own identity": "refused", "another audience": "refused", "broken signature": "refused"}
	if diff := cmp.Diff(doors, doorOutcomes(p)); diff != "" {
		t.Errorf("doors (-want +got):\n%s\n%s", diff, dump(p.Doors))
	}
	if got := p.Hops[1].Claims["sub"]; got != "arn:aws:iam::123456789012:role/drawbridge/report-reader" {
		t.Errorf("sub %q; want the role's ARN with its path", got)
	}
}

func TestEveryShapeOfBridgeIsProven(t *testing.T) {
	direct := func(file string) string {
		return strings.Replace(strings.Replace(file, "  serviceAccount: report-reader\n", "", 1), "  pool: both-ways\n", "  pool: both-ways\n  access: direct\n", 1)
	}
	runsOn := func(where string) string { return strings.Replace(bothWays, "runsOn: ec2", "runsOn: "+where, 1) }
	for name, file := range map[string]string{
		"explicit provider":    strings.Replace(bothWays, "role: {name: deployer}", "provider: explicit, role: {name: deployer}", 1),
		"token of AWS, direct": direct(withToGoogle("  token: jwt\n")),
		"lambda":               runsOn("lambda"),
		"ecs":                  runsOn("ecs"),
		"eks":                  runsOn("eks, eks: {cluster: prod, namespace: ci, serviceAccount: runner}"),
		"another region":       strings.Replace(bothWays, "us-east-1", "ap-southeast-2", 1),
		"own mapping": withToGoogle("  mapping: {google.subject: assertion.arn, attribute.aws_role: \"assertion.arn.extract('{a}assumed-role/') + 'assumed-role/' + assertion.arn.extract('assumed-role/{r}/')\"}\n" +
			"  condition: \"assertion.arn.startsWith('arn:aws:sts::123456789012:assumed-role/report-reader/')\"\n"),
	} {
		t.Run(name, func(t *testing.T) {
			for _, p := range standing(t, file).prove(t) {
				wantProven(t, p)
				for _, d := range p.Doors {
					if d.Outcome != doorRefused && d.Attempt != "another service account" {
						t.Errorf("%s: door %s: %s: %s", p.Direction, d.Attempt, d.Outcome, d.Explain)
					}
				}
			}
		})
	}
}

func TestGovCloudIsProvenWithAWarning(t *testing.T) {
	file := strings.Replace(bothWays, "us-east-1", "us-gov-west-1", 1)
	for _, p := range standing(t, file).prove(t) {
		wantProven(t, p)
		if !strings.Contains(p.Reason, "GovCloud") && !strings.Contains(p.Reason, "aws-us-gov") {
			t.Errorf("%s: reason %q; want the warning about this partition", p.Direction, p.Reason)
		}
		if p.Direction == ToAWS && !strings.HasPrefix(p.Identity, "arn:aws-us-gov:sts::") {
			t.Errorf("identity %q; want one of aws-us-gov", p.Identity)
		}
	}
}

func TestOnlyTheAskedDirectionIsProven(t *testing.T) {
	r := standing(t, bothWays)
	r.opts.Directions = []string{ToGoogle}
	if got := r.prove(t); len(got) != 1 || got[ToGoogle].Verdict != Proven {
		t.Errorf("proofs %s; want to-google alone, proven", dump(got))
	}
}

func TestUnusableOptionsAreSaidBeforeAnyCall(t *testing.T) {
	for name, o := range map[string]Options{
		"direction":         {Directions: []string{"north"}},
		"absent direction":  {Directions: []string{ToGoogle}},
		"place to start at": {From: "elsewhere"},
	} {
		t.Run(name, func(t *testing.T) {
			r := land(t, bothWays[:strings.Index(bothWays, "toGoogle:")])
			r.server.ResetCalls()
			o.Operators = r.opts.Operators
			if proofs, err := Proofs(t.Context(), r.world, o); err == nil {
				t.Errorf("Proofs = %v; want an error", proofs)
			}
			if calls := r.server.Calls(); len(calls) > 0 {
				t.Errorf("calls %v; want none", calls)
			}
		})
	}
}

func TestProofWaitsForAChangeThatHasNotSpread(t *testing.T) {
	r := standing(t, bothWays, func(o *sandbox.Options) { o.Lag = 200 * time.Millisecond })
	for _, p := range r.prove(t) {
		if p.Verdict != Proven {
			t.Errorf("%s: verdict %s: %s; want proven\n%s", p.Direction, p.Verdict, p.Reason, dump(p.Hops))
		}
	}
	waits := slices.ContainsFunc(r.events, func(e Event) bool { return e.Kind == Waiting && e.Message != "" && e.Until.After(e.Since) })
	if !waits {
		t.Error("no event says what is waited for")
	}
	if left := r.lent(t); len(left) > 0 {
		t.Errorf("still borrowed: %v", left)
	}
}

func TestEventsTellEveryHopAndDoor(t *testing.T) {
	r := standing(t, bothWays)
	hops, doors := 0, 0
	for _, p := range r.prove(t) {
		hops, doors = hops+len(p.Hops), doors+len(p.Doors)
	}
	count := map[EventKind]int{}
	for _, e := range r.events {
		if e.Time.IsZero() || e.Direction == "" {
			t.Errorf("event without time or direction: %+v", e)
		}
		count[e.Kind]++
	}
	want := map[EventKind]int{HopDone: hops, DoorTried: doors, Borrowing: 2, Returning: 2, ProofEnded: 2}
	delete(count, Waiting)
	if diff := cmp.Diff(want, count); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}
