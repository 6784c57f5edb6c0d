package verify

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestBridgeIsProvenBothWays(t *testing.T) {
	r := standing(t, bothWays)
	before := map[string]string{"deployer": r.trust(t, "deployer"), "report-reader": r.trust(t, "report-reader")}
	for direction, p := range r.prove(t) {
		if p.Verdict != Proven {
			t.Errorf("%s: verdict %s (%s); want proven\n%s", direction, p.Verdict, p.Reason, dump(p))
		}
		for _, h := range p.Hops {
			if h.Outcome != hopOK || h.Endpoint == "" {
				t.Errorf("%s: hop %s: %s at %q", direction, h.Name, h.Outcome, h.Endpoint)
			}
		}
		t.Log(dump(p))
	}
	for role, was := range before {
		if is := r.trust(t, role); is != was {
			t.Logf("trust of %s was\n%s\nis\n%s", role, was, is)
		}
	}
	if left := r.lent(t); len(left) > 0 {
		t.Errorf("still borrowed: %v", left)
	}
}

func dump(v any) string {
	out, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return fmt.Sprint(err)
	}
	return strings.TrimSpace(string(out))
}
