package inventory

import "time"

// Project is a Google Cloud project as far as trust is concerned.
type Project struct {
	ID, Number, State string // State is ACTIVE, DELETE_REQUESTED …; "" when it could not be read
	Bindings          []Binding
	AuditLogs         []AuditLog
	Services          []string // enabled APIs
	Accounts          []ServiceAccount
	Pools             []Pool
	Constraints       map[string]Constraint // effective organisation policies by short name, such as iam.workloadIdentityPoolProviders
	Liens             []string
}

// Binding gives a role to members, under a condition when Expression is not empty.
type Binding struct {
	Role       string
	Members    []string
	Title      string
	Expression string
}

// AuditLog is one Data Access audit configuration.
type AuditLog struct {
	Service string // "allServices" for all
	Types   []string
}

// Constraint is the effective value of one organisation policy.
type Constraint struct {
	Enforced bool     // of a boolean one
	AllowAll bool     // of a list: nothing is restricted
	Allowed  []string // of a list
	Denied   []string
}

// ServiceAccount is a living service account.
type ServiceAccount struct {
	Email, UniqueID, Description string
	Disabled                     bool
	Bindings                     []Binding // who may use it
	Keys                         []Key     // that people made
}

// Key is a user-managed key of a service account. LastUse is not among what the API tells.
type Key struct {
	ID       string
	Created  time.Time
	Disabled bool
	Reason   string // why it was disabled, in the provider's words
	Statuses []string
}

// Pool is a workload identity pool, living or deleted.
type Pool struct {
	ID, Name, Description, Mode, State string // Name is projects/NUMBER/locations/global/workloadIdentityPools/ID
	Disabled                           bool
	Expires                            time.Time // of a deleted one
	Providers                          []Provider
}

// Deleted reports whether the pool lies in the bin.
func (p Pool) Deleted() bool { return p.State == "DELETED" }

// Provider is what a pool takes credentials from.
type Provider struct {
	ID, Description, State string
	Disabled               bool
	AWSAccount             string   // of a provider of type AWS
	Issuer                 string   // of one of type OIDC
	Audiences              []string // of one of type OIDC; none: its own name
	Mapping                map[string]string
	Condition              string
}

// Living reports whether the provider can be used.
func (p Provider) Living() bool { return p.State != "DELETED" && !p.Disabled }
