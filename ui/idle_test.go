package ui

import "testing"

func TestNothingTicksWhileNothingRuns(t *testing.T) {
	d := walkThrough(t, &recorded{})
	d.settle()
	d.until("the clock to stop", func() bool { return !d.m.ticking })
	for _, keys := range [][]string{{"enter"}, {"enter"}, {"esc"}, {"esc"}} {
		d.press(keys...)
		d.until("the clock to stop", func() bool { return !d.m.ticking })
		if _, cmd := d.m.Update(tick{recordedAt}); cmd != nil {
			t.Errorf("a tick sets something going on %T although nothing runs", d.m.at)
		}
	}
}
