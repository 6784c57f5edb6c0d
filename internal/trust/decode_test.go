package trust

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func jwt(header, payload, signature string) string {
	enc := base64.RawURLEncoding.EncodeToString
	return enc([]byte(header)) + "." + enc([]byte(payload)) + "." + enc([]byte(signature))
}

func TestDecodeKeepsClaimsAndDropsTheSignature(t *testing.T) {
	token := jwt(`{"alg":"RS256","kid":"k1"}`, `{"aud":["a","b"],"sub":"1042","exp":1780000000,"n":104290111222333444555}`, "a-signature")
	c, err := Decode(token)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Text("aud"); got != "a, b" {
		t.Errorf("aud %q", got)
	}
	if got := c.Text("n"); got != "104290111222333444555" {
		t.Errorf("a long number came out as %q", got)
	}
	if got := c.Text("nothing"); got != "" {
		t.Errorf("an absent claim is %q", got)
	}
	if got, want := c.Expires(), time.Unix(1780000000, 0).UTC(); !got.Equal(want) {
		t.Errorf("expires %v, want %v", got, want)
	}
	all, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	signature := token[strings.LastIndexByte(token, '.')+1:]
	for _, text := range []string{string(all), fmt.Sprintf("%+v", c)} {
		if strings.Contains(text, signature) || strings.Contains(text, "a-signature") {
			t.Errorf("the signature is kept in %s", text)
		}
	}
}

func TestDecodeRefusesWithoutRepeating(t *testing.T) {
	good := jwt(`{}`, `{}`, "s")
	for name, token := range map[string]string{
		"empty":             "",
		"two parts":         good[:strings.LastIndexByte(good, '.')],
		"four parts":        good + ".x",
		"padding":           "e30=." + "e30.c2ln",
		"not base64":        "s3cr3t!.e30.c2ln",
		"claims not JSON":   "e30.czNjcjN0.c2ln",
		"claims a list":     jwt("{}", "[]", "s"),
		"claims null":       jwt("{}", "null", "s"),
		"two objects":       jwt("{}", "{}{}", "s"),
		"header not JSON":   jwt("s3cr3t", "{}", "s"),
		"longer than taken": strings.Repeat("s3cr3t", 5_000),
	} {
		_, err := Decode(token)
		if err == nil {
			t.Errorf("%s: decoded", name)
			continue
		}
		if strings.Contains(err.Error(), "s3cr3t") || strings.Contains(err.Error(), "czNjcjN0") {
			t.Errorf("%s: the error repeats the token: %v", name, err)
		}
	}
}
