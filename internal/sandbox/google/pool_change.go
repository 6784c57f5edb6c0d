package google

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/shape"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

var poolID = shape.Of(`^[a-z0-9-]{4,32}$`)

func checkPoolID(field, id string) error {
	if poolID(id) && !strings.HasPrefix(id, "gcp-") {
		return nil
	}
	text := "The ID must be 4-32 characters of [a-z0-9-] and must not begin with the reserved prefix gcp-, got: " + id
	return invalidArgument("%s", text).With(wire.BadRequest(field, text))
}

func checkPoolText(display, description string) error {
	if utf8.RuneCountInString(display) > 32 {
		return invalidArgument("display name must be less than or equal to 32 characters").With(wire.BadRequest("display_name", "too long"))
	}
	if utf8.RuneCountInString(description) > 256 {
		return invalidArgument("description must be less than or equal to 256 characters").With(wire.BadRequest("description", "too long"))
	}
	return nil
}

func (q *call) createPool() (any, error) {
	var in poolJSON
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	if err := q.needPools("workloadIdentityPools.create", ""); err != nil {
		return nil, err
	}
	id := q.query.Get("workloadIdentityPoolId")
	if err := checkPoolID("workload_identity_pool_id", id); err != nil {
		return nil, err
	}
	if err := checkPoolText(in.DisplayName, in.Description); err != nil {
		return nil, err
	}
	if in.Mode != "" && in.Mode != "MODE_UNSPECIFIED" && in.Mode != "FEDERATION_ONLY" && in.Mode != "TRUST_DOMAIN" {
		return nil, invalidArgument("Invalid value at 'workload_identity_pool.mode': %q", in.Mode)
	}
	if q.poolIn(q.project, id) != nil {
		return nil, alreadyExists("Requested entity already exists")
	}
	if in.Mode == "MODE_UNSPECIFIED" {
		in.Mode = ""
	}
	pool := &world.Pool{
		ID: id, DisplayName: in.DisplayName, Description: in.Description, Disabled: in.Disabled, Mode: in.Mode, Created: q.now,
		Providers: map[string]*world.Provider{}, Policy: world.Settled[world.AllowPolicy]{Value: world.AllowPolicy{Etag: world.EmptyEtag}},
	}
	q.project.Pools[id] = pool
	return q.poolOp(pool), nil
}

// poolOp starts the operation of a change to a pool.
func (q *call) poolOp(pool *world.Pool) any {
	return q.started(&world.GoogleOperation{Name: poolName(q.project, pool.ID) + "/operations/" + q.operationID(), Project: q.project.ID})
}

func (q *call) operationID() string { return "b" + strings.ToLower(q.state.Upper(21)) + "0000000000" }

func (q *call) patchPool() (any, error) {
	var in poolJSON
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	pool, err := q.living("workloadIdentityPools.update")
	if err != nil {
		return nil, err
	}
	fields, err := q.updateMask()
	if err != nil {
		return nil, err
	}
	if err := checkPoolText(in.DisplayName, in.Description); err != nil {
		return nil, err
	}
	next := *pool
	for _, field := range fields {
		switch field {
		case "displayName":
			next.DisplayName = in.DisplayName
		case "description":
			next.Description = in.Description
		case "disabled":
			next.Disabled = in.Disabled
		default:
			return nil, immutable(field)
		}
	}
	*pool = next
	return q.poolOp(pool), nil
}

// updateMask reads the mask, in either spelling of names; it is required.
func (q *call) updateMask() ([]string, error) {
	mask := q.query.Get("updateMask")
	if mask == "" {
		return nil, invalidArgument("The update_mask must be set and must not be empty.").With(wire.BadRequest("update_mask", "required"))
	}
	var out []string
	for field := range strings.SplitSeq(mask, ",") {
		out = append(out, camel(strings.TrimSpace(field)))
	}
	return out, nil
}

// camel turns snake_case into camelCase and leaves the rest.
func camel(name string) string {
	head, rest, ok := strings.Cut(name, "_")
	if !ok || rest == "" {
		return name
	}
	return head + camel(strings.ToUpper(rest[:1])+rest[1:])
}

func immutable(field string) error {
	switch field {
	case "mode", "name", "state", "expireTime":
		return invalidArgument("Attempted to update an immutable field.").With(wire.BadRequest(field, "immutable"))
	}
	return invalidArgument("Invalid field mask: unknown or unsupported path %q.", field).With(wire.BadRequest("update_mask", field))
}

func (q *call) deletePool() (any, error) {
	pool, err := q.living("workloadIdentityPools.delete")
	if err != nil {
		return nil, err
	}
	pool.Deleted = q.now
	return q.poolOp(pool), nil
}

// undeletePool restores a pool with those of its providers that were not deleted on their own.
func (q *call) undeletePool() (any, error) {
	var in struct{}
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	pool, err := q.pool("workloadIdentityPools.undelete")
	if err != nil {
		return nil, err
	}
	if pool.Deleted.IsZero() {
		return nil, precondition("The workload identity pool is not deleted.")
	}
	pool.Deleted = time.Time{}
	return q.poolOp(pool), nil
}
