// Package ui is the wizard: the screens that ask for a bridge, show what would change, run it and prove it, and the same
// questions as plain lines. It draws and asks; every call to a cloud, a file or a journal is a function of the Engine it
// was handed. It changes nothing before the review was confirmed, and never shows a token.
package ui

import (
	"context"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
	"github.com/drawbridge-cloud/drawbridge/internal/audit"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/verify"
)

// Engine is what the screens can have done for them: the calls of a setup, in order, filled in by cmd. A call runs in its
// own goroutine and must return soon after its context ended. SignIn, Preflight, Plan and List may run at the same time.
type Engine struct {
	// SignIn says who each side is signed in as. It is asked again while a side is not.
	SignIn func(context.Context) Sides
	// Preflight looks for what would stop the bridge. It never writes.
	Preflight func(context.Context, spec.Bridge) (steps.PreflightReport, error)
	// Plan says what would change. Its events tell how far the reading has come.
	Plan func(context.Context, spec.Bridge, steps.Consent, steps.Sink) (steps.Plan, error)
	// Save writes bridge.yaml and returns its path. Called once the review was confirmed, before Apply.
	Save func(context.Context, spec.Bridge) (path string, err error)
	// Apply makes exactly the plan. It returns what was done even when it fails or its context ends.
	Apply func(context.Context, spec.Bridge, steps.Plan, steps.Sink) (steps.Result, error)
	// BorrowPlan names what Proofs with Borrow would grant, to whom and until when. Empty: nothing needs borrowing.
	BorrowPlan func(context.Context, spec.Bridge, verify.Options) ([]steps.Change, error)
	// Proofs walks across. The screens set Directions, Borrow and Sink; everything else is the caller's to fill in.
	Proofs func(context.Context, spec.Bridge, verify.Options) ([]verify.Proof, error)
	// Files makes the files that workloads, pipelines and operators use. It writes nothing.
	Files func(context.Context, spec.Bridge) ([]artifact.File, error)
	// Write puts the chosen files into a directory and returns the paths written.
	Write func(ctx context.Context, files []artifact.File, dir string) ([]string, error)
	// Export writes the plan for somebody with more rights and returns the path. Nil: not offered.
	Export func(context.Context, spec.Bridge, steps.Plan) (path string, err error)
	// Audit reads everything that a security rule asks about, tells how far it is, and gives the answer. Only ShowAudit asks
	// for it.
	Audit func(ctx context.Context, tell func(Progress)) (audit.Document, error)
	// Use signs in to AWS with another profile from the next SignIn on. Nil: profiles are not offered.
	Use func(profile string)
	// List gives the values a field can take from what the credentials can see, page by page; path is the field's, such as
	// google.project. Nil, or no page: not offered, the field is typed. It must stop when its context ends.
	List func(ctx context.Context, b spec.Bridge, path string, page func([]Choice)) error
}

// Sides is who we are in both clouds.
type Sides struct{ Google, AWS Side }

// SignedIn reports whether both sides are.
func (s Sides) SignedIn() bool { return s.Google.Err == nil && s.AWS.Err == nil }

// Side is the sign-in of one cloud. With Err set the other fields may be empty, except Command.
type Side struct {
	Principal string    // operator@acme.example, arn:aws:iam::123456789012:user/operator
	Source    string    // "application default credentials", "profile acme-admin"
	Place     string    // project id, account number
	Number    string    // Google: the project number, when known
	Name      string    // display name of the project, alias of the account, when known
	Region    string    // AWS only
	Expires   time.Time // zero when not known
	Err       error     // why this side is not signed in
	Command   string    // the command that signs in
}

// Choice is one value that a field can take, as found in the clouds.
type Choice struct {
	Value string // what goes into the field
	Title string // for people, when it says more than the value
	Note  string // what taking it means: "exists, would be adopted", "deleted 3 days ago, would be restored"
	Path  string // of a role that exists: taking it over takes its path with it
	Adopt bool   // taking it needs consent in the file's adopt list
	Gone  bool   // deleted lately; taking it restores it
	Use   string // AWS profile to sign in with; taking it signs in anew
}
