package ui

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// parsePaste reads an ARN, the e-mail of a service account, the name of a pool or the URL of a console, and says which
// fields it answers. at is the focused field: it tells on which direction a role or an account is meant. Nothing that is
// none of these is taken apart.
func parsePaste(text, at string) map[string]string {
	text = strings.TrimSpace(text)
	if strings.ContainsAny(text, "\n\r\t ") {
		return nil
	}
	for _, read := range []func(text, at string) map[string]string{pasteRole, pasteAccount, pastePool, pasteURL} {
		if parts := read(text, at); parts != nil {
			return parts
		}
	}
	return nil
}

// pasted says what was read, in the order of the paths.
func pasted(parts map[string]string) string {
	var out []string
	for path, v := range parts {
		out = append(out, path+" "+clean(v))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// directionOf is the direction of the focused field, to AWS where it has none.
func directionOf(at string) string {
	if strings.HasPrefix(at, "toGoogle.") {
		return "toGoogle."
	}
	return "toAWS."
}

func pasteRole(text, at string) map[string]string {
	m := regexp.MustCompile(`^arn:aws[a-z-]*:(?:iam|sts)::([0-9]{12}):(?:role|assumed-role)(/.*)$`).FindStringSubmatch(text)
	if m == nil || strings.HasSuffix(at, "managedPolicies") || strings.HasSuffix(at, "permissionsBoundary") {
		return nil
	}
	names := strings.Split(strings.Trim(m[2], "/"), "/")
	out := map[string]string{"aws.account": m[1]}
	if strings.Contains(text, ":sts:") {
		out[directionOf(at)+"role.name"] = names[0]
		return out
	}
	last := len(names) - 1
	out[directionOf(at)+"role.name"] = names[last]
	out[directionOf(at)+"role.path"] = "/" + strings.Join(append(names[:last:last], ""), "/")
	return out
}

func pasteAccount(text, at string) map[string]string {
	m := regexp.MustCompile(`^(?:serviceAccount:)?([a-z][a-z0-9-]*)@([a-z][a-z0-9-]*)\.iam\.gserviceaccount\.com$`).FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	return map[string]string{directionOf(at) + "serviceAccount": strings.TrimPrefix(text, "serviceAccount:")}
}

func pastePool(text, _ string) map[string]string {
	m := regexp.MustCompile(`/locations/global/workloadIdentityPools/([a-z0-9-]+)(?:/providers/([a-z0-9-]+))?`).FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	out := map[string]string{"toGoogle.pool": m[1]}
	if m[2] != "" {
		out["toGoogle.provider"] = m[2]
	}
	return out
}

// byNumber puts the id of the project that we are signed in to for its number, bare or in what was pasted. Other numbers
// are nobody's that we know: the field says that it wants the id.
func (w *walk) byNumber(text string, parts map[string]string) map[string]string {
	side := w.sides.Google
	if side.Number == "" || side.Place == "" {
		return parts
	}
	text = strings.TrimPrefix(strings.TrimSpace(text), "projects/")
	if text == side.Number || parts["google.project"] == side.Number {
		return map[string]string{"google.project": side.Place}
	}
	return parts
}

func pasteURL(text, at string) map[string]string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" {
		return nil
	}
	switch host := u.Hostname(); {
	case host == "console.cloud.google.com":
		if p := u.Query().Get("project"); p != "" {
			return map[string]string{"google.project": p}
		}
	case host == "console.aws.amazon.com" || strings.HasSuffix(host, ".console.aws.amazon.com"):
		out := map[string]string{}
		if _, name, ok := strings.Cut(u.Fragment, "/roles/details/"); ok {
			out[directionOf(at)+"role.name"], _, _ = strings.Cut(name, "?")
		}
		// The console of IAM stands in a region of its own, whatever the bridge's.
		if r := u.Query().Get("region"); r != "" && !strings.HasPrefix(u.Path, "/iam/") {
			out["aws.region"] = r
		}
		if m := regexp.MustCompile(`^([0-9]{12})-[a-z0-9]+\.`).FindStringSubmatch(host); m != nil {
			out["aws.account"] = m[1]
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}
