package main

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// keepConsent writes what --adopt consented to into the file, where the next run and the next person find it. The edit
// changes one line and is kept only if the file then says exactly the bridge at hand; else the line to add is shown.
func keepConsent(s streams, f fileFlags, b spec.Bridge, fields []string) error {
	if len(fields) == 0 {
		return nil
	}
	if done := editConsent(f, b, fields); !done {
		newPrinter(s.err, s, true, false).line("note: write this consent into the bridge's file: adopt: [%s]", strings.Join(b.Adopt, ", "))
	}
	return nil
}

func editConsent(f fileFlags, b spec.Bridge, fields []string) bool {
	info, err := os.Lstat(f.path)
	if f.path == "-" || err != nil || !info.Mode().IsRegular() {
		return false
	}
	old, err := os.ReadFile(f.path)
	if err != nil {
		return false
	}
	fields = slices.DeleteFunc(slices.Clone(fields), func(field string) bool { return consented(old, f, field) })
	if len(fields) == 0 {
		return true
	}
	text := addConsent(string(old), fields)
	if !says(text, f, b) || writeFile(f.path, []byte(text)) != nil {
		return false
	}
	return os.Chmod(f.path, info.Mode().Perm()) == nil
}

// consented reports whether the file itself adopts a field already.
func consented(text []byte, f fileFlags, field string) bool {
	b, err := spec.ParseWith(f.path, text, f.set)
	return err == nil && b.Adopts(field)
}

// says reports whether a text is this bridge.
func says(text string, f fileFlags, b spec.Bridge) bool {
	got, err := spec.ParseWith(f.path, []byte(text), f.set)
	if err != nil {
		return false
	}
	slices.Sort(got.Adopt)
	b.Adopt = slices.Sorted(slices.Values(b.Adopt))
	had, err1 := got.YAML()
	want, err2 := b.YAML()
	return err1 == nil && err2 == nil && bytes.Equal(had, want)
}

var (
	flowConsent  = regexp.MustCompile(`(?m)^adopt:[ \t]*\[([^\]\n]*)\]`)
	blockConsent = regexp.MustCompile(`(?m)^adopt:[ \t]*(#.*)?\n([ \t]*)- `)
)

// addConsent adds fields to the adopt list of a text, in whichever of the usual forms it has.
func addConsent(text string, fields []string) string {
	list := strings.Join(fields, ", ")
	if m := flowConsent.FindStringSubmatchIndex(text); m != nil {
		if strings.TrimSpace(text[m[2]:m[3]]) != "" {
			list = ", " + list
		}
		return text[:m[3]] + list + text[m[3]:]
	}
	if m := blockConsent.FindStringSubmatchIndex(text); m != nil {
		indent := text[m[4]:m[5]]
		var lines strings.Builder
		for _, f := range fields {
			lines.WriteString(indent + "- " + f + "\n")
		}
		return text[:m[4]] + lines.String() + text[m[4]:]
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text + "adopt: [" + list + "]\n"
}
