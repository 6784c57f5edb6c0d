package google

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func providerRoutes() []route {
	const all = "v1/projects/{project}/locations/{location}/workloadIdentityPools/{pool}/providers"
	const one = all + "/{provider}"
	const id = "iam.projects.locations.workloadIdentityPools.providers."
	return of(iam,
		post(all, id+"create", (*call).createProvider).writing(),
		get(all, id+"list", (*call).listProviders),
		get(one, id+"get", (*call).getProvider),
		patch(one, id+"patch", (*call).patchProvider),
		remove(one, id+"delete", (*call).deleteProvider),
		post(one+":undelete", id+"undelete", (*call).undeleteProvider).writing(),
		get(one+"/operations/{operation}", id+"operations.get", (*call).providerOperation),
	)
}

type providerJSON struct {
	Name             string            `json:"name,omitempty"`
	DisplayName      string            `json:"displayName,omitempty"`
	Description      string            `json:"description,omitempty"`
	State            string            `json:"state,omitempty"`
	Disabled         bool              `json:"disabled,omitempty"`
	AttributeMapping map[string]string `json:"attributeMapping,omitempty"`
	AttributeCond    string            `json:"attributeCondition,omitempty"`
	AWS              *awsJSON          `json:"aws,omitempty"`
	OIDC             *oidcJSON         `json:"oidc,omitempty"`
	SAML             json.RawMessage   `json:"saml,omitempty"`
	X509             json.RawMessage   `json:"x509,omitempty"`
	ExpireTime       string            `json:"expireTime,omitempty"`
	ActorProviders   json.RawMessage   `json:"actorProviders,omitempty"`
}

type awsJSON struct {
	AccountID string `json:"accountId,omitempty"`
}

type oidcJSON struct {
	IssuerURI        string   `json:"issuerUri,omitempty"`
	AllowedAudiences []string `json:"allowedAudiences,omitempty"`
	JWKSJSON         string   `json:"jwksJson,omitempty"`
	DiscoveryURI     string   `json:"discoveryUri,omitempty"`
}

func providerName(p *world.Project, pool, id string) string {
	return poolName(p, pool) + "/providers/" + id
}

// providerView does not echo the default mapping of AWS providers: what was not written is not shown.
func providerView(p *world.Project, pool *world.Pool, v *world.Provider) providerJSON {
	out := providerJSON{
		Name: providerName(p, pool.ID, v.ID), DisplayName: v.DisplayName, Description: v.Description, State: "ACTIVE",
		Disabled: v.Disabled, AttributeMapping: v.Mapping, AttributeCond: v.Condition, SAML: v.SAML, X509: v.X509,
	}
	if v.AWSAccount != "" {
		out.AWS = &awsJSON{v.AWSAccount}
	}
	if v.OIDC != nil {
		out.OIDC = &oidcJSON{IssuerURI: v.OIDC.Issuer, AllowedAudiences: v.OIDC.Audiences, JWKSJSON: v.OIDC.JWKS}
	}
	if gone := deletedSince(pool, v); !gone.IsZero() {
		out.State, out.ExpireTime = "DELETED", stamp(gone.Add(undeletable))
	}
	return out
}

// deletedSince is when a provider was deleted, by itself or with its pool; zero while it lives.
func deletedSince(pool *world.Pool, v *world.Provider) time.Time {
	if v.Deleted.IsZero() {
		return pool.Deleted
	}
	return v.Deleted
}

// poolOfProviders asks for a permission and finds the pool below which a provider is wanted.
func (q *call) poolOfProviders(permission string) (*world.Pool, error) {
	if err := q.needPools(permission, "/workloadIdentityPools/"+q.vars["pool"]); err != nil {
		return nil, err
	}
	pool := q.poolIn(q.project, q.vars["pool"])
	if pool == nil || !q.settledSince(pool.Created) {
		return nil, entityNotFound()
	}
	if pool.Mode == "TRUST_DOMAIN" || pool.Mode == "SYSTEM_TRUST_DOMAIN" {
		return nil, invalidArgument("Workload identity pool providers are not supported for pools in mode %s.", pool.Mode)
	}
	return pool, nil
}

func (q *call) provider(permission string) (*world.Pool, *world.Provider, error) {
	pool, err := q.poolOfProviders(permission)
	if err != nil {
		return nil, nil, err
	}
	v := q.providerIn(pool, q.vars["provider"])
	if v == nil || !q.settledSince(v.Created) {
		return nil, nil, entityNotFound()
	}
	return pool, v, nil
}

func (q *call) providerIn(pool *world.Pool, id string) *world.Provider {
	v := pool.Providers[id]
	if v == nil || purged(v.Deleted, q.now) {
		return nil
	}
	return v
}

func (q *call) livingProvider(permission string) (*world.Pool, *world.Provider, error) {
	pool, v, err := q.provider(permission)
	if err == nil && !deletedSince(pool, v).IsZero() {
		err = entityNotFound()
	}
	return pool, v, err
}

func (q *call) listProviders() (any, error) {
	pool, err := q.poolOfProviders("workloadIdentityPoolProviders.list")
	if err != nil {
		return nil, err
	}
	var all []providerJSON
	for id := range pool.Providers {
		v := q.providerIn(pool, id)
		if v != nil && q.settledSince(v.Created) && (deletedSince(pool, v).IsZero() || q.boolean("showDeleted")) {
			all = append(all, providerView(q.project, pool, v))
		}
	}
	slices.SortFunc(all, func(a, b providerJSON) int { return cmp.Compare(a.Name, b.Name) })
	some, next, err := page(q, all, "pageSize", 50, 100)
	return struct {
		Providers []providerJSON `json:"workloadIdentityPoolProviders,omitempty"`
		Next      string         `json:"nextPageToken,omitempty"`
	}{some, next}, err
}

func (q *call) getProvider() (any, error) {
	pool, v, err := q.provider("workloadIdentityPoolProviders.get")
	if err != nil {
		return nil, err
	}
	return providerView(q.project, pool, v), nil
}

func (q *call) providerOperation() (any, error) {
	if err := q.needPools("workloadIdentityPoolProviders.get", "/workloadIdentityPools/"+q.vars["pool"]); err != nil {
		return nil, err
	}
	return q.operation(providerName(q.project, q.vars["pool"], q.vars["provider"]) + "/operations/" + q.vars["operation"])
}
