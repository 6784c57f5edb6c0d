package google_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// raw sends a request as no library here would, signed in as the operator unless a header says otherwise.
func (c *cloud) raw(method, path, body string, headers ...string) (int, string) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.URL()+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.World().OperatorToken())
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, text := do(c.t, r)
	return res.StatusCode, strings.TrimSpace(text)
}

func TestAnswersAreCutToTheFieldsAskedFor(t *testing.T) {
	c := start(t)
	for query, want := range map[string]string{
		"?fields=projectId&prettyPrint=false":                                   `{"projectId":"acme-build"}`,
		"?fields=projectId,parent(type)&prettyPrint=false":                      `{"parent":{"type":"organization"},"projectId":"acme-build"}`,
		"?$fields=parent/id&prettyPrint=false":                                  `{"parent":{"id":"` + organization(c) + `"}}`,
		"/serviceAccounts?fields=accounts/displayName&prettyPrint=false":        `{"accounts":[{"displayName":"Compute Engine default service account"}]}`,
		"/services?fields=nextPageToken&filter=state:ENABLED&pageSize=200":      `{}`,
		"/services?fields=services/state&pageSize=1&prettyPrint=false&alt=json": `{"services":[{"state":"DISABLED"}]}`,
	} {
		if code, got := c.raw(http.MethodGet, "/v1/projects/acme-build"+query, ""); code != http.StatusOK || got != want {
			t.Errorf("%s: got %d %s, want %s", query, code, got, want)
		}
	}
	for _, bad := range []string{"accounts(", "a)", ",", "a//b", "/a"} {
		if code, got := c.raw(http.MethodGet, "/v1/projects/acme-build?fields="+url.QueryEscape(bad), ""); code != http.StatusBadRequest || !strings.Contains(got, "Invalid field selection") {
			t.Errorf("fields %q: got %d %s, want them refused", bad, code, got)
		}
	}
}

func organization(c *cloud) string {
	return must(c.crm.Projects.Get(project).Do()).Parent.Id
}

func TestOtherSpellingsOfARequestAreTaken(t *testing.T) {
	c := start(t)
	a := c.account("ci-runner")
	one := "/v1/" + a.Name
	for name, tc := range map[string]struct {
		method, path, body string
		headers            []string
		want               string
	}{
		"POST that means PATCH":     {http.MethodPost, one, `{"serviceAccount":{"description":"patched"},"updateMask":"description"}`, []string{"X-HTTP-Method-Override", "PATCH"}, `"description": "patched"`},
		"POST that means GET":       {http.MethodPost, "/v1/projects/" + project + "/services:batchGet", "names=projects/" + number + "/services/iam.googleapis.com", []string{"X-HTTP-Method-Override", "GET", "Content-Type", "application/x-www-form-urlencoded"}, `"ENABLED"`},
		"members with underscores":  {http.MethodPost, "/v1/projects/" + project + "/serviceAccounts", `{"account_id":"under-score","service_account":{"display_name":"Under Score"}}`, nil, `"displayName": "Under Score"`},
		"parameters with the same":  {http.MethodPost, one + ":getIamPolicy?options.requested_policy_version=3", "", nil, `"etag"`},
		"a token among parameters":  {http.MethodGet, one + "?access_token=" + c.World().OperatorToken(), "", []string{"Authorization", ""}, `"uniqueId"`},
		"the older update":          {http.MethodPut, one, `{"displayName":"Put"}`, nil, `"displayName": "Put"`},
		"parameters of every call":  {http.MethodGet, one + "?key=x&quotaUser=y&$.xgafv=2&alt=json", "", nil, `"uniqueId"`},
		"attributes are left alone": {http.MethodPost, "/v1/" + parent + "/workloadIdentityPools?workload_identity_pool_id=under-score", `{"display_name":"Under"}`, nil, `/operations/`},
	} {
		t.Run(name, func(t *testing.T) {
			if code, got := c.raw(tc.method, tc.path, tc.body, tc.headers...); code != http.StatusOK || !strings.Contains(got, tc.want) {
				t.Errorf("got %d %s, want %s", code, got, tc.want)
			}
		})
	}
}

func TestMappedAttributesKeepTheirUnderscores(t *testing.T) {
	c := start(t)
	c.pool("live-pool")
	body := `{"aws":{"account_id":"123456789012"},"attribute_mapping":{"google.subject":"assertion.arn","attribute.aws_role":"assertion.arn"}}`
	if code, got := c.raw(http.MethodPost, "/v1/"+parent+"/workloadIdentityPools/live-pool/providers?workloadIdentityPoolProviderId=aws-prov", body); code != http.StatusOK {
		t.Fatalf("got %d %s, want a provider", code, got)
	}
	made := must(c.iam.Projects.Locations.WorkloadIdentityPools.Providers.Get(parent + "/workloadIdentityPools/live-pool/providers/aws-prov").Do())
	if made.AttributeMapping["attribute.aws_role"] == "" || made.Aws.AccountId != "123456789012" {
		t.Errorf("got %+v, want the mapping as it was written", made)
	}
}

func TestUnknownParametersAndAddressesAreRefusedAsGoogleDoes(t *testing.T) {
	c := start(t)
	code, got := c.raw(http.MethodGet, "/v1/projects/"+project+"/serviceAccounts?pagesize=5", "")
	if code != http.StatusBadRequest || !strings.Contains(got, "Cannot bind query parameter. Field 'pagesize' could not be found in request message.") {
		t.Errorf("misspelt parameter: got %d %s", code, got)
	}
	for _, address := range []string{"/v1/nothing/here", "/v1/projects/" + project + "/", "/v1/projects/<b>"} {
		method := http.MethodGet
		if strings.Contains(address, "<") {
			method = http.MethodDelete
		}
		if code, got := c.raw(method, address, ""); code != http.StatusNotFound || !strings.Contains(got, "Error 404 (Not Found)!!1") || strings.Contains(got, "<b>acme") {
			t.Errorf("%s: got %d %s, want Google's page", address, code, got)
		}
	}
}
