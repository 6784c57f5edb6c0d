package verify

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/sandboxtest"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// walkLag is how long a write stays unseen while a walk lags.
const walkLag = 5 * time.Second

// walk is a random walk over one sandbox on which two bridges stand, fall and are meddled with. After each step it holds
// the clouds to what must never happen.
type walk struct {
	*testing.T
	seed    uint64
	dice    *rand.Rand
	sites   []*site
	second  map[*site]*site // another operator of the same bridge, with a machine of their own
	lagging bool

	expected facts          // what others have, as they left it
	undo     []edit         // what hands did and can take back
	stands   map[*site]bool // applied with success, and nobody was at it since
	edited   time.Time      // when a hand last did something, or a run that was cut off or not alone
	fresh    bool           // it was not seen yet when the last run began
	owed     bool           // a proof was cut off: what it had borrowed may still be there
	searched map[string]int64
	trace    []string
	counts   map[string]int

	calls  atomic.Int32 // of the run that goes on
	editAt atomic.Int32 // the call of it before which somebody edits; 0: none
	titles int          // makes each foreign thing another one
}

// deed is one kind of step and how often it is taken.
type deed struct {
	name   string
	weight int
	does   func(*walk)
}

func deeds() []deed {
	return []deed{
		{"apply", 9, func(w *walk) { w.apply(w.site()) }},
		{"apply while another edits", 4, (*walk).applyMeddled},
		{"destroy", 3, func(w *walk) { w.destroy(w.site()) }},
		{"audit", 5, func(w *walk) { w.audit(w.site()) }},
		{"verify --borrow", 3, func(w *walk) { w.prove(w.site()) }},
		{"crash", 7, (*walk).crash},
		{"fault", 4, (*walk).fault},
		{"two operators, one bridge", 3, (*walk).applyTwice},
		{"two operators, two bridges", 3, (*walk).applyBoth},
		{"edit by hand", 10, (*walk).meddle},
		{"loosen our trust by hand", 5, (*walk).loosen},
		{"delete ours by hand", 3, (*walk).wreck},
		{"restore by hand", 6, (*walk).restore},
		{"lag on or off", 2, func(w *walk) { w.lagging = !w.lagging }},
		{"clock forward", 2, (*walk).wait},
	}
}

// TestARandomWalkBreaksNothing walks forty steps, the same everywhere; DRAWBRIDGE_SWEEP=SEED walks others, and
// DRAWBRIDGE_SOAK=30m one walk after the other until the time is over.
func TestARandomWalkBreaksNothing(t *testing.T) {
	seed, err := strconv.ParseUint(os.Getenv("DRAWBRIDGE_SWEEP"), 10, 64)
	if err != nil {
		seed = 1
	}
	long, begun := soak(t), time.Now()
	counts, walks, broken := map[string]int{}, 0, 0
	for ; walks == 0 || time.Since(begun) < long; walks, seed = walks+1, seed+1 {
		good := t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			w := newWalk(t, seed)
			defer func() {
				for name, n := range w.counts {
					counts[name] += n
				}
			}()
			w.steps(map[bool]int{false: 40, true: 200}[long > 0])
		})
		if !good {
			broken++
		}
		if long > 0 {
			t.Logf("%s seed %d done, good: %t; %d walks, %d broken, %s", time.Since(begun).Round(time.Second), seed, good, walks+1, broken, sums(counts))
		}
		if broken == 5 {
			break
		}
	}
	t.Logf("%d walks, the last seed %d, %d broken: %s", walks, seed-1, broken, sums(counts))
}

// soak is for how long to walk; 0 is one short walk.
func soak(t *testing.T) time.Duration {
	t.Helper()
	asked := os.Getenv("DRAWBRIDGE_SOAK")
	if asked == "" {
		return 0
	}
	long, err := time.ParseDuration(asked)
	if err != nil {
		t.Fatalf("DRAWBRIDGE_SOAK: got %q, want a duration such as 30m", asked)
	}
	return long
}

func sums(counts map[string]int) string {
	all, out := 0, []string{}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if n := counts[name]; !strings.Contains(name, ":") {
			all += n
		}
		out = append(out, fmt.Sprintf("%s %d", name, counts[name]))
	}
	return fmt.Sprintf("%d steps; %s", all, strings.Join(out, ", "))
}

// newWalk puts two operators with a bridge each before one sandbox in which others live as well.
func newWalk(t *testing.T, seed uint64) *walk {
	t.Helper()
	pairs := [][2]string{
		{"both-ways.yaml", "ci-to-sqs.yaml"}, {"both-ways.yaml", "ec2-to-google.yaml"}, {"sharing", "ci-to-sqs.yaml"}, {"sharing", "ec2-to-google.yaml"},
	}
	w := &walk{T: t, seed: seed, dice: rand.New(rand.NewPCG(seed, 3)), counts: map[string]int{}, searched: map[string]int64{}, stands: map[*site]bool{}}
	pair := pairs[(seed-1)%uint64(len(pairs))]
	second := laggingSite(t, pair[1], walkLag)
	if pair[0] == "sharing" {
		w.sites = append(w.sites, beside(second, parsed(t, sharing)))
	} else {
		w.sites = append(w.sites, beside(second, example(t, pair[0])))
	}
	w.sites = append(w.sites, second)
	w.second = map[*site]*site{}
	for _, s := range w.sites {
		w.second[s] = beside(s, s.bridge)
		for _, one := range []*site{s, w.second[s]} {
			one.gate.Before(w.before)
			one.sink = w.saying(one)
		}
	}
	w.clouds().Advance(-most)
	if err := w.clouds().Settle(); err != nil {
		t.Fatal(err)
	}
	w.settleOthers()
	return w
}

func parsed(t *testing.T, text string) spec.Bridge {
	t.Helper()
	b, err := spec.Parse("bridge.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func example(t *testing.T, name string) spec.Bridge {
	t.Helper()
	text, err := os.ReadFile("../internal/spec/testdata/examples/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return parsed(t, string(text))
}

// beside is another machine before the same clouds, with a gate and a journal of its own.
func beside(s *site, b spec.Bridge) *site {
	return &site{T: s.T, bridge: b, gate: sandboxtest.NewGate(s.T, s.gate.Server), dir: s.TempDir()}
}

// steps walks n steps and then brings everything to its end.
func (w *walk) steps(n int) {
	for i := 0; i < n && !w.late(); i++ {
		w.take(w.next())
		if w.Failed() {
			w.Fatalf("seed %d, after:\n%s", w.seed, strings.Join(w.trace[max(0, len(w.trace)-25):], "\n"))
		}
	}
	w.take(deed{name: "end", does: (*walk).end})
	if w.Failed() {
		w.Fatalf("seed %d, after:\n%s", w.seed, strings.Join(w.trace[max(0, len(w.trace)-25):], "\n"))
	}
}

func (w *walk) next() deed {
	all, sum := deeds(), 0
	for _, d := range all {
		sum += d.weight
	}
	at := w.dice.IntN(sum)
	for _, d := range all {
		if at -= d.weight; at < 0 {
			return d
		}
	}
	return deed{}
}

// take takes one step and looks at the clouds after it.
func (w *walk) take(d deed) {
	w.tell("%d %s", len(w.trace), d.name)
	w.counts[d.name]++
	w.calls.Store(0)
	d.does(w)
	w.check()
}

func (w *walk) tell(format string, args ...any) {
	w.trace = append(w.trace, fmt.Sprintf(format, args...))
}

// also adds to what the last step is told as.
func (w *walk) also(format string, args ...any) {
	w.trace[len(w.trace)-1] += " " + fmt.Sprintf(format, args...)
}

func (w *walk) site() *site { return w.sites[w.dice.IntN(len(w.sites))] }

// before runs before each call of a run: it lets land what was written, unless the walk lags, and lets somebody edit.
func (w *walk) before(point) {
	if !w.lagging {
		_ = w.clouds().Settle()
	}
	if n := w.calls.Add(1); n == w.editAt.Load() {
		w.addForeign()
	}
}

// most is how far the clouds' clock may be from this machine's: signatures are refused from fifteen minutes on. A walk
// begins as far behind and ends, whatever is left of it, as far ahead.
const most = 12 * time.Minute

// late reports whether the clouds' clock is so far ahead that a run might come to the limit.
func (w *walk) late() bool { return time.Until(w.clouds().Now()) > most-4*time.Minute }

// wait lets minutes pass.
func (w *walk) wait() {
	d := time.Duration(20+w.dice.IntN(220)) * time.Second
	w.clouds().Advance(d)
	w.also("%s", d)
}
