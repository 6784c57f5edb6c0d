package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// seen is what a browser found out about the page at one width.
type seen struct {
	Width, ScrollWidth, Findings, Reachable, Requests int
	Opened                                            bool // Enter on the first finding
	Background                                        string
}

// wide is a document that fills every part of the page, with n ways between the clouds.
func wide(n int) (Heading, Document) {
	h, d := bad()
	for i := range n {
		r := Rules()[i%len(Rules())]
		d.Trusts = append(d.Trusts, Trust{
			Direction: []string{"to-aws", "to-google"}[i%2], From: fmt.Sprintf("deployer-%d@acme-build.iam.gserviceaccount.com", i), Through: "GoogleServiceAccount",
			To: fmt.Sprintf("arn:aws:iam::123456789012:role/drawbridge/%s-%d", strings.Repeat("long", 8), i/3), Worst: string(r.Severity),
		})
		d.Findings = append(d.Findings, Finding{
			ID: r.ID, Severity: r.Severity, Cloud: r.Cloud(), Title: r.Title, Reference: r.Reference, Resource: strings.Repeat("x", 300),
			Evidence: strings.Repeat("evidence ", 40), Fix: "mend it", Command: "aws " + strings.Repeat("--flag value ", 30), Document: strings.Repeat("{", 200),
		})
	}
	Sort(d.Findings)
	return h, NewDocument(d.Drift, d.Findings, nil, d.NotEvaluated, d.Trusts, 1)
}

// watch is a page with the report in a frame of each width, which says what it sees.
const watch = `<!DOCTYPE html><title>waiting</title><pre id="said">nothing</pre>
<iframe id="a" src="report.html" width="390" height="900" style="border:0"></iframe><iframe id="b" src="report.html" width="1440" height="900" style="border:0"></iframe>
<script>
window.addEventListener("load", function () {
  var out = ["a", "b"].map(function (id) {
    var w = document.getElementById(id).contentWindow, d = w.document, list = Array.from(d.querySelectorAll("#findings summary"));
    var reachable = list.filter(function (s) { s.focus(); return d.activeElement === s && s.tabIndex >= 0 && s.getClientRects().length > 0; }).length;
    list[0].click();
    Array.from(d.querySelectorAll("details")).forEach(function (one) { one.open = true; });
    Array.from(d.querySelectorAll("[data-sort]")).forEach(function (one) { one.click(); });
    return {
      Width: w.innerWidth, ScrollWidth: d.documentElement.scrollWidth, Findings: list.length, Reachable: reachable,
      Requests: w.performance.getEntriesByType("resource").length, Opened: list[0].parentNode.open, Background: w.getComputedStyle(d.body).backgroundColor
    };
  });
  document.getElementById("said").textContent = "SEEN" + JSON.stringify(out) + "END";
});
</script>`

func browserHere(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("NOT TESTED in short mode: the page in a browser")
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("NOT TESTED: no chromium here, the page was opened by no browser")
	return ""
}

func TestHTMLIsReadableAndReachableInABrowser(t *testing.T) {
	browser := browserHere(t)
	dir := t.TempDir()
	h, d := wide(40)
	page, err := HTML(h, d)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"report.html": page, "watch.html": []byte(watch)} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	light, dark := opened(t, browser, dir, "1"), opened(t, browser, dir, "0")
	for i, width := range []int{390, 1440} {
		s := light[i]
		if s.Width != width || s.ScrollWidth > width {
			t.Errorf("at %d pixels: the frame has %d and the page asks for %d, want no scrolling sideways", width, s.Width, s.ScrollWidth)
		}
		if s.Findings != len(d.Findings) || s.Reachable != s.Findings || !s.Opened {
			t.Errorf("at %d pixels: %d of %d findings can be reached by keyboard, want all %d", width, s.Reachable, s.Findings, len(d.Findings))
		}
		if s.Requests != 0 {
			t.Errorf("at %d pixels: the page asked for %d things", width, s.Requests)
		}
		if s.Background == dark[i].Background {
			t.Errorf("at %d pixels: light and dark are both on %s", width, s.Background)
		}
	}
}

var whatItSaw = regexp.MustCompile(`SEEN(\[.*\])END`)

// opened gives what the browser saw; anything on its console is an error.
func opened(t *testing.T, browser, dir, scheme string) []seen {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 3*time.Minute)
	defer stop()
	out, err := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0", "--allow-file-access-from-files",
		"--blink-settings=preferredColorScheme="+scheme, "--user-data-dir="+t.TempDir(), "--window-size=2000,1200", "--virtual-time-budget=10000",
		"--dump-dom", "file://"+filepath.Join(dir, "watch.html")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if strings.Contains(string(out), "CONSOLE") || strings.Contains(string(out), "Refused to") {
		t.Errorf("the browser's console says:\n%s", out)
	}
	var got []seen
	m := whatItSaw.FindSubmatch(out)
	if m == nil {
		t.Fatalf("the page never said what it saw:\n%s", out)
	}
	if err := json.Unmarshal([]byte(html.UnescapeString(string(m[1]))), &got); err != nil || len(got) != 2 {
		t.Fatalf("got %v, %v", got, err)
	}
	return got
}
