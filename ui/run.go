package ui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"
)

// Run draws the wizard on o.Out until it is left. Err of the outcome and the returned error differ: the latter means the
// terminal itself failed. When ctx ends, as it should on SIGTERM, the running call is told to stop, and Run returns after
// it did.
func Run(ctx context.Context, e Engine, o Options) (Outcome, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	w := newWalk(ctx, e, o)
	if err := show(o, model{walk: w, at: opening(w)}); err != nil {
		return w.outcome(), fmt.Errorf("draw on the terminal: %w", err)
	}
	return w.outcome(), nil
}

// framesPerSecond is how often the library looks whether there is something new to draw. It does so for as long as the
// program stands, and half its usual rate costs half of what an idle screen costs.
const framesPerSecond = 30

// show runs a model on the terminal. Signals are the caller's business: they end the context.
func show(o Options, m model) error {
	options := []tea.ProgramOption{tea.WithInput(o.In), tea.WithOutput(o.Out), tea.WithoutSignalHandler(), tea.WithFPS(framesPerSecond)}
	if o.Env != nil {
		options = append(options, tea.WithEnvironment(o.Env))
	}
	_, err := tea.NewProgram(m, options...).Run()
	return err
}
