package verify

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/sandboxtest"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// signInEnds is a sign-in of one side that ends in the middle of a run.
type signInEnds struct {
	name string
	end  func(b *booth, next badge)
	says string // what the error names as the way on
}

func signInsThatEnd() []signInEnds {
	return []signInEnds{
		{"AWS", func(b *booth, next badge) {
			if next.keyID != "" {
				b.signInAWS(next)
			}
			b.endAWS.Store(true) // last: a call that is refused finds the new sign-in
		}, "sign in to AWS again"},
		{"Google Cloud", func(b *booth, next badge) {
			if next.token != "" {
				b.signInGoogle(next)
			}
			b.endGoogle.Store(true) // last: a call that is refused finds the new sign-in
		}, "gcloud auth application-default login"},
	}
}

// eachEnding makes a site per command and side, and ends the sign-in two thirds into the command.
func eachEnding(t *testing.T, try func(t *testing.T, b *booth, c course, e signInEnds, from int32)) {
	const example = "both-ways.yaml"
	life := courses(t, example)
	for _, c := range []course{life[0], life[2]} {
		for _, e := range signInsThatEnd() {
			t.Run(c.command.name+"/"+e.name, func(t *testing.T) {
				t.Parallel()
				s := newSite(t, example)
				b := newBooth(t, s)
				for _, before := range c.before {
					s.must(before)
				}
				try(t, b, c, e, int32(len(c.points)*2/3)) //nolint:gosec // some hundred calls
			})
		}
	}
}

// endingAt runs the command and, at one of its calls, ends the sign-in for what follows.
func (b *booth) endingAt(c course, e signInEnds, from int32, next badge) error {
	var seen atomic.Int32
	b.site.gate.Before(func(point) {
		if seen.Add(1) == from {
			e.end(b, next)
		}
	})
	defer b.site.gate.Before(nil)
	_, err := b.site.run(c.command, point{}, nil)
	b.quiet(err, next)
	return err
}

// quiet fails when an error or a file of the run shows what signs in.
func (b *booth) quiet(err error, next badge) {
	b.Helper()
	told := fmt.Sprintf("%v %+v %#v", err, err, err)
	_ = filepath.Walk(b.site.dir, func(path string, _ os.FileInfo, _ error) error {
		text, _ := os.ReadFile(path)
		told += string(text)
		return nil
	})
	for _, secret := range []string{b.first.token, b.first.secret, next.token, next.secret} {
		if secret != "" && strings.Contains(told, secret) {
			b.Errorf("a secret of %d characters is shown in the error or the journal", len(secret))
		}
	}
}

func TestASignInThatIsRenewedInTheMiddleGoesUnnoticed(t *testing.T) {
	eachEnding(t, func(t *testing.T, b *booth, c course, e signInEnds, from int32) {
		if err := b.endingAt(c, e, from, b.renewed()); err != nil {
			t.Fatalf("got %v, want the run to go on with the new sign-in", err)
		}
		b.inTheEnd(c)
	})
}

func TestASignInThatEndsIsToldAndTheNextRunGoesOn(t *testing.T) {
	eachEnding(t, func(t *testing.T, b *booth, c course, e signInEnds, from int32) {
		b.told(b.endingAt(c, e, from, badge{}), e.says)
		e.end(b, b.renewed())
		b.site.must(c.command)
		b.inTheEnd(c)
	})
}

func TestASignInThatIsRenewedAsSomebodyElseIsRefused(t *testing.T) {
	eachEnding(t, func(t *testing.T, b *booth, c course, e signInEnds, from int32) {
		err := b.endingAt(c, e, from, b.someoneElse())
		b.told(err, "run the same command again")
		if got := fmt.Sprint(err); !strings.Contains(got, world.OperatorUser) || !strings.Contains(got, "nothing is done as somebody who did not agree to it") {
			t.Errorf("got %s, want who it was and who it is", got)
		}
		e.end(b, b.renewed())
		b.site.must(c.command)
		b.inTheEnd(c)
	})
}

// told wants every failure to be of a sign-in that ended, with a way on.
func (b *booth) told(err error, says string) {
	b.Helper()
	if err == nil {
		b.Fatal("got no error")
	}
	for _, e := range parts(err) {
		p, ok := errors.AsType[*explain.Problem](e)
		if !ok || p.Kind != explain.Expired {
			b.Errorf("got %v, want a problem of kind expired", e)
		} else if do := fmt.Sprint(p.Do); !strings.Contains(do, says) {
			b.Errorf("%v: told to do %s, want %q", e, do, says)
		}
	}
}

func (b *booth) inTheEnd(c course) {
	b.Helper()
	got := sandboxtest.State(b.T, b.site.gate.Server)
	if diff := cmp.Diff(withoutKeys(c.after), withoutKeys(got)); diff != "" {
		b.Errorf("in the end (-undisturbed +got):\n%s", diff)
	}
}

// withoutKeys leaves out the keys that the tests themselves give to people.
func withoutKeys(state []string) []string {
	return slices.DeleteFunc(slices.Clone(state), func(line string) bool {
		return strings.HasPrefix(line, "/aws/accounts/"+world.AccountID+"/users/") || strings.HasPrefix(line, "/aws/accounts/"+world.AccountID+"/root")
	})
}
