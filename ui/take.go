package ui

import tea "charm.land/bubbletea/v2"

// take folds the answer of a call into the walk, whatever screen is seen at the moment.
func (w *walk) take(msg tea.Msg) {
	switch msg := msg.(type) {
	case signedIn:
		w.asked, w.sides = true, msg.sides
		w.sow()
	case listed:
		msg.shelf.choices = append(msg.shelf.choices, msg.choices...)
	case listEnded:
		msg.shelf.over, msg.shelf.err = true, msg.err
	case looked:
		w.read[msg.event.Step] = true
	case planned:
		w.plan, w.planErr = &msg.plan, msg.err
		if msg.err != nil {
			w.plan = nil
		}
	case checked:
		w.check, w.chkErr = &msg.report, msg.err
	case stepped:
		w.run.take(msg.event)
	case saved:
		w.saved = msg.path
	case applied:
		w.result, w.runErr = &msg.result, msg.err
		w.run.settle(msg.result)
	case borrowable:
		w.borrow, w.borrowErr = msg.changes, msg.err
	case crossed:
		w.trail.take(msg.event)
	case walked:
		w.proofs, w.proofErr = msg.proofs, msg.err
	case filed:
		w.files, w.filesErr = msg.files, msg.err
	case progressed:
		w.survey.progressed(msg.now, w.now)
	case audited:
		w.survey.answered(msg)
	case wrote:
		w.tookFiles(msg)
	}
}

// sow derives project, account and region from who is signed in.
func (w *walk) sow() {
	for path, v := range map[string]string{
		"google.project": w.sides.Google.Place, "aws.account": w.sides.AWS.Place, "aws.region": w.sides.AWS.Region,
	} {
		if v != "" {
			w.draft.seed[path] = v
		}
	}
	w.settle()
}

func (w *walk) tookFiles(m wrote) {
	if m.err == nil {
		w.written, w.took = append(w.written, m.paths...), m.files
	}
}
