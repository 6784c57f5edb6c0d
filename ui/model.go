package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// model is the one tea.Model of the program: the walk, and the screen that is seen.
type model struct {
	*walk
	at      screen
	begin   tea.Cmd // what starts with the program, besides the sign-in; nil for nothing
	ticking bool
	gone    bool
}

// tick moves the clock on while something runs; nobody ticks while nothing does.
type tick struct{ at time.Time }

// cancelled says that the context given to Run has ended.
type cancelled struct{}

// Init asks who we are and what colour the background has.
func (m model) Init() tea.Cmd {
	ended := func() tea.Msg { <-m.ctx.Done(); return cancelled{} }
	if m.e.SignIn == nil {
		return tea.Batch(m.begin, tea.RequestBackgroundColor, ended)
	}
	return tea.Batch(m.signIn(), tea.RequestBackgroundColor, ended)
}

// Update folds what happened into the walk, then lets the screen decide what is next.
func (m model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.size = box{msg.Width, msg.Height}
	case tea.BackgroundColorMsg:
		m.look = newLook(m.o, !msg.IsDark())
	case tick:
		m.now, m.ticking = msg.at, false
	case fed:
		m, cmd = m.hear(msg)
	case due:
		cmd = m.overdue(msg)
	case cancelled:
		m.stopping = true
		m.at, cmd = leave(m.walk, m.at, true)
	case tea.MouseWheelMsg:
		m, cmd = m.wheeled(msg)
	case tea.MouseClickMsg:
		m, cmd = m.clicked(msg)
	case tea.KeyPressMsg:
		m.now = m.o.Now()
		m, cmd = m.press(msg)
	default:
		m.at, cmd = m.at.update(m.walk, msg)
	}
	return m.wound(cmd)
}

// press gives a key to the screen; ctrl+c belongs to nobody else.
func (m model) press(msg tea.KeyPressMsg) (model, tea.Cmd) {
	var cmd tea.Cmd
	m.notice = ""
	if is(msg, "ctrl+c") {
		m.at, cmd = leave(m.walk, m.at, true)
		return m, cmd
	}
	switch {
	case is(msg, "ctrl+z"):
		return m, tea.Suspend
	case m.cramped() && !asks(m.at):
		return m, nil // nobody answers what is not drawn
	}
	m.at, cmd = m.at.update(m.walk, msg)
	return m, cmd
}

// hear folds what a call reported into the walk and shows it to the screen. A call that was superseded is not heard, only
// read until its end.
func (m model) hear(f fed) (model, tea.Cmd) {
	cmds := []tea.Cmd{f.next}
	r, ok := m.calls[f.call]
	if !ok || r.feed != f.from {
		return m, f.next
	}
	if f.over {
		delete(m.calls, f.call)
	}
	m.now = m.o.Now()
	for _, msg := range f.msgs {
		m.take(msg)
		var cmd tea.Cmd
		m.at, cmd = m.at.update(m.walk, msg)
		cmds = append(cmds, cmd)
	}
	return m, tea.Batch(cmds...)
}

// wound keeps the clock going while a call runs, and stops the program when the walk is over.
func (m model) wound(cmd tea.Cmd) (tea.Model, tea.Cmd) {
	if m.at == nil {
		m.gone = true
		m.at = blank{}
		return m, tea.Quit
	}
	if early := m.ahead(m.at); early != nil {
		cmd = tea.Batch(cmd, early)
	}
	if len(m.calls) == 0 || m.ticking {
		return m, cmd
	}
	m.ticking = true
	now := m.o.Now
	return m, tea.Batch(cmd, tea.Tick(120*time.Millisecond, func(time.Time) tea.Msg { return tick{now()} }))
}

// View draws the screen and declares the state of the terminal.
func (m model) View() tea.View {
	if m.gone || m.size.w == 0 {
		return tea.NewView("")
	}
	content, at := m.frame(m.at)
	v := tea.NewView(content)
	v.AltScreen = true
	v.WindowTitle = "drawbridge: " + m.at.stage().String()
	if at != nil {
		v.Cursor = tea.NewCursor(at.X, at.Y)
		v.Cursor.Shape, v.Cursor.Blink = tea.CursorBar, false
	}
	v.ProgressBar = m.progress()
	if m.o.Mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	return v
}
