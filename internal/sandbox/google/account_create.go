package google

import (
	"net/http"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/shape"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

var accountID = shape.Of(`^[a-z][-a-z0-9]{4,28}[a-z0-9]$`)

// usualAccounts is the documented quota of living accounts per project; the real one varies by project.
const usualAccounts = 100

func (q *call) createAccount() (any, error) {
	var in struct {
		AccountID      string
		ServiceAccount accountJSON
	}
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	if err := q.needIn("iam.serviceAccounts.create", ""); err != nil {
		return nil, denied("iam.serviceAccounts.create", "")
	}
	if err := q.checkNewAccount(in.AccountID, in.ServiceAccount); err != nil {
		return nil, err
	}
	email := in.AccountID + "@" + accountDomain(q.project.ID)
	if q.project.Accounts[email] != nil {
		return nil, alreadyExists("Service account %s already exists within project projects/%s.", in.AccountID, q.project.ID).
			With(wire.ResourceInfo("", "projects/"+q.project.ID+"/serviceAccounts/"+email))
	}
	a := world.NewServiceAccount(q.state, q.project.ID, email, q.now)
	a.DisplayName, a.Description = in.ServiceAccount.DisplayName, in.ServiceAccount.Description
	q.project.Accounts[email] = a
	return accountView(a), nil
}

// accountDomain is the domain of a project's accounts; "example.com:p" makes "p.example.com…".
func accountDomain(project string) string {
	if domain, id, ok := strings.Cut(project, ":"); ok {
		project = id + "." + domain
	}
	return project + ".iam.gserviceaccount.com"
}

func (q *call) checkNewAccount(id string, a accountJSON) error {
	if !accountID(id) {
		text := "Invalid service account ID: " + id + ". It must match [a-z]([-a-z0-9]*[a-z0-9]) and be between 6 and 30 characters long."
		return invalidArgument("%s", text).With(wire.BadRequest("account_id", text))
	}
	if err := checkAccountText(a); err != nil {
		return err
	}
	if enforced(q.project, "iam.disableServiceAccountCreation") {
		return violation("Service account creation is not allowed on this project.", "iam.disableServiceAccountCreation",
			"projects/"+q.project.ID+"/serviceAccounts/?configvalue=", "")
	}
	if len(q.project.Accounts) >= q.quota(quotaAccounts, usualAccounts) {
		return failure(http.StatusTooManyRequests, "RESOURCE_EXHAUSTED", "Maximum number of service accounts on project reached.").
			With(wire.QuotaFailure("project:"+q.project.ID, "Service Account Count"))
	}
	return nil
}

func checkAccountText(a accountJSON) error {
	if len(a.DisplayName) > 100 {
		return invalidArgument("The service account display name must be at most 100 bytes.")
	}
	if len(a.Description) > 256 {
		return invalidArgument("The service account description must be at most 256 bytes.")
	}
	return nil
}
