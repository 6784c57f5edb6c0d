package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// blank is the screen after the last: the program is on its way out.
type blank struct{}

func (blank) stage() stage                              { return filingFiles }
func (blank) keys(*walk) []key.Binding                  { return nil }
func (b blank) update(*walk, tea.Msg) (screen, tea.Cmd) { return b, nil }
func (blank) view(*walk, box) page                      { return page{} }
func (blank) aside(*walk, box) []string                 { return nil }
func (blank) topic(*walk) topic                         { return topic{} }
