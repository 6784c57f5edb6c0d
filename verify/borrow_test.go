package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
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
				{Path: "role", Before: "roles/iam.serviceAccountOpenIdTokenCreator"}, {Path: "member", Before: "user:operator@acme.example"},
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
	count := 0
	r.opts.Sink = func(e Event) {
		if e.Kind == Borrowing {
			if count++; count == 2 {
				if err := r.server.SetFaults("aws.iam.UpdateAssumeRolePolicy=AccessDenied", "google.iam.projects.serviceAccounts.setIamPolicy=403"); err != nil {
					t.Error(err)
				}
			}
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

func TestBorrowPlanShowsWhatWouldBeGranted(t *testing.T) {
	for name, r := range map[string]*rig{"standing": standing(t, bothWays), "not made yet": land(t, bothWays)} {
		r.server.ResetCalls()
		plan, err := BorrowPlan(t.Context(), r.world, r.opts)
		if err != nil || len(plan) != 2 {
			t.Fatalf("%s: plan %s, %v; want two changes", name, dump(plan), err)
		}
		for _, c := range plan {
			if c.Action != steps.Create || c.Scope != "bridge" || len(c.Fields) == 0 || c.Command == "" || c.Needs == nil {
				t.Errorf("%s: change %s", name, dump(c))
			}
		}
		if w := r.writes(); len(w) > 0 {
			t.Errorf("%s: writes %v; want none", name, w)
		}
	}
}

func TestJournalHoldsWhatWasBorrowedAndReturned(t *testing.T) {
	r := standing(t, bothWays)
	dir := t.TempDir()
	journal, err := steps.OpenJournal(dir)
	if err != nil {
		t.Fatal(err)
	}
	r.opts.Journal = journal
	r.prove(t)
	if err := journal.Close(); err != nil {
		t.Fatal(err)
	}
	text := r.readAll(t, dir)
	for _, want := range []string{`"intent"`, `"result"`, borrowToAWS, borrowToGoogle, "taken back"} {
		if strings.Count(text, want) == 0 {
			t.Errorf("journal has no %s:\n%s", want, text)
		}
	}
}

func (r *rig) readAll(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(data)
	}
	return text.String()
}

func TestNothingSecretIsSaid(t *testing.T) {
	for name, file := range map[string]string{"signed request": bothWays, "token of AWS's own": withToGoogle("  token: jwt\n")} {
		for _, spoiled := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, spoiled %v", name, spoiled), func(t *testing.T) {
				r := standing(t, file)
				dir := t.TempDir()
				journal, err := steps.OpenJournal(dir)
				if err != nil {
					t.Fatal(err)
				}
				r.opts.Journal = journal
				if spoiled {
					r.retrust(t, "deployer", audience, "https://elsewhere")
					r.provider(t, func(p *world.Provider) { p.Condition = "false" })
				}
				proofs := r.prove(t)
				if err := journal.Close(); err != nil {
					t.Fatal(err)
				}
				said := dump(proofs) + dump(r.events) + fmt.Sprintf("%+v %#v", proofs, proofs) + r.readAll(t, dir)
				secrets := r.server.Secrets()
				if len(secrets) < 5 {
					t.Fatalf("the sandbox knows %d secrets; want those of the proofs", len(secrets))
				}
				for _, s := range secrets {
					if s != "" && strings.Contains(said, s) {
						t.Errorf("a secret of %d characters was said", len(s))
					}
				}
			})
		}
	}
}
