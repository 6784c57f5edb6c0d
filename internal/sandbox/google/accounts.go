package google

import (
	"slices"
	"strings"

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
		put(one, "iam.projects.serviceAccounts.update", (*call).updateAccount),
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
// is not there; everybody else, and everybody who asked with projects/-, is told 403. A lagging world tells both of an
// account just made, one after the other.
func (q *call) account(permission string) (*world.ServiceAccount, error) {
	a := q.accountAnywhere(q.vars["account"])
	wild := q.vars["project"] == "-"
	if a != nil && !wild && (q.project == nil || a.Project != q.project.ID) {
		a = nil
	}
	switch {
	case a != nil && q.visible(a):
		return a, q.needAccount(permission, a)
	case a != nil && !q.now.Before(a.Created.Add(q.lag/2)):
		return nil, denied(permission, "")
	}
	if wild || q.project == nil || !q.may(permission, q.onProject(q.project)) {
		return nil, denied(permission, "")
	}
	return nil, notFound("Unknown service account")
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

// updateAccount is the older way to change an account: its display name, and the description when there is one.
func (q *call) updateAccount() (any, error) {
	var in accountJSON
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	a, err := q.account("iam.serviceAccounts.update")
	if err != nil {
		return nil, err
	}
	if err := checkAccountText(in); err != nil {
		return nil, err
	}
	a.DisplayName = in.DisplayName
	if in.Description != "" {
		a.Description = in.Description
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
