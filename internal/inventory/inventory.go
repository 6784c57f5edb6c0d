// Package inventory reads what stands in one Google Cloud project and one AWS account, each thing once, as plain values.
// It judges nothing, changes nothing and keeps no client. What it may not read is listed with the permission that was
// missing; nothing that could not be read is ever passed off as absent.
package inventory

import (
	"slices"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// Inventory is one project and one account at one moment. Either may be nil: it was not asked about.
type Inventory struct {
	At       time.Time
	Project  *Project
	Account  *Account
	Files    []File        // credential configuration files that workloads use, as found on this machine
	Bridges  []spec.Bridge // what is wanted between the two; none: only what stands is known
	Unread   []Unread
	Profiles []Profile          // of the bridges, as AWS's tools on this machine would read them
	Applied  map[string]Applied // by role: what this machine's journal says was written last
}

// Profile is a profile of AWS's tools on this machine by which a workload reaches a role without keys.
type Profile struct {
	Name, Path string   // Path is the config file
	Role       string   // name of the role
	Static     []string // where keys stand that would win over it, in words; never a key
}

// Applied is a trust policy as it was written, and when. It is evidence, never what stands.
type Applied struct {
	Trust string
	At    time.Time
}

// Part is one kind of thing that is read as a whole, and that a reader may not be allowed to see.
type Part string

// The parts of an inventory.
const (
	PartProject         Part = "google.project"
	PartProjectPolicy   Part = "google.project-policy"
	PartServices        Part = "google.services"
	PartAccounts        Part = "google.service-accounts"
	PartAccountPolicies Part = "google.service-account-policies"
	PartAccountKeys     Part = "google.service-account-keys"
	PartPools           Part = "google.pools"
	PartOrgPolicies     Part = "google.org-policies"
	PartLiens           Part = "google.liens"
	PartIdentities      Part = "aws.identities" // users, roles and policies with their documents
	PartPrincipals      Part = "aws.principals" // policies of users and groups, which say who else can do something
	PartSessions        Part = "aws.sessions"   // how long each role's sessions may last
	PartOIDCProviders   Part = "aws.oidc-providers"
	PartAccessKeys      Part = "aws.access-keys"
	PartOutbound        Part = "aws.outbound-federation"
	PartInstances       Part = "aws.instances" // of one region
	PartQuotas          Part = "aws.quotas"
)

// Unread is a part, or one thing of it, that could not be read.
type Unread struct {
	Part       Part   `json:"part"`
	Name       string `json:"name,omitempty"` // the one thing; "" for the whole part
	Permission string `json:"permission"`     // that would let it be read
	Reason     string `json:"reason"`         // why it was not, one line
}

// Missing is the first of the parts, in their order, that was not read whole.
func (inv Inventory) Missing(parts ...Part) (Unread, bool) {
	for _, part := range parts {
		if i := slices.IndexFunc(inv.Unread, func(u Unread) bool { return u.Part == part }); i >= 0 {
			return inv.Unread[i], true
		}
	}
	return Unread{}, false
}

// Document is a policy document under a name.
type Document struct {
	Name string
	JSON string
}

// File is a credential configuration file on this machine.
type File struct {
	Path  string
	Mode  uint32 // permission bits
	Bytes []byte
}

// Join puts a project that was read by itself and an account that was read by itself together.
func Join(project, account Inventory) Inventory {
	return Inventory{At: project.At, Project: project.Project, Account: account.Account, Unread: append(slices.Clone(project.Unread), account.Unread...)}
}
