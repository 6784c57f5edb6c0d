package verify

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/internal/trust"
)

func problem(kind explain.Kind, code, reason string) error {
	return &explain.Problem{Op: "try", Kind: kind, Code: code, Reason: reason}
}

const conditionText = "The given credential is rejected by the attribute condition."

func TestDoorIsRefusedOnlyByTheRefusalItStandsFor(t *testing.T) {
	denied := problem(explain.Denied, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
	badToken := problem(explain.Other, "InvalidIdentityToken", "Incorrect token audience")
	noKeys := problem(explain.Other, "InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider")
	condition := problem(explain.Denied, "unauthorized_client", conditionText)
	grant := problem(explain.Other, "invalid_grant", "Received invalid AWS response of type SignatureDoesNotMatch")
	stale := problem(explain.Other, "invalid_grant", "ID Token issued at 1 is stale to sign-in.")
	target := problem(explain.Missing, "invalid_target", "The target service is invalid")
	throttle := problem(explain.Throttled, "Throttling", "Rate exceeded")
	for name, c := range map[string]struct {
		stands func(error) bool
		err    error
		want   string
	}{
		"trust refused":               {deniedByTrust, denied, doorRefused},
		"trust, token not accepted":   {deniedByTrust, badToken, doorUnknown},
		"trust, throttled":            {deniedByTrust, throttle, doorUnknown},
		"trust, out of time":          {deniedByTrust, context.DeadlineExceeded, doorUnknown},
		"token refused":               {rejectedToken, badToken, doorRefused},
		"token, but by the trust":     {rejectedToken, denied, doorUnknown},
		"token, keys not to be had":   {rejectedToken, noKeys, doorUnknown},
		"condition refused":           {rejectedByCondition, condition, doorRefused},
		"condition, other word":       {rejectedByCondition, problem(explain.Other, "invalid_grant", conditionText), doorRefused},
		"condition, but provider off": {rejectedByCondition, target, doorUnknown},
		"assertion refused":           {rejectedAssertion, grant, doorRefused},
		"assertion, but by condition": {rejectedAssertion, condition, doorUnknown},
		"assertion, stale":            {rejectedAssertion, stale, doorUnknown},
		"assertion, provider off":     {rejectedAssertion, target, doorUnknown},
		"let in":                      {rejectedAssertion, nil, doorAdmitted},
		"could not be tried":          {rejectedAssertion, notTried("nothing to try it with", nil), doorNotTried},
		"could not be tried, because": {rejectedAssertion, notTried("nothing to try it with", denied), doorNotTried},
	} {
		d := door{attempt: name, try: func(context.Context) error { return c.err }, stands: c.stands}
		if got := d.knock(t.Context()); got.Outcome != c.want {
			t.Errorf("%s: %s (%s); want %s", name, got.Outcome, got.Explain, c.want)
		}
	}
}

func TestOutcomeTellsRefusalsFromFailures(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"none":          {nil, hopOK},
		"denied":        {problem(explain.Denied, "AccessDenied", ""), hopRefused},
		"bad token":     {problem(explain.Other, "InvalidIdentityToken", "Incorrect token audience"), hopRefused},
		"no keys":       {problem(explain.Other, "InvalidIdentityToken", "Couldn't retrieve verification key"), hopFailed},
		"oauth":         {problem(explain.Other, "invalid_grant", ""), hopRefused},
		"throttled":     {problem(explain.Throttled, "AccessDenied", ""), hopFailed},
		"network":       {problem(explain.Other, "network", "cannot connect"), hopFailed},
		"interrupted":   {&explain.Problem{Kind: explain.Denied, Err: context.Canceled}, hopFailed},
		"out of time":   {&explain.Problem{Kind: explain.Denied, Err: context.DeadlineExceeded}, hopFailed},
		"not a Problem": {errors.New("strange"), hopFailed},
	} {
		if got := outcomeOf(c.err); got != c.want {
			t.Errorf("%s: %s; want %s", name, got, c.want)
		}
	}
}

func TestWaitingEndsWhereTheLiveProviderRefusesToo(t *testing.T) {
	claims := map[string]any{"arn": "arn:aws:sts::123456789012:assumed-role/reader/i-1", "account": "123456789012", "userid": "AROA:i-1"}
	live := path{looked: true, state: "ACTIVE", mapping: map[string]string{"google.subject": "assertion.arn"}}
	with := func(condition string) path { p := live; p.condition = condition; return p }
	off := live
	off.state = "DISABLED"
	condition := problem(explain.Denied, "unauthorized_client", conditionText)
	target := problem(explain.Missing, "invalid_target", "The target service is invalid")
	for name, c := range map[string]struct {
		path path
		err  error
		want bool
	}{
		"condition holds here":      {with("assertion.arn.contains('/reader/')"), condition, true},
		"condition false here":      {with("assertion.arn.contains('/other/')"), condition, false},
		"condition cannot be read":  {with("attribute.nobody == 'x'"), condition, false},
		"provider not to be seen":   {path{}, condition, true},
		"subject too long":          {live, problem(explain.Other, "invalid_request", "The size of mapped attribute google.subject exceeds the 127 bytes limit."), false},
		"new provider":              {live, target, true},
		"provider off":              {off, target, false},
		"new issuer":                {live, problem(explain.Other, "invalid_grant", "Error connecting to the given credential's issuer."), true},
		"signature":                 {live, problem(explain.Other, "invalid_grant", "AWS request has invalid format."), false},
		"API enabled a moment ago":  {live, problem(explain.Disabled, "SERVICE_DISABLED", ""), true},
		"something else altogether": {live, problem(explain.Other, "network", ""), false},
	} {
		if got := c.path.mayYetAdmit(claims, c.err); got != c.want {
			t.Errorf("%s: may yet admit = %v; want %v", name, got, c.want)
		}
	}
}

func TestEveryRefusalOfTheExchangeIsExplained(t *testing.T) {
	for text, want := range map[string]string{
		"invalid_target: x": "switched off",
		"invalid_grant: The audience in ID Token [X] does not match the expected audience Y.": "another audience",
		"invalid_grant: Error connecting to the given credential's issuer.":                   "keys",
		"invalid_grant: Received invalid AWS response of type InvalidClientTokenId":           "AWS did not accept it",
		"unauthorized_client: The mapped attribute 'google.subject' must be of type STRING.":  "mapping",
	} {
		code, reason, _ := strings.Cut(text, ": ")
		h := Hop{}
		explainExchange(&h, problem(explain.Other, code, reason), path{provider: "aws", state: "DISABLED"}, nil)
		if !strings.Contains(h.Explain, want) || len(h.Do) == 0 {
			t.Errorf("%s: explain %q, do %q; want %q in it", text, h.Explain, h.Do, want)
		}
	}
	for state, want := range map[string]string{"DELETED": "restore", "ACTIVE": "five minutes", "missing": "missing"} {
		h := Hop{}
		path{state: state}.explainTarget(&h)
		if !strings.Contains(strings.Join(h.Do, " "), want) {
			t.Errorf("%s: do %q; want %q in it", state, h.Do, want)
		}
	}
}

func TestEveryRefusalOfTheTokenIsExplained(t *testing.T) {
	b := spec.Bridge{AWS: spec.AWS{Account: "123456789012", Region: "us-east-1"}, ToAWS: &spec.ToAWS{Provider: "builtin"}}
	for reason, want := range map[string]string{
		"Incorrect token audience":                                  "client ids",
		"No OpenIDConnect provider found in your account for https": "no provider",
		"Couldn't retrieve verification key from your identity":     "passes",
		"something new": "something new",
	} {
		h := Hop{}
		explainAssume(&h, problem(explain.Other, "InvalidIdentityToken", reason), trustAnswer{}, b)
		if !strings.Contains(h.Explain, want) {
			t.Errorf("%s: explain %q; want %q in it", reason, h.Explain, want)
		}
	}
	h := Hop{}
	explainAssume(&h, problem(explain.Other, "ExpiredTokenException", "Token expired"), trustAnswer{}, b)
	if !strings.Contains(h.Explain, "clock") {
		t.Errorf("expired: explain %q; want the clock named", h.Explain)
	}
}

func TestAdviceNamesTheUsualSlip(t *testing.T) {
	b := spec.Bridge{ToAWS: &spec.ToAWS{ServiceAccount: "a@p.iam.gserviceaccount.com", Audience: "AUD"}}
	for _, c := range []struct {
		row  trust.Row
		want string
	}{
		{trust.Row{Key: "accounts.google.com:aud", Sent: "a@p.iam.gserviceaccount.com", Wanted: "1"}, "keylessly"},
		{trust.Row{Key: "accounts.google.com:AUD", Sent: "1", Wanted: "AUD"}, "azp"},
		{trust.Row{Key: "accounts.google.com:sub", Sent: "1", Wanted: "a@p"}, "number"},
		{trust.Row{Key: "accounts.google.com:sub", Sent: "1", Wanted: "2"}, "--accept-account 1"},
		{trust.Row{Key: "accounts.google.com:aud", Sent: "1", Wanted: "2"}, "another azp"},
		{trust.Row{Key: "accounts.google.com:oaud", Sent: "AUD", Wanted: "x"}, "toAWS.audience"},
		{trust.Row{Key: "Principal", Wanted: "x"}, "put our statement back"},
		{trust.Row{Key: "aws:PrincipalOrgID", Wanted: "o-1"}, "no such key"},
	} {
		if got := adviceFor(c.row, []trust.Row{c.row}, b); !strings.Contains(got, c.want) {
			t.Errorf("%+v: %q; want %q in it", c.row, got, c.want)
		}
	}
}

func TestNearestMemberIsTheLikeliestSlip(t *testing.T) {
	members := []string{"user:a@b", "principalSet://x/attribute.aws_role/arn:1", "principalSet://x/*"}
	if got := nearest(members, "principalSet://x/attribute.aws_role/arn:2"); got != members[1] {
		t.Errorf("nearest %q; want %q", got, members[1])
	}
	if got := orNobody(nearest(nil, "x")); got != "nobody is bound" {
		t.Errorf("nearest of none: %q", got)
	}
}

func TestWorkloadsOwnDirectionsAreKept(t *testing.T) {
	none := []route{{direction: ToAWS, from: Operator}, {direction: ToGoogle, from: Operator}}
	own := route{direction: ToGoogle, from: Workload}
	lost := route{direction: ToAWS, from: Workload, skip: "not it"}
	for name, c := range map[string]struct{ in, want []route }{
		"off the clouds":             {none, none},
		"one of two":                 {[]route{none[0], own}, []route{own}},
		"both":                       {[]route{{direction: ToAWS, from: Workload}, own}, []route{{direction: ToAWS, from: Workload}, own}},
		"the other was asked for":    {[]route{lost, own}, []route{own}},
		"none, though it was wanted": {[]route{lost}, []route{lost}},
	} {
		if diff := cmp.Diff(c.want, ownDirections(c.in), cmp.AllowUnexported(route{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
