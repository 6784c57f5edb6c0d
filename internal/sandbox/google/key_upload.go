package google

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// uploadKey takes the public half of a key that somebody else made, in a certificate. It is good for as long as that.
func (q *call) uploadKey() (any, error) {
	var in struct{ PublicKeyData string }
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	a, err := q.account("iam.serviceAccountKeys.create")
	if err != nil {
		return nil, err
	}
	if enforced(q.g.Projects[a.Project], "iam.disableServiceAccountKeyUpload") {
		return nil, violation("Key upload is not allowed on this service account.", "iam.disableServiceAccountKeyUpload", accountName(a)+"?configvalue=", "")
	}
	if userKeys(a) >= q.quota(quotaKeys, usualKeys) {
		return nil, precondition("Precondition check failed.").With(wire.QuotaFailure(accountName(a), "Maximum number of keys on account reached."))
	}
	k, err := q.certified(in.PublicKeyData)
	if err != nil {
		return nil, err
	}
	a.Keys[k.ID] = k
	return keyView(a, k), nil
}

// certified reads base64 of an X.509 certificate in PEM, for an RSA key.
func (q *call) certified(data string) (*world.GoogleKey, error) {
	raw, err := base64.StdEncoding.DecodeString(data)
	block, _ := pem.Decode(raw)
	if err != nil || block == nil || block.Type != "CERTIFICATE" {
		return nil, invalidArgument("Invalid public key data: an X.509 certificate in PEM is required.")
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, invalidArgument("Invalid public key data: the X.509 certificate cannot be read.")
	}
	if _, ok := certificate.PublicKey.(*rsa.PublicKey); !ok {
		return nil, invalidArgument("Invalid public key data: the key must be an RSA key.")
	}
	public, err := x509.MarshalPKIXPublicKey(certificate.PublicKey)
	return &world.GoogleKey{
		ID: q.state.Hex(40), UserManaged: true, Origin: "USER_PROVIDED", Public: public,
		Created: certificate.NotBefore.UTC().Truncate(time.Second), Expires: certificate.NotAfter.UTC(),
	}, err
}
