package artifact

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// externalAccount is Google's credential configuration. The keys stand in the order in which gcloud writes them, so that
// the two files can be compared byte for byte.
type externalAccount struct {
	UniverseDomain   string `json:"universe_domain"`
	Type             string `json:"type"`
	Audience         string `json:"audience"`
	SubjectTokenType string `json:"subject_token_type"`
	TokenURL         string `json:"token_url"`
	CredentialSource any    `json:"credential_source"`
	ImpersonationURL string `json:"service_account_impersonation_url,omitempty"`
	Impersonation    *life  `json:"service_account_impersonation,omitempty"`
	TokenInfoURL     string `json:"token_info_url,omitempty"`
}

// life is how long an access token is asked for.
type life struct {
	Seconds int `json:"token_lifetime_seconds"`
}

type awsSource struct {
	EnvironmentID   string `json:"environment_id"`
	RegionURL       string `json:"region_url"`
	URL             string `json:"url"`
	VerificationURL string `json:"regional_cred_verification_url"`
	IMDSv2URL       string `json:"imdsv2_session_token_url"`
}

type executableSource struct {
	Executable executable `json:"executable"`
}

type executable struct {
	Command       string `json:"command"`
	TimeoutMillis int    `json:"timeout_millis"`
}

// CredentialConfig writes the external_account file with which Google's client libraries act through the bridge. It holds
// no secret. With signed requests (EC2, Lambda) session tokens of the metadata service (IMDSv2) are always asked for,
// because new instances answer nothing else. With tokens of AWS (any runtime) drawbridge is the executable source, which
// libraries start only where GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES is 1.
func CredentialConfig(in Input) (File, error) {
	const kind = "credential-config"
	to := in.Bridge.ToGoogle
	if to == nil {
		return File{}, &DirectionError{kind, "the bridge has no toGoogle direction"}
	}
	if err := in.checkSource(kind); err != nil {
		return File{}, err
	}
	number, err := in.projectNumber(kind)
	if err != nil {
		return File{}, err
	}
	data, err := unescaped(in.externalAccount(number))
	if err != nil {
		return File{}, fmt.Errorf("write %s: %w", kind, err)
	}
	return File{
		Path:    "credential-config.json",
		Kind:    kind,
		For:     "workload",
		Where:   "on the " + to.Role.RunsOn + " workload that runs with role " + to.Role.Name,
		Command: allowExecutables(to.Token) + "export GOOGLE_APPLICATION_CREDENTIALS=$PWD/credential-config.json",
		Bytes:   data,
	}, nil
}

func (in Input) externalAccount(number string) externalAccount {
	b := in.Bridge
	sts := base(in.Endpoints.GoogleSTS, "https://sts.googleapis.com")
	a := externalAccount{
		UniverseDomain:   "googleapis.com",
		Type:             "external_account",
		Audience:         b.ProviderAudience(number),
		SubjectTokenType: "urn:ietf:params:aws:token-type:aws4_request",
		TokenURL:         sts + "/v1/token",
		CredentialSource: in.awsSource(),
	}
	if b.ToGoogle.Token == spec.TokenJWT {
		a.SubjectTokenType, a.CredentialSource = "urn:ietf:params:oauth:token-type:jwt", in.executableSource(number)
	}
	if b.ToGoogle.Access == "direct" {
		a.TokenInfoURL = sts + "/v1/introspect"
		return a
	}
	credentials := base(in.Endpoints.GoogleCredentials, "https://iamcredentials.googleapis.com")
	a.ImpersonationURL = credentials + "/v1/projects/-/serviceAccounts/" + b.ToGoogleEmail() + ":generateAccessToken"
	if in.Lifetime != 0 {
		a.Impersonation = &life{int(in.Lifetime.Seconds())}
	}
	return a
}

// The bounds of Google's libraries. More than an hour needs an organisation policy that allows it for the account.
const (
	shortestLife = 10 * time.Minute
	longestLife  = 12 * time.Hour
)

// checkSource refuses what no library of Google's can do with the file.
func (in Input) checkSource(kind string) error {
	to := in.Bridge.ToGoogle
	signing := to.Token == spec.TokenSignedRequest
	switch {
	case signing && (to.Role.RunsOn == spec.RunsOnECS || to.Role.RunsOn == spec.RunsOnEKS):
		return &DirectionError{kind, "Google's libraries find no AWS credentials on " + to.Role.RunsOn + " to sign a request with; set toGoogle.token: jwt, or run the workload under drawbridge exec --to google"}
	case in.Lifetime != 0 && to.Access == spec.AccessDirect:
		return &DirectionError{kind, "a token's lifetime is asked for with impersonation only, and the bridge has direct access"}
	case in.Lifetime != 0 && (in.Lifetime < shortestLife || in.Lifetime > longestLife):
		return &DirectionError{kind, fmt.Sprintf("a lifetime of %s is outside 10m to 12h", in.Lifetime)}
	}
	return nil
}

func allowExecutables(token string) string {
	if token == spec.TokenJWT {
		return "export GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1; "
	}
	return ""
}

// executableSource starts drawbridge. Libraries split the command at spaces and know no quotes; no word here holds any.
func (in Input) executableSource(number string) executableSource {
	b := in.Bridge
	return executableSource{executable{
		Command: strings.Join([]string{
			in.program(), "token", "--role", b.ToGoogleRoleARN(), "--audience", b.JWTAudience(number), "--region", b.AWS.Region,
		}, " "),
		TimeoutMillis: 30000,
	}}
}

func (in Input) awsSource() awsSource {
	imds := base(in.Endpoints.EC2Metadata, "http://169.254.169.254")
	return awsSource{
		EnvironmentID: "aws1",
		RegionURL:     imds + "/latest/meta-data/placement/availability-zone",
		URL:           imds + "/latest/meta-data/iam/security-credentials",
		// Signed and handed to Google, never called by a client; the Python library refuses any other host.
		VerificationURL: "https://sts.{region}." + in.Bridge.DNSSuffix() + "?Action=GetCallerIdentity&Version=2011-06-15",
		IMDSv2URL:       imds + "/latest/api/token",
	}
}

func base(url, real string) string {
	if url == "" {
		return real
	}
	return strings.TrimRight(url, "/")
}

// unescaped is indented JSON as gcloud writes it: & stays &, and there is no newline at the end.
func unescaped(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(out.Bytes(), "\n"), nil
}
