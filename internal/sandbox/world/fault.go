package world

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/shape"
)

// Fault makes one call fail on purpose. Call is a name such as "aws.iam.CreateRole"; Error is an AWS code, an HTTP
// status, a Google status name, or one of "drop" (the effect happens, the reply is lost), "refuse" (closed before the
// effect) and "hang".
type Fault struct {
	Call  string
	Error string
	Left  int // how many times still; negative: always
}

var (
	faultCall  = shape.Of(`^(aws|google)(\.[A-Za-z0-9_]+)*(\.\*)?$`)
	faultError = shape.Of(`^[A-Za-z0-9_.]+$`)
)

// ParseFault reads CALL=ERROR[*N].
func ParseFault(spec string) (Fault, error) {
	call, rest, ok := strings.Cut(spec, "=")
	if !ok || !faultCall(call) {
		return Fault{}, faultSyntax(spec)
	}
	f := Fault{Call: call, Error: rest, Left: -1}
	if name, times, counted := strings.Cut(rest, "*"); counted {
		n, err := strconv.Atoi(times)
		if err != nil || n < 1 {
			return Fault{}, faultSyntax(spec)
		}
		f.Error, f.Left = name, n
	}
	if !faultError(f.Error) {
		return Fault{}, faultSyntax(spec)
	}
	return f, nil
}

func faultSyntax(spec string) error {
	return fmt.Errorf("read fault %q: want CALL=ERROR or CALL=ERROR*N, for example aws.iam.CreateRole=Throttling*2", spec)
}

// Faults is the set in force. It is safe for concurrent use.
type Faults struct {
	mu   sync.Mutex
	list []Fault
}

// Set replaces all faults.
func (f *Faults) Set(list []Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append([]Fault(nil), list...)
}

// Take returns the error that this call must meet and uses it up, or "" for none. A call ending in ".*" matches
// every call below it.
func (f *Faults) Take(call string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.list {
		one := &f.list[i]
		if one.Left == 0 || !one.matches(call) {
			continue
		}
		if one.Left > 0 {
			one.Left--
		}
		return one.Error
	}
	return ""
}

func (f *Fault) matches(call string) bool {
	if prefix, ok := strings.CutSuffix(f.Call, ".*"); ok {
		return strings.HasPrefix(call, prefix+".")
	}
	return f.Call == call
}
