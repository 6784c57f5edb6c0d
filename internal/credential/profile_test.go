package credential

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
)

func aSession(id string) cloud.Credentials {
	return cloud.Credentials{AccessKeyID: id, SecretAccessKey: "one", SessionToken: "t", Expires: at(0)}
}

func TestProfileIsReplacedAndOthersStay(t *testing.T) {
	for name, text := range map[string]string{
		"a comment before":     "# mine\n[mine]\naws_access_key_id = AKIA\n",
		"nothing":              "",
		"no newline at end":    "[mine]\naws_access_key_id = AKIA",
		"Windows' lines":       "[mine]\r\nregion = x\r\n",
		"nested settings":      "[mine]\ns3 =\n  max_queue_size = 3\n\n; a note\n",
		"a name that contains": "[ci-other]\nregion = x\n[my ci]\nregion = y\n",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := withProfile(text, "ci", aSession("ASIA1"))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(got, text) {
				t.Errorf("got\n%s\nwant it to begin with\n%s", got, text)
			}
			got += "region = mine\n\n# about last\n[last]\nregion = x\n"
			next, err := withProfile(got, "ci", aSession("ASIA2"))
			if want := strings.ReplaceAll(got, "ASIA1", "ASIA2"); err != nil || next != want {
				t.Errorf("%v\n%s", err, cmp.Diff(want, next))
			}
		})
	}
}

func TestProfileOfSomebodyElseIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"keys":                "[ci]\naws_access_key_id = AKIA\naws_secret_access_key = x\n",
		"nothing in it":       "[ci]\n",
		"keys under our mark": "[ci]\n" + profileMark + "\naws_access_key_id = AKIA\naws_secret_access_key = x\n",
		"twice":               "[ci]\n" + profileMark + "\n[other]\n[ci]\naws_access_key_id = AKIA\n",
		"indented":            "[other]\n  [ci]\naws_access_key_id = AKIA\n",
	} {
		if got, err := withProfile(text, "ci", aSession("ASIA1")); err == nil {
			t.Errorf("%s: got\n%s\nwant a refusal", name, got)
		}
	}
}

func TestOnlyWholeSessionsAreWrittenIntoAProfile(t *testing.T) {
	for name, spoil := range map[string]func(*cloud.Credentials){
		"no token":          func(c *cloud.Credentials) { c.SessionToken = "" },
		"a line of another": func(c *cloud.Credentials) { c.SessionToken = "t\n[default]\naws_access_key_id = ASIAEVIL" },
		"a space":           func(c *cloud.Credentials) { c.SecretAccessKey = "a b" },
	} {
		c := aSession("ASIA1")
		spoil(&c)
		if got, err := withProfile("", "ci", c); err == nil {
			t.Errorf("%s: got\n%s\nwant a refusal", name, got)
		}
	}
}

func TestProfileIsWrittenThroughALinkAndNeverToNothing(t *testing.T) {
	dir := t.TempDir()
	real, link := filepath.Join(dir, "real"), filepath.Join(dir, "link")
	if err := os.WriteFile(real, []byte("[mine]\nregion = x\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, link); err != nil {
		t.Skip("NOT TESTED: no links here:", err)
	}
	if err := WriteProfile(link, "ci", aSession("ASIA1")); err != nil {
		t.Fatal(err)
	}
	if at, err := os.Lstat(link); err != nil || at.Mode()&os.ModeSymlink == 0 {
		t.Errorf("got %v, %v, want the link still there", at.Mode(), err)
	}
	data, err := os.ReadFile(real)
	if at, _ := os.Stat(real); err != nil || at.Mode().Perm() != 0o600 || !strings.Contains(string(data), "ASIA1") {
		t.Errorf("got mode %v and\n%s\nwant 0600 and the session", at.Mode(), data)
	}
	if err := os.Remove(real); err != nil {
		t.Fatal(err)
	}
	if err := WriteProfile(link, "ci", aSession("ASIA1")); err == nil || !strings.Contains(err.Error(), "link to nothing") {
		t.Errorf("got %v, want a refusal to write where the link leads to nothing", err)
	}
}

// FuzzProfileMerge writes into any file: what stood before and after our section is there as it was, and the next session
// replaces the one before it.
func FuzzProfileMerge(f *testing.F) {
	for _, seed := range []string{"", "[mine]\nregion=x", "[ci]\n" + profileMark + "\naws_session_token = t\n# c\n[x]\n", "\ufeff[ci]\r\n", "[a]\n [ci] ; x\n", "[ci"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once, err := withProfile(text, "ci", aSession("ASIA1"))
		if err != nil {
			return
		}
		start, end, err := sectionOf(once, "ci")
		if err != nil || start < 0 || !strings.Contains(once[start:end], "aws_access_key_id = ASIA1\n") {
			t.Fatalf("the section is not found again: %d, %v in\n%q", start, err, once)
		}
		before, after := once[:start], once[end:]
		if !strings.HasPrefix(text, strings.TrimSuffix(strings.TrimSuffix(before, "\n"), "\n")) || !strings.HasSuffix(text, after) {
			t.Fatalf("others changed:\n%q\nbecame\n%q", text, once)
		}
		twice, err := withProfile(once, "ci", aSession("ASIA2"))
		if want := strings.Replace(once, "aws_access_key_id = ASIA1\n", "aws_access_key_id = ASIA2\n", 1); err != nil || twice != want {
			t.Fatalf("%v\n%s", err, cmp.Diff(want, twice))
		}
	})
}

// FuzzCacheFile puts any bytes in the place of a cache's file: nothing but a whole session of what was wanted is served.
func FuzzCacheFile(f *testing.F) {
	c := &Cache{Dir: filepath.Join(f.TempDir(), "cache")}
	unlock, _ := c.lock(f.Context(), wanted(), never)
	c.write(wanted(), cloud.Credentials{AccessKeyID: "ASIA1", SecretAccessKey: "s", SessionToken: "t", Expires: at(59)})
	unlock()
	good, err := os.ReadFile(c.path(wanted()))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte(`{"version":1,"wanted":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, ok := decoded(data, wanted())
		if ok && (got.AccessKeyID == "" || got.SecretAccessKey == "" || got.SessionToken == "" || !strings.Contains(string(data), wanted().key()[:1])) {
			t.Fatalf("served %+v from %q", got, data)
		}
		if ok && got.Expires.Sub(at(0)) > 0 {
			if _, err := ProcessDocument(got, wanted().RoleARN); err != nil {
				t.Fatalf("no document of what was served: %v", err)
			}
		}
	})
}

func TestProfileIsKeptFreshUntilToldToStop(t *testing.T) {
	now := at(0)
	c := kept(t, at(40))
	s, opened := source(t, c, now)
	s.Now = func() time.Time { return now }
	path := filepath.Join(t.TempDir(), "credentials")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var ends []time.Time
	err := keep(ctx, s, path, "ci", time.Millisecond, func(until time.Time, err error) {
		ends = append(ends, until)
		switch len(ends) {
		case 1: // the first one is written: time goes by, and the cache holds a newer one, as another process left it
			now = at(26)
			unlock, _ := c.lock(t.Context(), wanted(), never)
			c.write(wanted(), cloud.Credentials{AccessKeyID: "ASIA2", SecretAccessKey: "s", SessionToken: "t", Expires: at(80)})
			unlock()
		default:
			stop()
		}
	})
	data, rerr := os.ReadFile(path)
	if err != nil || rerr != nil || !strings.Contains(string(data), "ASIA2") {
		t.Errorf("got %v, %v and\n%s\nwant the second session", err, rerr, data)
	}
	if want := []time.Time{at(40), at(80)}; !cmp.Equal(ends, want) || opened.Load() != 0 {
		t.Errorf("told %v, asked %d times, want %v and 0", ends, opened.Load(), want)
	}
}
