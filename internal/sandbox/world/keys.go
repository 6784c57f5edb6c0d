package world

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Issuers of tokens. Each has its own key in State.Keys; IssuerAWS is followed by the account number, IssuerAccount by the id
// of a service account's system-managed key.
const (
	IssuerGoogle   = "google"
	IssuerAccount  = "account-key:"
	IssuerAWS      = "aws:"
	IssuerAWSES384 = "aws-es384:"
)

// SigningKey is a private key as it lies in the state file: PKCS #8.
type SigningKey struct {
	ID  string `json:"id"`
	Alg string `json:"alg"` // RS256 or ES384
	DER []byte `json:"der"`
}

// keyring holds parsed keys, so that no token waits for parsing. Its mutex is not the state's: making an RSA key
// takes a tenth of a second, and nobody else should wait for it.
type keyring struct {
	mu     sync.Mutex
	parsed map[string]jose.JSONWebKey
}

// Sign returns claims as a compact JWT of the named issuer, making the issuer's key at the first call.
// Do not call it inside View or Change.
func (w *World) Sign(issuer, alg string, claims any) (string, error) {
	key, err := w.key(issuer, alg)
	if err != nil {
		return "", err
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(alg), Key: key}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	signed, err := signer.Sign(body)
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	token, err := signed.CompactSerialize()
	w.Issued(token)
	return token, err
}

// SignBytes signs a text of any form with RSA PKCS #1 v1.5 over SHA-256. Do not call it inside View or Change.
func (w *World) SignBytes(issuer string, text []byte) ([]byte, error) {
	key, err := w.key(issuer, "RS256")
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	signature, err := key.Key.(crypto.Signer).Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("sign bytes: %w", err)
	}
	return signature, nil
}

// Verify checks the signature of a compact JWT against the issuer's key and returns its claims undecoded. It looks at
// neither time nor audience. Do not call it inside View or Change.
func (w *World) Verify(issuer, alg, token string) ([]byte, error) {
	key, err := w.key(issuer, alg)
	if err != nil {
		return nil, err
	}
	parsed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
	if err != nil {
		return nil, fmt.Errorf("parse token: %w", err)
	}
	if parsed.Signatures[0].Header.KeyID != key.KeyID {
		return nil, errors.New("verify token: unknown key id")
	}
	return parsed.Verify(key.Public())
}

// JWKS is the published half of an issuer's keys. Do not call it inside View or Change.
func (w *World) JWKS(issuer, alg string) (jose.JSONWebKeySet, error) {
	key, err := w.key(issuer, alg)
	if err != nil {
		return jose.JSONWebKeySet{}, err
	}
	return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{key.Public()}}, nil
}

func (w *World) key(issuer, alg string) (jose.JSONWebKey, error) {
	w.keys.mu.Lock()
	defer w.keys.mu.Unlock()
	if key, ok := w.keys.parsed[issuer]; ok {
		return key, nil
	}
	stored, err := w.storedKey(issuer, alg)
	if err != nil {
		return jose.JSONWebKey{}, fmt.Errorf("make signing key: %w", err)
	}
	private, err := x509.ParsePKCS8PrivateKey(stored.DER)
	if err != nil {
		return jose.JSONWebKey{}, fmt.Errorf("read signing key: %w", err)
	}
	if w.keys.parsed == nil {
		w.keys.parsed = map[string]jose.JSONWebKey{}
	}
	key := jose.JSONWebKey{Key: private, KeyID: stored.ID, Algorithm: stored.Alg, Use: "sig"}
	w.keys.parsed[issuer] = key
	return key, nil
}

func (w *World) storedKey(issuer, alg string) (SigningKey, error) {
	var stored SigningKey
	var found bool
	w.View(func(s *State, _ time.Time) { stored, found = s.Keys[issuer] })
	if found {
		return stored, nil
	}
	private, err := newKey(alg)
	if err != nil {
		return stored, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return stored, err
	}
	return stored, w.Change(func(s *State, _ time.Time) error {
		if s.Keys == nil {
			s.Keys = map[string]SigningKey{}
		}
		stored = SigningKey{ID: keyID(s, issuer, alg), Alg: alg, DER: der}
		s.Keys[issuer] = stored
		return nil
	})
}

func newKey(alg string) (crypto.Signer, error) {
	if alg == "ES384" {
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	}
	return rsa.GenerateKey(rand.Reader, 2048)
}

func keyID(s *State, issuer, alg string) string {
	own, ok := strings.CutPrefix(issuer, IssuerAccount)
	switch {
	case ok:
		return own
	case issuer == IssuerGoogle:
		return s.Hex(40)
	case alg == "ES384":
		return "EC384_0"
	}
	return "RSA_0"
}
