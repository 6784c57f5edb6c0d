package google_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// recorded is one exchange with the real service.
type recorded struct {
	ID      int `yaml:"id"`
	Request struct {
		Body   string `yaml:"body"`
		URL    string `yaml:"url"`
		Method string `yaml:"method"`
	} `yaml:"request"`
	Response struct {
		Body string `yaml:"body"`
		Code int    `yaml:"code"`
	} `yaml:"response"`
}

// tape reads a recording of the real service.
func tape(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "recorded", name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// asRecorded gives the sandbox the recording's project, with the same owner and APIs as the seeded one.
func asRecorded(t *testing.T, c *cloud) {
	t.Helper()
	err := c.World().Change(func(s *world.State, _ time.Time) error {
		p := *s.Google.Projects[project]
		p.ID, p.Number, p.Pools, p.GKE = "example-project", "123456789", map[string]*world.Pool{}, false
		s.Google.Projects[p.ID] = &p
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

var operationPart = regexp.MustCompile(`operations/[a-z0-9]+`)

func TestPoolsAnswerAsRecorded(t *testing.T) {
	var pools struct {
		Interactions []recorded `yaml:"interactions"`
	}
	if err := yaml.Unmarshal(tape(t, "workload-identity-pool.recording.yaml"), &pools); err != nil {
		t.Fatal(err)
	}
	c := start(t)
	asRecorded(t, c)
	operations := map[string]string{} // recorded name to ours
	for _, one := range pools.Interactions {
		url := c.URL() + strings.TrimPrefix(one.Request.URL, "https://iam.googleapis.com")
		url = operationPart.ReplaceAllStringFunc(url, func(name string) string { return operations[name] })
		r, err := http.NewRequestWithContext(t.Context(), one.Request.Method, url, strings.NewReader(one.Request.Body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+c.World().OperatorToken())
		r.Header.Set("Content-Type", "application/json")
		res, body := do(t, r)
		if res.StatusCode != one.Response.Code {
			t.Fatalf("exchange %d, %s %s: got %d %s, want %d", one.ID, one.Request.Method, one.Request.URL, res.StatusCode, body, one.Response.Code)
		}
		if one.Response.Code == http.StatusOK {
			sameReply(t, one, body, operations)
		}
	}
}

// sameReply compares field by field; the names of operations differ in their last part only.
func sameReply(t *testing.T, one recorded, body string, operations map[string]string) {
	t.Helper()
	got, want := map[string]any{}, map[string]any{}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatalf("exchange %d: %v in %s", one.ID, err, body)
	}
	if err := json.Unmarshal([]byte(one.Response.Body), &want); err != nil {
		t.Fatal(err)
	}
	if name, ok := want["name"].(string); ok && strings.Contains(name, "/operations/") {
		operations[operationPart.FindString(name)] = operationPart.FindString(got["name"].(string))
		got["name"] = operationPart.ReplaceAllString(got["name"].(string), "operations/X")
		want["name"] = operationPart.ReplaceAllString(name, "operations/X")
	}
	g, _ := json.Marshal(got)
	w, _ := json.Marshal(want)
	if string(g) != string(w) {
		t.Errorf("exchange %d, %s %s:\n got %s\nwant %s", one.ID, one.Request.Method, one.Request.URL, g, w)
	}
}
