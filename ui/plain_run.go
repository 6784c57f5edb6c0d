package ui

import (
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/verify"
)

// apply makes the plan and tells every end and every wait in words.
func (p *plain) apply() error {
	w := p.w
	if !w.plan.Pending() {
		return nil
	}
	path, err := w.e.Save(w.ctx, w.bridge)
	w.take(saved{path, err})
	if err != nil {
		return err
	}
	p.line("Wrote %s.", path)
	w.run = newLanes(*w.plan)
	var one sync.Mutex
	said := map[string]string{}
	result, err := w.e.Apply(w.ctx, w.bridge, *w.plan, func(e steps.Event) {
		one.Lock()
		defer one.Unlock()
		w.take(stepped{e})
		if s := p.event(e); s != "" && said[e.Step] != s {
			said[e.Step] = s
			p.line("%s", s)
		}
	})
	w.take(applied{result, err})
	return p.applied(err)
}

// event says what happened; calls and starts are not worth a line that is read aloud.
func (p *plain) event(e steps.Event) string {
	i, ok := p.w.run.index[e.Step]
	if !ok {
		return ""
	}
	c := p.w.run.planks[i].change
	name := cloudName(c.Cloud) + ", " + titled(c)
	switch e.Kind {
	case steps.Done:
		if c.Action == steps.Keep {
			return ""
		}
		return "done: " + name
	case steps.Waiting:
		return "waiting: " + name + ": for " + clean(e.Message) + ", at most " + short(time.Until(e.Until).Round(time.Second))
	case steps.Retrying:
		return "trying again: " + name + ": " + clean(e.Message)
	case steps.Skipped:
		return "skipped: " + name + ": " + clean(e.Message)
	case steps.Failed:
		return "failed: " + name + ": " + clean(e.Message)
	case steps.Planned, steps.Started, steps.Called:
	}
	return ""
}

func (p *plain) applied(err error) error {
	w := p.w
	p.line("Applied: %d done, %d kept, %d failed, %d skipped.", w.result.Summary.Done, w.result.Summary.Kept, w.result.Summary.Failed, w.result.Summary.Skipped)
	for _, f := range w.result.Failed() {
		if f.Problem != nil {
			p.lined(w.problem(f.Problem, 100))
		}
	}
	if err != nil || !w.went() {
		return errLeft
	}
	return nil
}

// consent asks for borrowed access, naming all of it.
func (p *plain) consent() error {
	w := p.w
	if w.lend || w.e.BorrowPlan == nil {
		return nil
	}
	changes, err := w.e.BorrowPlan(w.ctx, w.bridge, w.proofOptions(true))
	w.take(borrowable{changes, err})
	if err != nil {
		p.lined(w.problem(err, 100))
		return nil
	}
	if len(changes) == 0 {
		return nil
	}
	p.line("")
	p.line("To prove the bridge from here you have to be allowed to act as the workload for a moment. It would be granted to")
	p.line("nobody but you, taken back right after, and ends by itself after 15 minutes by the cloud's own clock:")
	for _, c := range changes {
		p.line("  %s: %s, on %s", cloudName(c.Cloud), titled(c), clean(c.Name))
		for _, f := range c.Fields {
			if text := shown(f.After); len(text) == 1 && !f.Sensitive {
				p.line("    %s: %s", clean(f.Path), clean(text[0]))
			}
		}
	}
	w.lend, err = p.agree("Borrow exactly this?", "--borrow")
	return err
}

// verify walks across and tells every hop and every door.
func (p *plain) verify() error {
	w := p.w
	p.line("")
	p.line("Proving it.")
	o := w.proofOptions(w.lend)
	o.Sink = func(e verify.Event) {
		if e.Kind == verify.Waiting && e.Seen == 0 {
			p.line("waiting: %s", clean(e.Message))
		}
	}
	proofs, err := w.e.Proofs(w.ctx, w.bridge, o)
	w.take(walked{proofs, err})
	for _, proof := range proofs {
		p.proof(proof)
	}
	if err != nil {
		p.lined(w.problem(err, 100))
		return errLeft
	}
	return nil
}

func (p *plain) proof(proof verify.Proof) {
	w := p.w
	p.line("%s: %s%s", w.way(proof.Direction), proof.Verdict, because(proof.Reason))
	for _, h := range proof.Hops {
		p.line("  %s, %s: %s", clean(h.Name), orNone(h.Endpoint), h.Outcome)
		for _, c := range h.Table {
			holds := "as wanted"
			switch {
			case c.Unread:
				holds = "which may or may not fit " + orNone(c.Wanted)
			case !c.Holds:
				holds = "wanted " + orNone(c.Wanted)
			}
			p.line("    claim %s: sent %s, %s", clean(c.Name), orNone(c.Sent), holds)
		}
		for _, d := range h.Do {
			p.line("    to do: %s", clean(d))
		}
	}
	if proof.Identity != "" {
		p.line("  the far end says we are %s", clean(proof.Identity))
	}
	for _, d := range proof.Doors {
		p.line("  door, %s: %s", clean(d.Attempt), strings.ReplaceAll(d.Outcome, "-", " "))
	}
	if proof.Command != "" {
		p.line("  on the workload: %s", clean(proof.Command))
	}
	if b := proof.Borrowed; b != nil && !b.Removed {
		p.line("  borrowed access is still there; remove it with: %s", clean(b.Command))
	}
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ", " + clean(reason)
}

// files asks which files are written, and where.
func (p *plain) files() error {
	w := p.w
	files, err := w.e.Files(w.ctx, w.bridge)
	w.take(filed{files, err})
	if err != nil || len(files) == 0 {
		return err
	}
	p.line("")
	p.line("Files:")
	for i, f := range files {
		p.line("  %d  %s, for the %s: %s", i+1, clean(f.Path), clean(f.For), clean(f.Where))
	}
	which, err := p.ask("Which? Numbers, all or none", "all", "-o DIR", func(s string) string { _, why := among(files, s); return why })
	if err != nil {
		return err
	}
	chosen, _ := among(files, which)
	if len(chosen) == 0 {
		return nil
	}
	dir, err := p.ask("Directory", w.o.Dir, "-o DIR", func(string) string { return "" })
	if err != nil {
		return err
	}
	paths, err := w.e.Write(w.ctx, chosen, dir)
	w.take(wrote{paths, chosen, err})
	for _, path := range paths {
		p.line("Wrote %s.", path)
	}
	return err
}

// among reads an answer such as "1, 3".
func among(files []artifact.File, s string) (chosen []artifact.File, why string) {
	switch s {
	case "all":
		return files, ""
	case "none":
		return nil, ""
	}
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' }) {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > len(files) {
			return nil, "answer with numbers from 1 to " + itoa(len(files)) + ", all or none"
		}
		chosen = append(chosen, files[n-1])
	}
	return chosen, ""
}
