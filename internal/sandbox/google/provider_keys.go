package google

import (
	"cmp"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// providerKeyRoutes serve the keys with which SAML providers have assertions encrypted.
func providerKeyRoutes() []route {
	const all = "v1/projects/{project}/locations/{location}/workloadIdentityPools/{pool}/providers/{provider}/keys"
	const one = all + "/{key}"
	const id = "iam.projects.locations.workloadIdentityPools.providers.keys."
	return of(iam,
		post(all, id+"create", (*call).createProviderKey).writing(),
		get(all, id+"list", (*call).listProviderKeys),
		get(one, id+"get", (*call).getProviderKey),
		remove(one, id+"delete", (*call).deleteProviderKey),
		post(one+":undelete", id+"undelete", (*call).undeleteProviderKey).writing(),
		get(one+"/operations/{operation}", id+"operations.get", (*call).providerKeyOperation),
	)
}

type providerKeyJSON struct {
	Name       string     `json:"name,omitempty"`
	Use        string     `json:"use,omitempty"`
	KeyData    keyDataOut `json:"keyData"`
	State      string     `json:"state,omitempty"`
	ExpireTime string     `json:"expireTime,omitempty"`
}

type keyDataOut struct {
	KeySpec       string `json:"keySpec,omitempty"`
	Format        string `json:"format,omitempty"`
	Key           string `json:"key,omitempty"`
	NotBeforeTime string `json:"notBeforeTime,omitempty"`
	NotAfterTime  string `json:"notAfterTime,omitempty"`
}

func providerKeyName(p *world.Project, pool *world.Pool, v *world.Provider, id string) string {
	return providerName(p, pool.ID, v.ID) + "/keys/" + id
}

func (q *call) providerKeyView(pool *world.Pool, v *world.Provider, k *world.ProviderKey) providerKeyJSON {
	out := providerKeyJSON{Name: providerKeyName(q.project, pool, v, k.ID), Use: "ENCRYPTION", State: "ACTIVE", KeyData: keyDataOut{
		KeySpec: k.Spec, Format: "RSA_X509_PEM", Key: k.Public, NotBeforeTime: stamp(k.Created), NotAfterTime: stamp(k.Created.AddDate(10, 0, 0)),
	}}
	if !k.Deleted.IsZero() {
		out.State, out.ExpireTime = "DELETED", stamp(k.Deleted.Add(undeletable))
	}
	return out
}

// sizeOf is how many bits a kind of key has; 0 for one that cannot be asked for.
func sizeOf(spec string) int {
	switch spec {
	case "RSA_2048":
		return 2048
	case "RSA_3072":
		return 3072
	case "RSA_4096":
		return 4096
	}
	return 0
}

func (q *call) createProviderKey() (any, error) {
	var in providerKeyJSON
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	pool, v, err := q.livingProvider("workloadIdentityPoolProviderKeys.create")
	if err != nil {
		return nil, err
	}
	id := q.query.Get("workloadIdentityPoolProviderKeyId")
	if err := checkPoolID("workload_identity_pool_provider_key_id", id); err != nil {
		return nil, err
	}
	if len(v.SAML) == 0 {
		return nil, invalidArgument("Keys can only be created for SAML identity providers.")
	}
	if in.Use != "ENCRYPTION" || sizeOf(in.KeyData.KeySpec) == 0 {
		return nil, invalidArgument("The key must have use ENCRYPTION and a key spec RSA_2048, RSA_3072 or RSA_4096.")
	}
	if k := v.Keys[id]; k != nil && !purged(k.Deleted, q.now) {
		return nil, alreadyExists("Requested entity already exists")
	}
	public, err := publicPEM(sizeOf(in.KeyData.KeySpec))
	if err != nil {
		return nil, err
	}
	if v.Keys == nil {
		v.Keys = map[string]*world.ProviderKey{}
	}
	v.Keys[id] = &world.ProviderKey{ID: id, Spec: in.KeyData.KeySpec, Public: public, Created: q.now}
	return q.providerKeyOp(pool, v, id), nil
}

// publicPEM is a new public key. Its private half is for nobody: no SAML assertion is decrypted here.
func publicPEM(bits int) (string, error) {
	private, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return "", err
	}
	der, err := x509.MarshalPKIXPublicKey(private.Public())
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), err
}

func (q *call) providerKeyOp(pool *world.Pool, v *world.Provider, id string) any {
	return q.started(&world.GoogleOperation{Name: providerKeyName(q.project, pool, v, id) + "/operations/" + q.operationID(), Project: q.project.ID})
}

func (q *call) providerKey(permission string) (*world.Pool, *world.Provider, *world.ProviderKey, error) {
	pool, v, err := q.livingProvider(permission)
	if err != nil {
		return nil, nil, nil, err
	}
	k := v.Keys[q.vars["key"]]
	if k == nil || purged(k.Deleted, q.now) {
		return nil, nil, nil, entityNotFound()
	}
	return pool, v, k, nil
}

func (q *call) getProviderKey() (any, error) {
	pool, v, k, err := q.providerKey("workloadIdentityPoolProviderKeys.get")
	if err != nil {
		return nil, err
	}
	return q.providerKeyView(pool, v, k), nil
}

func (q *call) listProviderKeys() (any, error) {
	pool, v, err := q.livingProvider("workloadIdentityPoolProviderKeys.list")
	if err != nil {
		return nil, err
	}
	var all []providerKeyJSON
	for _, k := range v.Keys {
		if !purged(k.Deleted, q.now) && (k.Deleted.IsZero() || q.boolean("showDeleted")) {
			all = append(all, q.providerKeyView(pool, v, k))
		}
	}
	slices.SortFunc(all, func(a, b providerKeyJSON) int { return cmp.Compare(a.Name, b.Name) })
	some, next, err := page(q, all, "pageSize", 10, 10)
	return struct {
		Keys []providerKeyJSON `json:"workloadIdentityPoolProviderKeys,omitempty"`
		Next string            `json:"nextPageToken,omitempty"`
	}{some, next}, err
}

func (q *call) deleteProviderKey() (any, error) {
	pool, v, k, err := q.providerKey("workloadIdentityPoolProviderKeys.delete")
	if err != nil {
		return nil, err
	}
	if !k.Deleted.IsZero() {
		return nil, entityNotFound()
	}
	k.Deleted = q.now
	return q.providerKeyOp(pool, v, k.ID), nil
}

func (q *call) undeleteProviderKey() (any, error) {
	var in struct{}
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	pool, v, k, err := q.providerKey("workloadIdentityPoolProviderKeys.undelete")
	if err != nil {
		return nil, err
	}
	if k.Deleted.IsZero() {
		return nil, precondition("The workload identity pool provider key is not deleted.")
	}
	k.Deleted = time.Time{}
	return q.providerKeyOp(pool, v, k.ID), nil
}

func (q *call) providerKeyOperation() (any, error) {
	if err := q.needPools("workloadIdentityPoolProviderKeys.get", "/workloadIdentityPools/"+q.vars["pool"]); err != nil {
		return nil, err
	}
	return q.operation(providerName(q.project, q.vars["pool"], q.vars["provider"]) + "/keys/" + q.vars["key"] + "/operations/" + q.vars["operation"])
}
