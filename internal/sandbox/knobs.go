package sandbox

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/aws"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/google"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// KnobError says that a knob names something that the sandbox does not have, and what it has instead.
type KnobError struct {
	Knob  string   // "fault", "as-vm", "as-instance", "profile" or "quota"
	Value string   // as given
	What  string   // what is wrong with it, a clause
	Known []string // what could have been meant; never empty
}

func (e *KnobError) Error() string {
	return fmt.Sprintf("read %s %q: %s; known: %s", e.Knob, e.Value, e.What, strings.Join(e.Known, ", "))
}

// CheckFaults refuses faults that cannot be read, and those whose call or error no cloud of the sandbox has.
func CheckFaults(specs ...string) error {
	_, err := parseFaults(specs)
	return err
}

func parseFaults(specs []string) ([]world.Fault, error) {
	faults := make([]world.Fault, 0, len(specs))
	for _, spec := range specs {
		f, err := world.ParseFault(spec)
		if err == nil {
			err = checkCall(spec, f.Call)
		}
		if err == nil {
			err = checkError(spec, f)
		}
		if err != nil {
			return nil, err
		}
		faults = append(faults, f)
	}
	return faults, nil
}

// CallNames lists, sorted, every call that a fault can name and that the journal can hold.
func CallNames() []string {
	names := append(aws.CallNames(), google.CallNames()...)
	slices.Sort(names)
	return slices.Compact(names)
}

func checkCall(spec, call string) error {
	names := CallNames()
	prefix, below := strings.CutSuffix(call, ".*")
	if slices.ContainsFunc(names, func(name string) bool {
		return name == call || below && strings.HasPrefix(name, prefix+".")
	}) {
		return nil
	}
	return &KnobError{"fault", spec, "the sandbox has no call " + call, append(nearest(prefix, names), families(names)...)}
}

// nearest are the three names that differ least from what was written.
func nearest(written string, names []string) []string {
	sorted := slices.Clone(names)
	slices.SortStableFunc(sorted, func(a, b string) int {
		return cmp.Compare(distance(written, a), distance(written, b))
	})
	return sorted[:min(3, len(sorted))]
}

// distance counts the letters to be put in, taken out or changed to make b of a, without regard to case.
func distance(a, b string) int {
	a, b = strings.ToLower(a), strings.ToLower(b)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := corner
			if a[i] != b[j] {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(change, row[j]+1, corner+1)
		}
	}
	return row[len(b)]
}

// families are the services, "aws.iam.*".
func families(names []string) []string {
	all := map[string]bool{}
	for _, name := range names {
		part := strings.SplitN(name, ".", 3)
		all[part[0]+"."+part[1]+".*"] = true
	}
	return slices.Sorted(maps.Keys(all))
}

// checkError refuses what the cloud of the call could not answer with.
func checkError(spec string, f world.Fault) error {
	if f.Error == "drop" || f.Error == "refuse" || f.Error == "hang" {
		return nil
	}
	if n, err := strconv.Atoi(f.Error); err == nil {
		if n >= http.StatusBadRequest && n <= 599 {
			return nil
		}
		return &KnobError{"fault", spec, "no error has the status " + f.Error, []string{"400 to 599"}}
	}
	ways := []string{"400 to 599", "drop", "refuse", "hang"}
	if strings.HasPrefix(f.Call, "google.") {
		if _, ok := wire.GoogleStatus(f.Error); ok {
			return nil
		}
		return &KnobError{"fault", spec, "Google has no status " + f.Error, append(wire.GoogleStatuses(), ways...)}
	}
	if first := f.Error[0]; first < 'A' || first > 'Z' {
		return &KnobError{"fault", spec, "AWS's error codes begin with a capital letter", append([]string{"AccessDenied", "Throttling", "NoSuchEntity", "any other code"}, ways...)}
	}
	return nil
}

// checkQuotas refuses quotas that nobody asks for.
func checkQuotas(quotas map[string]int) error {
	known := append(aws.QuotaNames(), google.QuotaNames()...)
	for _, name := range slices.Sorted(maps.Keys(quotas)) {
		if !slices.Contains(known, name) || quotas[name] < 0 {
			return &KnobError{"quota", fmt.Sprintf("%s=%d", name, quotas[name]), "the sandbox has no such quota", known}
		}
	}
	return nil
}

// checkPlayed refuses to serve the metadata of a machine that the world does not hold: it would be silence for ever.
func checkPlayed(w *world.World, o Options) (err error) {
	w.View(func(s *world.State, _ time.Time) {
		vms, instances := map[string]bool{}, map[string]bool{}
		for _, p := range s.Google.Projects {
			for _, vm := range p.Instances {
				vms[vm.Name] = true
			}
		}
		for _, account := range s.AWS.Accounts {
			for id := range account.Instances {
				instances[id] = true
			}
		}
		if err = played("as-vm", o.AsVM, vms); err == nil {
			err = played("as-instance", o.AsInstance, instances)
		}
	})
	return err
}

func played(knob, name string, there map[string]bool) error {
	if name == "" || there[name] {
		return nil
	}
	known := slices.Sorted(maps.Keys(there))
	if len(known) == 0 {
		known = []string{"none yet: leave it out, and the last one made is served"}
	}
	return &KnobError{knob, name, "the sandbox has no such machine", known}
}
