package audit

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/internal/trust"
)

// driftedTrust compares with what the bridge writes and, where that says nothing, with what the journal says was written.
func driftedTrust(s *sight) []Finding {
	out := trustDrift(s)
	told := func(r role) bool {
		return slices.ContainsFunc(out, func(f Finding) bool { return f.Resource == r.ARN })
	}
	return append(out, eachWanted(s, func(b spec.Bridge, _ spec.Role, r role) []Finding {
		a, known := s.Applied[r.Name]
		if !known || told(r) || spec.SameDocument([]byte(r.Trust), []byte(a.Trust)) || s.asWanted(b, r) {
			return nil
		}
		severity, why := Low, "it admits nobody that did not come in then"
		if added(r, a.Trust) {
			severity, why = High, "it has an Allow that was not written"
		}
		return one(roleFinding(r, severity, fmt.Sprintf("not what was applied on %s; %s: %s", a.At.UTC().Format(time.DateOnly), why, compact(r.Trust)),
			"write the bridge's trust policy again: drawbridge apply", updateTrust(r.Name)))
	})...)
}

// asWanted holds when the role says what the bridge says: another machine may have applied it since.
func (s *sight) asWanted(b spec.Bridge, r role) bool {
	if b.ToAWS != nil && b.ToAWS.Role.Name == r.Name {
		a, ok := s.account(b.ToAWSEmail())
		return ok && spec.SameDocument([]byte(r.Trust), b.Trust(a.UniqueID).JSON())
	}
	return b.ToGoogle != nil && spec.SameDocument([]byte(r.Trust), b.WorkloadTrust().JSON())
}

// added reports whether an Allow stands in a role's trust that an earlier one did not have. What cannot be read counts.
func added(r role, before string) bool {
	old, err := trust.Statements([]byte(before))
	if err != nil || r.broken != nil {
		return true
	}
	return slices.ContainsFunc(r.statements, func(now trust.Statement) bool {
		return now.Allow && !slices.ContainsFunc(old, func(then trust.Statement) bool {
			then.Name, then.Index = now.Name, now.Index
			return reflect.DeepEqual(then, now)
		})
	})
}
