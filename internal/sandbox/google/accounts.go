package google

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

const iam = "iam.googleapis.com"

func accountRoutes() []route {
	const one = "v1/projects/{project}/serviceAccounts/{account}"
	return of(iam,
		post("v1/projects/{project}/serviceAccounts", "iam.projects.serviceAccounts.create", (*call).createAccount).writing(),
		get("v1/projects/{project}/serviceAccounts", "iam.projects.serviceAccounts.list", (*call).listAccounts),
		get(one, "iam.projects.serviceAccounts.get", (*call).getAccount),
		patch(one, "iam.projects.serviceAccounts.patch", (*call).patchAccount),
		remove(one, "iam.projects.serviceAccounts.delete", (*call).deleteAccount),
		post(one+":undelete", "iam.projects.serviceAccounts.undelete", (*call).undeleteAccount).writing(),
		post(one+":enable", "iam.projects.serviceAccounts.enable", (*call).enableAccount).writing(),
		post(one+":disable", "iam.projects.serviceAccounts.disable", (*call).disableAccount).writing(),
		post(one+":getIamPolicy", "iam.projects.serviceAccounts.getIamPolicy", (*call).getAccountPolicy),
		post(one+":setIamPolicy", "iam.projects.serviceAccounts.setIamPolicy", (*call).setAccountPolicy).writing(),
		post(one+":testIamPermissions", "iam.projects.serviceAccounts.testIamPermissions", (*call).testAccount),
	)
}

type accountJSON struct {
	Name           string `json:"name,omitempty"`
	ProjectID      string `json:"projectId,omitempty"`
	UniqueID       string `json:"uniqueId,omitempty"`
	Email          string `json:"email,omitempty"`
	DisplayName    string `json:"displayName,omitempty"`
	Etag           string `json:"etag,omitempty"`
	Description    string `json:"description,omitempty"`
	OAuth2ClientID string `json:"oauth2ClientId,omitempty"`
	Disabled       bool   `json:"disabled,omitempty"`
}

func accountName(a *world.ServiceAccount) string {
	return "projects/" + a.Project + "/serviceAccounts/" + a.Email
}

func accountView(a *world.ServiceAccount) accountJSON {
	return accountJSON{
		Name: accountName(a), ProjectID: a.Project, UniqueID: a.UniqueID, Email: a.Email, DisplayName: a.DisplayName,
		Etag: "MDEwMjE5MjA=", Description: a.Description, OAuth2ClientID: a.UniqueID, Disabled: a.Disabled,
	}
}

// accountAnywhere finds a living account by e-mail or unique id in any project.
func (q *call) accountAnywhere(name string) *world.ServiceAccount {
	for _, p := range q.g.Projects {
		if a, ok := p.Accounts[strings.ToLower(name)]; ok {
			return a
		}
	}
	return q.accountByID(name)
}

func (q *call) accountByID(id string) *world.ServiceAccount {
	for _, p := range q.g.Projects {
		for _, a := range p.Accounts {
			if a.UniqueID == id {
				return a
			}
		}
	}
	return nil
}

// visible tells whether readers see an account that may have been made a moment ago.
func (q *call) visible(a *world.ServiceAccount) bool { return q.settledSince(a.Created) }

// account finds the account of the path and asks for a permission on it. Who may read the project is told 404 for what
// is not there; everybody else, and everybody who asked with projects/-, is told 403.
func (q *call) account(permission string) (*world.ServiceAccount, error) {
	a := q.accountAnywhere(q.vars["account"])
	wild := q.vars["project"] == "-"
	if a != nil && (!q.visible(a) || !wild && (q.project == nil || a.Project != q.project.ID)) {
		a = nil
	}
	if a != nil {
		return a, q.needAccount(permission, a)
	}
	if wild || q.project == nil || !q.may(permission, q.onProject(q.project)) {
		return nil, denied(permission, "")
	}
	return nil, notFound("Unknown service account")
}

var accountID = regexp.MustCompile(`^[a-z][-a-z0-9]{4,28}[a-z0-9]$`)

// maxAccounts is the quota of accounts per project.
const maxAccounts = 100

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
	if !accountID.MatchString(id) {
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
	if len(q.project.Accounts) >= maxAccounts {
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

func (q *call) listAccounts() (any, error) {
	if err := q.needIn("iam.serviceAccounts.list", ""); err != nil {
		return nil, err
	}
	var all []accountJSON
	for _, a := range q.project.Accounts {
		if q.visible(a) {
			all = append(all, accountView(a))
		}
	}
	slices.SortFunc(all, func(a, b accountJSON) int { return strings.Compare(a.Email, b.Email) })
	some, next, err := page(q, all, "pageSize", 20, 100)
	if err != nil {
		return nil, err
	}
	return struct {
		Accounts []accountJSON `json:"accounts,omitempty"`
		Next     string        `json:"nextPageToken,omitempty"`
	}{some, next}, nil
}

func (q *call) getAccount() (any, error) {
	a, err := q.account("iam.serviceAccounts.get")
	if err != nil {
		return nil, err
	}
	return accountView(a), nil
}

// patchAccount changes the masked fields and answers with them and the name only.
func (q *call) patchAccount() (any, error) {
	var in struct {
		ServiceAccount accountJSON
		UpdateMask     string
	}
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	a, err := q.account("iam.serviceAccounts.update")
	if err != nil {
		return nil, err
	}
	if in.UpdateMask == "" {
		return nil, invalidArgument("Invalid field mask for ServiceAccount. Field mask paths cannot be empty.")
	}
	if err := checkAccountText(in.ServiceAccount); err != nil {
		return nil, err
	}
	out, next := accountJSON{Name: accountName(a)}, *a
	for field := range strings.SplitSeq(in.UpdateMask, ",") {
		switch strings.TrimSpace(field) {
		case "displayName", "display_name":
			next.DisplayName = in.ServiceAccount.DisplayName
			out.DisplayName = next.DisplayName
		case "description":
			next.Description = in.ServiceAccount.Description
			out.Description = next.Description
		default:
			return nil, invalidArgument("Invalid field mask for ServiceAccount. The only mutable fields are display_name and description, got %s.", field)
		}
	}
	*a = next
	return out, nil
}

// undeletable is how long a deleted account, pool or provider can be had back.
const undeletable = 30 * 24 * time.Hour

func (q *call) deleteAccount() (any, error) {
	a, err := q.account("iam.serviceAccounts.delete")
	if err != nil {
		return nil, err
	}
	q.bury(a)
	return struct{}{}, nil
}

// bury moves an account to the deleted ones; policies then name it as deleted, by its unique id.
func (q *call) bury(a *world.ServiceAccount) {
	p := q.g.Projects[a.Project]
	delete(p.Accounts, a.Email)
	a.Deleted = q.now
	if p.Gone == nil {
		p.Gone = map[string]*world.ServiceAccount{}
	}
	p.Gone[a.UniqueID] = a
	q.renameMember("serviceAccount:"+a.Email, deletedName(a))
}

func deletedName(a *world.ServiceAccount) string {
	return "deleted:serviceAccount:" + a.Email + "?uid=" + a.UniqueID
}

// undeleteAccount takes the unique id: the e-mail may mean another account by now.
func (q *call) undeleteAccount() (any, error) {
	if err := q.needIn("iam.serviceAccounts.undelete", ""); err != nil {
		return nil, denied("iam.serviceAccounts.undelete", "")
	}
	a := q.project.Gone[q.vars["account"]]
	if a == nil || q.now.After(a.Deleted.Add(undeletable)) {
		return nil, notFound("Unknown service account")
	}
	if q.project.Accounts[a.Email] != nil {
		return nil, precondition("The service account cannot be undeleted: a service account with the same name exists.")
	}
	delete(q.project.Gone, a.UniqueID)
	a.Deleted = time.Time{}
	q.project.Accounts[a.Email] = a
	q.renameMember(deletedName(a), "serviceAccount:"+a.Email)
	return map[string]any{"restoredAccount": accountView(a)}, nil
}

func (q *call) enableAccount() (any, error) {
	return q.switchAccount("iam.serviceAccounts.enable", false)
}
func (q *call) disableAccount() (any, error) {
	return q.switchAccount("iam.serviceAccounts.disable", true)
}

func (q *call) switchAccount(permission string, disabled bool) (any, error) {
	a, err := q.account(permission)
	if err != nil {
		return nil, err
	}
	a.Disabled = disabled
	return struct{}{}, nil
}
