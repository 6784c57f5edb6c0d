package google_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestBillingIsToldOnceItsAPIIsOn(t *testing.T) {
	c := start(t)
	const path = "/v1/projects/" + project + "/billingInfo"
	if code, got := c.raw(http.MethodGet, path, ""); code != http.StatusForbidden || !strings.Contains(got, "accessNotConfigured") || !strings.Contains(got, "SERVICE_DISABLED") {
		t.Errorf("off: got %d %s, want what Terraform passes over", code, got)
	}
	c.enable("cloudbilling.googleapis.com")
	if code, got := c.raw(http.MethodGet, path, ""); code != http.StatusOK || !strings.Contains(got, `"billingEnabled": true`) {
		t.Errorf("on: got %d %s, want the account", code, got)
	}
}
