package google_test

import (
	"strings"
	"testing"

	iam "google.golang.org/api/iam/v1"
)

func TestKeysOfSAMLProvidersComeAndGo(t *testing.T) {
	c := start(t)
	c.pool("live-pool")
	c.provider("live-pool", "saml-prov", &iam.WorkloadIdentityPoolProvider{
		Saml: &iam.Saml{IdpMetadataXml: "<x/>"}, AttributeMapping: map[string]string{"google.subject": "assertion.subject"},
	})
	c.provider("live-pool", "aws-prov", &iam.WorkloadIdentityPoolProvider{Aws: &iam.Aws{AccountId: account}})
	keys := c.iam.Projects.Locations.WorkloadIdentityPools.Providers.Keys
	root := parent + "/workloadIdentityPools/live-pool/providers/"
	wanted := &iam.WorkloadIdentityPoolProviderKey{Use: "ENCRYPTION", KeyData: &iam.KeyData{KeySpec: "RSA_2048"}}
	_, err := keys.Create(root+"aws-prov", wanted).WorkloadIdentityPoolProviderKeyId("key-1").Do()
	refused(t, err, 400, "SAML")
	op := must(keys.Create(root+"saml-prov", wanted).WorkloadIdentityPoolProviderKeyId("key-1").Do())
	if got := must(keys.Operations.Get(op.Name).Do()); !got.Done {
		t.Errorf("got %+v, want it done", got)
	}
	_, err = keys.Create(root+"saml-prov", wanted).WorkloadIdentityPoolProviderKeyId("key-1").Do()
	refused(t, err, 409, "already exists")
	got := must(keys.Get(root + "saml-prov/keys/key-1").Do())
	if got.State != "ACTIVE" || !strings.HasPrefix(got.KeyData.Key, "-----BEGIN PUBLIC KEY-----") || !strings.Contains(got.Name, number) {
		t.Errorf("got %+v, want the active key under the project's number", got)
	}
	must(keys.Delete(got.Name).Do())
	if all := must(keys.List(root + "saml-prov").Do()).WorkloadIdentityPoolProviderKeys; len(all) != 0 {
		t.Errorf("got %d keys, want none shown", len(all))
	}
	if all := must(keys.List(root + "saml-prov").ShowDeleted(true).Do()).WorkloadIdentityPoolProviderKeys; len(all) != 1 || all[0].State != "DELETED" || all[0].ExpireTime == "" {
		t.Errorf("got %+v, want the deleted one with the time of its end", all)
	}
	must(keys.Undelete(got.Name, &iam.UndeleteWorkloadIdentityPoolProviderKeyRequest{}).Do())
	if again := must(keys.Get(got.Name).Do()); again.State != "ACTIVE" {
		t.Errorf("got %s, want ACTIVE", again.State)
	}
}
