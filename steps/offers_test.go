package steps

import (
	"context"
	"slices"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// offered lists a field to the end.
func (r *rig) offered(path string) []Offer {
	r.Helper()
	var out []Offer
	if err := Offers(r.calling(), r.world(), path, func(page []Offer) { out = append(out, page...) }); err != nil {
		r.Fatalf("offers for %s: %v", path, err)
	}
	return out
}

func offerOf(all []Offer, value string) (Offer, bool) {
	i := slices.IndexFunc(all, func(o Offer) bool { return o.Value == value })
	if i < 0 {
		return Offer{}, false
	}
	return all[i], true
}

func TestOffersComeFromBothClouds(t *testing.T) {
	r := newRig(t, bothFile, sandbox.Options{})
	for path, want := range map[string]string{
		"google.project": "acme-build", "aws.region": "ap-southeast-2", "toGoogle.grants": "roles/storage.objectViewer",
		"toAWS.vm.zone": "australia-southeast1-a",
	} {
		if _, ok := offerOf(r.offered(path), want); !ok {
			t.Errorf("%s is not offered %s", path, want)
		}
	}
	if _, ok := offerOf(r.offered("toGoogle.grants"), "roles/owner"); ok {
		t.Error("roles/owner is offered as a grant")
	}
	if got := r.offered("name"); len(got) != 0 {
		t.Errorf("the name of the bridge is offered %v, want nothing", got)
	}
}

func TestOffersTellWhatIsOursFromWhatWouldBeAdopted(t *testing.T) {
	r := newRig(t, bothFile, sandbox.Options{})
	r.apply(Present)
	b := r.bridge
	for path, name := range map[string]string{
		"toAWS.serviceAccount": b.ToAWS.ServiceAccount, "toAWS.role.name": b.ToAWS.Role.Name,
		"toGoogle.pool": b.ToGoogle.Pool, "toGoogle.provider": b.ToGoogle.Provider,
	} {
		o, ok := offerOf(r.offered(path), name)
		if !ok || o.Adopt || o.Note == "" {
			t.Errorf("%s: got %+v, %v, want ours without adoption", path, o, ok)
		}
	}
	r.bridge.Name = "another"
	if o, _ := offerOf(r.offered("toGoogle.pool"), b.ToGoogle.Pool); o.Note != "belongs to another bridge" {
		t.Errorf("another bridge's pool is noted %q", o.Note)
	}
}

func TestADeletedPoolOfOursIsOfferedToBeRestored(t *testing.T) {
	r := newRig(t, bothFile, sandbox.Options{})
	r.apply(Present)
	r.apply(Absent)
	o, ok := offerOf(r.offered("toGoogle.pool"), r.bridge.ToGoogle.Pool)
	if !ok || !o.Gone || o.Adopt {
		t.Errorf("got %+v, %v, want a pool that comes back", o, ok)
	}
}

func TestOffersStopWithTheirContext(t *testing.T) {
	r := newRig(t, bothFile, sandbox.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := Offers(ctx, r.world(), "toAWS.role.name", func([]Offer) { t.Error("a page came after the end") })
	if err == nil {
		t.Error("no error from a listing that was called off")
	}
}
