package verify

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/trust"
)

// decode reads the claims of a token. The signature is the other cloud's to check, and is not looked at.
func decode(token cloud.Secret) (map[string]any, error) {
	claims, err := trust.Decode(token.Reveal())
	return claims.Payload, err
}

// show picks claims by name as text; times are told in UTC. A missing claim stays out.
func show(claims map[string]any, names ...string) map[string]string {
	shown := make(map[string]string, len(names))
	for _, name := range names {
		if v, ok := claims[name]; ok {
			shown[name] = text(name, v)
		}
	}
	return shown
}

func text(name string, v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		if sec, err := v.Int64(); err == nil && (name == "exp" || name == "iat") {
			return time.Unix(sec, 0).UTC().Format(time.RFC3339)
		}
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case []any:
		list := make([]string, len(v))
		for i, e := range v {
			list[i] = text(name, e)
		}
		return strings.Join(list, " ")
	}
	out, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("(%T)", v)
	}
	return string(out)
}

// forged returns the token with a signature that cannot be right, everything else untouched.
func forged(token cloud.Secret) cloud.Secret {
	plain := token.Reveal()
	dot := strings.LastIndexByte(plain, '.')
	return cloud.Secret(plain[:dot+1] + flipped(plain[dot+1:]))
}

// forgedRequest returns the signed request with a signature that cannot be right. The request is percent-encoded JSON, so
// that the equals sign after Signature may be encoded.
func forgedRequest(request cloud.Secret) (cloud.Secret, bool) {
	plain := request.Reveal()
	at := strings.LastIndex(plain, "Signature")
	if at < 0 {
		return "", false
	}
	at += len("Signature")
	at += len(plain[at:]) - len(strings.TrimPrefix(strings.TrimPrefix(plain[at:], "%3D"), "="))
	if at >= len(plain) {
		return "", false
	}
	return cloud.Secret(plain[:at] + flipped(plain[at:])), true
}

// flipped changes the first character, which in base64 and in hexadecimal carries whole bits of the signature.
func flipped(s string) string {
	if s == "" {
		return "A"
	}
	if s[0] == 'a' {
		return "b" + s[1:]
	}
	return "a" + s[1:]
}
