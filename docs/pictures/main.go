// Command pictures turns what a terminal shows into an SVG. It reads the output of "tmux capture-pane -e -p" on stdin: text
// with colours, one screen. It draws what it is given and nothing else; make.sh is what runs the real program.
//
//	tmux capture-pane -e -p | go run ./docs/pictures -theme dark -title "drawbridge" > review-dark.svg
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	theme := flag.String("theme", "dark", "dark or light")
	title := flag.String("title", "drawbridge", "what is on the picture, for those who do not see it")
	flag.Parse()
	if err := run(os.Stdin, os.Stdout, *theme, *title); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

// run draws one screen.
func run(in io.Reader, out io.Writer, theme, title string) error {
	colours, ok := themes()[theme]
	if !ok {
		return fmt.Errorf("draw the picture: there is no theme %q", theme)
	}
	var rows [][]cell
	lines := bufio.NewScanner(in)
	now := style{}
	for lines.Scan() {
		row, after := parse(settle(lines.Text()), now)
		rows, now = append(rows, row), after
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read the screen: %w", err)
	}
	if len(rows) == 0 {
		return fmt.Errorf("draw the picture: the screen is empty")
	}
	_, err := io.WriteString(out, draw(rows, colours, title))
	return err
}
