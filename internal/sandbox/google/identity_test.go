package google_test

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	oidc "github.com/coreos/go-oidc/v3/oidc"
	"google.golang.org/api/compute/v1"
	"google.golang.org/api/iamcredentials/v1"
	"google.golang.org/api/oauth2/v2"
	"google.golang.org/api/option"
)

func claims(t *testing.T, token string) map[string]any {
	t.Helper()
	part := strings.Split(token, ".")
	if len(part) != 3 {
		t.Fatalf("got %d parts, want a JWT", len(part))
	}
	raw, err := base64.RawURLEncoding.DecodeString(part[1])
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]any{}
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestIdTokensCarryTheAccountsNumber(t *testing.T) {
	c := start(t)
	c.enable("iamcredentials.googleapis.com")
	a := c.account("ci-runner")
	c.bind(a.Email, "roles/iam.serviceAccountOpenIdTokenCreator", "user:"+operator)
	mint := func(r *iamcredentials.GenerateIdTokenRequest) map[string]any {
		t.Helper()
		out := must(c.minting.Projects.ServiceAccounts.GenerateIdToken("projects/-/serviceAccounts/"+a.Email, r).Do())
		ctx := oidc.InsecureIssuerURLContext(t.Context(), "https://accounts.google.com")
		provider, err := oidc.NewProvider(ctx, c.URL())
		if err != nil {
			t.Fatal(err)
		}
		verifier := provider.Verifier(&oidc.Config{ClientID: r.Audience, Now: c.World().Now})
		if _, err := verifier.Verify(t.Context(), out.Token); err != nil {
			t.Fatalf("got %v, want a token that verifies against the published keys", err)
		}
		return claims(t, out.Token)
	}
	plain := mint(&iamcredentials.GenerateIdTokenRequest{Audience: "https://sts.amazonaws.com/x"})
	if plain["iss"] != "https://accounts.google.com" || plain["aud"] != "https://sts.amazonaws.com/x" || plain["azp"] != a.UniqueId || plain["sub"] != a.UniqueId || plain["email"] != nil {
		t.Errorf("got %v, want azp and sub %s and no e-mail", plain, a.UniqueId)
	}
	full := mint(&iamcredentials.GenerateIdTokenRequest{Audience: "x", IncludeEmail: true, OrganizationNumberIncluded: true})
	if full["email"] != a.Email || full["email_verified"] != true || full["google"].(map[string]any)["organization_number"] == nil {
		t.Errorf("got %v, want e-mail and organisation number", full)
	}
	_, err := c.minting.Projects.ServiceAccounts.GenerateIdToken("projects/"+project+"/serviceAccounts/"+a.Email, &iamcredentials.GenerateIdTokenRequest{Audience: "x"}).Do()
	refused(t, err, 400, "wildcard")
	_, err = c.minting.Projects.ServiceAccounts.GenerateIdToken("projects/-/serviceAccounts/nobody@acme-build.iam.gserviceaccount.com", &iamcredentials.GenerateIdTokenRequest{Audience: "x"}).Do()
	refused(t, err, 403, "iam.serviceAccounts.getOpenIdToken")
}

func TestAccessTokensAreBoundedAndChained(t *testing.T) {
	c := start(t)
	c.enable("iamcredentials.googleapis.com")
	middle, end := c.account("middle-man"), c.account("end-of-chain")
	c.bind(middle.Email, "roles/iam.serviceAccountTokenCreator", "user:"+operator)
	c.bind(end.Email, "roles/iam.serviceAccountTokenCreator", "serviceAccount:"+middle.Email)
	scope := []string{"https://www.googleapis.com/auth/cloud-platform", "https://www.googleapis.com/auth/userinfo.email"}
	accounts := c.minting.Projects.ServiceAccounts
	name := "projects/-/serviceAccounts/"
	_, err := accounts.GenerateAccessToken(name+middle.Email, &iamcredentials.GenerateAccessTokenRequest{}).Do()
	refused(t, err, 400, "Request contains an invalid argument.")
	_, err = accounts.GenerateAccessToken(name+middle.Email, &iamcredentials.GenerateAccessTokenRequest{Scope: scope, Lifetime: "3601s"}).Do()
	refused(t, err, 400, "The access token lifetime cannot exceed 3600 seconds.")
	_, err = accounts.GenerateAccessToken(name+end.Email, &iamcredentials.GenerateAccessTokenRequest{Scope: scope}).Do()
	refused(t, err, 403, "iam.serviceAccounts.getAccessToken")
	out := must(accounts.GenerateAccessToken(name+end.Email, &iamcredentials.GenerateAccessTokenRequest{Scope: scope, Delegates: []string{name + middle.Email}}).Do())
	info := made(oauth2.NewService(t.Context(), c.options(c.World().OperatorToken())...))(t)
	who := must(info.Tokeninfo().AccessToken(out.AccessToken).Do())
	if who.Email != end.Email || who.UserId != end.UniqueId || who.ExpiresIn <= 0 {
		t.Errorf("got %+v, want %s", who, end.Email)
	}
	must(c.iam.Projects.ServiceAccounts.Disable(end.Name, nil).Do())
	_, err = info.Tokeninfo().AccessToken(out.AccessToken).Do()
	refused(t, err, 400, "")
	res, body := get(t, c.URL()+"/oauth2/v3/userinfo", "Authorization", "Bearer "+c.World().OperatorToken())
	if res.StatusCode != 200 || !strings.Contains(body, operator) {
		t.Errorf("got %d %s, want the operator", res.StatusCode, body)
	}
}

// machine makes a VM that runs as an account.
func (c *cloud) machine(name, email string) {
	c.t.Helper()
	svc := made(compute.NewService(c.t.Context(), append(c.options(c.World().OperatorToken()), option.WithEndpoint(c.URL()+"/compute/v1/"))...))(c.t)
	op, err := svc.Instances.Insert(project, "australia-southeast1-a", &compute.Instance{
		Name: name, MachineType: "zones/australia-southeast1-a/machineTypes/e2-small", Labels: map[string]string{"drawbridge-bridge": "x"},
		Disks:             []*compute.AttachedDisk{{Boot: true, AutoDelete: true, InitializeParams: &compute.AttachedDiskInitializeParams{SourceImage: "projects/debian-cloud/global/images/family/debian-12"}}},
		NetworkInterfaces: []*compute.NetworkInterface{{Network: "global/networks/default", AccessConfigs: []*compute.AccessConfig{{Type: "ONE_TO_ONE_NAT"}}}},
		ServiceAccounts:   []*compute.ServiceAccount{{Email: email, Scopes: []string{"https://www.googleapis.com/auth/cloud-platform"}}},
	}).Do()
	if err != nil {
		c.t.Fatal(err)
	}
	done, err := svc.ZoneOperations.Wait(project, "australia-southeast1-a", op.Name).Do()
	if err != nil || done.Status != "DONE" || op.Status != "RUNNING" {
		c.t.Fatalf("got %v, %v, want an operation that runs and ends", done, err)
	}
}

func TestMachineIsToldWhoItIs(t *testing.T) {
	c := start(t)
	res, _ := get(t, c.URL()+"/computeMetadata/v1/project/project-id", "Metadata-Flavor", "Google")
	if res.StatusCode != 404 {
		t.Errorf("got %d, want 404 while no machine runs", res.StatusCode)
	}
	a := c.account("ci-runner")
	c.machine("ci-runner-1", a.Email)
	root := c.URL() + "/computeMetadata/v1/"
	if res, body := get(t, root+"project/project-id"); res.StatusCode != 403 {
		t.Errorf("got %d %s, want 403 without the header", res.StatusCode, body)
	}
	for path, want := range map[string]string{
		"project/project-id": project, "project/numeric-project-id": number, "instance/service-accounts/default/email": a.Email,
		"instance/zone": "projects/" + number + "/zones/australia-southeast1-a", "instance/name": "ci-runner-1",
	} {
		res, body := get(t, root+path, "Metadata-Flavor", "Google")
		if res.StatusCode != 200 || body != want || res.Header.Get("Metadata-Flavor") != "Google" {
			t.Errorf("%s: got %d %q flavor %q, want %q", path, res.StatusCode, body, res.Header.Get("Metadata-Flavor"), want)
		}
	}
	identity := root + "instance/service-accounts/default/identity?audience=" + url.QueryEscape("https://sts.amazonaws.com/x")
	_, token := get(t, identity, "Metadata-Flavor", "Google")
	if got := claims(t, token); got["azp"] != a.UniqueId || got["email"] != nil || got["aud"] != "https://sts.amazonaws.com/x" {
		t.Errorf("got %v, want a standard token", got)
	}
	_, token = get(t, identity+"&format=full", "Metadata-Flavor", "Google")
	if got := claims(t, token); got["email"] != a.Email || got["google"].(map[string]any)["compute_engine"].(map[string]any)["instance_name"] != "ci-runner-1" {
		t.Errorf("got %v, want e-mail and machine in a full token", got)
	}
	_, body := get(t, root+"instance/service-accounts/default/token", "Metadata-Flavor", "Google")
	var access struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(body), &access); err != nil {
		t.Fatal(err)
	}
	_, err := as(t, c.Server, access.AccessToken).crm.Projects.Get(project).Do()
	refused(t, err, 403, "The caller does not have permission")
}

func TestMachineNeedsActAsAndRealParts(t *testing.T) {
	c := start(t)
	a := c.account("ci-runner")
	tamper := c.Google().Tamper()
	for _, role := range []string{"roles/compute.instanceAdmin.v1"} {
		if err := tamper.Grant(project, role, "user:dev@acme.example"); err != nil {
			t.Fatal(err)
		}
	}
	token := must(tamper.SignIn("dev@acme.example", 3600e9, "https://www.googleapis.com/auth/cloud-platform"))
	svc := made(compute.NewService(t.Context(), append(c.options(token), option.WithEndpoint(c.URL()+"/compute/v1/"))...))(t)
	insert := func(zone, machine, image string) error {
		_, err := svc.Instances.Insert(project, zone, &compute.Instance{
			Name: "vm-1", MachineType: "zones/" + zone + "/machineTypes/" + machine,
			Disks:             []*compute.AttachedDisk{{Boot: true, InitializeParams: &compute.AttachedDiskInitializeParams{SourceImage: image}}},
			NetworkInterfaces: []*compute.NetworkInterface{{Network: "global/networks/default"}},
			ServiceAccounts:   []*compute.ServiceAccount{{Email: a.Email}},
		}).Do()
		return err
	}
	const debian = "projects/debian-cloud/global/images/family/debian-12"
	refused(t, insert("us-central1-a", "e2-small", debian), 403, "The user does not have access to service account")
	refused(t, insert("us-central9-a", "e2-small", debian), 400, "Unknown zone")
	refused(t, insert("us-central1-a", "e9-small", debian), 400, "machineType")
	refused(t, insert("us-central1-a", "e2-small", "projects/debian-cloud/global/images/family/debian-2"), 400, "sourceImage")
	_, err := svc.Instances.Get(project, "us-central1-a", "vm-1").Do()
	refused(t, err, 404, "was not found")
}
