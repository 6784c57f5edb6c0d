package artifact

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// One shell reads all words, so that thousands can be tried in a second.
func FuzzShellWordsStayData(f *testing.F) {
	path, err := exec.LookPath("bash")
	if err != nil {
		f.Skip("NOT TESTED with bash: it is not installed here")
	}
	c := exec.CommandContext(f.Context(), path, "--norc")
	in, err := c.StdinPipe()
	if err != nil {
		f.Fatal(err)
	}
	out, own, err := os.Pipe()
	if err != nil {
		f.Fatal(err)
	}
	c.Stdout = own
	c.Dir = f.TempDir()
	if err := c.Start(); err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _, _, _, _ = in.Close(), own.Close(), c.Wait(), out.Close() })
	reader := bufio.NewReader(out)
	for _, text := range []string{"", "plain", "'", `\`, "$(touch x)", "`id`", "a\nb", "!!", "~", "\u202e", `"${x}"`, "-n", "*", "#x", "%s\\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsRune(text, 0) {
			return // no argument of a program can hold it, and no bridge
		}
		if _, err := io.WriteString(in, "printf '%s\\0' "+shellWord(text)+"\n"); err != nil {
			t.Fatal(err)
		}
		if err := out.SetReadDeadline(time.Now().Add(time.Minute)); err != nil { // a quote left open has bash wait for more
			t.Fatal(err)
		}
		if got, err := reader.ReadString(0); err != nil || got != text+"\x00" {
			t.Errorf("got %q, %v, want %q", got, err, text)
		}
	})
}
