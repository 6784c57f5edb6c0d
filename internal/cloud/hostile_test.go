package cloud

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"google.golang.org/api/cloudresourcemanager/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// asked is one call for every decoder of replies: each API, both token services, both metadata servers, and the
// exchanges behind a credentials file.
var asked = map[string]func(*far) error{
	"iam GetRole": readAWS,
	"iam GetAccountAuthorizationDetails": func(f *far) error {
		_, err := f.a.IAM.GetAccountAuthorizationDetails(f.ctx, &awsiam.GetAccountAuthorizationDetailsInput{})
		return Problem("read the account", err)
	},
	"ec2 DescribeInstances": func(f *far) error {
		_, err := f.a.EC2.DescribeInstances(f.ctx, &ec2.DescribeInstancesInput{})
		return Problem("list instances", err)
	},
	"sts GetCallerIdentity": func(f *far) error { _, err := CallerIdentity(f.ctx, f.a, nil); return err },
	"sts AssumeRoleWithWebIdentity": func(f *far) error {
		_, err := AssumeRoleWithWebIdentity(f.ctx, f.a, "arn:aws:iam::123456789012:role/x", "s", "token", 15*time.Minute)
		return err
	},
	"google service account": readGoogle,
	"google pool": func(f *far) error {
		_, err := f.g.IAM.Projects.Locations.WorkloadIdentityPools.Get("projects/p/locations/global/workloadIdentityPools/x").Context(f.ctx).Do()
		return Problem("read pool", err)
	},
	"google project": func(f *far) error {
		_, err := f.g.Projects.Projects.Get("acme-build").Context(f.ctx).Do()
		return Problem("read project", err)
	},
	"google project policy": func(f *far) error {
		_, err := f.g.Projects.Projects.GetIamPolicy("acme-build", &cloudresourcemanager.GetIamPolicyRequest{}).Context(f.ctx).Do()
		return Problem("read policy", err)
	},
	"google permissions": func(f *far) error {
		_, err := TestProjectPermissions(f.ctx, f.g, "", "acme-build", []string{"x.y.z"})
		return err
	},
	"google services": func(f *far) error {
		_, err := f.g.Services.Services.BatchGet("projects/p").Context(f.ctx).Do()
		return Problem("read APIs", err)
	},
	"google organisation policy": func(f *far) error {
		_, err := f.g.OrgPolicy.Projects.Policies.GetEffectivePolicy("projects/p/policies/x").Context(f.ctx).Do()
		return Problem("read policy", err)
	},
	"google instances": func(f *far) error {
		_, err := f.g.Compute.Instances.AggregatedList("p").Context(f.ctx).Do()
		return Problem("list VMs", err)
	},
	"google ID token": func(f *far) error { _, err := MintIDToken(f.ctx, f.g, "x@y", "aud"); return err },
	"google exchange": func(f *far) error { _, _, err := Exchange(f.ctx, f.g, "//iam", JWT, "subject"); return err },
	"google impersonation": func(f *far) error {
		_, _, err := Impersonate(f.ctx, f.g, "token", "x@y", nil, time.Minute)
		return err
	},
	"google token information": func(f *far) error { _, err := AskTokenInfo(f.ctx, f.g, "token"); return err },
	"google metadata":          func(f *far) error { _, err := MetadataIDToken(f.ctx, f.g, "aud"); return err },
	"aws metadata":             func(f *far) error { _, _, err := InstanceCredentials(f.ctx, f.a); return err },
	"a credentials file": func(f *far) error {
		_, _, err := f.g.tokens.token(f.ctx)
		return Problem("sign in", err)
	},
}

// nasty are replies that no cloud gives. Two of them only end when the caller gives up.
func nasty(elsewhere string) map[string]http.HandlerFunc {
	forever := func(w http.ResponseWriter, r *http.Request, piece string, pause time.Duration) {
		w.Header().Set("Metadata-Flavor", "Google")
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, piece); err != nil {
				return
			}
			_ = http.NewResponseController(w).Flush()
			if pause > 0 {
				select {
				case <-r.Context().Done():
				case <-time.After(pause):
				}
			}
		}
	}
	say := func(text string) http.HandlerFunc { return status(200, text, "Metadata-Flavor", "Google") }
	deep := strings.Repeat(`{"a":[`, 300_000)
	return map[string]http.HandlerFunc{
		"endless":     func(w http.ResponseWriter, r *http.Request) { forever(w, r, strings.Repeat("x", 1<<16), 0) },
		"a slow drip": func(w http.ResponseWriter, r *http.Request) { forever(w, r, " ", 5*time.Millisecond) },
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere, http.StatusTemporaryRedirect)
		},
		"a web page":       say("<!doctype html><html>Sign in</html>"),
		"another document": say("<OtherResponse><Thing/></OtherResponse>"),
		"a list":           say(`[{"access_token":1,"name":{}}]`),
		"wrong types":      say(`{"name":{"a":1},"projectId":[],"etag":{},"permissions":7,"services":"x","items":[1],"token":{},"access_token":{},"accessToken":[],"error":7,"AccessKeyId":{},"Code":[]}`),
		"deep":             say(deep),
		"deep and closed":  say(deep + "1" + strings.Repeat("]}", 300_000)),
		"deep XML":         say(strings.Repeat("<a>", 300_000)),
		"cut off":          status(200, `{"name`, "Content-Length", "400", "Metadata-Flavor", "Google"),
		"an error of junk": status(403, "\x1b[31m\x00\xff"+strings.Repeat("<", 1000)),
		"a deep error":     status(400, `{"error":`+deep),
	}
}

func TestHostileRepliesEndInOneClearErrorWithinBounds(t *testing.T) {
	const (
		call   = 100 * time.Millisecond // how long a call may take here
		longer = 30 * time.Second       // far more than all of its attempts
		memory = 400 << 20              // allocated altogether: a reply of 8 MiB grows by doubling, a few times
	)
	var reached atomic.Bool
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
	defer elsewhere.Close()
	for reply, h := range nasty(elsewhere.URL) {
		for name, ask := range asked {
			t.Run(name+"/"+reply, func(t *testing.T) {
				change := []func(*Options, map[string]string){func(o *Options, _ map[string]string) { o.CallTimeout = call }}
				if name == "a credentials file" {
					change = append(change, withADC(t, `{"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"r","token_uri":"SERVER/token"}`))
					change = append(change, withADC(t, serviceAccountFile(t)))
				}
				f := opened(t, h, change...)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				start := time.Now()
				err := ask(f)
				took := time.Since(start)
				runtime.ReadMemStats(&after)
				p, ok := errors.AsType[*explain.Problem](err)
				switch {
				case !ok:
					t.Fatalf("got %v, want a problem", err)
				case strings.ContainsAny(p.Error(), "\x1b\x00\n") || len(p.Error()) > 2000:
					t.Errorf("got %q, want one line of ordinary length", p.Error())
				case took > longer:
					t.Errorf("it took %s, want at most %s", took, longer)
				}
				if used := after.TotalAlloc - before.TotalAlloc; used > memory {
					t.Errorf("it took %d MiB of memory, want at most %d", used>>20, uint64(memory)>>20)
				}
			})
		}
	}
	if reached.Load() {
		t.Error("a redirect was followed")
	}
}
