package cloud

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
)

// FuzzCredentialsFile reads files from anywhere: what is accepted leads nowhere but to the clouds and this machine.
func FuzzCredentialsFile(f *testing.F) {
	for _, seed := range []string{
		`{"type":"external_account","token_url":"https://sts.googleapis.com/v1/token","credential_source":{"environment_id":"aws1","url":"http://169.254.169.254/x","region_url":"http://[fd00:ec2::254]/z","regional_cred_verification_url":"https://sts.{region}.amazonaws.com?Action=GetCallerIdentity"}}`,
		`{"token_url":"https://sts.googleapis.com@evil.example/"}`,
		`{"token_url":"https://evil.example#.googleapis.com/"}`,
		`{"source_credentials":{"token_uri":"https://googleapis.com.evil.example/"}}`,
		`{"credential_source":{"url":"http://127.0.0.1:8080/","headers":{"a":"b"}}}`,
		`{"universe_domain":"evil.example"}`,
		`[]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var file credentialsFile
		if json.Unmarshal(data, &file) != nil {
			return
		}
		hosts, err := file.check(nil)
		if err != nil {
			return
		}
		for _, h := range hosts {
			if !belongs(strings.ToLower(strings.TrimSuffix(h, "."))) {
				t.Fatalf("%q was accepted in %s", h, data)
			}
		}
	})
}

// belongs is written apart from what it judges.
func belongs(host string) bool {
	for _, own := range []string{"googleapis.com", "actions.githubusercontent.com", "amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "api.aws", "api.amazonwebservices.com.cn"} {
		if strings.HasSuffix("."+host, "."+own) {
			return true
		}
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().IsLoopback() || strings.HasPrefix(host, "169.254.") || host == "fd00:ec2::254" || host == "fd20:ce::254"
	}
	return host == "localhost" || host == "metadata" || host == "metadata.google.internal"
}
