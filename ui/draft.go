package ui

import (
	"maps"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// Directions, as proofs and steps name them.
const (
	toAWS    = "to-aws"
	toGoogle = "to-google"
)

// draft is the bridge as far as it was asked: what a person typed, over what follows from the sign-in. Going back and
// forth only adds to it; nothing typed is ever lost.
type draft struct {
	toAWS, toGoogle bool
	typed           map[string]string // by path of the field
	seed            map[string]string // what sign-in says: project, account, region
	adopt           []string          // fields whose existing thing may be taken over
	accept          string            // the number of a re-created account that was accepted
}

// newDraft starts from what a file or flags already say.
func newDraft(o Options, fields []spec.Field) draft {
	d := draft{toAWS: true, toGoogle: true, typed: map[string]string{}, seed: map[string]string{}, accept: o.Accept}
	if b := o.Bridge; b != nil {
		d.toAWS, d.toGoogle, d.adopt = b.ToAWS != nil, b.ToGoogle != nil, slices.Clone(b.Adopt)
		for _, f := range fields {
			if v := f.Get(*b); v != "" && askable(f) && (v != f.DefaultFor(*b) || proposed(f.Path)) {
				d.typed[f.Path] = v
			}
		}
	}
	for _, s := range o.Set {
		if path, value, ok := strings.Cut(s, "="); ok {
			d.typed[path] = value
		}
	}
	if o.Bridge == nil && d.names("toAWS.") != d.names("toGoogle.") {
		d.toAWS, d.toGoogle = d.names("toAWS."), d.names("toGoogle.")
	}
	return d
}

// names reports whether a field of a direction was given.
func (d draft) names(prefix string) bool {
	for path := range d.typed {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}

// askable leaves out what no question is about: blocks of fields, and what the review asks for where it matters.
func askable(f spec.Field) bool {
	return f.Type != spec.TypeBlock && f.Path != "version" && f.Path != "adopt"
}

// proposals are the fields for which the wizard has an answer of its own.
func proposals() []string {
	return []string{"name", "google.project", "aws.account", "aws.region", "toAWS.serviceAccount", "toGoogle.role.name"}
}

func proposed(path string) bool { return slices.Contains(proposals(), path) }

// wants reports whether a field belongs to a direction that is wanted.
func (d draft) wants(path string) bool {
	switch {
	case strings.HasPrefix(path, "toAWS."):
		return d.toAWS
	case strings.HasPrefix(path, "toGoogle."):
		return d.toGoogle
	}
	return true
}

// derived is what the wizard proposes for a field where the file has no default, or a default that says little.
func (d draft) derived(path string) string {
	switch path {
	case "google.project", "aws.account", "aws.region":
		return d.seed[path]
	case "name":
		return stem(d.seed["google.project"], 31)
	case "toAWS.serviceAccount":
		return stem(d.value("name"), 23) + "-to-aws"
	case "toGoogle.role.name":
		return stem(d.value("name"), 20) + "-to-google"
	}
	return ""
}

// value is what was typed, else what is proposed; "" leaves a field to the defaults of the file.
func (d draft) value(path string) string {
	if v, ok := d.typed[path]; ok {
		return v
	}
	return d.derived(path)
}

// stem makes a word that every name can begin with: lower-case letters, digits and hyphens, not ending in one.
func stem(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(s))
	s = strings.Trim(s, "-0123456789")
	if s == "" {
		s = "bridge"
	}
	return strings.TrimRight(s[:min(len(s), limit)], "-")
}

// set writes the draft as PATH=VALUE pairs, proposals included, in the order of the paths.
func (d draft) set() []string {
	all := maps.Clone(d.typed)
	for _, path := range proposals() {
		all[path] = d.value(path)
	}
	var out []string
	for _, path := range slices.Sorted(maps.Keys(all)) {
		if v := all[path]; v != "" && d.wants(path) {
			out = append(out, path+"="+v)
		}
	}
	if len(d.adopt) > 0 {
		out = append(out, "adopt="+strings.Join(d.adopt, ","))
	}
	return out
}

// bridge reads the draft as if it were a file. The error is a *spec.Error that names the field.
func (d draft) bridge() (spec.Bridge, error) {
	return spec.ParseWith("bridge.yaml", []byte("version: 1\n"), d.set())
}

// command is the line that asks for the same bridge without a screen.
func (d draft) command() string {
	var line strings.Builder
	line.WriteString("drawbridge setup")
	for _, s := range d.set() {
		line.WriteString(" --set " + quote(s))
	}
	return line.String()
}

// quote makes one word of s for a shell.
func quote(s string) string {
	if s != "" && !strings.ContainsAny(s, " \t\n\"'`$&|;<>()[]{}*?!#~\\") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
