package verify

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// writes are the calls that change something.
func (r *rig) writes() []string {
	var names []string
	for _, c := range r.server.Calls() {
		op := c.Name[strings.LastIndex(c.Name, ".")+1:]
		for _, verb := range []string{"Create", "Update", "Put", "Attach", "Delete", "Tag", "Add", "set", "create", "patch", "delete", "enable"} {
			if strings.HasPrefix(op, verb) {
				names = append(names, c.Name)
			}
		}
	}
	return names
}

// when calls f at the first event of a kind.
func (r *rig) when(kind EventKind, f func(Event)) {
	done := false
	r.opts.Sink = func(e Event) {
		r.note(e)
		if e.Kind == kind && !done {
			done = true
			f(e)
		}
	}
}

func TestBorrowedAccessIsExact(t *testing.T) {
	ahead := 10 * time.Minute // the clouds' clock, not this machine's, decides
	r := standing(t, bothWays, func(o *sandbox.Options) { o.Now = func() time.Time { return time.Now().Add(ahead) } })
	var lent []steps.Change
	r.opts.Sink = func(e Event) {
		if e.Kind == Borrowing {
			left, err := Leftovers(t.Context(), r.world)
			if err != nil {
				t.Error(err)
			}
			lent = append(lent, left...)
			if d := e.Until.Sub(time.Now().Add(ahead)); d > 15*time.Minute || d < 14*time.Minute {
				t.Errorf("borrowed until %s, in %s of the cloud's time; want 15 minutes at most", e.Until, d)
			}
		}
	}
	for _, p := range r.prove(t) {
		if p.Borrowed == nil || !p.Borrowed.Removed || p.Borrowed.Until.IsZero() {
			t.Fatalf("%s: borrowed %s; want it removed\n%s", p.Direction, dump(p.Borrowed), p.Reason)
		}
		until := p.Borrowed.Until.Format(time.RFC3339)
		i := slices.IndexFunc(lent, func(c steps.Change) bool { return (c.Cloud == "aws") == (p.Direction == ToGoogle) })
		if i < 0 {
			t.Fatalf("%s: nothing was lent", p.Direction)
		}
		if p.Direction == ToAWS {
			want := []steps.Field{
				{Path: "role", Before: "roles/iam.serviceAccountOpenIdTokenCreator"},
				{Path: "member", Before: "user:operator@acme.example"},
				{Path: "condition.expression", Before: `request.time < timestamp("` + until + `")`},
			}
			if diff := cmp.Diff(want, lent[i].Fields); diff != "" {
				t.Errorf("binding (-want +got):\n%s", diff)
			}
			continue
		}
		var got statement
		if err := json.Unmarshal(lent[i].Fields[0].Before.(json.RawMessage), &got); err != nil {
			t.Fatal(err)
		}
		want := lend(got.Sid, "arn:aws:iam::123456789012:user/operator", r.opts.Operators.AWS.UserID, p.Borrowed.Until)
		if diff := cmp.Diff(want, got); diff != "" || !strings.HasPrefix(got.Sid, "DrawbridgeBorrow") {
			t.Errorf("statement (-want +got):\n%s", diff)
		}
	}
}

func TestBorrowedAccessIsReturned(t *testing.T) {
	for name, spoil := range map[string]func(*testing.T, *rig, context.CancelFunc){
		"after success": func(*testing.T, *rig, context.CancelFunc) {},
		"after a refusal": func(t *testing.T, r *rig, _ context.CancelFunc) {
			r.retrust(t, "deployer", audience, "https://elsewhere")
			r.provider(t, func(p *world.Provider) { p.Condition = "false" })
		},
		"after a failure": func(t *testing.T, r *rig, _ context.CancelFunc) {
			if err := r.server.SetFaults("aws.sts.AssumeRole=500", "google.iamcredentials.projects.serviceAccounts.generateIdToken=500"); err != nil {
				t.Fatal(err)
			}
		},
		"when interrupted": func(_ *testing.T, r *rig, cancel context.CancelFunc) { r.when(Borrowing, func(Event) { cancel() }) },
		"when interrupted in a hop": func(_ *testing.T, r *rig, cancel context.CancelFunc) {
			r.when(HopDone, func(Event) { cancel() })
		},
		"when out of time": func(t *testing.T, r *rig, cancel context.CancelFunc) {
			if err := r.server.SetFaults("aws.sts.AssumeRole=hang", "google.iamcredentials.projects.serviceAccounts.generateIdToken=hang"); err != nil {
				t.Fatal(err)
			}
			time.AfterFunc(300*time.Millisecond, cancel)
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := standing(t, bothWays)
			ctx, cancel := context.WithCancel(quick(t.Context()))
			defer cancel()
			spoil(t, r, cancel)
			before := r.trust(t, "report-reader")
			proofs, err := Proofs(ctx, r.world, r.opts)
			if err != nil {
				t.Fatal(err)
			}
			if left := r.lent(t); len(left) > 0 {
				t.Errorf("still borrowed: %s", dump(left))
			}
			if after := r.trust(t, "report-reader"); after != before {
				t.Errorf("trust was\n%s\nis\n%s", before, after)
			}
			for _, p := range proofs {
				if p.Borrowed != nil && !p.Borrowed.Removed {
					t.Errorf("%s: the proof says that it was not returned", p.Direction)
				}
				if strings.HasPrefix(name, "when") && p.Verdict != Unknown {
					t.Errorf("%s: verdict %s; want unknown\n%s", p.Direction, p.Verdict, dump(p))
				}
			}
		})
	}
}

func TestBorrowedAccessThatStaysIsAnErrorWithTheCommand(t *testing.T) {
	r := standing(t, bothWays)
	// Each direction's return is spoilt as soon as that direction has borrowed: the other one may be further on, or not begun.
	returns := map[string]string{
		ToGoogle: "aws.iam.UpdateAssumeRolePolicy=AccessDenied",
		ToAWS:    "google.iam.projects.serviceAccounts.setIamPolicy=403",
	}
	var faults []string
	r.opts.Sink = func(e Event) {
		if e.Kind != Borrowing {
			return
		}
		faults = append(faults, returns[e.Direction])
		if err := r.server.SetFaults(faults...); err != nil {
			t.Error(err)
		}
	}
	proofs, err := Proofs(quick(t.Context()), r.world, r.opts)
	if err == nil {
		t.Fatal("Proofs gave no error although nothing could be returned")
	}
	if err := r.server.SetFaults(); err != nil {
		t.Fatal(err)
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("error %T: %v; want one for each side", err, err)
	}
	var commands []string
	for _, e := range joined.Unwrap() {
		if p, ok := errors.AsType[*explain.Problem](e); ok {
			commands = append(commands, p.Do...)
		}
	}
	said := strings.Join(commands, "\n")
	for _, want := range []string{"aws iam update-assume-role-policy --role-name report-reader", "gcloud iam service-accounts remove-iam-policy-binding " + deployer} {
		if !strings.Contains(said, want) {
			t.Errorf("what to do:\n%s\nwant %q in it", said, want)
		}
	}
	for _, p := range proofs {
		if p.Verdict != Proven || p.Borrowed.Removed {
			t.Errorf("%s: verdict %s, removed %v; want proven and not removed", p.Direction, p.Verdict, p.Borrowed.Removed)
		}
	}
	if left := r.lent(t); len(left) != 2 {
		t.Errorf("leftovers %s; want both", dump(left))
	}
}

func TestLeftoversOfAKilledRunAreTakenBack(t *testing.T) {
	r := standing(t, bothWays)
	r.leaveBehind(t)
	if left := r.lent(t); len(left) != 2 || left[0].Action != steps.Remove || left[0].Command == "" {
		t.Fatalf("leftovers %s; want two to remove, with commands", dump(left))
	}
	if err := RemoveLeftovers(t.Context(), r.world, r.note); err != nil {
		t.Fatal(err)
	}
	if left := r.lent(t); len(left) > 0 {
		t.Errorf("leftovers %s; want none", dump(left))
	}
	r.server.ResetCalls()
	if err := RemoveLeftovers(t.Context(), r.world, nil); err != nil || len(r.writes()) > 0 {
		t.Errorf("again: %v, writes %v; want neither", err, r.writes())
	}
}

func TestBorrowingTakesBackWhatAnEarlierRunHasLeft(t *testing.T) {
	r := standing(t, bothWays)
	r.leaveBehind(t)
	for _, p := range r.prove(t) {
		wantProven(t, p)
	}
	if left := r.lent(t); len(left) > 0 {
		t.Errorf("leftovers %s; want none", dump(left))
	}
}

// leaveBehind does what a run that is killed leaves.
func (r *rig) leaveBehind(t *testing.T) {
	t.Helper()
	err := steps.LendAccount(t.Context(), r.world, deployer, steps.Loan{
		Role: openIDTokenCreator, Member: "user:operator@acme.example", Title: loanTitle + "dead", Expression: expiry(time.Now().Add(time.Minute)),
	})
	if err != nil {
		t.Fatal(err)
	}
	err = steps.EditTrust(t.Context(), r.world, "report-reader", func(trust []byte) ([]byte, error) {
		return withStatement(trust, lend(loanSid+"dead", "arn:aws:iam::123456789012:user/operator", "AIDADEAD", time.Now().Add(time.Minute)))
	})
	if err != nil {
		t.Fatal(err)
	}
}
