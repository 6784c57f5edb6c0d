package google

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// route is one method of one service.
type route struct {
	method  string
	pattern []string // segments; "{name}" takes any text, the last may end in ":verb"
	id      string   // of the discovery document
	service string   // "iam.googleapis.com"; empty: no API to enable
	write   bool     // changes the state
	open    bool     // needs no credentials
	oauth   bool     // errors in the form of OAuth
	when    func(*http.Request) bool
	handle  func(*call) (any, error)
}

func get(path, id string, h func(*call) (any, error)) route {
	return route{method: http.MethodGet, pattern: strings.Split(path, "/"), id: id, handle: h}
}

func post(path, id string, h func(*call) (any, error)) route {
	return route{method: http.MethodPost, pattern: strings.Split(path, "/"), id: id, handle: h}
}

func patch(path, id string, h func(*call) (any, error)) route {
	return route{method: http.MethodPatch, pattern: strings.Split(path, "/"), id: id, handle: h, write: true}
}

func put(path, id string, h func(*call) (any, error)) route {
	return route{method: http.MethodPut, pattern: strings.Split(path, "/"), id: id, handle: h, write: true}
}

func remove(path, id string, h func(*call) (any, error)) route {
	return route{method: http.MethodDelete, pattern: strings.Split(path, "/"), id: id, handle: h, write: true}
}

// writing marks a route that changes the state.
func (rt route) writing() route { rt.write = true; return rt }

// public marks a route that anybody may call.
func (rt route) public() route { rt.open = true; return rt }

// of gives routes the API that has to be enabled for them.
func of(service string, routes ...route) []route {
	for i := range routes {
		routes[i].service = service
	}
	return routes
}

func allRoutes() []route {
	return slices.Concat(
		serviceRoutes(), projectRoutes(), lienRoutes(), billingRoutes(), orgPolicyRoutes(),
		accountRoutes(), keyRoutes(), roleRoutes(), poolRoutes(), providerRoutes(), providerKeyRoutes(),
		credentialRoutes(), exchangeRoutes(), keySignInRoutes(), tokenInfoRoutes(), discoveryRoutes(),
		instanceRoutes(), zoneRoutes(), metadataRoutes(),
	)
}

// segments splits an escaped path. It is false for paths that cannot be unescaped.
func segments(escaped string) ([]string, bool) {
	parts := strings.Split(strings.TrimPrefix(escaped, "/"), "/")
	for i, part := range parts {
		plain, err := url.PathUnescape(part)
		if err != nil {
			return nil, false
		}
		parts[i] = plain
	}
	return parts, true
}

func (rt *route) match(r *http.Request, path []string) (map[string]string, bool) {
	if rt.method != methodOf(r) || len(path) != len(rt.pattern) || rt.when != nil && !rt.when(r) {
		return nil, false
	}
	vars := map[string]string{}
	last := len(path) - 1
	for i, want := range rt.pattern {
		got := path[i]
		if i == last {
			var ok bool
			if want, got, ok = cutVerb(want, got); !ok {
				return nil, false
			}
		}
		name, isVar := strings.CutPrefix(want, "{")
		switch {
		case isVar && got == "", !isVar && got != want:
			return nil, false
		case isVar:
			vars[strings.TrimSuffix(name, "}")] = got
		}
	}
	return vars, true
}

// cutVerb removes the custom method from the last segment of both sides, when they agree on it.
func cutVerb(want, got string) (string, string, bool) {
	stem, verb, has := strings.Cut(want, ":")
	if !has {
		return want, got, !strings.Contains(got, ":") || !strings.HasPrefix(want, "{")
	}
	rest, ok := strings.CutSuffix(got, ":"+verb)
	return stem, rest, ok
}
