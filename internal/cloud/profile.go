package cloud

import (
	"context"
	"path/filepath"
	"runtime"

	"github.com/aws/aws-sdk-go-v2/config"
)

// awsFiles are the user's AWS files, from env alone, so that an overlaid environment wins over the process's.
type awsFiles struct{ config, credentials string }

func awsFilesOf(env func(string) string) awsFiles {
	f := awsFiles{config: env("AWS_CONFIG_FILE"), credentials: env("AWS_SHARED_CREDENTIALS_FILE")}
	home := homeOf(env)
	if f.config == "" && home != "" {
		f.config = filepath.Join(home, ".aws", "config")
	}
	if f.credentials == "" && home != "" {
		f.credentials = filepath.Join(home, ".aws", "credentials")
	}
	return f
}

func homeOf(env func(string) string) string {
	if runtime.GOOS == "windows" {
		return env("USERPROFILE")
	}
	return env("HOME")
}

// loadProfile reads one profile with the SDK's own parser.
func loadProfile(ctx context.Context, env func(string) string, name string) profile {
	f := awsFilesOf(env)
	p := profile{name: name}
	p.shared, p.err = config.LoadSharedConfigProfile(ctx, name, func(o *config.LoadSharedConfigOptions) {
		o.ConfigFiles, o.CredentialsFiles = listOf(f.config), listOf(f.credentials)
	})
	return p
}

// listOf never gives nil, for which the SDK would read its default files.
func listOf(path string) []string {
	if path == "" {
		return []string{}
	}
	return []string{path}
}

// profileName is the chosen profile and whether somebody chose it.
func profileName(o Options) (name string, chosen bool) {
	if o.Profile != "" {
		return o.Profile, true
	}
	if v := o.Env("AWS_PROFILE"); v != "" {
		return v, true
	}
	if v := o.Env("AWS_DEFAULT_PROFILE"); v != "" {
		return v, true
	}
	return "default", false
}
