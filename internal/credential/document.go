package credential

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
)

// processDocument is version 1 of what AWS's SDKs read from a credential_process. Without Expiration they would keep the
// credentials for ever, and Go reads no other form of it than RFC 3339 with Z.
type processDocument struct {
	Version         int
	AccessKeyID     string `json:"AccessKeyId"`
	SecretAccessKey string
	SessionToken    string
	Expiration      string
	AccountID       string `json:"AccountId,omitempty"`
}

// ProcessDocument is the document that `credential-process` exists to print, on one line.
func ProcessDocument(c cloud.Credentials, roleARN string) ([]byte, error) {
	data, err := json.Marshal(processDocument{
		Version: 1, AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey.Reveal(),
		SessionToken: c.SessionToken.Reveal(), Expiration: stamp(c.Expires), AccountID: accountOf(roleARN),
	})
	return append(data, '\n'), err
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// accountOf is the fifth field of an ARN.
func accountOf(arn string) string {
	if f := strings.SplitN(arn, ":", 6); len(f) == 6 {
		return f[4]
	}
	return ""
}
