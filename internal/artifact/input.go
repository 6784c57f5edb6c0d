package artifact

import (
	"fmt"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// Input is all that a file is made from.
type Input struct {
	Bridge    spec.Bridge
	Facts     *steps.Facts // what a plan read; a missing fact is an UnknownFactError
	Endpoints Endpoints
	There     map[string]bool // ids of the steps whose things a plan found as wanted; nil: none is known to be
	Fleet     bool            // Terraform: as one of many bridges under one root
	Lifetime  time.Duration   // of access tokens got by impersonation, 10 minutes to 12 hours; 0: Google's hour
	Runtimes  []string        // workload: some of Runtimes; nil: those that the bridge is for
	Image     string          // workload: the container's image; default DefaultImage
	Jobs      *Fleet          // workload: an audit of many bridges in place of a workload of this one
	Program   string          // where drawbridge lies on the workload; default DefaultProgram
}

// DefaultProgram is where files look for drawbridge on a workload. It is an absolute path because what runs there, such
// as cron, may search next to nowhere.
const DefaultProgram = "/usr/local/bin/drawbridge"

// DefaultImage stands where a container's image goes. It holds the workload's program and drawbridge.
const DefaultImage = "drawbridge-workload:latest"

func (in Input) image() string {
	if in.Image == "" {
		return DefaultImage
	}
	return in.Image
}

func (in Input) program() string {
	if in.Program == "" {
		return DefaultProgram
	}
	return in.Program
}

// Endpoints are the base URLs that a client of the bridge must use, with a trailing slash where the real ones carry a
// path. The zero value means the real clouds.
type Endpoints struct {
	GoogleSTS         string // default https://sts.googleapis.com/
	GoogleCredentials string // default https://iamcredentials.googleapis.com/
	EC2Metadata       string // default http://169.254.169.254
	AWS               string // every AWS service of a stand-in; "" for the real ones, which need no setting
}

// UnknownFactError says that a file needs what only an applied step can tell.
type UnknownFactError struct {
	File string // the kind that was asked for
	Fact string // in words: "the project number"
	Step string // id of the step that fills it
}

// Error names the fact and the step that fills it.
func (e *UnknownFactError) Error() string {
	return fmt.Sprintf("generate %s: %s is not known before step %s is applied", e.File, e.Fact, e.Step)
}

// DirectionError says that the bridge has no use for a file of this kind.
type DirectionError struct {
	File   string
	Reason string
}

// Error names the kind and why the bridge cannot have it.
func (e *DirectionError) Error() string { return "generate " + e.File + ": " + e.Reason }

func (in Input) projectNumber(file string) (string, error) {
	if in.Facts != nil {
		if n, ok := in.Facts.ProjectNumber.Get(); ok {
			return n, nil
		}
	}
	return "", &UnknownFactError{File: file, Fact: "the project number", Step: "google.project"}
}
