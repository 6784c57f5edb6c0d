package artifact

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// ManifestName is the file that remembers what was generated.
const ManifestName = "drawbridge.manifest.json"

// Manifest holds the hashes of generated files and of the bridge they were made from, so that a later look can tell a
// stale file from an edited one.
type Manifest struct {
	Schema       string  `json:"schema"` // drawbridge.manifest/v1
	Bridge       string  `json:"bridge"` // the mark, NAME/PROJECT/ACCOUNT
	BridgeSHA256 string  `json:"bridgeSha256"`
	Files        []Entry `json:"files"`
}

// Entry is one generated file.
type Entry struct {
	Path   string `json:"path"`
	Kind   string `json:"kind"`
	SHA256 string `json:"sha256"`
}

// NewManifest describes files of a bridge. The bridge's hash is that of its canonical text: reordering or commenting a
// bridge.yaml makes nothing stale.
func NewManifest(b spec.Bridge, files []File) (Manifest, error) {
	text, err := b.YAML()
	if err != nil {
		return Manifest{}, fmt.Errorf("write manifest: %w", err)
	}
	m := Manifest{Schema: "drawbridge.manifest/v1", Bridge: b.Mark(), BridgeSHA256: Hash(text), Files: make([]Entry, 0, len(files))}
	for _, f := range files {
		m.Files = append(m.Files, Entry{Path: f.Path, Kind: f.Kind, SHA256: Hash(f.Bytes)})
	}
	return m, nil
}

// ParseManifest reads what File wrote.
func ParseManifest(data []byte) (Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return Manifest{}, fmt.Errorf("read %s: %w", ManifestName, err)
	}
	return m, nil
}

// With is m after newer files were written beside the old ones: an entry of the same path is replaced, others stay in
// their order.
func (m Manifest) With(old Manifest) Manifest {
	entries := make([]Entry, 0, len(old.Files)+len(m.Files))
	for _, e := range old.Files {
		if _, newer := m.entry(e.Path); !newer {
			entries = append(entries, e)
		}
	}
	m.Files = append(entries, m.Files...)
	return m
}

// File is the manifest as a file of its own.
func (m Manifest) File() (File, error) {
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return File{}, fmt.Errorf("write manifest: %w", err)
	}
	return File{Path: ManifestName, Kind: "manifest", For: "operator", Where: "beside the files", Command: "drawbridge generate --check", Bytes: append(data, '\n')}, nil
}

func (m Manifest) entry(path string) (Entry, bool) {
	for _, e := range m.Files {
		if e.Path == path {
			return e, true
		}
	}
	return Entry{}, false
}

// State of a file on disk against the one that would be generated now.
type State string

// The states of a file on disk.
const (
	Current State = "current" // byte for byte what would be written
	Stale   State = "stale"   // as it was generated, but the bridge has moved on
	Edited  State = "edited"  // somebody changed it, or it is not in the manifest
	Missing State = "missing" // not there
	Written State = "written" // just now
)

// Compare says how the bytes found on disk (nil: no file) stand to f, with the help of the manifest beside them.
func (m Manifest) Compare(f File, found []byte) State {
	switch e, known := m.entry(f.Path); {
	case found == nil:
		return Missing
	case Hash(found) == Hash(f.Bytes):
		return Current
	case known && e.SHA256 == Hash(found):
		return Stale
	default:
		return Edited
	}
}

// Hash is the SHA-256 of data in lower-case hex.
func Hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
