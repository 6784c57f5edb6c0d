package credential

import (
	"os"
	"slices"
	"strings"
)

// AWSEnvironment is environ for a command that acts in AWS: the endpoint, the region, and nothing else that could win
// over it. The user's AWS files are hidden, because keys in a default profile would.
func AWSEnvironment(environ []string, e *Endpoint, region string) []string {
	return with(besideProxy(environ), map[string]string{
		"AWS_CONTAINER_CREDENTIALS_FULL_URI": e.URL,
		"AWS_CONTAINER_AUTHORIZATION_TOKEN":  e.Token,
		"AWS_REGION":                         region,
		"AWS_DEFAULT_REGION":                 region,
		"AWS_CONFIG_FILE":                    os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE":        os.DevNull,
		"AWS_EC2_METADATA_DISABLED":          "true",
	},
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_CREDENTIAL_EXPIRATION",
		"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_WEB_IDENTITY_TOKEN_FILE",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
}

// GoogleEnvironment is environ for a command that acts in Google: the credential configuration for libraries, Terraform
// and gcloud, and no token or account that could win over it.
func GoogleEnvironment(environ []string, config, project string) []string {
	set := map[string]string{
		"GOOGLE_APPLICATION_CREDENTIALS":         config,
		"CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE": config,
	}
	if project != "" {
		set["GOOGLE_CLOUD_PROJECT"], set["CLOUDSDK_CORE_PROJECT"] = project, project
	}
	return with(besideProxy(environ), set,
		"CLOUDSDK_AUTH_ACCESS_TOKEN", "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE", "CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT", "CLOUDSDK_CORE_ACCOUNT",
		"GOOGLE_OAUTH_ACCESS_TOKEN", "GOOGLE_CREDENTIALS", "GOOGLE_CLOUD_KEYFILE_JSON", "GCLOUD_KEYFILE_JSON", "GOOGLE_IMPERSONATE_SERVICE_ACCOUNT")
}

// besideProxy keeps what is asked of loopback from going to a proxy, which some libraries would hand the endpoint's token.
// Programs differ in whether they read such variables in capitals or not.
func besideProxy(environ []string) []string {
	set := map[string]string{}
	for name, other := range map[string]string{"NO_PROXY": "no_proxy", "no_proxy": "NO_PROXY"} {
		except := valueOf(environ, name)
		if except == "" {
			except = valueOf(environ, other)
		}
		set[name] = strings.TrimPrefix(except+",127.0.0.1", ",")
	}
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"} {
		if valueOf(environ, name) != "" {
			return with(environ, set)
		}
	}
	return environ
}

func valueOf(environ []string, name string) string {
	for _, v := range slices.Backward(environ) { // the last one counts
		if rest, ok := strings.CutPrefix(v, name+"="); ok {
			return rest
		}
	}
	return ""
}

// with is environ with some variables set and others taken out, in the order of environ and then of the alphabet.
func with(environ []string, set map[string]string, drop ...string) []string {
	gone := map[string]bool{}
	for _, name := range drop {
		gone[name] = true
	}
	out := make([]string, 0, len(environ)+len(set))
	for _, v := range environ {
		name, _, _ := strings.Cut(v, "=")
		if _, replaced := set[name]; !replaced && !gone[name] {
			out = append(out, v)
		}
	}
	for _, name := range sorted(set) {
		out = append(out, name+"="+set[name])
	}
	return out
}
