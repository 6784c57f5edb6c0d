package ui

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// linked draws an address in lines. Where the terminal opens links, every line of it opens the whole.
func (l look) linked(address string, width int) []string {
	lines := chop(address, width)
	for i := range lines {
		lines[i] = l.accent.UnsetBold().Render(lines[i])
		if l.links {
			lines[i] = ansi.SetHyperlink(clean(address)) + lines[i] + ansi.ResetHyperlink()
		}
	}
	return lines
}

// opensLinks reports whether a terminal is known to open links. Others would show what they do not understand, or nothing;
// the addresses are written out for them.
func opensLinks(o Options) bool {
	if o.NoColor || o.ASCII {
		return false
	}
	env := map[string]string{}
	for _, v := range o.Env {
		name, value, _ := strings.Cut(v, "=")
		env[name] = value
	}
	if force, set := env["FORCE_HYPERLINK"]; set {
		return force != "0"
	}
	switch env["TERM_PROGRAM"] {
	case "iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby", "rio", "WarpTerminal":
		return true
	case "tmux": // passes them on since 3.4
		major, rest, _ := strings.Cut(env["TERM_PROGRAM_VERSION"], ".")
		m, _ := strconv.Atoi(major)
		minor, _ := strconv.Atoi(strings.TrimRight(rest, "abcdefghijklmnopqrstuvwxyz"))
		return m > 3 || m == 3 && minor >= 4
	}
	if vte, err := strconv.Atoi(env["VTE_VERSION"]); err == nil && vte >= 5000 {
		return true
	}
	for _, term := range []string{"kitty", "alacritty", "foot", "ghostty", "wezterm", "contour"} {
		if strings.Contains(env["TERM"], term) {
			return true
		}
	}
	return env["KITTY_WINDOW_ID"] != "" || env["WT_SESSION"] != "" || env["KONSOLE_VERSION"] != ""
}

// console is the page of the cloud's own console that shows what a change is about; "" where there is none. A sandbox has
// no console.
func (w *walk) console(c steps.Change) string {
	switch {
	case w.o.Sandbox || w.o.EndpointsOther:
		return ""
	case c.Cloud == google:
		return googlePage(w.bridge, c)
	case c.Cloud == aws:
		return awsPage(w.bridge, c)
	}
	return ""
}

func googlePage(b spec.Bridge, c steps.Change) string {
	page := "iam-admin/iam"
	switch c.Kind {
	case "pool":
		page = "iam-admin/workload-identity-pools/pool/" + url.PathEscape(c.Name)
	case "provider":
		page = "iam-admin/workload-identity-pools"
	case "service-account":
		page = "iam-admin/serviceaccounts"
	case "apis":
		page = "apis/dashboard"
	case "vm":
		page = "compute/instances"
	}
	return "https://console.cloud.google.com/" + page + "?project=" + url.QueryEscape(b.Google.Project)
}

func awsPage(b spec.Bridge, c steps.Change) string {
	host, ok := map[string]string{"aws": "console.aws.amazon.com", "aws-us-gov": "console.amazonaws-us-gov.com"}[b.Partition()]
	if !ok {
		return ""
	}
	switch c.Kind {
	case "role", "role-policies":
		return "https://" + host + "/iam/home#/roles/details/" + url.PathEscape(c.Name)
	case "oidc-provider":
		return "https://" + host + "/iam/home#/identity_providers"
	case "instance-profile-association":
		return "https://" + host + "/ec2/home?region=" + url.QueryEscape(b.AWS.Region) + "#Instances:"
	}
	return "https://" + host + "/iam/home#/roles"
}
