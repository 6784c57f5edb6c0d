package google

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// policyJSON is an allow policy on the wire.
type policyJSON struct {
	Version      int                   `json:"version,omitempty"`
	Etag         string                `json:"etag,omitempty"`
	Bindings     []world.PolicyBinding `json:"bindings,omitempty"`
	AuditConfigs []json.RawMessage     `json:"auditConfigs,omitempty"`
}

const concurrentText = "There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff."

// readPolicy answers a policy in the version asked for. Below 3 a conditional binding shows under a changed role name
// and without its condition.
func readPolicy(p world.AllowPolicy, version int) (policyJSON, error) {
	if version != 0 && version != 1 && version != 3 {
		return policyJSON{}, invalidArgument("Invalid requested policy version %d: valid values are 0, 1 and 3.", version)
	}
	out := policyJSON{Etag: cmp.Or(p.Etag, world.EmptyEtag), AuditConfigs: p.AuditConfigs}
	if out.Etag == world.EmptyEtag {
		return out, nil
	}
	out.Version = 1
	for _, b := range p.Bindings {
		if b.Condition != nil && version < 3 {
			b = world.PolicyBinding{Role: b.Role + "_withcond_" + conditionHash(b.Condition), Members: b.Members}
		} else if b.Condition != nil {
			out.Version = 3
		}
		out.Bindings = append(out.Bindings, b)
	}
	return out, nil
}

func conditionHash(c *world.Condition) string {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s\x00%s\x00%s", c.Title, c.Description, c.Expression) // a hash takes everything
	return fmt.Sprintf("%020x", h.Sum64())
}

// writePolicy replaces a policy after checking version, etag, roles, members and conditions. kind is what the policy
// is of, and limits the roles that can be granted there.
func (q *call) writePolicy(on *world.Settled[world.AllowPolicy], kind string) (any, error) {
	var in struct {
		Policy     *policyJSON
		UpdateMask string
	}
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	if in.Policy == nil {
		return nil, invalidArgument("Policy must be set in the request.")
	}
	if err := checkEtag(in.Policy.Etag, cmp.Or(on.Value.Etag, world.EmptyEtag)); err != nil {
		return nil, err
	}
	bindings, err := q.checkPolicy(in.Policy, on.Value, kind)
	if err != nil {
		return nil, err
	}
	next := world.AllowPolicy{Etag: q.state.Etag(), Bindings: bindings, AuditConfigs: in.Policy.AuditConfigs}
	if !strings.Contains(in.UpdateMask, "auditConfigs") && in.Policy.AuditConfigs == nil {
		next.AuditConfigs = on.Value.AuditConfigs
	}
	on.Set(next, q.now, q.lag)
	return readPolicy(next, 3)
}

func checkEtag(got, want string) error {
	if got == "" || got == want {
		return nil
	}
	return failure(409, "ABORTED", "%s The request's ETag '%s' did not match the current policy's ETag '%s'.",
		concurrentText, octal(got), octal(want))
}

// octal prints an etag's bytes as the real message does.
func octal(etag string) string {
	raw, err := base64.StdEncoding.DecodeString(etag)
	if err != nil {
		raw = []byte(etag)
	}
	var out strings.Builder
	for _, b := range raw {
		if b > ' ' && b < 0x7f && b != '\\' && b != '\'' {
			out.WriteByte(b)
			continue
		}
		fmt.Fprintf(&out, "\\%03o", b)
	}
	return out.String()
}
