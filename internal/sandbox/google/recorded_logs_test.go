package google_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// logged is one exchange of a log: what was asked and what the real service answered.
type logged struct {
	method, url string
	body        string
	status      string
	answer      map[string]any
}

// readLog cuts a log into its exchanges. Each is a request, an empty line, its body, and the reply in the same form.
func readLog(t *testing.T, raw []byte) []logged {
	t.Helper()
	var out []logged
	for text := range bytes.SplitSeq(raw, []byte("\n---\n")) {
		in := bufio.NewReader(bytes.NewReader(bytes.TrimSpace(text)))
		var one logged
		first := line(in)
		one.method, one.url, _ = strings.Cut(first, " ")
		headers(in)
		one.body, one.status = body(in)
		headers(in)
		rest, _ := io.ReadAll(in)
		if err := json.Unmarshal(rest, &one.answer); err != nil {
			t.Fatalf("%s: %v in %s", first, err, rest)
		}
		out = append(out, one)
	}
	return out
}

func line(in *bufio.Reader) string {
	text, _ := in.ReadString('\n')
	return strings.TrimSpace(text)
}

func headers(in *bufio.Reader) {
	for line(in) != "" {
	}
}

var statusLine = regexp.MustCompile(`^[1-5][0-9][0-9] [A-Z]`)

// body reads to the status line of the reply.
func body(in *bufio.Reader) (text, status string) {
	for {
		raw, err := in.ReadString('\n')
		if statusLine.MatchString(raw) || err != nil {
			return text, strings.TrimSpace(raw)
		}
		text += raw
	}
}

// differs names what the recording scrubbed: every run has its own. The parent of a project was a folder there and is
// the organisation here.
var differs = []string{"etag", "uniqueId", "oauth2ClientId", "createTime"}

func scrub(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key := range v {
			_, folder := v[key].(map[string]any)
			if slices.Contains(differs, key) || key == "parent" && folder {
				v[key] = "(its own)"
			} else {
				v[key] = scrub(v[key])
			}
		}
	case []any:
		for i := range v {
			v[i] = scrub(v[i])
		}
	}
	return v
}

// recordedProject gives the sandbox a project as the logs found theirs: nothing enabled but what answers at all.
func recordedProject(t *testing.T, c *cloud) {
	t.Helper()
	err := c.World().Change(func(s *world.State, now time.Time) error {
		p := *s.Google.Projects[project]
		p.ID, p.Number, p.Name, p.Pools, p.Services = recordedID, recordedNumber, recordedID, map[string]*world.Pool{}, map[string]*world.Settled[bool]{}
		for _, name := range []string{"serviceusage.googleapis.com", "cloudresourcemanager.googleapis.com", "iam.googleapis.com"} {
			p.Services[name] = &world.Settled[bool]{Value: true, Since: now}
		}
		s.Google.Projects[p.ID] = &p
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

const (
	recordedID     = "test-u1"
	recordedNumber = "600000000001"
)

func filled(operation string) *strings.Replacer {
	return strings.NewReplacer("${projectId}", recordedID, "${projectNumber}", recordedNumber, "${uniqueId}", "u1", "operations/${operationID}", operation)
}

// notServed tells the exchanges that make and delete a project, which the sandbox does not.
func notServed(one logged) bool {
	return strings.HasSuffix(one.url, "/v1/projects?alt=json") || strings.Contains(one.url, "cloudresourcemanager.googleapis.com/v1/operations/") ||
		one.method == http.MethodDelete && strings.Contains(one.url, "/v1/projects/test-")
}

// TestServicesAnswerAsRecorded sends the recorded requests and wants the recorded replies, field by field.
func TestServicesAnswerAsRecorded(t *testing.T) {
	for name, want := range map[string]int{"service-account.http.log": 6, "service-usage.http.log": 4, "project.http.log": 3} {
		t.Run(name, func(t *testing.T) {
			c := start(t)
			recordedProject(t, c)
			operation, sent := "", 0
			for _, one := range readLog(t, tape(t, name)) {
				if notServed(one) {
					continue
				}
				got := replay(t, c, one, filled(operation))
				if name, ok := got["name"].(string); ok && strings.HasPrefix(name, "operations/") {
					operation, got["name"] = name, "operations/X"
				}
				if diff := cmp.Diff(expected(t, one, filled("operations/X")), scrub(got)); diff != "" {
					t.Errorf("%s %s: the recorded reply (-) and ours (+) differ:\n%s", one.method, one.url, diff)
				}
				sent++
			}
			if sent != want {
				t.Errorf("sent %d exchanges, want %d", sent, want)
			}
		})
	}
}

func expected(t *testing.T, one logged, known *strings.Replacer) any {
	t.Helper()
	raw, err := json.Marshal(one.answer)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal([]byte(known.Replace(string(raw))), &out); err != nil {
		t.Fatal(err)
	}
	return scrub(out)
}

var host = regexp.MustCompile(`^https://[a-z]+\.googleapis\.com`)

func replay(t *testing.T, c *cloud, one logged, known *strings.Replacer) map[string]any {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), one.method, known.Replace(host.ReplaceAllString(one.url, c.URL())), strings.NewReader(known.Replace(one.body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.World().OperatorToken())
	r.Header.Set("Content-Type", "application/json")
	res, text := do(t, r)
	if got := res.Status; got != one.status {
		t.Fatalf("%s %s: got %s %s, want %s", one.method, r.URL, got, text, one.status)
	}
	var out map[string]any
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatalf("%s %s: %v in %s", one.method, r.URL, err, text)
	}
	return out
}
