package cloud

import (
	"fmt"
	"io"
	"log/slog"
)

// withheld is what stands where a Secret would have been shown.
const withheld = "(withheld)"

// Secret is a token, a key or a signed request. No way of formatting, marshalling or logging shows it; only Reveal does,
// and its callers are the calls that must send it and the two commands that exist to print it. (encoding/json writes the
// keys of a map as they are: a Secret is never a key.)
type Secret string

// Reveal gives the plain text, to be sent and not to be shown.
func (s Secret) Reveal() string { return string(s) }

// String hides the secret; an empty one stays empty, so that "is it set" can be seen.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return withheld
}

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return fmt.Sprintf("%q", s.String()) }

// Format hides the secret from every verb, the numeric ones included.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText hides the secret from JSON, YAML and everything else that marshals text.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON hides the secret from JSON.
func (s Secret) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, "%q", s.String()), nil }

// LogValue hides the secret from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
