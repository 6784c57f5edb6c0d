package ui

import (
	"image/color"

	"charm.land/lipgloss/v2"
)

// palette is every colour by what it means. A colour never carries a meaning alone: a symbol or a word stands beside it.
type palette struct {
	google  lipgloss.Style // Google Cloud: names, lanes, headings
	aws     lipgloss.Style // AWS: the same
	good    lipgloss.Style // done, proven, in order
	changed lipgloss.Style // what is about to be different, what needs a look
	bad     lipgloss.Style // failed, refused, blocked
	muted   lipgloss.Style // what may be skipped over
	accent  lipgloss.Style // the one place where the person is
	rule    lipgloss.Style // thin lines
	strong  lipgloss.Style // headings and answers
	plain   lipgloss.Style // everything else
}

// tones are the colours of one background.
type tones struct{ google, aws, good, changed, bad, muted, accent, rule color.Color }

func darkTones() tones {
	return tones{
		google: lipgloss.Color("#8AB4F8"), aws: lipgloss.Color("#FF9900"),
		good: lipgloss.Color("#81C995"), changed: lipgloss.Color("#78D9EC"), bad: lipgloss.Color("#F28B82"),
		muted: lipgloss.Color("#9AA0A6"), accent: lipgloss.Color("#D7AEFB"), rule: lipgloss.Color("#5F6368"),
	}
}

func lightTones() tones {
	return tones{
		google: lipgloss.Color("#1A73E8"), aws: lipgloss.Color("#B45309"),
		good: lipgloss.Color("#137333"), changed: lipgloss.Color("#00687A"), bad: lipgloss.Color("#C5221F"),
		muted: lipgloss.Color("#5F6368"), accent: lipgloss.Color("#7627BB"), rule: lipgloss.Color("#BDC1C6"),
	}
}

// paint makes the palette for a background. Without colour only weight is left.
func paint(light, noColor bool) palette {
	s := lipgloss.NewStyle
	if noColor {
		return palette{
			google: s().Bold(true), aws: s().Bold(true), good: s(), changed: s(), bad: s().Bold(true),
			muted: s(), accent: s().Bold(true), rule: s(), strong: s().Bold(true), plain: s(),
		}
	}
	t := darkTones()
	if light {
		t = lightTones()
	}
	return palette{
		google: s().Foreground(t.google).Bold(true), aws: s().Foreground(t.aws).Bold(true),
		good: s().Foreground(t.good), changed: s().Foreground(t.changed), bad: s().Foreground(t.bad),
		muted: s().Foreground(t.muted), accent: s().Foreground(t.accent).Bold(true), rule: s().Foreground(t.rule),
		strong: s().Bold(true), plain: s(),
	}
}

// of gives the colour of a cloud, "google" or "aws".
func (p palette) of(cloud string) lipgloss.Style {
	if cloud == google {
		return p.google
	}
	return p.aws
}
