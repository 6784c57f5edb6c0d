package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

const runtimeBridge = `version: 1
name: reader
google: {project: acme-build}
aws: {account: "123456789012", region: us-east-1}
toGoogle:
  role: {name: reader, runsOn: %s}
  pool: reader-pool
  grants: [roles/browser]
`

// runtimes is where each runtime of AWS puts the credentials of its role. On EC2 that is the instance metadata, which the
// sandbox serves under the address that it exports.
var runtimes = map[string]struct {
	runsOn string
	hand   func(t *testing.T, server *sandbox.Server, env map[string]string)
}{
	"ec2": {runsOn: "ec2, instance: i-0acce550000000001"},
	"lambda": {"lambda", func(t *testing.T, server *sandbox.Server, env map[string]string) {
		keys, err := server.AWS().Deliver("123456789012", "reader", "function", "lambda.amazonaws.com")
		if err != nil {
			t.Fatal(err)
		}
		env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], env["AWS_SESSION_TOKEN"] = keys.ID, keys.Secret, keys.Token
	}},
	"ecs": {"ecs", func(_ *testing.T, server *sandbox.Server, env map[string]string) {
		env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = server.URL() + "/v2/credentials/reader"
	}},
	"eks": {"eks, eks: {cluster: c, namespace: n, serviceAccount: s}", func(t *testing.T, server *sandbox.Server, env map[string]string) {
		file := filepath.Join(t.TempDir(), "eks-pod-identity-token")
		if err := os.WriteFile(file, []byte("arn:aws:eks:us-east-1:123456789012:cluster/c/n/s\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = server.URL() + "/v2/credentials/reader"
		env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = file
	}},
}

// TestEveryRuntimeOfAWSProvesItself crosses to Google with the credentials that each runtime hands to its role, and no
// profile of a person.
func TestEveryRuntimeOfAWSProvesItself(t *testing.T) {
	for name, runtime := range runtimes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, env := surroundings(t, sandbox.Options{AsInstance: "i-0acce550000000001"})
			file := filepath.Join(t.TempDir(), "bridge.yaml")
			if err := os.WriteFile(file, fmt.Appendf(nil, runtimeBridge, runtime.runsOn), 0o600); err != nil {
				t.Fatal(err)
			}
			drive(t, env, "apply", "--yes", "-f", file).want(t, exitDone)
			env["AWS_CONFIG_FILE"], env["AWS_SHARED_CREDENTIALS_FILE"] = os.DevNull, os.DevNull
			if runtime.hand != nil {
				runtime.hand(t, server, env)
			}
			got := drive(t, env, "verify", "--from", "workload", "-f", file, "--format", "json").want(t, exitDone)
			for path, want := range map[string]string{"proofs.0.verdict": "proven", "proofs.0.from": "workload", "proofs.0.identity": "reader@acme-build.iam.gserviceaccount.com"} {
				if v, err := lookUp(got.out, path); err != nil || v != want {
					t.Errorf("%s: got %q, %v, want %q", path, v, err, want)
				}
			}
			if name == "ecs" || name == "eks" { // there AWS's own tokens are the default
				out := drive(t, env, "token", "-f", file).want(t, exitDone).out
				if v, err := lookUp(out, "success"); err != nil || v != "true" {
					t.Errorf("token: got success %q, %v, want true", v, err)
				}
			}
		})
	}
}
