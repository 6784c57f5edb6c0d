package cloud

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// ask is one call without an SDK. Bearer and form values never reach the URL.
type ask struct {
	url    string
	bearer Secret
	payer  string     // X-Goog-User-Project
	form   url.Values // or
	json   any
}

// send posts a and decodes the reply into out.
func (a ask) send(ctx context.Context, client *http.Client, out any) error {
	req, err := a.request(ctx)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return errorReply(resp.StatusCode, resp.Header, body)
	}
	if err := json.Unmarshal(body, out); err != nil {
		return &strangeReply{Status: resp.StatusCode, Host: req.URL.Host, What: "something that cannot be read"}
	}
	return nil
}

func (a ask) request(ctx context.Context) (*http.Request, error) {
	var body io.Reader = strings.NewReader(a.form.Encode())
	kind := "application/x-www-form-urlencoded"
	if a.json != nil {
		b, err := json.Marshal(a.json)
		if err != nil {
			return nil, fmt.Errorf("encode request: %w", err)
		}
		body, kind = bytes.NewReader(b), "application/json"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.url, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Accept", "application/json")
	if a.bearer != "" {
		req.Header.Set("Authorization", "Bearer "+a.bearer.Reveal())
	}
	if a.payer != "" {
		req.Header.Set("X-Goog-User-Project", a.payer)
	}
	return req, nil
}
