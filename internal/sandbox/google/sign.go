package google

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// systemKey is the key that Google keeps for an account and signs with on demand.
func systemKey(a *world.ServiceAccount) string {
	for id, k := range a.Keys {
		if !k.UserManaged {
			return id
		}
	}
	return ""
}

// signJWT signs claims as the account. They may be of anything but must not live longer than twelve hours.
func (q *call) signJWT() (any, error) {
	var in struct {
		Delegates []string
		Payload   string
	}
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	a, err := q.target("iam.serviceAccounts.signJwt", in.Delegates)
	if err != nil {
		return nil, err
	}
	var claims map[string]any
	if json.Unmarshal([]byte(in.Payload), &claims) != nil {
		return nil, invalidArgument("Request contains an invalid argument.")
	}
	if exp, ok := claims["exp"].(float64); claims["exp"] != nil && (!ok || int64(exp) <= q.now.Unix() || int64(exp) > q.now.Add(extendedLifetime).Unix()) {
		return nil, invalidArgument("The exp claim must be an integer timestamp that is not in the past and at most 12 hours in the future.")
	}
	if claims["exp"] == nil {
		claims["exp"] = q.now.Add(time.Hour).Unix()
	}
	w, id := q.cloud.world, systemKey(a)
	return later(func() (any, error) {
		signed, err := w.Sign(world.IssuerAccount+id, "RS256", claims)
		return map[string]string{"keyId": id, "signedJwt": signed}, err
	}), nil
}

// signBlob signs bytes as the account.
func (q *call) signBlob() (any, error) {
	var in struct {
		Delegates []string
		Payload   string
	}
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	a, err := q.target("iam.serviceAccounts.signBlob", in.Delegates)
	if err != nil {
		return nil, err
	}
	blob, err := base64.StdEncoding.DecodeString(in.Payload)
	if err != nil || len(blob) == 0 {
		return nil, invalidArgument("Invalid value at 'payload' (TYPE_BYTES), Base64 decoding failed for %q", in.Payload)
	}
	w, id := q.cloud.world, systemKey(a)
	return later(func() (any, error) {
		signature, err := w.SignBytes(world.IssuerAccount+id, blob)
		return map[string]string{"keyId": id, "signedBlob": base64.StdEncoding.EncodeToString(signature)}, err
	}), nil
}
