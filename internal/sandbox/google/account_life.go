package google

import (
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

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
