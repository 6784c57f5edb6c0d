package verify

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

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
	for _, want := range []string{`"intent"`, `"result"`, borrowToAWS, borrowToGoogle, `"remove"`, `"create"`} {
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
