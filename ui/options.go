package ui

import (
	"io"
	"os"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/verify"
)

// Options is what the screens need to know besides the Engine. The zero value of each optional field means its default.
type Options struct {
	In  *os.File // required for screens: the terminal that is typed at
	Out *os.File // required for screens: the terminal that is drawn on, stderr

	PlainIn  io.Reader // required for plain questions
	PlainOut io.Writer // required for plain questions

	Bridge *spec.Bridge // what a file or flags already say; nil: everything is asked
	Set    []string     // PATH=VALUE pairs from flags, laid over the defaults that the screens derive
	Draft  []byte       // what an earlier walk left in Outcome.Draft; offered on the first screen
	File   string       // where Save writes, for people; default bridge.yaml
	Dir    string       // where Write puts files unless told otherwise; default drawbridge-files

	StateFile      string   // with Sandbox: where its clouds are kept; "": they end with the program
	Sandbox        bool     // both clouds are the embedded ones: every screen says so
	EndpointsOther bool     // some endpoint is not the real cloud: every screen says so
	Accept         string   // --accept-account: the number of a re-created account the caller already accepted
	Borrow         bool     // --borrow: borrowed access was consented to on the command line
	NoDoors        bool     // --no-doors
	Directions     []string // --direction: which ways Verify walks; empty: all of the bridge

	Mouse   bool             // rows and keys can be clicked; the terminal then selects text only with shift held
	NoColor bool             // NO_COLOR or --no-color
	ASCII   bool             // no symbol outside ASCII
	Light   bool             // light background, until the terminal answers
	Env     []string         // the environment, for what the terminal can do; nil: none
	Version string           // shown on the first screen's help
	Now     func() time.Time // default time.Now
}

// Ending says how a walk through the screens ended.
type Ending string

// The endings, each with the exit code that cmd gives it.
const (
	Finished    Ending = "finished"    // applied, and every proof asked for is proven: 0
	Unproven    Ending = "unproven"    // applied, and some proof is not proven: 3
	Declined    Ending = "declined"    // left before anything was changed: 3
	Stopped     Ending = "stopped"     // something is blocked, nothing was touched: 3
	Failed      Ending = "failed"      // a step failed, or a call did: 1
	Interrupted Ending = "interrupted" // Ctrl-C; what was done is journaled: 130
)

// Outcome is what happened, for the exit code and the short summary that stays on the screen.
type Outcome struct {
	Ending  Ending
	Bridge  spec.Bridge
	Plan    *steps.Plan            // nil: never got there
	Check   *steps.PreflightReport // nil: never got there
	Result  *steps.Result          // nil: nothing was applied
	Proofs  []verify.Proof         // nil: nothing was proven
	Files   []artifact.File        // those written
	Saved   string                 // path of bridge.yaml, "" when not written
	Written []string               // paths of the files written
	Draft   []byte                 // to be kept for the next start; nil: forget what was kept
	Err     error                  // what failed, when Ending is Failed
	Summary []string               // plain lines: what was done, what to do next
}
