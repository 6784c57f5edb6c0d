package credential

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// tokenLife is how long a token of AWS is asked for; a bridge's role may ask for no more.
const tokenLife = 5 * time.Minute

// Subject gives subject tokens for Google on an AWS workload.
type Subject struct {
	RoleARN  string // the role that the workload must run with; "" takes any
	Audience string // what a token of AWS is meant for: https://iam.googleapis.com/…, the provider's own
	AWS      *cloud.AWS
	Env      func(string) string // as WorkloadEnv gives it
	Profile  string              // "" for the workload's own credentials
}

// Token is a token of AWS that Google takes.
type Token struct {
	Value   cloud.Secret
	Expires time.Time
}

// JWT asks AWS for a token about the role of this workload. One about another role is refused here, since Google would
// refuse it with less to say.
func (s Subject) JWT(ctx context.Context) (Token, error) {
	c, err := workload(ctx, s.AWS, s.Env, s.Profile)
	if err != nil {
		return Token{}, err
	}
	value, err := cloud.WebIdentityToken(ctx, s.AWS, c, s.Audience, tokenLife)
	if err != nil {
		return Token{}, err
	}
	role, expires, err := claims(value)
	if err != nil {
		return Token{}, &explain.Problem{Op: "read the token that AWS gave", Kind: explain.Other, Reason: err.Error(), Err: err}
	}
	if s.RoleARN != "" && role != s.RoleARN {
		return Token{}, &explain.Problem{
			Op: "get a token of " + s.RoleARN, Kind: explain.Denied, Reason: "this workload runs with " + role,
			Do: []string{"run the workload with " + s.RoleARN, "or name its role: --role " + role},
		}
	}
	return Token{Value: value, Expires: expires}, nil
}

// claims reads who a token is about and when it ends. Its signature is Google's to check.
func claims(token cloud.Secret) (subject string, expires time.Time, err error) {
	parts := strings.Split(token.Reveal(), ".")
	if len(parts) != 3 {
		return "", time.Time{}, errors.New("it is no JWT")
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", time.Time{}, errors.New("its claims cannot be read")
	}
	var c struct {
		Sub string `json:"sub"`
		Exp int64  `json:"exp"`
	}
	if err := json.Unmarshal(payload, &c); err != nil || c.Exp == 0 {
		return "", time.Time{}, errors.New("its claims hold no end")
	}
	return c.Sub, time.Unix(c.Exp, 0).UTC(), nil
}

// ExecutableDocument is version 1 of what Google's libraries read from an executable source.
func ExecutableDocument(t Token) ([]byte, error) {
	return line(struct {
		Version   int    `json:"version"`
		Success   bool   `json:"success"`
		TokenType string `json:"token_type"`
		IDToken   string `json:"id_token"`
		Expires   int64  `json:"expiration_time"`
	}{1, true, cloud.JWT, t.Value.Reveal(), t.Expires.Unix()})
}

// ExecutableFailure is the same for a failure: its message is shown to whoever runs the library.
func ExecutableFailure(err error) ([]byte, error) {
	code := "other"
	if p, ok := errors.AsType[*explain.Problem](err); ok {
		code = string(p.Kind)
		if p.Code != "" {
			code = p.Code
		}
	}
	return line(struct {
		Version int    `json:"version"`
		Success bool   `json:"success"`
		Code    string `json:"code"`
		Message string `json:"message"`
	}{1, false, code, err.Error()})
}

func line(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write the document: %w", err)
	}
	return append(data, '\n'), nil
}
