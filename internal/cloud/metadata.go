package cloud

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// metadataTimeout is how long a metadata server may take: on any other machine nothing answers at its address.
const metadataTimeout = 3 * time.Second

// MetadataIDToken asks the metadata server of this Google machine for an ID token of its service account. Who asks knows that
// there is one, so an answer that does not come is asked for once more.
func MetadataIDToken(ctx context.Context, g *Google, audience string) (Secret, error) {
	q := url.Values{"audience": {audience}, "format": {"full"}}
	path := "instance/service-accounts/default/identity?" + q.Encode()
	t, err := g.metadata(ctx, path)
	if errors.Is(err, errCallTimeout) && ctx.Err() == nil {
		t, err = g.metadata(ctx, path)
	}
	if err == nil && !tokenShape(t) {
		t, err = "", &strangeReply{Status: http.StatusOK, Host: g.Endpoints.Metadata, What: "something that is no token"}
	}
	return Secret(t), Problem("get an ID token from the metadata server", err)
}

// MetadataEmail asks the metadata server which service account this Google machine runs as.
func MetadataEmail(ctx context.Context, g *Google) (string, error) {
	e, err := g.metadata(ctx, "instance/service-accounts/default/email")
	if err == nil && (!strings.Contains(e, "@") || strings.ContainsAny(e, " <>{}\n") || len(e) > 320) {
		e, err = "", &strangeReply{Status: http.StatusOK, Host: g.Endpoints.Metadata, What: "something that is no e-mail"}
	}
	return clean(e), Problem("ask the metadata server for its service account", err)
}

// longestToken is the most that AWS takes of a web identity token.
const longestToken = 20_000

// tokenShape holds for three parts of base64url: what they say is for the reader of the token to judge.
func tokenShape(t string) bool {
	parts := strings.Split(t, ".")
	if len(parts) != 3 || len(t) > longestToken {
		return false
	}
	for _, p := range parts {
		if p == "" || strings.Trim(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=") != "" {
			return false
		}
	}
	return true
}

func (g *Google) metadata(ctx context.Context, path string) (string, error) {
	h := http.Header{"Metadata-Flavor": {"Google"}}
	body, reply, err := readMetadata(ctx, g.HTTP, http.MethodGet, g.Endpoints.Metadata+"computeMetadata/v1/"+path, h)
	if err == nil && reply.Get("Metadata-Flavor") != "Google" {
		// Something else answers there: a captive portal, or another cloud's machine.
		return "", fmt.Errorf("what answers at %s is not Google's metadata server", g.Endpoints.Metadata)
	}
	return body, err
}

// readMetadata makes one short call to a metadata server of either cloud. It is made once: on a machine that has none,
// waiting again would only be slow.
func readMetadata(ctx context.Context, client *http.Client, method, at string, h http.Header) (string, http.Header, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, metadataTimeout, errCallTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, at, nil)
	if err != nil {
		return "", nil, err
	}
	req.Header = h
	resp, err := client.Do(req)
	if err != nil {
		return "", nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return "", nil, &apiError{Status: resp.StatusCode, Message: clean(string(body))}
	}
	return strings.TrimSpace(string(body)), resp.Header, nil
}
