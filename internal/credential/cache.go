package credential

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
)

// Cache keeps sessions in files of one directory, one file for each thing wanted. A cache that cannot be read or
// written is as good as none: a nil one is. Nothing in it is served to whoever wanted something else.
type Cache struct {
	Dir string // made 0700 when it is not there
}

// record is one file of the cache.
type record struct {
	Version         int       `json:"version"`
	Wanted          string    `json:"wanted"`
	AccessKeyID     string    `json:"accessKeyId"`
	SecretAccessKey string    `json:"secretAccessKey"`
	SessionToken    string    `json:"sessionToken"`
	Expiration      time.Time `json:"expiration"`
}

// whole reports whether all three parts of a session are there. Without its token a session would be a long-lived key.
func (r record) whole() bool {
	return r.AccessKeyID != "" && r.SecretAccessKey != "" && r.SessionToken != ""
}

// key names a file and is repeated inside it.
func (w Wanted) key() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{w.RoleARN, w.Audience, w.Session, w.As, w.Place}, "\n")))
	return hex.EncodeToString(sum[:16])
}

func (c *Cache) path(w Wanted) string { return filepath.Join(c.Dir, "aws-"+w.key()+".json") }

// read gives what is kept, expired or not.
func (c *Cache) read(w Wanted) (cloud.Credentials, bool) {
	if c == nil || !private(c.Dir) || !private(c.path(w)) {
		return cloud.Credentials{}, false
	}
	data, err := os.ReadFile(c.path(w))
	if err != nil {
		return cloud.Credentials{}, false
	}
	return decoded(data, w)
}

func decoded(data []byte, w Wanted) (cloud.Credentials, bool) {
	var r record
	if json.Unmarshal(data, &r) != nil || r.Version != 1 || r.Wanted != w.key() || !r.whole() {
		return cloud.Credentials{}, false
	}
	return cloud.Credentials{
		AccessKeyID: r.AccessKeyID, SecretAccessKey: cloud.Secret(r.SecretAccessKey),
		SessionToken: cloud.Secret(r.SessionToken), Expires: r.Expiration,
	}, true
}

// private reports whether nobody else can have written or read what lies at path: it is no link, it belongs to whoever
// runs this, and only its owner may open it.
func private(path string) bool {
	at, err := os.Lstat(path)
	if err != nil || !at.Mode().IsRegular() && !at.IsDir() {
		return false
	}
	return ours(at) && (runtime.GOOS == "windows" || at.Mode().Perm()&0o077 == 0)
}

// write replaces what is kept, under the lock. A process that is killed on the way leaves the old file whole.
func (c *Cache) write(w Wanted, got cloud.Credentials) {
	if c == nil || !private(c.Dir) {
		return
	}
	data, err := json.Marshal(record{
		Version: 1, Wanted: w.key(), AccessKeyID: got.AccessKeyID, SecretAccessKey: got.SecretAccessKey.Reveal(),
		SessionToken: got.SessionToken.Reveal(), Expiration: got.Expires.UTC(),
	})
	if err == nil {
		_ = replace(c.path(w), c.path(w)+".new", data)
	}
}
