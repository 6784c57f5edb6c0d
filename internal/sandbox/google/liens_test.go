package google_test

import (
	"testing"
	"time"

	crm "google.golang.org/api/cloudresourcemanager/v1"
	crm3 "google.golang.org/api/cloudresourcemanager/v3"
)

func TestLiensAreListedUntilTheyAreTakenOff(t *testing.T) {
	c := start(t)
	if got := must(c.crm.Liens.List().Parent("projects/" + project).Do()); len(got.Liens) != 0 {
		t.Errorf("got %d liens, want none yet", len(got.Liens))
	}
	made := must(c.crm.Liens.Create(&crm.Lien{Parent: "projects/" + number, Restrictions: []string{"resourcemanager.projects.delete"}, Reason: "holds a pool", Origin: "test"}).Do())
	if made.Parent != "projects/"+number || made.Name == "" || made.CreateTime == "" {
		t.Errorf("got %+v, want a name, the project's number and a time", made)
	}
	v3 := mustService(t, c)
	if got := must(v3.Liens.List().Parent("projects/" + number).Do()); len(got.Liens) != 1 || got.Liens[0].Name != made.Name || got.Liens[0].Reason != "holds a pool" {
		t.Errorf("got %+v, want the lien in version 3 too", got.Liens)
	}
	must(c.crm.Liens.Get(made.Name).Do())
	must(c.crm.Liens.Delete(made.Name).Do())
	_, err := c.crm.Liens.Get(made.Name).Do()
	refused(t, err, 403, "The caller does not have permission")
}

func mustService(t *testing.T, c *cloud) *crm3.Service {
	t.Helper()
	return made(crm3.NewService(t.Context(), c.options(c.World().OperatorToken())...))(t)
}

func TestLiensNeedAProjectAndPermission(t *testing.T) {
	c := start(t)
	_, err := c.crm.Liens.List().Do()
	refused(t, err, 400, "parent")
	_, err = c.crm.Liens.Create(&crm.Lien{Parent: "projects/" + project, Restrictions: []string{"compute.instances.delete"}}).Do()
	refused(t, err, 400, "restrictions")
	stranger := as(t, c.Server, must(c.Google().Tamper().SignIn("stranger@acme.example", time.Hour, crm.CloudPlatformScope)))
	_, err = stranger.crm.Liens.List().Parent("projects/" + project).Do()
	refused(t, err, 403, "The caller does not have permission")
}
