package cloud

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Hosts besides Google's that a credentials file may take its subject token from without being asked about.
var subjectDomains = []string{"actions.githubusercontent.com"}

// credentialsFile is what a Google credentials file says about where its calls go. A file from elsewhere may name any
// host: what it would be sent there are the very credentials.
type credentialsFile struct {
	Type        string           `json:"type"`
	TokenURI    string           `json:"token_uri"`
	TokenURL    string           `json:"token_url"`
	InfoURL     string           `json:"token_info_url"`
	Impersonate string           `json:"service_account_impersonation_url"`
	Universe    string           `json:"universe_domain"`
	Inner       *credentialsFile `json:"source_credentials"`
	Source      struct {
		Environment  string `json:"environment_id"`
		URL          string `json:"url"`
		RegionURL    string `json:"region_url"`
		SessionURL   string `json:"imdsv2_session_token_url"`
		Verification string `json:"regional_cred_verification_url"`
	} `json:"credential_source"`
}

// destination is one address of a file, and who may be there.
type destination struct {
	field, address string
	domains        []string // https only
	machine        bool     // the metadata server of this machine
}

func (f *credentialsFile) destinations() []destination {
	out := []destination{
		{"token_uri", f.TokenURI, googleDomains, false},
		{"token_url", f.TokenURL, googleDomains, false},
		{"token_info_url", f.InfoURL, googleDomains, false},
		{"service_account_impersonation_url", f.Impersonate, googleDomains, false},
	}
	s := f.Source
	if s.Environment == "" {
		return append(out, destination{"credential_source.url", s.URL, slices.Concat(googleDomains, subjectDomains), true})
	}
	return append(out,
		destination{"credential_source.url", s.URL, nil, true},
		destination{"credential_source.region_url", s.RegionURL, nil, true},
		destination{"credential_source.imdsv2_session_token_url", s.SessionURL, nil, true},
		destination{"credential_source.regional_cred_verification_url", s.Verification, awsDomains, false})
}

// check refuses a file that would send anything to a host that is neither Google's, nor AWS's, nor this machine, nor
// allowed by name. It answers every host that the file names.
func (f *credentialsFile) check(allow []string) (hosts []string, err error) {
	if f.Universe != "" && f.Universe != "googleapis.com" {
		return nil, fmt.Errorf("universe_domain %s is not Google Cloud", clean(f.Universe))
	}
	for _, d := range f.destinations() {
		if d.address == "" {
			continue
		}
		u, err := url.Parse(strings.ReplaceAll(d.address, "{region}", "region")) // AWS's verification address has a blank
		if err != nil || u.Hostname() == "" || u.User != nil {
			return nil, fmt.Errorf("%s is not an address", d.field)
		}
		if !d.may(u, allow) {
			return nil, fmt.Errorf("%s sends credentials to %s, which is not where they belong; if you trust that host, pass --allow-endpoint %s", d.field, clean(u.Host), clean(u.Host))
		}
		hosts = append(hosts, u.Hostname())
	}
	if f.Inner == nil {
		return hosts, nil
	}
	inner, err := f.Inner.check(allow)
	return append(hosts, inner...), err
}

func (d destination) may(u *url.URL, allow []string) bool {
	host := u.Hostname()
	switch {
	case allowedHost(allow, u.Host), loopback(host):
		return u.Scheme == "https" || u.Scheme == "http"
	case metadataHost(host):
		return d.machine && u.Scheme == "http"
	}
	return u.Scheme == "https" && within(host, d.domains)
}
