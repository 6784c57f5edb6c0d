//go:build unix

package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// kept is the wizard on clouds that outlive it.
const kept = "drawbridge --sandbox --sandbox-state clouds"

// resumed is the wizard on the file that an earlier one wrote.
const resumed = "drawbridge setup -f bridge.yaml --sandbox --sandbox-state clouds"

func TestADeniedPermissionIsExportedAndTheNextRunGoesOn(t *testing.T) {
	t.Parallel()
	d := sit(t, 80, 24).run(kept + " --fault aws.iam.CreateRole=AccessDenied").toReview().apply()
	d.await("✗ create role", "AccessDenied", "who can mend it", "r retry").press("d").await("request id").press("Escape").await("e export")
	d.press("e").await("acme-build.plan.json").press("q").ends(1)
	if !d.holds("acme-build.plan.json") {
		t.Error("there is no exported plan")
	}
	d.run(resumed).toReview().await("3 to create", "= pool acme-build", "+ role /drawbridge/acme-build-to-aws").toApplied()
}

func TestAFailedStepCanBeLeftOutOrStoppedAt(t *testing.T) {
	t.Parallel()
	d := sit(t, 80, 24).run("drawbridge --sandbox --fault aws.iam.CreateRole=AccessDenied").toReview().apply()
	d.await("✗ create role", "s go on without it").press("s").await("Prove it from here?", "s prove without").press("Escape")
	d.await("✗ create role", "q quit").press("q").ends(1).await("bridge.yaml")
}

func TestARoleThatExistsIsPickedAndAdoptedWhereItLives(t *testing.T) {
	t.Parallel()
	d := sit(t, 80, 24).run("drawbridge --sandbox").await("operator@acme.example", "next: Google").press("Enter").await("next: AWS")
	d.press("Enter").await("next: Review").press("Tab", "Tab").await("▸ name").press("C-l").await("web-server", "exists, would be adopted")
	d.press("Enter").await("will be adopted").press("Enter").await("▸ Review", "1 to adopt", "^ role /web-server").toApplied()
}

func TestARefusedProofShowsTheClaimTable(t *testing.T) {
	t.Parallel()
	_, env := surroundings(t, sandbox.Options{})
	d := sit(t, 80, 24)
	for name, value := range env {
		d.with(name + "=" + value)
	}
	file := bridgeFile(t, "both-ways")
	drive(t, env, "apply", "--yes", "-f", file).want(t, exitDone)
	d.run("drawbridge setup -f "+file).toReview().await("nothing to change", "prove it")
	narrow(t, env)
	d.press("Enter").await("y lend it and prove").press("y")
	d.await("claim sent wanted", "✗", "r prove again").press("d").await("What every hop answered").press("d").await("r prove again").press("q").await("Leave?", "y leave").press("y").ends(3)
}

// narrow changes the provider behind the program's back: nobody fits its condition any more.
func narrow(t *testing.T, env map[string]string) {
	t.Helper()
	url := fmt.Sprintf("%sv1/projects/%s/locations/global/workloadIdentityPools/both-ways/providers/aws-123456789012?updateMask=attributeCondition",
		env["CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM"], env["GOOGLE_CLOUD_PROJECT"])
	body := strings.NewReader(`{"attributeCondition": "attribute.aws_role == 'arn:aws:sts::123456789012:assumed-role/somebody-else'"}`)
	ask, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, url, body)
	if err != nil {
		t.Fatal(err)
	}
	ask.Header.Set("Authorization", "Bearer "+env["CLOUDSDK_AUTH_ACCESS_TOKEN"])
	ask.Header.Set("Content-Type", "application/json")
	reply, err := http.DefaultClient.Do(ask)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reply.Body.Close() }()
	if text, _ := io.ReadAll(reply.Body); reply.StatusCode != http.StatusOK {
		t.Fatalf("change the provider: %s\n%s", reply.Status, text)
	}
}

func TestTheWizardIsSuspendedAndComesBack(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("NOT TESTED: suspending the wizard, because there is no sh whose job it could be")
	}
	d := sit(t, 80, 24).with("ENV=")
	if err := os.Symlink(d.program, filepath.Join(d.dir, "drawbridge")); err != nil {
		t.Fatal(err)
	}
	d.program = "/bin/sh"
	d.start([]string{"sh", "-i"}).await("$").typed("drawbridge --sandbox\r")
	d.await("What should reach what", "operator@acme.example", "next: Google").press("Enter").await("next: AWS")
	d.press("C-z").await("topped")
	if left := leftBehind(d.raw()); len(left) > 0 {
		t.Errorf("left in the terminal while suspended: %v", left)
	}
	d.typed("echo back in the shell\r").await("back in the shell").typed("fg\r").await("▸ Google", "bridge name", "next: AWS")
	d.press("-", "x").await("acme-build-x").press("C-c").await("Leave?").press("y")
	d.await("interrupted", "nothing was changed").typed("exit\r").ends(130) // both are said after the terminal was given back
}

func TestWithoutColourAndWithoutUnicodeTheScreensStillWork(t *testing.T) {
	t.Parallel()
	d := sit(t, 80, 24).with("NO_COLOR=1", "LANG=C").run("drawbridge --sandbox").await("operator@acme.example", "next: Google")
	d.await(`Google --/ \-- AWS`).press("Enter").await("next: AWS").press("Enter").await("next: Review").press("Enter")
	d.await("> Review", "Preflight v", "enter apply").press("Enter").await("y apply").press("y").await("The bridge stands.")
	d.press("Enter").await("y lend it and prove").press("y").await("Google <---> AWS").press("q").ends(0)
	raw := d.raw()
	if i := strings.IndexFunc(raw, func(r rune) bool { return r > 126 }); i >= 0 {
		t.Errorf("a symbol outside ASCII was written: %q", raw[max(0, i-20):min(len(raw), i+20)])
	}
	for _, colour := range []string{";38;", "[38;", "[3", "[9"} {
		for _, m := range strings.Split(raw, "\x1b")[1:] {
			if end := strings.IndexByte(m, 'm'); strings.HasPrefix(m, colour) && end > 0 && strings.Trim(m[1:end], "0123456789;") == "" {
				t.Errorf("a colour was written: %q", m[:end+1])
			}
		}
	}
}

func TestADumbTerminalGetsPlainLines(t *testing.T) {
	t.Parallel()
	d := sit(t, 80, 24).with("TERM=dumb").run("drawbridge --sandbox").await("What should reach what", "Number [1]:").press("Enter").await("bridge name [acme-build]:")
	d.press("C-c").ends(130)
	if raw := d.raw(); strings.Contains(raw, "\x1b") {
		t.Errorf("an escape code was written to a dumb terminal: %q", raw)
	}
}

func TestNothingThatIsTypedOrPastedBreaksTheWizard(t *testing.T) {
	t.Parallel()
	d := sit(t, 80, 24).run("drawbridge --sandbox").await("operator@acme.example", "next: Google").press("Enter").await("next: AWS")
	d.paste(strings.Repeat("橋é🌉\x1b[31m", 1000)).await("✗").press("C-r").await("acme-build")
	for range 200 {
		d.typed("\x1b[B\t\x1b[A")
	}
	d.resize(1, 1).resize(200, 60).resize(80, 24).await("▸ Google").press("Escape").await("What should reach what")
	d.press("Enter").await("next: AWS").press("C-c").await("Leave?").press("C-c").ends(130)
}
