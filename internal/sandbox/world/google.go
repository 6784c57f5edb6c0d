package world

import (
	"encoding/json"
	"time"
)

// Google is one organisation of Google Cloud and everybody who can sign in to it.
type Google struct {
	Organization Organization                `json:"organization"`
	Projects     map[string]*Project         `json:"projects"` // by project id
	Users        map[string]*GoogleUser      `json:"users"`    // by e-mail
	Groups       map[string][]string         `json:"groups"`   // e-mail to member strings
	Roles        map[string]*CustomRole      `json:"roles"`    // by full name, "projects/P/roles/ID"
	Tokens       map[string]*GoogleToken     `json:"tokens"`   // those the world was seeded with; others hold their own content
	Operations   map[string]*GoogleOperation `json:"operations"`
}

// Organization stands above every project.
type Organization struct {
	ID       string               `json:"id"` // number
	Domain   string               `json:"domain"`
	Customer string               `json:"customer"`
	Policy   Settled[AllowPolicy] `json:"policy"`
}

// Settled is a value that readers see a while after it was written, when the world lags.
type Settled[T any] struct {
	Value  T         `json:"value"`
	Since  time.Time `json:"since"`
	Before *T        `json:"before,omitempty"` // nil: nothing was there
}

// Set writes a value at now, keeping for lagging readers what they can see at this moment.
func (s *Settled[T]) Set(v T, now time.Time, lag time.Duration) {
	seen := s.Seen(now, lag)
	s.Value, s.Since, s.Before = v, now, nil
	if lag > 0 {
		s.Before = &seen
	}
}

// Seen is what a lagging reader gets.
func (s *Settled[T]) Seen(now time.Time, lag time.Duration) T {
	if s.Before == nil || !now.Before(s.Since.Add(lag)) {
		return s.Value
	}
	return *s.Before
}

// AllowPolicy is an IAM allow policy as stored. It is replaced, never edited, so that copies stay true.
type AllowPolicy struct {
	Etag         string            `json:"etag"` // base64; "ACAB" when never written
	Bindings     []PolicyBinding   `json:"bindings,omitempty"`
	AuditConfigs []json.RawMessage `json:"auditConfigs,omitempty"`
}

// PolicyBinding gives a role to members, always or under a condition.
type PolicyBinding struct {
	Role      string     `json:"role"`
	Members   []string   `json:"members"`
	Condition *Condition `json:"condition,omitempty"`
}

// Condition narrows a binding with a CEL expression.
type Condition struct {
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
	Expression  string `json:"expression,omitempty"`
	Location    string `json:"location,omitempty"`
}

// Project is one Google Cloud project and what lives in it.
type Project struct {
	ID          string                      `json:"id"`
	Number      string                      `json:"number"`
	Name        string                      `json:"name"`
	Created     time.Time                   `json:"created"`
	Labels      map[string]string           `json:"labels,omitempty"`
	Policy      Settled[AllowPolicy]        `json:"policy"`
	Services    map[string]*Settled[bool]   `json:"services"`    // by name, "iam.googleapis.com"
	Constraints map[string]*OrgConstraint   `json:"constraints"` // by short name, "iam.workloadIdentityPoolProviders"
	Accounts    map[string]*ServiceAccount  `json:"accounts"`    // living ones, by e-mail
	Gone        map[string]*ServiceAccount  `json:"gone"`        // deleted ones, by unique id
	Pools       map[string]*Pool            `json:"pools"`
	Instances   map[string]*ComputeInstance `json:"instances"`       // by ZONE/NAME
	Liens       map[string]*Lien            `json:"liens,omitempty"` // by id
	GKE         bool                        `json:"gke,omitempty"`
}

// Lien keeps a project from being deleted.
type Lien struct {
	ID           string    `json:"id"`
	Restrictions []string  `json:"restrictions"`
	Reason       string    `json:"reason,omitempty"`
	Origin       string    `json:"origin,omitempty"`
	Created      time.Time `json:"created"`
}

// OrgConstraint is the effective organisation policy of one constraint on a project.
type OrgConstraint struct {
	Boolean bool     `json:"boolean"` // a boolean constraint; else a list
	Enforce bool     `json:"enforce,omitempty"`
	Allowed []string `json:"allowed,omitempty"`
	Denied  []string `json:"denied,omitempty"`
	DenyAll bool     `json:"denyAll,omitempty"`
}

// ServiceAccount is an identity of a project. A new one under an old e-mail has another UniqueID and is another identity.
type ServiceAccount struct {
	Email       string                `json:"email"`
	UniqueID    string                `json:"uniqueId"` // 21 digits
	Project     string                `json:"project"`
	DisplayName string                `json:"displayName,omitempty"`
	Description string                `json:"description,omitempty"`
	Disabled    bool                  `json:"disabled,omitempty"`
	Created     time.Time             `json:"created"`
	Deleted     time.Time             `json:"deleted,omitzero"`
	Policy      Settled[AllowPolicy]  `json:"policy"`
	Keys        map[string]*GoogleKey `json:"keys"` // by id
}

// GoogleKey is a key of a service account. The private half of a user-managed key left with its creator.
type GoogleKey struct {
	ID          string    `json:"id"`
	UserManaged bool      `json:"userManaged,omitempty"`
	Origin      string    `json:"origin"` // GOOGLE_PROVIDED or USER_PROVIDED
	Created     time.Time `json:"created"`
	Expires     time.Time `json:"expires"`
	Disabled    bool      `json:"disabled,omitempty"`
	Public      []byte    `json:"public,omitempty"` // public half, PKIX; nil for the seeded keys, which nobody holds
}

// Pool is a workload identity pool. A deleted one keeps its id for thirty days.
type Pool struct {
	ID          string               `json:"id"`
	DisplayName string               `json:"displayName,omitempty"`
	Description string               `json:"description,omitempty"`
	Disabled    bool                 `json:"disabled,omitempty"`
	Mode        string               `json:"mode,omitempty"` // empty, FEDERATION_ONLY, TRUST_DOMAIN or SYSTEM_TRUST_DOMAIN
	Created     time.Time            `json:"created"`
	Deleted     time.Time            `json:"deleted,omitzero"`
	Providers   map[string]*Provider `json:"providers"`
	Policy      Settled[AllowPolicy] `json:"policy"`
}

// ProviderKey is a key with which assertions for a SAML provider can be encrypted.
type ProviderKey struct {
	ID      string    `json:"id"`
	Spec    string    `json:"spec"`   // RSA_2048, RSA_3072 or RSA_4096
	Public  string    `json:"public"` // PEM
	Created time.Time `json:"created"`
	Deleted time.Time `json:"deleted,omitzero"`
}

// Provider is what a pool accepts credentials from. Exactly one of AWSAccount, OIDC, SAML and X509 is set.
type Provider struct {
	ID          string            `json:"id"`
	DisplayName string            `json:"displayName,omitempty"`
	Description string            `json:"description,omitempty"`
	Disabled    bool              `json:"disabled,omitempty"`
	Created     time.Time         `json:"created"`
	Deleted     time.Time         `json:"deleted,omitzero"`
	Mapping     map[string]string `json:"mapping,omitempty"`
	Condition   string            `json:"condition,omitempty"`
	AWSAccount  string            `json:"awsAccount,omitempty"`
	OIDC        *OIDCIssuer       `json:"oidc,omitempty"`
	SAML        json.RawMessage   `json:"saml,omitempty"`
	X509        json.RawMessage   `json:"x509,omitempty"`

	Keys map[string]*ProviderKey `json:"keys,omitempty"` // of a SAML provider, by id
}

// OIDCIssuer is the issuer an OIDC provider trusts.
type OIDCIssuer struct {
	Issuer    string   `json:"issuer"`
	Audiences []string `json:"audiences,omitempty"` // empty: the provider's own name
	JWKS      string   `json:"jwks,omitempty"`      // empty: read from the issuer
}

// GoogleUser is a person.
type GoogleUser struct {
	Email string `json:"email"`
	Sub   string `json:"sub"` // 21 digits
}

// CustomRole is a role that a project defined.
type CustomRole struct {
	Name        string   `json:"name"`
	Title       string   `json:"title,omitempty"`
	Description string   `json:"description,omitempty"`
	Stage       string   `json:"stage,omitempty"`
	Permissions []string `json:"permissions"`
	Etag        string   `json:"etag"`
	Deleted     bool     `json:"deleted,omitempty"`
}

// GoogleToken is an issued access token: who it speaks for and until when. Exactly one of User, Account and Pool is set.
type GoogleToken struct {
	User     string            `json:"user,omitempty"`     // e-mail
	Account  string            `json:"account,omitempty"`  // unique id of a service account
	Email    string            `json:"email,omitempty"`    // that account's e-mail
	Pool     string            `json:"pool,omitempty"`     // projects/N/locations/global/workloadIdentityPools/POOL
	Provider string            `json:"provider,omitempty"` // its id
	Subject  string            `json:"subject,omitempty"`
	Groups   []string          `json:"groups,omitempty"`
	Custom   map[string]string `json:"custom,omitempty"`
	Scopes   []string          `json:"scopes"`
	Expires  time.Time         `json:"expires"`
}

// GoogleOperation is a long-running operation. It is done at the first poll after Done.
type GoogleOperation struct {
	Name     string          `json:"name"`
	Project  string          `json:"project"` // project id
	Created  time.Time       `json:"created"`
	Done     time.Time       `json:"done"`
	Metadata json.RawMessage `json:"metadata,omitempty"`
	Response json.RawMessage `json:"response,omitempty"`
	Compute  *ComputeWork    `json:"compute,omitempty"`
}

// ComputeWork is what an operation of Compute Engine says besides.
type ComputeWork struct {
	ID       string `json:"id"`
	Zone     string `json:"zone"`
	Kind     string `json:"kind"`   // insert, delete …
	Target   string `json:"target"` // path below compute/v1
	TargetID string `json:"targetId"`
	Operator string `json:"operator"`
}

// ComputeInstance is a virtual machine: enough to be listed, asked for metadata and deleted.
type ComputeInstance struct {
	ID          string            `json:"id"` // decimal digits
	Name        string            `json:"name"`
	Zone        string            `json:"zone"`
	MachineType string            `json:"machineType"`
	Image       string            `json:"image"`
	Network     string            `json:"network"`
	ExternalIP  string            `json:"externalIP,omitempty"`
	InternalIP  string            `json:"internalIP"`
	Account     string            `json:"account,omitempty"` // e-mail
	Scopes      []string          `json:"scopes,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Description string            `json:"description,omitempty"`
	Metadata    map[string]string `json:"metadata,omitempty"`
	Created     time.Time         `json:"created"`
	DiskGB      string            `json:"diskGb,omitempty"`
}
