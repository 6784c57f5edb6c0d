package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// The operator's side of the seeded world, as the exports name it.
const (
	region  = "us-east-1"
	project = "acme-build"

	legacyProfile = "acme-legacy" // of the account with a past
)

// CheckProfile refuses an AWS profile that the exports' files do not have; "" stands for the default one.
func CheckProfile(name string) error {
	known := []string{"default", legacyProfile}
	if name == "" || slices.Contains(known, name) {
		return nil
	}
	return &KnobError{"profile", name, "the sandbox has no such profile", known}
}

// Export is one environment variable that points a tool at the sandbox.
type Export struct{ Name, Value string }

// Exports lists, in a fixed order, what drawbridge, aws, gcloud, Terraform and the client libraries must find in their
// environment to use the sandbox as its operators. AWS is signed in through files, because keys in the environment
// would win over every profile and metadata server under test.
func (s *Server) Exports() []Export { return append([]Export(nil), s.exports...) }

// Environ is Exports as a map.
func (s *Server) Environ() map[string]string {
	env := make(map[string]string, len(s.exports))
	for _, e := range s.exports {
		env[e.Name] = e.Value
	}
	return env
}

// writeSignIn writes the AWS operator's files and makes the exports.
func (s *Server) writeSignIn(dir string) (err error) {
	s.dir = dir
	if dir == "" {
		if s.dir, err = os.MkdirTemp("", "drawbridge-sandbox-"); err != nil {
			return fmt.Errorf("write sandbox sign-in: %w", err)
		}
		s.ownsDir = true
	}
	config, credentials, err := s.writeProfiles()
	if err != nil {
		return err
	}
	if s.proxy != nil {
		s.exports, err = s.proxyExports(credentials, config)
		return err
	}
	s.exports = append(s.awsExports(config, credentials), s.googleExports()...)
	return nil
}

// writeProfiles writes two profiles: the operator of the account, which is the default, and the one of the account with
// a past.
func (s *Server) writeProfiles() (config, credentials string, err error) {
	id, secret := s.world.OperatorKey()
	pastID, pastSecret := s.world.KeyOf(world.LegacyAccountID, world.OperatorUser)
	config, credentials = filepath.Join(s.dir, "aws-config"), filepath.Join(s.dir, "aws-credentials")
	err = private(config, fmt.Sprintf("[default]\nregion = %s\n\n[profile %s]\nregion = %s\n", region, legacyProfile, region))
	if err != nil {
		return "", "", err
	}
	keys := "[%s]\naws_access_key_id = %s\naws_secret_access_key = %s\n"
	return config, credentials, private(credentials, fmt.Sprintf(keys+"\n"+keys, "default", id, secret, legacyProfile, pastID, pastSecret))
}

func private(path, content string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("write sandbox sign-in: %w", err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		return fmt.Errorf("write sandbox sign-in: %w", err)
	}
	return nil
}

func (s *Server) awsExports(config, credentials string) []Export {
	return []Export{
		{"AWS_CONFIG_FILE", config},
		{"AWS_SHARED_CREDENTIALS_FILE", credentials},
		{"AWS_REGION", region},
		{"AWS_DEFAULT_REGION", region},
		{"AWS_ENDPOINT_URL", s.url},
		{"AWS_EC2_METADATA_SERVICE_ENDPOINT", s.url},
	}
}

// gcloudAPIs are the endpoint overrides: gcloud's own, and drawbridge's, which reads the same names.
var gcloudAPIs = []string{"IAM", "IAMCREDENTIALS", "STS", "CLOUDRESOURCEMANAGER", "SERVICEUSAGE", "ORGPOLICY"}

// terraformAPIs are the custom endpoints of Terraform's Google provider and the version each must end in. Which
// resource uses which changed between its major versions, so all are set.
var terraformAPIs = []struct{ name, version string }{
	{"IAM", "v1"},
	{"IAM_BETA", "v1"},
	{"IAM_CREDENTIALS", "v1"},
	{"RESOURCE_MANAGER", "v1"},
	{"CLOUD_RESOURCE_MANAGER", "v1"},
	{"SERVICE_USAGE", "v1"},
	{"CLOUD_BILLING", "v1"},
	{"ORG_POLICY", "v2"},
	{"COMPUTE", "compute/v1"},
}

func (s *Server) googleExports() []Export {
	token := s.world.OperatorToken()
	list := []Export{
		{"GOOGLE_CLOUD_PROJECT", project},
		{"GCE_METADATA_HOST", strings.TrimPrefix(s.url, "http://")},
		{"CLOUDSDK_AUTH_ACCESS_TOKEN", token},
		{"CLOUDSDK_CORE_PROJECT", project},
	}
	for _, api := range gcloudAPIs {
		list = append(list, Export{"CLOUDSDK_API_ENDPOINT_OVERRIDES_" + api, s.url + "/"})
	}
	list = append(list,
		Export{"CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE", s.url + "/compute/v1/"},
		Export{"CLOUDSDK_AUTH_TOKEN_INTROSPECTION_ENDPOINT", s.url + "/v1/introspect"},
		Export{"DRAWBRIDGE_GOOGLE_OAUTH2_ENDPOINT", s.url + "/"},
	)
	for _, api := range terraformAPIs {
		list = append(list, Export{"GOOGLE_" + api.name + "_CUSTOM_ENDPOINT", s.url + "/" + api.version + "/"})
	}
	return append(list, Export{"GOOGLE_OAUTH_ACCESS_TOKEN", token})
}
