package ui

// command is a command line that leads to the same clouds as this walk.
func (w *walk) command(words string) string {
	line := "drawbridge " + words
	if w.o.Sandbox {
		line += " --sandbox"
		if w.o.StateFile != "" {
			line += " --sandbox-state " + quote(w.o.StateFile)
		}
	}
	return line
}

// lasting reports whether what was made is still there when this program has ended.
func (w *walk) lasting() bool { return !w.o.Sandbox || w.o.StateFile != "" }

// later says how to go on: now, and with a command where there will be something to go on with.
func (w *walk) later(now, words string, width int) []string {
	if !w.lasting() {
		return fold(now+". This sandbox ends with the program; --sandbox-state FILE keeps one.", width)
	}
	return append(fold(now+", or later with:", width), indent("  ", chop(w.command(words), width-2))...)
}
