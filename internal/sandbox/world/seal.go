package world

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
)

// ErrSeal says that a token was not sealed here, not for this purpose, or was touched since.
var ErrSeal = errors.New("open token: not a token of this world")

// Seal encrypts v for a purpose. What it returns is the whole record: nothing is kept, so that issuing ten thousand
// tokens costs no memory and no save. It may be called inside View and Change.
func (w *World) Seal(purpose string, v any) (string, error) {
	aead := w.sealer
	plain, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("seal token: %w", err)
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	_, _ = rand.Read(nonce)
	token := base64.StdEncoding.EncodeToString(aead.Seal(nonce, nonce, plain, []byte(purpose)))
	w.Issued(token)
	return token, nil
}

// Open decrypts into v what Seal made for the same purpose.
func (w *World) Open(purpose, token string, v any) error {
	aead := w.sealer
	raw, err := base64.StdEncoding.DecodeString(token)
	if err != nil || len(raw) < aead.NonceSize() {
		return ErrSeal
	}
	plain, err := aead.Open(nil, raw[:aead.NonceSize()], raw[aead.NonceSize():], []byte(purpose))
	if err != nil {
		return ErrSeal
	}
	if err := json.Unmarshal(plain, v); err != nil {
		return ErrSeal
	}
	return nil
}

// arm readies the sealing key. New and Load call it, so that sealing never waits for the state.
func (w *World) arm() error {
	block, err := aes.NewCipher(w.state.Seal)
	if err != nil {
		return fmt.Errorf("read sealing key: %w", err)
	}
	if w.sealer, err = cipher.NewGCM(block); err != nil {
		return fmt.Errorf("read sealing key: %w", err)
	}
	return nil
}
