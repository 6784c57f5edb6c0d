package cloud

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// InstanceCredentials asks the metadata service of this EC2 instance for its role and that role's credentials. It speaks
// version 2 only, which an instance should require.
func InstanceCredentials(ctx context.Context, a *AWS) (role string, c Credentials, err error) {
	role, c, err = instanceCredentials(ctx, a)
	return role, c, Problem("ask the instance metadata service for credentials", err)
}

func instanceCredentials(ctx context.Context, a *AWS) (string, Credentials, error) {
	const path = "latest/meta-data/iam/security-credentials/"
	session, _, err := readMetadata(ctx, a.http, http.MethodPut, a.IMDS+"latest/api/token", http.Header{"X-Aws-Ec2-Metadata-Token-Ttl-Seconds": {"300"}})
	if err != nil {
		return "", Credentials{}, err
	}
	h := http.Header{"X-Aws-Ec2-Metadata-Token": {session}}
	list, _, err := readMetadata(ctx, a.http, http.MethodGet, a.IMDS+path, h)
	if err != nil {
		return "", Credentials{}, err
	}
	role, _, _ := strings.Cut(list, "\n")
	if role == "" {
		return "", Credentials{}, &apiError{Status: http.StatusNotFound, Message: "the instance has no profile"}
	}
	body, _, err := readMetadata(ctx, a.http, http.MethodGet, a.IMDS+path+url.PathEscape(role), h)
	if err != nil {
		return "", Credentials{}, err
	}
	c, err := instanceDocument(body)
	return clean(role), c, err
}

// instanceDocument reads what the service answers, which may be an error with status 200.
func instanceDocument(body string) (Credentials, error) {
	var d struct {
		Code, Message, AccessKeyId, SecretAccessKey, Token string //nolint:revive // AWS's spelling
		Expiration                                         time.Time
	}
	if err := json.Unmarshal([]byte(body), &d); err != nil {
		return Credentials{}, fmt.Errorf("the metadata service answered something that cannot be read")
	}
	if d.AccessKeyId == "" || d.SecretAccessKey == "" {
		return Credentials{}, &apiError{Status: http.StatusOK, Code: clean(d.Code), Message: "no keys: " + clean(d.Message)}
	}
	return Credentials{AccessKeyID: d.AccessKeyId, SecretAccessKey: Secret(d.SecretAccessKey), SessionToken: Secret(d.Token), Expires: d.Expiration}, nil
}
