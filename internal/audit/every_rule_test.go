package audit

import (
	"slices"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
)

// TestEveryRuleHasAWorldInWhichItIsSilentAndOneInWhichItSpeaks looks through the cases of the other tests: each is silent
// about its rule before the one change, and speaks after it.
func TestEveryRuleHasAWorldInWhichItIsSilentAndOneInWhichItSpeaks(t *testing.T) {
	cases := map[string]int{}
	for _, m := range slices.Concat(trustMutations(), accountMutations(), becomeMutations(), bindingMutations(), providerMutations(), projectMutations(), surroundingMutations()) {
		for _, id := range m.want {
			cases[id]++
		}
	}
	for _, c := range fileCases() {
		for _, id := range c.want {
			cases[id]++
		}
	}
	for _, r := range Rules() {
		if cases[r.ID] == 0 && r.ID != "AWS-L01" { // which says how to look, and has no findings
			t.Errorf("%s has no case", r.ID)
		}
		delete(cases, r.ID)
	}
	for id := range cases {
		t.Errorf("%s has cases and is no rule", id)
	}
}

func TestWhoUsedTheRoleIsLookedUpByHand(t *testing.T) {
	report := Evaluate(inventory.Inventory{Account: &inventory.Account{ID: "1", Region: "eu-west-1"}})
	i := slices.IndexFunc(report.NotEvaluated, func(n NotEvaluated) bool { return n.ID == "AWS-L01" })
	if i < 0 || !report.NotEvaluated[i].Optional || !strings.Contains(report.NotEvaluated[i].Reason, "aws cloudtrail lookup-events --region eu-west-1") {
		t.Errorf("got %+v, want the command that looks, and that it is optional", report.NotEvaluated)
	}
}
