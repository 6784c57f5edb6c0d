package ui

import tea "charm.land/bubbletea/v2"

// progress shows the run on the terminal's own bar, where it has one.
func (m model) progress() *tea.ProgressBar {
	done, all := m.run.count()
	switch {
	case m.runs(callApply) && all > 0:
		return tea.NewProgressBar(tea.ProgressBarDefault, done*100/all)
	case m.runs(callProofs), m.runs(callPlan), m.runs(callAudit):
		return tea.NewProgressBar(tea.ProgressBarIndeterminate, 0)
	case m.ended() && !m.went():
		return tea.NewProgressBar(tea.ProgressBarError, 100)
	}
	return nil
}
