package credential

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
)

// Config says what a credential configuration of an endpoint holds.
type Config struct {
	Audience string // //iam.googleapis.com/…
	Type     string // cloud.AWS4Request or cloud.JWT
	Email    string // the service account to impersonate; "" for direct access
	Google   cloud.GoogleEndpoints
}

// externalAccount is Google's credential configuration whose source is an endpoint.
type externalAccount struct {
	Type             string `json:"type"`
	Audience         string `json:"audience"`
	SubjectTokenType string `json:"subject_token_type"`
	TokenURL         string `json:"token_url"`
	Source           any    `json:"credential_source"`
	ImpersonationURL string `json:"service_account_impersonation_url,omitempty"`
}

// urlSource fetches a subject token.
type urlSource struct {
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
}

// awsSource fetches an instance's credentials to sign with. The last URL is signed and never called.
type awsSource struct {
	EnvironmentID   string `json:"environment_id"`
	RegionURL       string `json:"region_url"`
	URL             string `json:"url"`
	VerificationURL string `json:"regional_cred_verification_url"`
}

func sourceOf(kind string, e *Endpoint) any {
	if kind == cloud.JWT {
		return urlSource{URL: e.URL, Headers: map[string]string{"Authorization": e.Token}}
	}
	return awsSource{
		EnvironmentID: "aws1", RegionURL: e.URL + e.Token + zonePath, URL: e.URL + e.Token + rolePath,
		VerificationURL: "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15",
	}
}

// WriteConfig writes a configuration that asks the endpoint, 0600 in a directory of its own in the first of these places
// that can be written to; remove takes it away with all that is in it. It is worth nothing once the endpoint is closed.
func WriteConfig(c Config, e *Endpoint, places []string) (path string, remove func() error, err error) {
	a := externalAccount{
		Type: "external_account", Audience: c.Audience, SubjectTokenType: c.Type, TokenURL: c.Google.STS + "v1/token",
		Source: sourceOf(c.Type, e),
	}
	if c.Email != "" {
		a.ImpersonationURL = c.Google.IAMCredentials + "v1/projects/-/serviceAccounts/" + c.Email + ":generateAccessToken"
	}
	data, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return "", nil, wrapped("write the credential configuration", err)
	}
	dir, err := firstDir(places)
	if err != nil {
		return "", nil, wrapped("write the credential configuration", err)
	}
	path = filepath.Join(dir, "credential-config.json")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return "", nil, wrapped("write the credential configuration", errors.Join(err, os.RemoveAll(dir)))
	}
	return path, func() error { return os.RemoveAll(dir) }, nil
}

// firstDir makes a directory of mode 0700.
func firstDir(places []string) (dir string, err error) {
	var refused []error
	for _, place := range places {
		if dir, err = os.MkdirTemp(place, "drawbridge-exec-"); err == nil {
			return dir, nil
		}
		refused = append(refused, err)
	}
	return "", errors.Join(refused...)
}

func sorted(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
