package google

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
)

// methodOf is the method that a request means: clients behind strict proxies, and those with very long queries, send
// another one as POST and say which.
func methodOf(r *http.Request) string {
	if meant := r.Header.Get("X-Http-Method-Override"); r.Method == http.MethodPost && meant != "" {
		return strings.ToUpper(meant)
	}
	return r.Method
}

// queryOf reads the parameters, under their camel-case names. A GET that was sent as POST has them in its body.
func (rt *route) queryOf(r *http.Request, body []byte) url.Values {
	query := r.URL.Query()
	if r.Method == http.MethodPost && rt.method == http.MethodGet {
		if form, err := url.ParseQuery(string(body)); err == nil {
			for name, values := range form {
				query[name] = append(query[name], values...)
			}
		}
	}
	if rt.service == "" {
		return query
	}
	for name, values := range query {
		if other := camel(name); other != name && query[other] == nil && !systemParam(name) {
			query[other] = values
			delete(query, name)
		}
	}
	return query
}

// systemParam tells the parameters that every method takes.
func systemParam(name string) bool {
	switch strings.TrimPrefix(name, "$") {
	case ".xgafv", "access_token", "alt", "callback", "fields", "key", "oauth_token", "prettyPrint", "quotaUser", "uploadType", "upload_protocol":
		return true
	}
	return false
}

// ownParams are the parameters of a method beside those of its path, as the discovery documents have them.
func (rt *route) ownParams() []string {
	verb := rt.id[strings.LastIndexByte(rt.id, '.')+1:]
	switch {
	case strings.HasSuffix(rt.id, ".keys.list"):
		return []string{"keyTypes", "pageSize", "pageToken", "showDeleted"}
	case verb == "list", verb == "search", verb == "listAttestationRules":
		return []string{"pageSize", "pageToken", "filter", "query", "parent", "showDeleted", "view"}
	case verb == "batchGet":
		return []string{"names"}
	case verb == "patch", verb == "update":
		return []string{"updateMask"}
	case verb == "delete":
		return []string{"etag"}
	case strings.HasSuffix(rt.id, ".keys.get"):
		return []string{"publicKeyType"}
	case verb == "getIamPolicy":
		return []string{"options.requestedPolicyVersion"}
	case verb == "create":
		return []string{"workloadIdentityPoolId", "workloadIdentityPoolProviderId", "workloadIdentityPoolProviderKeyId"}
	}
	return nil
}

// checkParams refuses parameters that a method does not have, as a misspelt one would otherwise go unnoticed.
func (q *call) checkParams() error {
	if q.route.service == "" || q.route.service == compute {
		return nil
	}
	own := q.route.ownParams()
	for name := range q.query {
		if systemParam(name) || slices.Contains(own, name) {
			continue
		}
		text := fmt.Sprintf("Invalid JSON payload received. Unknown name %q: Cannot bind query parameter. Field '%s' could not be found in request message.", name, name)
		return invalidArgument("%s", text).With(wire.BadRequest("", text))
	}
	return nil
}

// shaped gives an answer the form that the caller asked for: some fields only, or without spaces.
func (q *call) shaped(value any) (any, error) {
	fields, tight := q.system("fields"), q.system("prettyPrint") == "false"
	if _, text := value.(plain); text || q.route.service == "" || fields == "" && !tight {
		return value, nil
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	if fields != "" {
		if raw, err = selected(raw, fields); err != nil {
			return nil, err
		}
	}
	if tight {
		return json.RawMessage(raw), nil
	}
	var wide bytes.Buffer
	err = json.Indent(&wide, raw, "", "  ")
	return json.RawMessage(wide.Bytes()), err
}

// system is a parameter that every method takes, under either of its names.
func (q *call) system(name string) string {
	if v := q.query.Get(name); v != "" {
		return v
	}
	return q.query.Get("$" + name)
}

// camelBody renames the members of a JSON body that are written with underscores, as Google's parsers also take them. Keys
// that callers made up, such as "attribute.aws_role", have a dot.
func camelBody(raw []byte) ([]byte, error) {
	value, err := generic(raw)
	if err != nil {
		return nil, err
	}
	return json.Marshal(renamedKeys(value))
}

func renamedKeys(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, inner := range v {
			if !strings.Contains(name, ".") {
				name = camel(name)
			}
			out[name] = renamedKeys(inner)
		}
		return out
	case []any:
		for i := range v {
			v[i] = renamedKeys(v[i])
		}
	}
	return value
}

// generic reads JSON without losing a digit.
func generic(raw []byte) (value any, err error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	err = dec.Decode(&value)
	return value, err
}

// NotFound is what Google's front ends say of an address that no method has.
func NotFound(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(http.StatusNotFound)
	_, _ = fmt.Fprintf(w, "<!DOCTYPE html>\n<html lang=en>\n  <title>Error 404 (Not Found)!!1</title>\n  <p><b>404.</b> <ins>That’s an error.</ins>\n"+
		"  <p>The requested URL <code>%s</code> was not found on this server.  <ins>That’s all we know.</ins>\n", html.EscapeString(r.URL.Path))
}
