package cloud

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"
)

// realEnv names no endpoint at all.
func realEnv(t *testing.T) map[string]string {
	t.Helper()
	return map[string]string{"HOME": t.TempDir(), "AWS_REGION": "eu-central-1"}
}

func TestWithoutOverridesBothCloudsAreReal(t *testing.T) {
	g, a, err := Open(t.Context(), Options{Env: of(realEnv(t))})
	if err != nil {
		t.Fatal(err)
	}
	if !g.Real || !a.Real {
		t.Errorf("got real %v and %v, want both", g.Real, a.Real)
	}
	want := GoogleEndpoints{
		IAM: "https://iam.googleapis.com/", IAMCredentials: "https://iamcredentials.googleapis.com/", STS: "https://sts.googleapis.com/",
		CloudResourceManager: "https://cloudresourcemanager.googleapis.com/", ServiceUsage: "https://serviceusage.googleapis.com/",
		OrgPolicy: "https://orgpolicy.googleapis.com/", Compute: "https://compute.googleapis.com/compute/v1/",
		OAuth2: "https://oauth2.googleapis.com/", Metadata: "http://metadata.google.internal/",
	}
	if g.Endpoints != want {
		t.Errorf("got  %+v\nwant %+v", g.Endpoints, want)
	}
	if a.STSURL != "https://sts.eu-central-1.amazonaws.com/" || a.IMDS != "http://169.254.169.254/" || a.Region != "eu-central-1" {
		t.Errorf("got %s, %s, %s", a.STSURL, a.IMDS, a.Region)
	}
	if a.IAM.Options().BaseEndpoint != nil {
		t.Errorf("IAM's endpoint is fixed to %s; the SDK must choose it, and the region to sign for", *a.IAM.Options().BaseEndpoint)
	}
}

func TestSTSFollowsThePartition(t *testing.T) {
	for region, want := range map[string]string{
		"us-gov-west-1": "https://sts.us-gov-west-1.amazonaws.com/", "cn-north-1": "https://sts.cn-north-1.amazonaws.com.cn/",
		"eusc-de-east-1": "https://sts.eusc-de-east-1.amazonaws.eu/",
	} {
		_, a, err := Open(t.Context(), Options{Env: of(realEnv(t)), Region: region})
		if err != nil {
			t.Errorf("%s: %v", region, err)
			continue
		}
		if a.STSURL != want || !a.Real {
			t.Errorf("%s: got %s (real %v), want %s", region, a.STSURL, a.Real, want)
		}
	}
}

func TestEndpointsThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change   map[string]string
		variable string
		reason   string
	}{
		"not a URL":                   {map[string]string{"AWS_ENDPOINT_URL": "http://[::1"}, "AWS_ENDPOINT_URL", "not a URL"},
		"no scheme":                   {map[string]string{"AWS_ENDPOINT_URL_IAM": "localhost:4566"}, "AWS_ENDPOINT_URL_IAM", "http://"},
		"another scheme":              {map[string]string{"AWS_ENDPOINT_URL_STS": "ftp://localhost/"}, "AWS_ENDPOINT_URL_STS", "http://"},
		"no host":                     {map[string]string{"AWS_ENDPOINT_URL": "http:///x"}, "AWS_ENDPOINT_URL", "without a host"},
		"a query":                     {map[string]string{"CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM": "http://localhost/?a=b"}, "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM", "query"},
		"a password":                  {map[string]string{"AWS_ENDPOINT_URL": "http://u:hunter2@localhost/"}, "AWS_ENDPOINT_URL", "user name"},
		"another host":                {map[string]string{"CLOUDSDK_API_ENDPOINT_OVERRIDES_STS": "https://sts.evil.example/"}, "CLOUDSDK_API_ENDPOINT_OVERRIDES_STS", "credentials would be sent there"},
		"a look-alike":                {map[string]string{"AWS_ENDPOINT_URL": "https://iam.amazonaws.com.evil.example"}, "AWS_ENDPOINT_URL", "credentials would be sent there"},
		"a look-alike without a dot":  {map[string]string{"AWS_ENDPOINT_URL": "https://evilamazonaws.com"}, "AWS_ENDPOINT_URL", "credentials would be sent there"},
		"a name that begins with 127": {map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1.evil.example"}, "AWS_ENDPOINT_URL", "credentials would be sent there"},
		"the other cloud":             {map[string]string{"AWS_ENDPOINT_URL": "https://iam.googleapis.com"}, "AWS_ENDPOINT_URL", "credentials would be sent there"},
		"AWS in the clear":            {map[string]string{"AWS_ENDPOINT_URL_IAM": "http://iam.amazonaws.com"}, "AWS_ENDPOINT_URL_IAM", "only spoken to over https"},
		"Google in the clear":         {map[string]string{"CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM": "http://iam.googleapis.com/"}, "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM", "only spoken to over https"},
		"AWS here, Google real":       {map[string]string{"AWS_ENDPOINT_URL": "http://localhost:4566"}, "AWS_ENDPOINT_URL", "both clouds must be real"},
		"one Google API here":         {map[string]string{"CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM": "http://[::1]:80/"}, "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM", "both clouds must be real"},
		"token information elsewhere": {map[string]string{"DRAWBRIDGE_GOOGLE_OAUTH2_ENDPOINT": "https://example.com/"}, "DRAWBRIDGE_GOOGLE_OAUTH2_ENDPOINT", "credentials would be sent there"},
		"metadata elsewhere":          {map[string]string{"GCE_METADATA_HOST": "metadata.example.com"}, "GCE_METADATA_HOST", "not a metadata server"},
		"instance metadata elsewhere": {map[string]string{"AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://10.0.0.1"}, "AWS_EC2_METADATA_SERVICE_ENDPOINT", "not a metadata server"},
		"no region":                   {map[string]string{"AWS_REGION": ""}, "AWS_REGION", "no AWS region"},
		"a region that is no name":    {map[string]string{"AWS_REGION": "not a region!"}, "region", "no endpoint"},
		"certificates not there":      {map[string]string{"AWS_CA_BUNDLE": "/nonexistent/ca.pem"}, "AWS_CA_BUNDLE", "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			env := realEnv(t)
			maps.Copy(env, c.change)
			_, _, err := Open(t.Context(), Options{Env: of(env)})
			e, ok := errors.AsType[*EndpointError](err)
			if !ok {
				t.Fatalf("got %v, want an EndpointError", err)
			}
			if e.Variable != c.variable || !strings.Contains(e.Reason, c.reason) || len(e.Do) == 0 {
				t.Errorf("got %q %q %q, want variable %s, reason with %q and something to do", e.Variable, e.Reason, e.Do, c.variable, c.reason)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the password is shown: %v", err)
			}
		})
	}
}

func TestEndpointsThatAreAccepted(t *testing.T) {
	both := func(url string) map[string]string { return environ(t, url) }
	for name, c := range map[string]struct {
		change map[string]string
		allow  []string
		real   bool
	}{
		"loopback by name":      {both("http://localhost:4566"), nil, false},
		"loopback by number":    {both("http://127.8.9.10:1"), nil, false},
		"loopback by v6":        {both("http://[::1]:1"), nil, false},
		"allowed host":          {both("http://clouds.lab.example:8080"), []string{"clouds.lab.example"}, false},
		"allowed host and port": {both("http://clouds.lab.example:8080"), []string{"Clouds.lab.example:8080"}, false},
		"a private endpoint":    {map[string]string{"AWS_ENDPOINT_URL_EC2": "https://vpce-1.ec2.eu-central-1.vpce.amazonaws.com"}, nil, true},
		"Google's regional":     {map[string]string{"CLOUDSDK_API_ENDPOINT_OVERRIDES_STS": "https://sts.europe-west1.rep.googleapis.com/"}, nil, true},
		"ignored":               {map[string]string{"AWS_ENDPOINT_URL": "http://localhost:1", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			env := realEnv(t)
			maps.Copy(env, c.change)
			g, a, err := Open(t.Context(), Options{Env: of(env), AllowEndpoint: c.allow})
			if err != nil {
				t.Fatal(err)
			}
			if g.Real != c.real || a.Real != c.real {
				t.Errorf("got real %v and %v, want %v", g.Real, a.Real, c.real)
			}
		})
	}
}

func TestAllowedPortDoesNotAllowOthers(t *testing.T) {
	_, _, err := Open(t.Context(), Options{Env: of(environ(t, "http://clouds.lab.example:8080")), AllowEndpoint: []string{"clouds.lab.example:9090"}})
	if err == nil {
		t.Error("another port of an allowed host:port was accepted")
	}
}

func TestEndpointsOfAServiceWinOverTheGeneral(t *testing.T) {
	config := write(t, "config", "[profile lab]\nregion = eu-west-1\nservices = lab\nendpoint_url = http://127.0.0.1:1\n[services lab]\niam =\n  endpoint_url = http://127.0.0.1:2\nsts =\n  endpoint_url = http://127.0.0.1:3\n")
	env := environ(t, "http://127.0.0.1:9")
	delete(env, "AWS_ENDPOINT_URL")
	delete(env, "AWS_REGION")
	env["AWS_CONFIG_FILE"], env["AWS_PROFILE"], env["AWS_ENDPOINT_URL_STS"] = config, "lab", "http://127.0.0.1:4"
	_, a, err := Open(t.Context(), Options{Env: of(env)})
	if err != nil {
		t.Fatal(err)
	}
	got := []string{*a.IAM.Options().BaseEndpoint, *a.STS.Options().BaseEndpoint, *a.EC2.Options().BaseEndpoint, a.STSURL, a.Region}
	want := []string{"http://127.0.0.1:2/", "http://127.0.0.1:4/", "http://127.0.0.1:1/", "http://127.0.0.1:4/", "eu-west-1"}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %v\nwant %v", got, want)
			break
		}
	}
}

func TestOpenIsFastAndCallsNobody(t *testing.T) {
	env := realEnv(t)
	start := time.Now()
	const times = 20
	for range times {
		if _, _, err := Open(t.Context(), Options{Env: of(env)}); err != nil {
			t.Fatal(err)
		}
	}
	// Generous, for a machine under load and the race detector: it takes well under a millisecond.
	if each := time.Since(start) / times; each > 100*time.Millisecond {
		t.Errorf("Open took %s, want some milliseconds at most", each)
	}
}

func BenchmarkOpen(b *testing.B) {
	env := of(map[string]string{"HOME": b.TempDir(), "AWS_REGION": "eu-central-1"})
	for b.Loop() {
		if _, _, err := Open(b.Context(), Options{Env: env}); err != nil {
			b.Fatal(err)
		}
	}
}
