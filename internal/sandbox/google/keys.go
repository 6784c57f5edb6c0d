package google

import (
	"cmp"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"slices"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func keyRoutes() []route {
	const all = "v1/projects/{project}/serviceAccounts/{account}/keys"
	return of(iam,
		post(all, "iam.projects.serviceAccounts.keys.create", (*call).createKey).writing(),
		post(all+":upload", "iam.projects.serviceAccounts.keys.upload", (*call).uploadKey).writing(),
		get(all, "iam.projects.serviceAccounts.keys.list", (*call).listKeys),
		get(all+"/{key}", "iam.projects.serviceAccounts.keys.get", (*call).getKey),
		remove(all+"/{key}", "iam.projects.serviceAccounts.keys.delete", (*call).deleteKey),
		post(all+"/{key}:enable", "iam.projects.serviceAccounts.keys.enable", func(q *call) (any, error) { return q.switchKey("enable", false) }).writing(),
		post(all+"/{key}:disable", "iam.projects.serviceAccounts.keys.disable", func(q *call) (any, error) { return q.switchKey("disable", true) }).writing(),
	)
}

type keyJSON struct {
	Name            string `json:"name"`
	PrivateKeyType  string `json:"privateKeyType,omitempty"`
	KeyAlgorithm    string `json:"keyAlgorithm"`
	PrivateKeyData  string `json:"privateKeyData,omitempty"`
	PublicKeyData   string `json:"publicKeyData,omitempty"`
	ValidAfterTime  string `json:"validAfterTime"`
	ValidBeforeTime string `json:"validBeforeTime"`
	KeyOrigin       string `json:"keyOrigin"`
	KeyType         string `json:"keyType"`
	Disabled        bool   `json:"disabled,omitempty"`
	DisableReason   string `json:"disableReason,omitempty"`
}

func keyView(a *world.ServiceAccount, k *world.GoogleKey) keyJSON {
	out := keyJSON{
		Name: accountName(a) + "/keys/" + k.ID, KeyAlgorithm: "KEY_ALG_RSA_2048", KeyOrigin: k.Origin, KeyType: "SYSTEM_MANAGED",
		ValidAfterTime: k.Created.Format(time.RFC3339), ValidBeforeTime: k.Expires.Format(time.RFC3339), Disabled: k.Disabled,
	}
	if k.UserManaged {
		out.KeyType = "USER_MANAGED"
	}
	if k.Disabled {
		out.DisableReason = "SERVICE_ACCOUNT_KEY_DISABLE_REASON_USER_INITIATED"
	}
	return out
}

func (q *call) listKeys() (any, error) {
	a, err := q.account("iam.serviceAccountKeys.list")
	if err != nil {
		return nil, err
	}
	wanted := q.query["keyTypes"]
	for _, kind := range wanted {
		if kind != "USER_MANAGED" && kind != "SYSTEM_MANAGED" && kind != "KEY_TYPE_UNSPECIFIED" {
			return nil, invalidArgument("Invalid value at 'key_types' (type.googleapis.com/google.iam.admin.v1.ListServiceAccountKeysRequest.KeyType), %q", kind)
		}
	}
	var out []keyJSON
	for _, k := range a.Keys {
		if view := keyView(a, k); len(wanted) == 0 || slices.Contains(wanted, view.KeyType) {
			out = append(out, view)
		}
	}
	slices.SortFunc(out, func(a, b keyJSON) int { return cmp.Compare(a.Name, b.Name) })
	return struct {
		Keys []keyJSON `json:"keys,omitempty"`
	}{out}, nil
}

func (q *call) key(permission string) (*world.ServiceAccount, *world.GoogleKey, error) {
	a, err := q.account(permission)
	if err != nil {
		return nil, nil, err
	}
	k := a.Keys[q.vars["key"]]
	if k == nil {
		return nil, nil, notFound("Service account key %s does not exist.", q.vars["key"])
	}
	return a, k, nil
}

func (q *call) getKey() (any, error) {
	a, k, err := q.key("iam.serviceAccountKeys.get")
	if err != nil {
		return nil, err
	}
	return keyView(a, k), nil
}

func (q *call) deleteKey() (any, error) {
	a, k, err := q.key("iam.serviceAccountKeys.delete")
	if err != nil {
		return nil, err
	}
	if !k.UserManaged {
		return nil, precondition("System-managed keys cannot be deleted.")
	}
	delete(a.Keys, k.ID)
	return struct{}{}, nil
}

func (q *call) switchKey(verb string, disabled bool) (any, error) {
	_, k, err := q.key("iam.serviceAccountKeys." + verb)
	if err != nil {
		return nil, err
	}
	k.Disabled = disabled
	return struct{}{}, nil
}

// usualKeys is the quota of user-managed keys per account.
const usualKeys = 10

// createKey makes a real RSA key, hands its private half out once and keeps the public one. It is made with the world
// unlocked; the account is looked up again afterwards.
func (q *call) createKey() (any, error) {
	var in struct{ PrivateKeyType, KeyAlgorithm string }
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	a, err := q.account("iam.serviceAccountKeys.create")
	if err != nil {
		return nil, err
	}
	if enforced(q.g.Projects[a.Project], "iam.disableServiceAccountKeyCreation") {
		return nil, violation("Key creation is not allowed on this service account.", "iam.disableServiceAccountKeyCreation",
			accountName(a)+"?configvalue=", "")
	}
	if userKeys(a) >= q.quota(quotaKeys, usualKeys) {
		return nil, precondition("Precondition check failed.").With(wire.QuotaFailure(accountName(a), "Maximum number of keys on account reached."))
	}
	k := &world.GoogleKey{
		ID: q.state.Hex(40), UserManaged: true, Origin: "GOOGLE_PROVIDED", Created: q.now,
		Expires: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
	}
	a.Keys[k.ID] = k
	view, file := keyView(a, k), keyFile{
		Type: "service_account", ProjectID: a.Project, PrivateKeyID: k.ID, ClientEmail: a.Email, ClientID: a.UniqueID,
		AuthURI: "https://accounts.google.com/o/oauth2/auth", TokenURI: "https://oauth2.googleapis.com/token", UniverseDomain: "googleapis.com",
	}
	return later(func() (any, error) { return q.cloud.finishKey(view, file) }), nil
}

type keyFile struct {
	Type           string `json:"type"`
	ProjectID      string `json:"project_id"`
	PrivateKeyID   string `json:"private_key_id"`
	PrivateKey     string `json:"private_key"`
	ClientEmail    string `json:"client_email"`
	ClientID       string `json:"client_id"`
	AuthURI        string `json:"auth_uri"`
	TokenURI       string `json:"token_uri"`
	UniverseDomain string `json:"universe_domain"`
}

func (c *Cloud) finishKey(view keyJSON, file keyFile) (any, error) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, err
	}
	file.PrivateKey = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	body, err := json.MarshalIndent(file, "", "  ") //nolint:gosec // handing the key out once is what this call is for
	if err != nil {
		return nil, err
	}
	view.PrivateKeyType = "TYPE_GOOGLE_CREDENTIALS_FILE"
	view.PrivateKeyData = base64.StdEncoding.EncodeToString(body)
	c.world.Issued(file.PrivateKey)
	c.world.Issued(view.PrivateKeyData)
	public, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		return nil, err
	}
	return view, c.world.Change(func(s *world.State, _ time.Time) error {
		q := call{state: s, g: &s.Google}
		if a := q.accountByID(file.ClientID); a != nil && a.Keys[file.PrivateKeyID] != nil {
			a.Keys[file.PrivateKeyID].Public = public
		}
		return nil
	})
}

func userKeys(a *world.ServiceAccount) int {
	n := 0
	for _, k := range a.Keys {
		if k.UserManaged {
			n++
		}
	}
	return n
}
