// Package spec holds the bridge as asked (bridge.yaml) and every name and document derived from it: ARNs, the audience,
// trust policies, the mapping, the condition, members. It reads no cloud and no clock.
package spec

import (
	"encoding/json"
	"time"
)

// Bridge is one wanted connection between one Google Cloud project and one AWS account. A Bridge that Parse returned is
// complete: defaults are filled in and every value was checked.
type Bridge struct {
	Version  int
	Name     string // [a-z][a-z0-9-]{1,30}
	Google   Google
	AWS      AWS
	Adopt    []string  // fields whose existing thing may be taken over, such as toGoogle.role
	ToAWS    *ToAWS    // nil: this direction is not wanted
	ToGoogle *ToGoogle // nil: this direction is not wanted
}

// Google names the project.
type Google struct {
	Project string   // project id; the number is looked up
	APIs    []string // enabled besides those the directions need
}

// AWS names the account; the partition follows from the region.
type AWS struct {
	Account string // 12 digits
	Region  string
}

// ToAWS lets a Google service account assume an IAM role.
type ToAWS struct {
	ServiceAccount string // account id, or full e-mail
	Role           Role
	Provider       string // "builtin" or "explicit"
	Audience       string
	VM             *VM
	GKE            *GKE
}

// Role is an IAM role.
type Role struct {
	Name                string
	Path                string
	MaxSession          time.Duration
	ManagedPolicies     []string        // ARNs
	InlinePolicy        json.RawMessage // policy document, nil when there is none
	PermissionsBoundary string          // ARN, "" when there is none
}

// VM is a Compute Engine instance that runs as the service account.
type VM struct {
	Name, Zone, MachineType, Image, Network string
	ExternalIP                              bool
}

// GKE is the Kubernetes account that may act as the service account.
type GKE struct{ Namespace, ServiceAccount string }

// ToGoogle lets an IAM role act in Google.
type ToGoogle struct {
	Role           WorkloadRole
	Pool           string
	Provider       string
	Token          string            // "signed-request" or "jwt"
	Mapping        map[string]string // as written out: never empty after Parse
	Condition      string            // as written out: never empty after Parse unless it needs facts; see Bridge.Condition
	CustomMapping  bool              // the user wrote mapping or condition
	ServiceAccount string            // account id, or full e-mail; "" with access direct
	Access         string            // "impersonate" or "direct"
	Grants         []Grant
}

// WorkloadRole is the role that a workload on AWS runs with.
type WorkloadRole struct {
	Role
	RunsOn          string // ec2, lambda, ecs, eks
	InstanceProfile bool   // ec2 only
	Instance        string // attach the profile to this running instance; "" for none
	EKS             *EKS   // required when RunsOn is eks
}

// EKS pins the Kubernetes account in the role's trust.
type EKS struct{ Cluster, Namespace, ServiceAccount string }

// Grant is a role in the project, given to the service account (or to the principal itself with direct access).
type Grant struct {
	Role      string
	Condition *Condition // nil: unconditional
}

// Condition is an IAM condition of a binding.
type Condition struct{ Title, Description, Expression string }
