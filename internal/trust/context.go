package trust

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// googleIssuer is how AWS names Google in principals and condition keys.
const googleIssuer = "accounts.google.com"

// tokenContext is what AWS's token service knows of a web identity call: the condition keys and where each comes from.
type tokenContext struct {
	values map[string][]string // by key in lower case; a known key without values is absent from the call
	claims map[string]string   // the claim that a key reads
}

// newTokenContext derives the condition keys from a token's claims. AWS reads azp, when there is one, in place of aud, and
// gives Google's real aud under oaud.
func newTokenContext(claims map[string]any, principal string) tokenContext {
	issuer := issuerOf(claims)
	ctx := tokenContext{values: map[string][]string{}, claims: map[string]string{}}
	set := func(key, claim string, value any) {
		ctx.values[strings.ToLower(issuer+":"+key)] = texts(value)
		ctx.claims[strings.ToLower(issuer+":"+key)] = claim
	}
	if len(texts(claims["azp"])) > 0 {
		set("aud", "azp", claims["azp"])
	} else {
		set("aud", "aud", claims["aud"])
	}
	set("sub", "sub", claims["sub"])
	set("email", "email", claims["email"])
	set("amr", "amr", claims["amr"])
	if issuer == googleIssuer {
		set("oaud", "aud", claims["aud"])
		google, _ := claims["google"].(map[string]any)
		set("google/organization_number", "google.organization_number", google["organization_number"])
	}
	ctx.values["aws:federatedprovider"] = []string{principal}
	ctx.values["sts:roleauthorizedbyidp"] = []string{strconv.FormatBool(claims["https://aws.amazon.com/roles"] != nil)}
	return ctx
}

// issuerOf is the issuer without its scheme.
func issuerOf(claims map[string]any) string {
	iss, _ := claims["iss"].(string)
	iss = strings.TrimSuffix(strings.TrimPrefix(iss, "https://"), "/")
	if iss == "" {
		return googleIssuer
	}
	return iss
}

// lookup gives the values of a key and whether they are known here. What AWS alone sees, such as the address or the time of
// the call, is not known; what a web identity call never carries is known to be absent.
func (ctx tokenContext) lookup(key string) (values []string, known bool) {
	lower := strings.ToLower(key)
	if values, ok := ctx.values[lower]; ok {
		return values, true
	}
	if strings.HasPrefix(lower, "sts:") {
		return nil, lower != "sts:rolesessionname" && lower != "sts:sourceidentity"
	}
	if strings.HasPrefix(lower, "aws:") {
		return nil, slices.ContainsFunc(neverSent(), func(p string) bool { return strings.HasPrefix(lower, p) })
	}
	return nil, true
}

// neverSent are the keys that a call with a web identity, which is unsigned and has no principal yet, does not carry.
func neverSent() []string {
	return []string{
		"aws:principal", "aws:userid", "aws:username", "aws:tagkeys", "aws:requesttag/", "aws:multifactorauth", "aws:tokenissuetime",
		"aws:sourceaccount", "aws:sourcearn", "aws:sourceorg", "aws:calledvia", "aws:viaawsservice", "aws:resourcetag/",
	}
}

// list tells keys of several values, which plain operators do not read.
func (ctx tokenContext) list(key string, sent []string) bool {
	return len(sent) > 1 || ctx.claims[strings.ToLower(key)] == "amr"
}

// claim names what a key reads, for the claim table.
func (ctx tokenContext) claim(key string) string {
	if c := ctx.claims[strings.ToLower(key)]; c != "" {
		return c
	}
	return ""
}

// texts gives a claim's values as text; absent, null and nested values have none.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case bool:
		return []string{strconv.FormatBool(v)}
	case json.Number:
		return []string{v.String()}
	case float64:
		return []string{strconv.FormatFloat(v, 'f', -1, 64)}
	case int, int64:
		return []string{fmt.Sprint(v)}
	case []string:
		return slices.Clone(v)
	case []any:
		var out []string
		for _, item := range v {
			out = append(out, texts(item)...)
		}
		return out
	}
	return nil
}
