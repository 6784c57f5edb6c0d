package google

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

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

// poolOperation answers whoever may read the pool.
func (q *call) poolOperation() (any, error) {
	if err := q.needPools("workloadIdentityPools.get", "/workloadIdentityPools/"+q.vars["pool"]); err != nil {
		return nil, err
	}
	return q.operation(poolName(q.project, q.vars["pool"]) + "/operations/" + q.vars["operation"])
}
