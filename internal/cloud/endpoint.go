package cloud

import (
	"fmt"
	"net/url"
	"strings"
)

// EndpointError is an endpoint, region or bundle of the environment that cannot be used. It is wrong usage: nothing was
// called. Value holds no password, even when the variable did.
type EndpointError struct {
	Variable string   // where it comes from: AWS_ENDPOINT_URL_IAM, "profile lab, endpoint_url"
	Value    string   // as given
	Reason   string   // why it is refused
	Do       []string // what to do, one line each
}

// Error names the variable, its value and the reason.
func (e *EndpointError) Error() string {
	if e.Value == "" {
		return fmt.Sprintf("%s: %s", e.Variable, e.Reason)
	}
	return fmt.Sprintf("%s=%s: %s", e.Variable, e.Value, e.Reason)
}

// endpoint is one base URL and where it comes from.
type endpoint struct {
	variable string // "" when it is the cloud's own default
	url      string // with a trailing slash
	real     bool   // the cloud's own
}

// rules say which hosts an endpoint may have.
type rules struct {
	cloud   string // "Google Cloud", "AWS"
	domains []string
	allow   []string
}

// check accepts loopback, https to the cloud's own domains, and hosts that were allowed by name.
func (r rules) check(variable, value string) (endpoint, error) {
	u, err := parseEndpoint(variable, value)
	if err != nil {
		return endpoint{}, err
	}
	e := endpoint{variable: variable, url: u.String()}
	switch host := u.Hostname(); {
	case within(host, r.domains):
		if u.Scheme != "https" {
			return e, refuse(variable, u, r.cloud+" is only spoken to over https", "write https:// in "+variable)
		}
		e.real = true
		return e, nil
	case loopback(host), allowedHost(r.allow, u.Host):
		return e, nil
	default:
		return e, refuse(variable, u, fmt.Sprintf("%s is neither this machine nor %s, and credentials would be sent there", u.Host, r.cloud),
			"unset "+variable, "or, if you trust that host, pass --allow-endpoint "+u.Host)
	}
}

// parseEndpoint reads an absolute http or https URL and ends its path with a slash.
func parseEndpoint(variable, value string) (*url.URL, error) {
	shown := shownURL(value)
	bad := func(reason string) error {
		return &EndpointError{
			Variable: variable, Value: shown, Reason: reason,
			Do: []string{"set " + variable + " to a URL such as http://127.0.0.1:8080/, or unset it"},
		}
	}
	u, err := url.Parse(strings.TrimSpace(value))
	switch {
	case err != nil:
		return nil, bad("not a URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, bad("not a URL that begins with http:// or https://")
	case u.Hostname() == "":
		return nil, bad("a URL without a host")
	case u.User != nil:
		return nil, bad("a URL with a user name in it")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, bad("a URL with a query or fragment; an endpoint has none")
	}
	if !strings.HasSuffix(u.Path, "/") {
		u.Path += "/"
	}
	return u, nil
}

func refuse(variable string, u *url.URL, reason string, do ...string) error {
	return &EndpointError{Variable: variable, Value: u.String(), Reason: reason, Do: do}
}

// shownURL is what may be repeated of a value that could hold a password.
func shownURL(value string) string {
	if strings.Contains(value, "@") {
		return withheld
	}
	return clean(value)
}

// agree refuses a mixture: credentials of the real cloud must not reach the stand-in, nor changes meant for a stand-in
// the real cloud.
func agree(all []endpoint) error {
	var own, other *endpoint
	for i := range all {
		if all[i].real {
			own = &all[i]
		} else {
			other = &all[i]
		}
	}
	if own == nil || other == nil {
		return nil
	}
	return &EndpointError{
		Variable: other.variable, Value: other.url,
		Reason: fmt.Sprintf("it is not the real cloud, but %s would be; both clouds must be real, or both not", own.url),
		Do: []string{
			"unset " + other.variable + " to use the real clouds",
			"or point every endpoint elsewhere: `drawbridge sandbox` prints the whole list of variables",
		},
	}
}
