package google

import (
	"maps"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func (q *call) createProvider() (any, error) {
	var in providerJSON
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	pool, err := q.poolOfProviders("workloadIdentityPoolProviders.create")
	if err != nil {
		return nil, err
	}
	id := q.query.Get("workloadIdentityPoolProviderId")
	if err := checkPoolID("workload_identity_pool_provider_id", id); err != nil {
		return nil, err
	}
	if !pool.Deleted.IsZero() {
		return nil, entityNotFound()
	}
	v, err := in.provider(id)
	if err != nil {
		return nil, err
	}
	if err := q.checkProvider(pool, v); err != nil {
		return nil, err
	}
	if q.providerIn(pool, id) != nil {
		return nil, alreadyExists("Requested entity already exists")
	}
	v.Created = q.now
	if pool.Providers == nil {
		pool.Providers = map[string]*world.Provider{}
	}
	pool.Providers[id] = v
	return q.providerOp(pool, v), nil
}

func (q *call) providerOp(pool *world.Pool, v *world.Provider) any {
	return q.started(&world.GoogleOperation{Name: providerName(q.project, pool.ID, v.ID) + "/operations/" + q.operationID(), Project: q.project.ID})
}

func (q *call) patchProvider() (any, error) {
	var in providerJSON
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	pool, v, err := q.livingProvider("workloadIdentityPoolProviders.update")
	if err != nil {
		return nil, err
	}
	fields, err := q.updateMask()
	if err != nil {
		return nil, err
	}
	next := *v
	for _, field := range fields {
		if err := in.change(&next, field); err != nil {
			return nil, err
		}
	}
	if err := q.checkProvider(pool, &next); err != nil {
		return nil, err
	}
	*v = next
	return q.providerOp(pool, v), nil
}

// change writes one masked field into v. The kind of a provider cannot be changed.
func (in providerJSON) change(v *world.Provider, field string) error {
	switch head, _, _ := strings.Cut(field, "."); head {
	case "displayName":
		v.DisplayName = in.DisplayName
	case "description":
		v.Description = in.Description
	case "disabled":
		v.Disabled = in.Disabled
	case "attributeMapping":
		return in.changeMapping(v, field)
	case "attributeCondition":
		v.Condition = in.AttributeCond
	case "aws":
		if v.AWSAccount == "" || in.AWS == nil {
			return immutable("name")
		}
		v.AWSAccount = in.AWS.AccountID
	case "oidc":
		return in.changeOIDC(v, field)
	default:
		return immutable(field)
	}
	return nil
}

func (in providerJSON) changeMapping(v *world.Provider, field string) error {
	key, one := strings.CutPrefix(field, "attributeMapping.")
	if !one {
		v.Mapping = in.AttributeMapping
		return nil
	}
	next := map[string]string{}
	maps.Copy(next, v.Mapping)
	delete(next, key)
	if expression, ok := in.AttributeMapping[key]; ok {
		next[key] = expression
	}
	v.Mapping = next
	return nil
}

func (in providerJSON) changeOIDC(v *world.Provider, field string) error {
	if v.OIDC == nil || in.OIDC == nil {
		return immutable("name")
	}
	next := *v.OIDC
	switch field {
	case "oidc":
		next = world.OIDCIssuer{Issuer: in.OIDC.IssuerURI, Audiences: in.OIDC.AllowedAudiences, JWKS: in.OIDC.JWKSJSON}
	case "oidc.issuerUri":
		next.Issuer = in.OIDC.IssuerURI
	case "oidc.allowedAudiences":
		next.Audiences = in.OIDC.AllowedAudiences
	case "oidc.jwksJson":
		next.JWKS = in.OIDC.JWKSJSON
	default:
		return immutable(field)
	}
	v.OIDC = &next
	return nil
}

func (q *call) deleteProvider() (any, error) {
	pool, v, err := q.livingProvider("workloadIdentityPoolProviders.delete")
	if err != nil {
		return nil, err
	}
	v.Deleted = q.now
	return q.providerOp(pool, v), nil
}

func (q *call) undeleteProvider() (any, error) {
	var in struct{}
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	pool, v, err := q.provider("workloadIdentityPoolProviders.undelete")
	if err != nil {
		return nil, err
	}
	if !pool.Deleted.IsZero() {
		return nil, precondition("The workload identity pool is deleted; undelete it first.")
	}
	if v.Deleted.IsZero() {
		return nil, precondition("The workload identity pool provider is not deleted.")
	}
	v.Deleted = time.Time{}
	return q.providerOp(pool, v), nil
}
