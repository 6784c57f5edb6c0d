package trust

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// maxToken is the longest token that AWS accepts, in characters.
const maxToken = 20_000

// Claims is what a token says about its bearer. The signature is not part of it.
type Claims struct {
	Header  map[string]any
	Payload map[string]any // numbers are json.Number
}

// Decode reads header and claims of a JWT for printing. It checks no signature and keeps none, and its errors never repeat
// any part of the token.
func Decode(jwt string) (Claims, error) {
	if len(jwt) > maxToken {
		return Claims{}, fmt.Errorf("decode the token: it has %d characters and %d are the most AWS takes", len(jwt), maxToken)
	}
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		return Claims{}, fmt.Errorf("decode the token: a JWT has three parts between dots, this text has %d", len(parts))
	}
	header, err := decodePart(parts[0])
	if err != nil {
		return Claims{}, fmt.Errorf("decode the token's header: %w", err)
	}
	payload, err := decodePart(parts[1])
	if err != nil {
		return Claims{}, fmt.Errorf("decode the token's claims: %w", err)
	}
	return Claims{Header: header, Payload: payload}, nil
}

func decodePart(part string) (map[string]any, error) {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return nil, errors.New("it is not base64url without padding")
	}
	var out map[string]any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if dec.Decode(&out) != nil || out == nil || dec.More() {
		return nil, errors.New("it is not one JSON object")
	}
	return out, nil
}

// Text gives a claim as text, "" when it is absent; lists are joined by ", ".
func (c Claims) Text(name string) string { return strings.Join(texts(c.Payload[name]), ", ") }

// Expires is the time in the exp claim, the zero time when there is none.
func (c Claims) Expires() time.Time {
	number, ok := c.Payload["exp"].(json.Number)
	if !ok {
		return time.Time{}
	}
	seconds, err := number.Float64()
	if err != nil || seconds < 0 || seconds > 1<<40 {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0).UTC()
}
