package audit

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
)

// fileRules read credential configuration files as they were found on this machine.
func fileRules() []Rule {
	const ref = "https://google.aip.dev/auth/4117"
	live := []inventory.Part{inventory.PartProject, inventory.PartPools}
	return []Rule{
		{ID: "GCP-CFG-01", Severity: High, Title: "the file is not a keyless configuration", Reference: ref, find: files(wrongType)},
		{ID: "GCP-CFG-02", Severity: High, Title: "the file names a provider that is not there", Reference: ref, Needs: live, find: files(wrongAudience)},
		{ID: "GCP-CFG-03", Severity: Critical, Title: "the file sends credentials elsewhere", Reference: ref, find: files(foreignHost)},
		{ID: "GCP-CFG-04", Severity: High, Title: "the file runs a program", Reference: ref, find: files(runsProgram)},
		{ID: "GCP-CFG-05", Severity: Medium, Title: "the file does not use version 2 of the metadata service", Reference: ref, find: files(noSessionToken)},
		{ID: "GCP-CFG-06", Severity: High, Title: "the file impersonates an account that is not there", Reference: ref, Needs: []inventory.Part{inventory.PartAccounts}, find: files(wrongAccount)},
		{ID: "GCP-CFG-07", Severity: Medium, Title: "the file asks for tokens that live longer than an hour", Reference: ref, find: files(longLife)},
		{ID: "GCP-CFG-08", Severity: High, Title: "the file reads metadata from elsewhere", Reference: ref, find: files(foreignMetadata)},
		{ID: "GCP-CFG-09", Severity: Medium, Title: "the file does not work with every client library", Reference: ref, find: files(incomplete)},
		{ID: "GCP-CFG-10", Severity: Low, Title: "anybody on the machine may rewrite the file", Reference: ref, find: files(worldWritable)},
	}
}

// config is a credential configuration as far as it steers where tokens go.
type config struct {
	file     inventory.File
	Type     string `json:"type"`
	Audience string `json:"audience"`
	TokenURL string `json:"token_url"`
	Imitate  string `json:"service_account_impersonation_url"`
	Options  struct {
		Seconds int `json:"token_lifetime_seconds"`
	} `json:"service_account_impersonation"`
	Source struct {
		Environment string          `json:"environment_id"`
		Region      string          `json:"region_url"`
		URL         string          `json:"url"`
		Verify      string          `json:"regional_cred_verification_url"`
		Session     string          `json:"imdsv2_session_token_url"`
		Executable  json.RawMessage `json:"executable"`
	} `json:"credential_source"`
}

// files asks about each file. A rule about files says what is wrong, or nothing.
func files(ask func(*sight, config) string) func(*sight) []Finding {
	return func(s *sight) []Finding {
		var out []Finding
		for _, f := range s.Files {
			c := config{file: f}
			_ = json.Unmarshal(f.Bytes, &c) // a file that cannot be read has no type, which is a finding
			if why := ask(s, c); why != "" {
				out = append(out, Finding{
					Resource: f.Path, Evidence: why, Fix: "generate the file again", Command: command("drawbridge", "generate", "credential-config", "-o", "DIR"),
					about: []string{"project"},
				})
			}
		}
		return out
	}
}

func (c config) keyless() bool { return c.Type == "external_account" }

func wrongType(_ *sight, c config) string {
	if c.keyless() {
		return ""
	}
	return fmt.Sprintf("type = %q", c.Type)
}

var fileAudience = regexp.MustCompile(`^//iam\.googleapis\.com/projects/(\d+)/locations/global/workloadIdentityPools/([^/]+)/providers/([^/]+)$`)

func wrongAudience(s *sight, c config) string {
	if !c.keyless() {
		return ""
	}
	parts := fileAudience.FindStringSubmatch(c.Audience)
	if parts == nil {
		return fmt.Sprintf("audience = %q", c.Audience)
	}
	if s.unread(inventory.PartPools) {
		return ""
	}
	found := slices.ContainsFunc(s.providers(parts[2]), func(v provider) bool { return v.ID == parts[3] && !v.pool.Disabled })
	if s.Project.Number != "" && parts[1] == s.Project.Number && !found || s.Project.Number != "" && parts[1] != s.Project.Number {
		return "audience = " + c.Audience
	}
	return ""
}

// foreignHost lets the clouds' own hosts and loopback pass.
func foreignHost(_ *sight, c config) string {
	for _, text := range []string{c.TokenURL, c.Imitate} {
		if text == "" || !c.keyless() {
			continue
		}
		u, err := url.Parse(text)
		google := err == nil && (u.Hostname() == "googleapis.com" || strings.HasSuffix(u.Hostname(), ".googleapis.com"))
		if err != nil || !loopback(u.Hostname()) && (!google || u.Scheme != "https") {
			return text
		}
	}
	return ""
}

func loopback(host string) bool { return host == "127.0.0.1" || host == "localhost" || host == "::1" }

// runsProgram lets our own token command pass: it is what a workload without a metadata service uses.
func runsProgram(_ *sight, c config) string {
	if len(c.Source.Executable) == 0 || strings.Contains(string(c.Source.Executable), "drawbridge") {
		return ""
	}
	return "executable = " + string(c.Source.Executable)
}

func (c config) fromAWS() bool { return c.keyless() && c.Source.Environment != "" }

func noSessionToken(_ *sight, c config) string {
	if c.fromAWS() && c.Source.URL != "" && c.Source.Session == "" {
		return "imdsv2_session_token_url is not set"
	}
	return ""
}

func wrongAccount(s *sight, c config) string {
	_, rest, ok := strings.Cut(c.Imitate, "/serviceAccounts/")
	email, _, _ := strings.Cut(rest, ":")
	if !ok || !strings.HasSuffix(email, "@"+s.Project.ID+".iam.gserviceaccount.com") {
		return ""
	}
	if _, alive := s.account(email); alive {
		return ""
	}
	return "service_account_impersonation_url = " + c.Imitate
}

func longLife(_ *sight, c config) string {
	if c.Options.Seconds > 3600 {
		return fmt.Sprintf("token_lifetime_seconds = %d", c.Options.Seconds)
	}
	return ""
}

func foreignMetadata(_ *sight, c config) string {
	for _, text := range []string{c.Source.URL, c.Source.Region, c.Source.Session} {
		u, err := url.Parse(text)
		if text == "" || !c.fromAWS() {
			continue
		}
		if err != nil || !loopback(u.Hostname()) && !slices.Contains([]string{"169.254.169.254", "fd00:ec2::254"}, u.Hostname()) {
			return text
		}
	}
	return ""
}

func incomplete(_ *sight, c config) string {
	switch {
	case !c.fromAWS():
		return ""
	case c.Source.Environment != "aws1":
		return "environment_id = " + c.Source.Environment
	case c.Source.Verify == "":
		return "regional_cred_verification_url is not set"
	}
	return ""
}

const othersWrite = 0o002

func worldWritable(_ *sight, c config) string {
	if c.file.Mode&othersWrite != 0 {
		return fmt.Sprintf("mode %#o", c.file.Mode)
	}
	return ""
}
