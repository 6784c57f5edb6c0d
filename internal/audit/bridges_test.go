package audit

import (
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// found reads what stands, without a bridge, and takes the marks away as if people had made it.
func found(t *testing.T, marked bool) inventory.Inventory {
	t.Helper()
	inv, err := inventory.Read(t.Context(), standing(t, bothWays).source)
	if err != nil {
		t.Fatal(err)
	}
	if marked {
		return inv
	}
	for i := range inv.Account.Roles {
		inv.Account.Roles[i].Tags = nil
	}
	for i := range inv.Project.Pools {
		inv.Project.Pools[i].Description = ""
	}
	for i := range inv.Project.Accounts {
		inv.Project.Accounts[i].Description = ""
	}
	return inv
}

func TestDiscoveredTrustsBecomeBridgesThatCanBeAdopted(t *testing.T) {
	files, left := Bridges(found(t, false))
	if len(files) != 2 || len(left) != 0 {
		t.Fatalf("got %d files, left %v", len(files), left)
	}
	for _, f := range files {
		b, err := spec.Parse(f.Name, f.Text)
		if err != nil {
			t.Fatalf("%v\n%s", err, f.Text)
		}
		if len(b.Adopt) == 0 {
			t.Errorf("%s adopts nothing:\n%s", f.Name, f.Text)
		}
		if b.ToAWS != nil && (b.ToAWSEmail() != "deployer@acme-build.iam.gserviceaccount.com" || b.ToAWS.Role.Name != "deployer") {
			t.Errorf("got %+v", b.ToAWS)
		}
		if b.ToGoogle != nil && (b.ToGoogle.Role.Name != "report-reader" || b.ToGoogle.Pool != "both-ways") {
			t.Errorf("got %+v", b.ToGoogle)
		}
	}
}

func TestWhatABridgeMadeIsNotWrittenDownTwice(t *testing.T) {
	files, left := Bridges(found(t, true))
	if len(files) != 0 || len(left) != 2 || !strings.Contains(left[0], "belongs to bridge both-ways/acme-build/123456789012") {
		t.Errorf("got %d files, left %v", len(files), left)
	}
}

func TestBothHalvesOfATrustAreJoined(t *testing.T) {
	inv := found(t, false)
	whole := Evaluate(inv).Trusts
	if len(whole) != 2 || whole[0].From != "deployer@acme-build.iam.gserviceaccount.com" || whole[0].Dangling != "" || whole[1].Dangling != "" {
		t.Errorf("got %+v, want two whole trusts", whole)
	}
	var roles []inventory.Role
	for _, r := range inv.Account.Roles {
		if r.Name != "report-reader" {
			roles = append(roles, r)
		}
	}
	inv.Account.Roles = roles
	var accounts []inventory.ServiceAccount
	for _, a := range inv.Project.Accounts {
		if !strings.HasPrefix(a.Email, "deployer@") {
			accounts = append(accounts, a)
		}
	}
	inv.Project.Accounts = accounts
	halves := Evaluate(inv).Trusts
	if len(halves) != 2 {
		t.Errorf("got %+v, want both trusts still", halves)
	}
	for _, trust := range halves {
		if trust.Dangling == "" {
			t.Errorf("got %+v, want the missing half named", trust)
		}
	}
}
