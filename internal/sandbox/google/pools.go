package google

import (
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func poolRoutes() []route {
	const all = "v1/projects/{project}/locations/{location}/workloadIdentityPools"
	const one = all + "/{pool}"
	const id = "iam.projects.locations.workloadIdentityPools."
	return of(iam,
		post(all, id+"create", (*call).createPool).writing(),
		get(all, id+"list", (*call).listPools),
		get(one, id+"get", (*call).getPool),
		patch(one, id+"patch", (*call).patchPool),
		remove(one, id+"delete", (*call).deletePool),
		post(one+":undelete", id+"undelete", (*call).undeletePool).writing(),
		get(one+"/operations/{operation}", id+"operations.get", (*call).poolOperation),
		post(one+":getIamPolicy", id+"getIamPolicy", (*call).getPoolPolicy),
		post(one+":setIamPolicy", id+"setIamPolicy", (*call).setPoolPolicy).writing(),
		post(one+":testIamPermissions", id+"testIamPermissions", (*call).testPool),
		get(one+":listAttestationRules", id+"listAttestationRules", (*call).attestationRules),
	)
}

type poolJSON struct {
	Name        string          `json:"name,omitempty"`
	DisplayName string          `json:"displayName,omitempty"`
	Description string          `json:"description,omitempty"`
	State       string          `json:"state,omitempty"`
	Disabled    bool            `json:"disabled,omitempty"`
	Mode        string          `json:"mode,omitempty"`
	ExpireTime  string          `json:"expireTime,omitempty"`
	Issuance    json.RawMessage `json:"inlineCertificateIssuanceConfig,omitempty"`
	InlineTrust json.RawMessage `json:"inlineTrustConfig,omitempty"`
}

// poolName is a pool's canonical name: it carries the project's number whatever the request said.
func poolName(p *world.Project, id string) string {
	return "projects/" + p.Number + "/locations/global/workloadIdentityPools/" + id
}

func poolView(p *world.Project, pool *world.Pool) poolJSON {
	out := poolJSON{
		Name: poolName(p, pool.ID), DisplayName: pool.DisplayName, Description: pool.Description,
		State: "ACTIVE", Disabled: pool.Disabled, Mode: pool.Mode,
	}
	if !pool.Deleted.IsZero() {
		out.State, out.ExpireTime = "DELETED", stamp(pool.Deleted.Add(undeletable))
	}
	return out
}

// poolOf finds a pool by its canonical name.
func (q *call) poolOf(name string) (*world.Pool, *world.Project) {
	part := strings.Split(name, "/")
	if len(part) != 6 {
		return nil, nil
	}
	p := q.projectNamed(part[1])
	if p == nil {
		return nil, nil
	}
	return q.poolIn(p, part[5]), p
}

// poolIn finds a pool that has not been purged. Purging needs no work: thirty days after its deletion a pool is
// simply not there.
func (q *call) poolIn(p *world.Project, id string) *world.Pool {
	if id == p.ID+".svc.id.goog" && p.GKE {
		return &world.Pool{ID: id, Mode: "SYSTEM_TRUST_DOMAIN", Created: p.Created}
	}
	pool := p.Pools[id]
	if pool == nil || purged(pool.Deleted, q.now) {
		return nil
	}
	return pool
}

func purged(deleted, now time.Time) bool {
	return !deleted.IsZero() && !now.Before(deleted.Add(undeletable))
}

// needPools asks for a pool permission on the project. Its name in the message has the short prefix, unlike in roles.
func (q *call) needPools(permission, below string) error {
	if q.vars["location"] != "global" {
		return invalidArgument("Location %s is not supported. The only supported location is global.", q.vars["location"])
	}
	return q.needIn("iam."+permission, "/locations/global"+below)
}

// pool asks for a permission and finds the pool of the path.
func (q *call) pool(permission string) (*world.Pool, error) {
	if err := q.needPools(permission, "/workloadIdentityPools/"+q.vars["pool"]); err != nil {
		return nil, err
	}
	pool := q.poolIn(q.project, q.vars["pool"])
	if pool == nil || !q.settledSince(pool.Created) {
		return nil, entityNotFound()
	}
	return pool, nil
}

// living is pool for writers: a deleted pool is there but cannot be changed.
func (q *call) living(permission string) (*world.Pool, error) {
	pool, err := q.pool(permission)
	if err != nil {
		return nil, err
	}
	if !pool.Deleted.IsZero() {
		return nil, entityNotFound()
	}
	if pool.Mode == "SYSTEM_TRUST_DOMAIN" {
		return nil, precondition("The workload identity pool is managed by Google Cloud and cannot be changed.")
	}
	return pool, nil
}

var poolID = regexp.MustCompile(`^[a-z0-9-]{4,32}$`)

func checkPoolID(field, id string) error {
	if poolID.MatchString(id) && !strings.HasPrefix(id, "gcp-") {
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

func (q *call) listPools() (any, error) {
	if err := q.needPools("workloadIdentityPools.list", ""); err != nil {
		return nil, err
	}
	var all []poolJSON
	if q.project.GKE {
		all = append(all, poolView(q.project, q.poolIn(q.project, q.project.ID+".svc.id.goog")))
	}
	for id := range q.project.Pools {
		pool := q.poolIn(q.project, id)
		if pool != nil && q.settledSince(pool.Created) && (pool.Deleted.IsZero() || q.boolean("showDeleted")) {
			all = append(all, poolView(q.project, pool))
		}
	}
	slices.SortFunc(all, func(a, b poolJSON) int { return cmp.Compare(a.Name, b.Name) })
	some, next, err := page(q, all, "pageSize", 50, 1000)
	return struct {
		Pools []poolJSON `json:"workloadIdentityPools,omitempty"`
		Next  string     `json:"nextPageToken,omitempty"`
	}{some, next}, err
}

func (q *call) getPool() (any, error) {
	pool, err := q.pool("workloadIdentityPools.get")
	if err != nil {
		return nil, err
	}
	return poolView(q.project, pool), nil
}

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

// poolOperation answers whoever may read the pool.
func (q *call) poolOperation() (any, error) {
	if err := q.needPools("workloadIdentityPools.get", "/workloadIdentityPools/"+q.vars["pool"]); err != nil {
		return nil, err
	}
	return q.operation(poolName(q.project, q.vars["pool"]) + "/operations/" + q.vars["operation"])
}

func (q *call) getPoolPolicy() (any, error) {
	pool, err := q.pool("workloadIdentityPools.getIamPolicy")
	if err != nil {
		return nil, err
	}
	var in struct {
		Options struct{ RequestedPolicyVersion int }
	}
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	return readPolicy(pool.Policy.Seen(q.now, q.lag), in.Options.RequestedPolicyVersion)
}

func (q *call) setPoolPolicy() (any, error) {
	pool, err := q.living("workloadIdentityPools.setIamPolicy")
	if err != nil {
		return nil, err
	}
	return q.writePolicy(&pool.Policy, "workloadIdentityPools")
}

func (q *call) testPool() (any, error) {
	if q.project == nil {
		return nil, entityNotFound()
	}
	pool := q.poolIn(q.project, q.vars["pool"])
	if pool == nil {
		return nil, entityNotFound()
	}
	return q.testPermissions("workloadIdentityPools", q.onPool(q.project, pool))
}

func (q *call) attestationRules() (any, error) {
	if _, err := q.pool("workloadIdentityPools.getAttestationRules"); err != nil {
		return nil, err
	}
	return struct{}{}, nil
}
