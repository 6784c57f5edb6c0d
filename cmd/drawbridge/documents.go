package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/verify"
)

// heading is what all documents carry.
type heading struct {
	Schema    string    `json:"schema"`
	Version   string    `json:"version"` // of drawbridge
	At        time.Time `json:"at"`
	Bridge    string    `json:"bridge"`    // its name; "" where no bridge was read
	Endpoints string    `json:"endpoints"` // real or other
	Operator  operator  `json:"operator"`
}

func (h *heading) head() *heading { return h }

// operator is who ran the command; "" on a side that was not asked or is not signed in.
type operator struct {
	Google string `json:"google"`
	AWS    string `json:"aws"`
}

func operatorOf(ops cloud.Operators) operator {
	_, email, member := strings.Cut(ops.Google.Principal, ":")
	if !member {
		email = ops.Google.Principal
	}
	return operator{Google: email, AWS: ops.AWS.Principal}
}

type document interface{ head() *heading }

// fill completes the heading of a document with what the run knows.
func (s streams) fill(schema string, d document) {
	h := s.told.heading
	h.Schema, h.Version, h.At = schema, versionName(), s.now().UTC().Truncate(time.Second)
	if h.Endpoints == "" {
		h.Endpoints = "real"
	}
	*d.head() = h
}

// document writes the one document of a run to stdout.
func (s streams) document(schema string, d document) error {
	s.fill(schema, d)
	s.told.printed = true
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(d)
	if err == nil {
		_, err = s.out.Write(explain.EscapeJSON(text.Bytes()))
	}
	if err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}

type planDocument struct {
	heading
	Changes []steps.Change `json:"changes"`
	Summary steps.Summary  `json:"summary"`
}

func planOf(p steps.Plan) *planDocument {
	return &planDocument{Changes: changesOf(p.Changes), Summary: p.Summary}
}

// changesOf hides what is sensitive and leaves no list nil.
func changesOf(changes []steps.Change) []steps.Change {
	out := make([]steps.Change, 0, len(changes))
	for _, c := range changes {
		fields := make([]steps.Field, 0, len(c.Fields))
		for _, f := range c.Fields {
			if f.Sensitive {
				f.Before, f.After = nil, nil
			}
			fields = append(fields, f)
		}
		c.Fields, c.Needs = fields, never(c.Needs)
		out = append(out, c)
	}
	return out
}

type applyDocument struct {
	heading
	Steps   []steps.StepResult  `json:"steps"`
	Outputs map[string]string   `json:"outputs"`
	Summary steps.ResultSummary `json:"summary"`
}

func applyOf(r steps.Result) *applyDocument {
	d := &applyDocument{Steps: never(r.Steps), Outputs: r.Outputs, Summary: r.Summary}
	if d.Outputs == nil {
		d.Outputs = map[string]string{}
	}
	return d
}

type proofDocument struct {
	heading
	Proofs []verify.Proof `json:"proofs"`
}

func proofOf(proofs []verify.Proof) *proofDocument {
	out := make([]verify.Proof, 0, len(proofs))
	for _, p := range proofs {
		hops := make([]verify.Hop, 0, len(p.Hops))
		for _, h := range p.Hops {
			if h.Claims == nil {
				h.Claims = map[string]string{}
			}
			hops = append(hops, h)
		}
		p.Hops, p.Doors = hops, never(p.Doors)
		out = append(out, p)
	}
	return &proofDocument{Proofs: out}
}

type preflightDocument struct {
	heading
	Checks []steps.Check `json:"checks"`
}

func preflightOf(r steps.PreflightReport) *preflightDocument {
	return &preflightDocument{Checks: never(r.Checks)}
}

type destroyDocument struct {
	heading
	Removed []steps.Removed    `json:"removed"`
	Kept    []steps.Kept       `json:"kept"`
	Failed  []steps.StepResult `json:"failed"` // what should have gone and did not
}

func destroyOf(r steps.DestroyReport, failed []steps.StepResult) *destroyDocument {
	return &destroyDocument{Removed: never(r.Removed), Kept: never(r.Kept), Failed: never(failed)}
}

// generated is one file of a generate/v1 document.
type generated struct {
	Path    string         `json:"path"`
	Kind    string         `json:"kind"`
	SHA256  string         `json:"sha256"`
	State   artifact.State `json:"state"`
	Content string         `json:"content,omitempty"` // only of a file that was not written anywhere
}

type generateDocument struct {
	heading
	Files []generated `json:"files"`
}

type setupDocument struct {
	heading
	Preflight *preflightDocument `json:"preflight"` // null: never got there, and so are the others
	Plan      *planDocument      `json:"plan"`
	Apply     *applyDocument     `json:"apply"`
	Proof     *proofDocument     `json:"proof"`
	Files     []generated        `json:"files"`
}
