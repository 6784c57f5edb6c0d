package main

import (
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/verify"
)

// proofs writes the evidence, direction by direction, hop by hop.
func (p printer) proofs(proofs []verify.Proof) {
	for i, proof := range proofs {
		if i > 0 {
			p.blank()
		}
		p.proof(proof)
	}
}

func (p printer) proof(proof verify.Proof) {
	verdict := string(proof.Verdict)
	paint := p.bad
	switch proof.Verdict {
	case verify.Proven:
		paint = p.good
	case verify.Unknown, verify.Skipped:
		paint = p.changed
	case verify.Open, verify.Refused:
	}
	p.line("%s %s %s", p.strong(pad(p.way(proof.Direction), 52)), paint(verdict), p.muted(p.symbol("·", "-")+" "+seconds(proof.DurationMs)))
	for _, h := range proof.Hops {
		p.hop(h)
	}
	if proof.Reason != "" && !explained(proof) {
		p.line("  %s", proof.Reason)
	}
	if proof.Command != "" {
		p.line("  %s %s", p.symbol("→", "->"), proof.Command)
	}
	if proof.IdentitySource == "derived" && proof.Identity != "" {
		p.line("  identity, as the live mapping yields it: %s", proof.Identity)
	}
	p.doors(proof.Doors)
	p.borrowed(proof.Borrowed)
}

// explained reports whether a hop says already why the proof ended.
func explained(proof verify.Proof) bool {
	return slices.ContainsFunc(proof.Hops, func(h verify.Hop) bool { return h.Explain == proof.Reason })
}

func (p printer) hop(h verify.Hop) {
	p.line("%s %s %s %s", p.mark(h.Outcome, "ok"), pad(h.Name, 17), pad(shortHost(h.Endpoint), 20), p.muted(claims(h)))
	if h.Explain != "" {
		p.line("    %s", h.Explain)
	}
	p.table(h.Table)
	for _, do := range h.Do {
		p.line("    %s %s", p.symbol("→", "->"), do)
	}
}

// claims are those that say most about a hop, on one line; the document has them all.
func claims(h verify.Hop) string {
	var parts []string
	for _, name := range []string{"aud", "azp", "sub", "session", "lifetime", "asked", "held"} {
		if v := h.Claims[name]; v != "" {
			parts = append(parts, name+" "+v)
		}
	}
	if v := h.Claims["subjectBytes"]; v != "" {
		parts = append(parts, "subject "+v+" bytes")
	}
	if len(parts) == 0 {
		return first(h.Claims["arn"], h.Claims["principal"], h.Claims["email"])
	}
	return strings.Join(parts, "  ")
}

// shortHost names a known endpoint by what it is.
func shortHost(host string) string {
	if name, ok := strings.CutSuffix(host, ".googleapis.com"); ok {
		return name
	}
	if name, ok := strings.CutSuffix(host, ".amazonaws.com"); ok {
		return strings.Replace(name, ".", " ", 1)
	}
	return host
}

// table puts what was sent beside what the trust wanted.
func (p printer) table(rows []verify.Claim) {
	for _, r := range rows {
		outcome := "no"
		switch {
		case r.Holds:
			outcome = "ok"
		case r.Unread:
			outcome = "unknown"
		}
		p.line("    %s %s sent %s", p.mark(outcome, "ok"), pad(r.Key, 30), r.Sent)
		if !r.Holds {
			p.line("      %s wants %s", pad("", 30), r.Wanted)
		}
	}
}

func (p printer) doors(doors []verify.Door) {
	if len(doors) == 0 {
		return
	}
	p.line("  %s", p.muted("Doors that stay shut"))
	for _, d := range doors {
		p.line("%s %s %s", p.mark(d.Outcome, "refused"), pad(d.Attempt, 30), p.muted(d.Outcome))
		if d.Outcome != "refused" && d.Explain != "" {
			p.line("    %s", d.Explain)
		}
	}
}

func (p printer) borrowed(b *verify.Borrow) {
	if b == nil {
		return
	}
	if !b.Removed {
		p.line("%s borrowed: %s on %s is still there until %s; remove it: %s", p.bad("!"), b.What, b.Of, clock(b.Until), b.Command)
		return
	}
	p.line("  %s", p.muted("borrowed and given back: "+b.What+" on "+b.Of))
	if b.LivesOn != "" {
		p.line("  %s", p.muted("lives on: "+b.LivesOn))
	}
}

// mark is the sign of an outcome: the wanted one, not tried, or another.
func (p printer) mark(outcome, wanted string) painted {
	switch outcome {
	case wanted:
		return p.good(p.symbol("✓", "ok"))
	case "skipped", "not-tried":
		return p.muted(p.symbol("·", " -"))
	case "unknown":
		return p.changed(p.symbol("?", " ?"))
	}
	return p.bad(p.symbol("✗", " x"))
}

// unproven is the answer of proofs: nil when all are proven.
func unproven(proofs []verify.Proof) error {
	for _, p := range proofs {
		if p.Verdict != verify.Proven {
			return &noError{answer: "not every proof is proven"}
		}
	}
	if len(proofs) == 0 {
		return &noError{answer: "nothing was proven"}
	}
	return nil
}

// returned says whether borrowed access is gone. That it is not must never look like that it is.
func (p printer) returned(e verify.Event) {
	if e.Outcome == string(steps.OutcomeFailed) {
		p.line("%s %s: NOT given back: %s", p.bad("!"), p.way(e.Direction), e.Message)
		return
	}
	p.line("%s %s: given back: %s", p.changed("-"), p.way(e.Direction), e.Message)
}
