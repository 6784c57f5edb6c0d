package main

import (
	"fmt"
	"html"
	"strings"
)

// theme is the paper a screen is drawn on.
type theme struct{ paper, ink, edge string }

func themes() map[string]theme {
	return map[string]theme{
		"dark":  {paper: "#1b1d21", ink: "#e8eaed", edge: "#3c4043"},
		"light": {paper: "#ffffff", ink: "#202124", edge: "#dadce0"},
	}
}

// The size of a cell, and the space around the screen.
const (
	cellWidth  = 8.4
	cellHeight = 18
	margin     = 16
)

// draw makes the SVG. Every run of one style is a text of its own, stretched to its cells: so the columns hold in any font.
func draw(rows [][]cell, t theme, title string) string {
	columns := 0
	for _, row := range rows {
		columns = max(columns, len(row))
	}
	columns = max(columns, 80)
	w, h := float64(columns)*cellWidth+2*margin, len(rows)*cellHeight+2*margin
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %d" width="%.0f" height="%d" role="img" aria-label="%s">`+"\n",
		w, h, w, h, html.EscapeString(title))
	fmt.Fprintf(&out, "<title>%s</title>\n", html.EscapeString(title))
	fmt.Fprintf(&out, `<rect width="100%%" height="100%%" rx="10" fill="%s" stroke="%s"/>`+"\n", t.paper, t.edge)
	fmt.Fprintf(&out, `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="%s">`+"\n", t.ink)
	for y, row := range rows {
		for x := 0; x < len(row); {
			end := x + 1
			for end < len(row) && row[end].style == row[x].style && !gap(row, x, end) {
				end++
			}
			out.WriteString(stretch(row[x:end], x, y, t))
			x = end
		}
	}
	out.WriteString("</g>\n</svg>\n")
	return out.String()
}

// gap reports whether words are over at end: blanks in a row would be drawn as one.
func gap(row []cell, from, end int) bool {
	return row[end].text == ' ' && row[end-1].text == ' ' && row[from].text != ' ' || row[end].text != ' ' && row[from].text == ' '
}

// stretch draws one run of cells; blanks without a background are not drawn at all.
func stretch(run []cell, x, y int, t theme) string {
	fg, bg := run[0].fg, run[0].bg
	if run[0].back {
		if fg, bg = bg, fg; bg == "" {
			bg = t.ink
		}
		if fg == "" {
			fg = t.paper
		}
	}
	var text strings.Builder
	for _, c := range run {
		text.WriteRune(c.text)
	}
	words := text.String()
	if strings.Trim(words, "│") == "" && words != "" {
		return upright(run, x, y, fg, t)
	}
	lead := len(words) - len(strings.TrimLeft(words, " "))
	words = strings.Trim(words, " ")
	out := ""
	left, top := margin+float64(x)*cellWidth, margin+y*cellHeight
	if bg != "" {
		out = fmt.Sprintf(`<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>`+"\n", left, top, float64(len(run))*cellWidth, cellHeight, bg)
	}
	if words == "" {
		return out
	}
	attrs := ""
	if fg != "" {
		attrs += ` fill="` + fg + `"`
	}
	if run[0].bold {
		attrs += ` font-weight="bold"`
	}
	if run[0].dim {
		attrs += ` opacity="0.6"`
	}
	n := len([]rune(words))
	return out + fmt.Sprintf(`<text x="%.1f" y="%d" textLength="%.1f" lengthAdjust="spacingAndGlyphs"%s>%s</text>`+"\n",
		left+float64(lead)*cellWidth, top+14, float64(n)*cellWidth, attrs, html.EscapeString(words))
}

// upright draws a vertical rule as one line from cell to cell: the letter of a font would leave gaps between the lines.
func upright(run []cell, x, y int, colour string, t theme) string {
	if colour == "" {
		colour = t.ink
	}
	var out strings.Builder
	for i := range run {
		left := margin + (float64(x+i)+0.5)*cellWidth
		fmt.Fprintf(&out, `<rect x="%.1f" y="%d" width="1" height="%d" fill="%s"/>`+"\n", left, margin+y*cellHeight, cellHeight, colour)
	}
	return out.String()
}
