package cloud

import (
	"bufio"
	"context"
	"os"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"
)

// Profile is one way to sign in to AWS that the user's files hold. Nothing secret is in it.
type Profile struct {
	Name    string
	Kind    string // sso, keys, process, source, web identity, login; "" where the files do not say
	Account string // 12 digits, where the files say it
	Region  string // "" where the files do not say it
}

// Profiles reads the names in the user's AWS files and what each is made of. It makes no call; a file that is not there
// holds none.
func Profiles(ctx context.Context, env func(string) string) []Profile {
	f := awsFilesOf(env)
	names := append(sections(f.config, "profile "), sections(f.credentials, "")...)
	slices.Sort(names)
	var out []Profile
	for _, name := range slices.Compact(names) {
		p := loadProfile(ctx, env, name)
		if p.err != nil {
			continue
		}
		out = append(out, Profile{Name: name, Kind: profileKind(p.shared), Account: accountOf(p.shared), Region: p.shared.Region})
	}
	return out
}

func accountOf(s config.SharedConfig) string {
	if s.RoleARN != "" {
		if parts := strings.Split(s.RoleARN, ":"); len(parts) > 4 {
			return parts[4]
		}
	}
	return s.SSOAccountID
}

// sections are the profiles that a file names. In the config file all but the default carry a prefix; other sections, such
// as sso-session, are none.
func sections(path, prefix string) []string {
	file, err := os.Open(path) //nolint:gosec // the user's own AWS files
	if err != nil {
		return nil
	}
	defer func() { _ = file.Close() }()
	var out []string
	in := bufio.NewScanner(file)
	for in.Scan() {
		line, opens := strings.CutPrefix(strings.TrimSpace(in.Text()), "[")
		name, _, closes := strings.Cut(line, "]")
		if !opens || !closes {
			continue
		}
		name = strings.TrimSpace(name)
		rest, profile := strings.CutPrefix(name, prefix)
		if profile || name == "default" {
			out = append(out, strings.TrimSpace(rest))
		}
	}
	return out
}
