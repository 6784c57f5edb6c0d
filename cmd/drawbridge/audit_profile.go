package main

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
)

// awsProfiles are the bridge's profiles that are set up on this machine, with where long-lived keys stand that AWS's
// tools would take instead. A file that cannot be read here gives its owner's programs nothing either.
func (s *session) awsProfiles() []inventory.Profile {
	if s.bridge.ToAWS == nil {
		return nil
	}
	path, shared := s.awsConfig(), s.sharedCredentials()
	config, _ := os.ReadFile(path)
	credentials, _ := os.ReadFile(shared)
	var out []inventory.Profile
	for _, p := range s.input().Profiles() {
		settings := artifact.ConfigSettings(string(config), p.Name)
		if settings == nil {
			continue
		}
		found := inventory.Profile{Name: p.Name, Path: path, Role: s.bridge.ToAWS.Role.Name}
		if longLived(settings) {
			found.Static = append(found.Static, "aws_access_key_id in "+path)
		}
		if longLived(artifact.CredentialSettings(string(credentials), p.Name)) {
			found.Static = append(found.Static, "aws_access_key_id in "+shared)
		}
		if s.env("AWS_ACCESS_KEY_ID") != "" && s.env("AWS_SESSION_TOKEN") == "" {
			found.Static = append(found.Static, "AWS_ACCESS_KEY_ID in the environment")
		}
		out = append(out, found)
	}
	return out
}

// longLived holds for keys without a session: those of a session end by themselves.
func longLived(settings []string) bool {
	return slices.Contains(settings, "aws_access_key_id") && !slices.Contains(settings, "aws_session_token")
}

// awsConfig is where AWS's tools look for profiles.
func (at *site) awsConfig() string {
	if f := at.env("AWS_CONFIG_FILE"); f != "" {
		return f
	}
	return filepath.Join(first(at.env("HOME"), at.env("USERPROFILE")), ".aws", "config")
}
