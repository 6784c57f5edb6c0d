package ui

// symbols are the drawings of one character set. Every one of them is a single cell wide, except the bridges and arrows.
type symbols struct {
	ok, bad, warn, unknown, todo string
	cursor, checked, unchecked   string
	dot, thin, bar, ellipsis     string
	left, right, both, lifted    string // the bridge: lowered to Google, to AWS, both ways, raised
	arrow, back                  string // in words: Google → AWS
	less, more                   string // around a value that cycles
	enter, upDown, leftRight     string // keys in the help line
	spin                         []string
}

func boxSymbols() symbols {
	return symbols{
		ok: "✓", bad: "✗", warn: "!", unknown: "?", todo: "·",
		cursor: "▸", checked: "●", unchecked: "○",
		dot: "·", thin: "─", bar: "│", ellipsis: "…",
		left: "◀━━━━━", right: "━━━━━▶", both: "◀━━━▶", lifted: "━━╱ ╲━━",
		arrow: "→", back: "←", less: "‹", more: "›",
		enter: "⏎", upDown: "↑↓", leftRight: "←→",
		spin: []string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧"},
	}
}

func asciiSymbols() symbols {
	return symbols{
		ok: "v", bad: "x", warn: "!", unknown: "?", todo: ".",
		cursor: ">", checked: "x", unchecked: "o",
		dot: "-", thin: "-", bar: "|", ellipsis: "~",
		left: "<-----", right: "----->", both: "<--->", lifted: `--/ \--`,
		arrow: "->", back: "<-", less: "<", more: ">",
		enter: "enter", upDown: "up/down", leftRight: "left/right",
		spin: []string{"|", "/", "-", `\`},
	}
}
