//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// desk is a real terminal (tmux) with the program in it, an empty directory, and a keyboard.
type desk struct {
	t           *testing.T
	dir, socket string
	keys        int
}

// sit opens a terminal of a size. Nothing runs in it yet.
func sit(t *testing.T, width, height int) *desk {
	t.Helper()
	if testing.Short() {
		t.Skip("NOT TESTED: the wizard in a real terminal (-short)")
	}
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("NOT TESTED: the wizard in a real terminal, because tmux is not installed")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, dir: t.TempDir()}
	d.socket = filepath.Join(d.dir, "tmux")
	if err := os.Symlink(self, filepath.Join(d.dir, "drawbridge")); err != nil {
		t.Fatal(err)
	}
	d.tmux("-f", "/dev/null", "new-session", "-d", "-x", fmt.Sprint(width), "-y", fmt.Sprint(height), "-c", d.dir,
		"env", "-i", "PATH="+d.dir+":/usr/bin:/bin", "HOME="+d.dir, "LANG=C.UTF-8", "TERM=tmux-256color", "PS1=$ ", "GORACE=atexit_sleep_ms=0", "sh")
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", d.socket, "kill-server").Run() })
	return d
}

func (d *desk) tmux(args ...string) string {
	d.t.Helper()
	out, err := exec.CommandContext(d.t.Context(), "tmux", append([]string{"-S", d.socket}, args...)...).CombinedOutput()
	if err != nil {
		d.t.Fatalf("tmux %s: %v\n%s", args[0], err, out)
	}
	return string(out)
}

func (d *desk) screen() string { return d.tmux("capture-pane", "-p") }

// run types a command line, which says its exit code when it has ended.
func (d *desk) run(line string) *desk {
	d.t.Helper()
	d.tmux("send-keys", "-l", "clear; "+line+"; echo \"ended with $?.\"")
	d.tmux("send-keys", "Enter")
	return d
}

// await waits until the terminal shows every text, across line breaks.
func (d *desk) await(texts ...string) *desk {
	d.t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for {
		shown, missing := strings.Join(strings.Fields(d.screen()), " "), ""
		for _, text := range texts {
			if !strings.Contains(shown, text) {
				missing = text
			}
		}
		if missing == "" {
			return d
		}
		if time.Now().After(deadline) {
			d.t.Fatalf("waited in vain for %q; the terminal shows:\n%s", missing, d.screen())
		}
		<-time.After(20 * time.Millisecond)
	}
}

// press types keys by tmux's names.
func (d *desk) press(keys ...string) *desk {
	d.t.Helper()
	d.keys += len(keys)
	d.tmux(append([]string{"send-keys"}, keys...)...)
	return d
}

// toReview walks from the first screen to the review.
func (d *desk) toReview() *desk {
	d.t.Helper()
	d.await("operator@acme.example", "next: Google").press("Enter").await("next: AWS").press("Enter").await("next: Review")
	return d.press("Enter").await("▸ Review", "Preflight")
}

func (d *desk) apply() *desk {
	d.t.Helper()
	return d.await("⏎ apply").press("Enter").await("y apply").press("y")
}

func TestBothProofsAndTheFilesAreAFewKeysAway(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			d := sit(t, size[0], size[1]).run("drawbridge --sandbox").toReview().apply()
			d.await("The bridge stands.").press("Enter").await("y lend it and prove").press("y")
			d.await("Google ◀━━━▶ AWS", "next: files").press("Enter").await("⏎ write").press("Enter").await("⏎ finish").press("Enter")
			d.await("proven Google → AWS", "proven AWS → Google", "ended with 0.")
			if d.keys >= 25 {
				t.Errorf("%d keys, want fewer than 25", d.keys)
			}
			for _, name := range []string{"bridge.yaml", "drawbridge-files"} {
				if _, err := os.Stat(filepath.Join(d.dir, name)); err != nil {
					t.Errorf("%v", err)
				}
			}
		})
	}
}

func TestAFailedStepIsExplainedExportedAndRetried(t *testing.T) {
	t.Parallel()
	d := sit(t, 80, 24).run("drawbridge --sandbox --fault aws.iam.CreateInstanceProfile=AccessDenied*1").toReview().apply()
	d.await("✗", "r retry").press("e").await(".plan.json").press("r").toApplied()
}

// toApplied applies once more and wants it to work.
func (d *desk) toApplied() {
	d.t.Helper()
	d.apply().await("The bridge stands.")
}

func TestAnApplyThatWasStoppedGoesOnInANewProcess(t *testing.T) {
	t.Parallel()
	line := "drawbridge --sandbox --sandbox-state clouds --latency 60ms"
	d := sit(t, 80, 24).run(line).toReview().apply()
	d.await("1 of").press("C-c").await("Stop here?").press("y").await("r retry")
	if shown := d.screen(); strings.Contains(shown, "it failed") {
		t.Errorf("a stop is told as a failure:\n%s", shown)
	}
	d.press("q").await("ended with 130.")
	d.run(strings.Replace(line, "drawbridge", "drawbridge setup -f bridge.yaml", 1)).toReview().toApplied()
}

func TestTheTerminalMayChangeItsSizeWhileApplyRuns(t *testing.T) {
	t.Parallel()
	d := sit(t, 80, 24).run("drawbridge --sandbox --latency 60ms").toReview().apply()
	d.await("▸ Apply")
	for _, size := range [][2]string{{"120", "40"}, {"60", "20"}, {"80", "24"}} {
		d.tmux("resize-window", "-x", size[0], "-y", size[1])
	}
	d.await("The bridge stands.")
}

func TestADraftThatWasKeptIsOfferedByTheNextStart(t *testing.T) {
	t.Parallel()
	d := sit(t, 80, 24).run("drawbridge --sandbox").await("operator@acme.example", "next: Google").press("Enter").await("next: AWS")
	d.press("-", "x").await("acme-build-x").press("C-c").await("Leave?").press("k").await("the draft is kept", "ended with 3.")
	d.run("drawbridge --sandbox").await("the draft: acme-build-x", "next: Google").press("Enter").await("acme-build-x-to-aws")
}

func TestWhatWasTakenDownIsRestored(t *testing.T) {
	t.Parallel()
	d := sit(t, 80, 24).run("drawbridge --sandbox --sandbox-state clouds").toReview().apply()
	d.await("The bridge stands.").press("q").await("ended with 3.")
	d.run("drawbridge destroy --yes --sandbox --sandbox-state clouds").await("ended with 0.")
	d.run("drawbridge setup -f bridge.yaml --sandbox --sandbox-state clouds").toReview().await("to restore").toApplied()
}

func TestPlanAndDestroyAreScreensAtATerminal(t *testing.T) {
	t.Parallel()
	d := sit(t, 80, 24).run("drawbridge init -f b.yaml --set name=acme-build --set google.project=acme-build --set aws.account=123456789012" +
		" --set aws.region=us-east-1 --set toAWS.serviceAccount=ci-runner && drawbridge apply --yes -f b.yaml --sandbox --sandbox-state clouds")
	d.await("ended with 0.")
	d.run("drawbridge plan -f b.yaml --sandbox --sandbox-state clouds").await("▸ Plan", "⏎ close").press("Space", "Enter").await("ended with 0.")
	d.run("drawbridge destroy -f b.yaml --sandbox --sandbox-state clouds").await("▸ Destroy", "Type acme-build")
	d.press("a", "c", "m", "e", "-", "b", "u", "i", "l", "d").await("⏎ destroy").press("Enter").await("ended with 0.")
}
