//go:build live

package main

import (
	"os"
	"strings"
	"testing"
)

// Where a live run may work. Nothing is made unless all of them are set; see docs/live.md.
const (
	liveProject = "DRAWBRIDGE_LIVE_PROJECT" // Google Cloud project id
	liveAccount = "DRAWBRIDGE_LIVE_ACCOUNT" // AWS account, 12 digits
	liveRegion  = "DRAWBRIDGE_LIVE_REGION"  // AWS region
	liveConsent = "DRAWBRIDGE_LIVE_CONSENT" // the project's id and the account once more: PROJECT/ACCOUNT
)

// TestLive makes, proves, audits and removes a bridge in the real clouds, with the operator's own sign-in.
func TestLive(t *testing.T) {
	env := map[string]string{}
	for _, pair := range os.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	at := place{project: env[liveProject], account: env[liveAccount], region: env[liveRegion], env: env}
	if at.project == "" || at.account == "" || at.region == "" || env[liveConsent] != at.project+"/"+at.account {
		t.Fatalf("refused to start: set %s, %s and %s, and %s=PROJECT/ACCOUNT to say that things may be made and removed there", liveProject, liveAccount, liveRegion, liveConsent)
	}
	env["DRAWBRIDGE_HOME"] = t.TempDir()
	live(t, at)
}
