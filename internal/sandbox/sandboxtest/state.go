package sandboxtest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// State is all that both clouds hold, line by line, without times and ids. The number of a service account is told as
// the account's, so that a trust which names the number of another one shows.
func State(t *testing.T, server *sandbox.Server) []string {
	t.Helper()
	var text string
	server.World().View(func(s *world.State, _ time.Time) {
		data, err := json.Marshal(s)
		if err != nil {
			t.Error(err)
		}
		text = named(string(data), s)
	})
	var state map[string]any
	if err := json.Unmarshal([]byte(timeless(text)), &state); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"seed", "serial", "offset", "landed", "keys", "seal"} {
		delete(state, key)
	}
	google, _ := state["google"].(map[string]any)
	delete(google, "tokens")
	delete(google, "operations")
	return flat("", state)
}

// named puts the names of service accounts for their numbers.
func named(text string, s *world.State) string {
	for _, p := range s.Google.Projects {
		for _, a := range p.Accounts {
			text = strings.ReplaceAll(text, a.UniqueID, "number of "+a.Email)
		}
		for _, a := range p.Gone {
			text = strings.ReplaceAll(text, a.UniqueID, "former number of "+a.Email)
		}
	}
	return text
}

var (
	times = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`)
	never = "0001-01-01T00:00:00Z"
	made  = regexp.MustCompile(`\b(AROA|AIPA|AIDA|AKIA|ANPA)[A-Z2-7]{16,17}\b|\b[0-9a-f]{40}\b|iip-assoc-[0-9a-f]+|\b\d{18,21}\b`)
)

func timeless(text string) string {
	text = times.ReplaceAllStringFunc(text, func(at string) string {
		if at == never {
			return at
		}
		return "TIME"
	})
	return made.ReplaceAllString(text, "ID")
}

// volatile are fields that differ without a difference.
var volatile = []string{"etag", "serial", "since", "secret", "natIP", "networkIP", "fingerprint", "at", "settles", "id", "externalIP", "internalIP"}

// uses only tell that somebody called, or what readers saw before a change showed.
var uses = []string{"keyUses", "roleUses", "before"}

// flat is a line for each value. Lists are sorted: their order says nothing, or is the order of two writers.
func flat(path string, v any) []string {
	var out []string
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if _, nested := value.(map[string]any); !slices.Contains(uses, key) && (nested || !slices.Contains(volatile, key)) {
				out = append(out, flat(path+"/"+key, value)...)
			}
		}
	case []any:
		for _, value := range v {
			out = append(out, path+"[] "+strings.Join(flat("", value), " "))
		}
	default:
		if v != nil && v != never {
			out = append(out, fmt.Sprintf("%s %v", path, v))
		}
	}
	slices.Sort(out)
	return out
}
