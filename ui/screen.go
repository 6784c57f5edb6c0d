package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// screen is one thing a person sees. Its update returns the next one: that return value is the whole state machine.
type screen interface {
	// stage is the screen's place among the crumbs.
	stage() stage
	// keys are what it listens to, in the order of the help line.
	keys(w *walk) []key.Binding
	update(w *walk, msg tea.Msg) (screen, tea.Cmd)
	// view draws the body within the box.
	view(w *walk, b box) page
	// aside draws the second pane of a wide terminal; nil when there is nothing to say.
	aside(w *walk, b box) []string
	// topic is what `?` explains.
	topic(w *walk) topic
}

// page is a drawn body and where its cursor stands, if it has one.
type page struct {
	lines  []string
	cursor *tea.Position
}

// topic is a screen in plain words.
type topic struct {
	title string
	words []string // one paragraph each
}

// stage is a station of the walk.
type stage int

const (
	connecting stage = iota
	inGoogle
	inAWS
	reviewing
	applying
	verifying
	filingFiles
	destroying
	planning
	auditing
)

// crumbs are the stations in order.
func crumbs() []string {
	return []string{"Connect", "Google", "AWS", "Review", "Apply", "Verify", "Files"}
}

// String is the station in a word.
func (s stage) String() string {
	switch s {
	case destroying:
		return "Destroy"
	case planning:
		return "Plan"
	case auditing:
		return "Audit"
	default:
	}
	return crumbs()[s]
}
