package ui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestThePreviewShowsTheCommandsOfThePlanThatWasMadeMeanwhile(t *testing.T) {
	d := early(t, &recorded{})
	d.press("enter", "ctrl+d")
	text := strings.Join(texts(d.m.documents("name")), "\n")
	for _, want := range []string{"gcloud iam service-accounts create acme-build-to-aws", "aws iam create-role"} {
		if !strings.Contains(text, want) {
			t.Errorf("the documents do not hold %q:\n%s", want, text)
		}
	}
	d.press("esc")
	d.m.patience = 1 << 40
	d.press("x")
	if text := strings.Join(texts(d.m.documents("name")), "\n"); strings.Contains(text, "aws iam create-role") {
		t.Errorf("commands of a plan for other answers are shown:\n%s", text)
	}
}

func texts(all []document) []string {
	var out []string
	for _, d := range all {
		out = append(out, d.text)
	}
	return out
}

func TestTheNumberOfAnotherProjectIsNotKnown(t *testing.T) {
	d := walkThrough(t, &recorded{})
	d.m.draft.typed["google.project"] = "acme-legacy"
	d.m.settle()
	text := strings.Join(texts(d.m.documents("toGoogle.pool")), "\n")
	if strings.Contains(text, "512345678901") || !strings.Contains(text, "(project number, known after apply)") {
		t.Errorf("the preview knows the number of a project that nobody has read:\n%s", text)
	}
}

func TestPaintingChangesNoLetter(t *testing.T) {
	w := newWalk(t.Context(), Engine{}, Options{})
	for _, line := range []string{`  "Effect": "Allow",`, "gcloud iam roles list --project x", "(number, known after apply)", "", "a  b"} {
		if got := ansi.Strip(w.inked(line)); got != line {
			t.Errorf("%q became %q", line, got)
		}
	}
}
