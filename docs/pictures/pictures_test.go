package main

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestAPictureKeepsWordsColoursAndColumns(t *testing.T) {
	var out strings.Builder
	screen := "\x1b[1;38;2;26;115;232mGoogle\x1b[0m  a <b>    c\n\x1b[7mback\x1b[0m\n"
	if err := run(strings.NewReader(screen), &out, "light", "a & b"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`fill="#1a73e8" font-weight="bold">Google<`, ">a &lt;b&gt;<", ">c<", "<title>a &amp; b</title>", `fill="#ffffff">back<`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the picture does not hold %q:\n%s", want, out.String())
		}
	}
	for dec := xml.NewDecoder(strings.NewReader(out.String())); ; {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the picture is no XML: %v", err)
		}
	}
}

func TestWhatDiffersFromRunToRunIsWrittenTheSameWay(t *testing.T) {
	one := settle("127.0.0.1:41663  aud 1879…  proven · 1.8s until 20:54:10 UTC 187900000000000000000")
	two := settle("127.0.0.1:35075  aud 1122…  proven · 0.3s until 09:14:59 UTC 112200000000000000001")
	if one != two {
		t.Errorf("got\n%s\n%s\nwant the same", one, two)
	}
}

func TestAVerticalRuleHasNoGaps(t *testing.T) {
	var out strings.Builder
	if err := run(strings.NewReader("a \x1b[2m│\x1b[0m\nb \x1b[2m│\x1b[0m\n"), &out, "dark", "x"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`y="16" width="1" height="18"`, `y="34" width="1" height="18"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the picture does not hold %q:\n%s", want, out.String())
		}
	}
}

func TestAnEmptyScreenIsNoPicture(t *testing.T) {
	if err := run(strings.NewReader(""), io.Discard, "dark", "x"); err == nil {
		t.Error("no error for an empty screen")
	}
	if err := run(strings.NewReader("x\n"), io.Discard, "sepia", "x"); err == nil {
		t.Error("no error for a theme that there is not")
	}
}
