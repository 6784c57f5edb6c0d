package ui

import (
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// section is a group of questions under one heading. The wizard and the plain questions ask the same ones in this order.
type section struct {
	title     string
	direction string // toAWS, toGoogle, or "" for both
	paths     []string
}

// sections lists what the screen of one cloud asks by itself; everything else waits behind one line.
func sections(cloud string) []section {
	if cloud == google {
		return []section{
			{"The bridge", "", []string{"name", "google.project"}},
			{"who calls", toAWS, []string{"toAWS.serviceAccount"}},
			{"who is acted as", toGoogle, []string{"toGoogle.serviceAccount", "toGoogle.grants", "toGoogle.pool", "toGoogle.provider"}},
		}
	}
	return []section{
		{"The account", "", []string{"aws.account", "aws.region"}},
		{"what is assumed", toAWS, []string{"toAWS.role.name", "toAWS.role.managedPolicies"}},
		{"who calls", toGoogle, []string{"toGoogle.role.name", "toGoogle.role.runsOn", "toGoogle.role.managedPolicies"}},
	}
}

// sideOf tells on which screen a field is asked.
func sideOf(path string) string {
	for _, prefix := range []string{"aws.", "toAWS.role", "toAWS.provider", "toAWS.audience", "toGoogle.role"} {
		if strings.HasPrefix(path, prefix) {
			return aws
		}
	}
	return google
}

// labels are the names of fields beside their answers, where the title of the table is too long for a column.
func label(f spec.Field) string {
	if short, ok := map[string]string{
		"name":                             "bridge name",
		"google.project":                   "project",
		"google.apis":                      "more APIs",
		"aws.account":                      "account",
		"toGoogle.serviceAccount":          "service account",
		"toGoogle.grants":                  "project roles",
		"toGoogle.pool":                    "identity pool",
		"toGoogle.provider":                "provider",
		"toGoogle.token":                   "token",
		"toGoogle.access":                  "access",
		"toGoogle.role.runsOn":             "runs on",
		"toGoogle.role.instanceProfile":    "instance profile",
		"toGoogle.role.instance":           "attach to instance",
		"toAWS.provider":                   "Google is known by",
		"toAWS.audience":                   "audience",
		"toAWS.vm.name":                    "VM",
		"toAWS.gke.namespace":              "GKE namespace",
		"toAWS.gke.serviceAccount":         "GKE account",
		"toGoogle.role.eks.cluster":        "EKS cluster",
		"toGoogle.role.eks.namespace":      "EKS namespace",
		"toGoogle.role.eks.serviceAccount": "EKS account",
	}[f.Path]; ok {
		return short
	}
	switch f.Path[strings.LastIndexByte(f.Path, '.')+1:] {
	case "managedPolicies":
		return "managed policies"
	case "inlinePolicy":
		return "inline policy"
	case "permissionsBoundary":
		return "boundary"
	case "maxSession":
		return "longest session"
	case "path":
		return "role path"
	}
	return strings.TrimPrefix(strings.TrimSuffix(f.Title, " of the role"), "name of the ")
}

// row is a line of a form: a heading, a field, or the line that opens the rest.
type row struct {
	heading   string
	direction string
	field     spec.Field
	opener    bool
}

// rows lays out a form: the sections that are wanted, then the rest where it is open.
func (w *walk) rows(cloud string, open bool) []row {
	var out []row
	var asked []string
	for _, s := range sections(cloud) {
		asked = append(asked, s.paths...)
		if s.direction == toAWS && !w.draft.toAWS || s.direction == toGoogle && !w.draft.toGoogle {
			continue
		}
		out = append(out, row{heading: s.title, direction: s.direction})
		for _, p := range s.paths {
			if f, ok := w.field(p); ok && w.fitsNow(f) {
				out = append(out, row{field: f})
			}
		}
	}
	out = append(out, row{opener: true})
	if !open {
		return out
	}
	for _, f := range w.fields {
		if askable(f) && sideOf(f.Path) == cloud && w.draft.wants(f.Path) && w.fitsNow(f) && !slices.Contains(asked, f.Path) {
			out = append(out, row{field: f})
		}
	}
	return out
}

// fitsNow leaves out the fields that other answers have made pointless.
func (w *walk) fitsNow(f spec.Field) bool {
	runsOn, _ := w.value("toGoogle.role.runsOn")
	switch {
	case f.Path == "toGoogle.serviceAccount":
		access, _ := w.value("toGoogle.access")
		return access != spec.AccessDirect
	case strings.HasPrefix(f.Path, "toAWS.vm.") && f.Path != "toAWS.vm.name":
		name, _ := w.value("toAWS.vm.name")
		return name != ""
	case f.Path == "toAWS.gke.serviceAccount":
		namespace, _ := w.value("toAWS.gke.namespace")
		return namespace != ""
	case strings.HasPrefix(f.Path, "toGoogle.role.eks."):
		return runsOn == spec.RunsOnEKS
	case f.Path == "toGoogle.role.instanceProfile", f.Path == "toGoogle.role.instance":
		return runsOn == spec.RunsOnEC2
	}
	return true
}

// rest says what waits behind the opener.
func (w *walk) rest(cloud string) string {
	shown := len(w.rows(cloud, false))
	set := 0
	for _, r := range w.rows(cloud, true)[shown:] {
		if _, mine := w.draft.typed[r.field.Path]; mine {
			set++
		}
	}
	says := plural(w.hidden(cloud), "more field", "more fields")
	if set == 0 {
		return says + ", all with defaults"
	}
	return says + ", " + itoa(set) + " of them set, the rest with defaults"
}

// hidden counts the fields behind the opener.
func (w *walk) hidden(cloud string) int {
	return len(w.rows(cloud, true)) - len(w.rows(cloud, false))
}
