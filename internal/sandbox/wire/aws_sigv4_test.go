package wire

import (
	"errors"
	"testing"
	"time"
)

const (
	vectorSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	vectorTarget = "//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aws-pool/providers/aws-prov"
	vectorURL    = "https://sts.us-east-1.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"
)

// vector is the request that Google's libraries sign, with or without its target under the signature.
func vector(targetSigned bool) SignedRequest {
	signed, signature := "host;x-amz-date;x-amz-security-token", "e3f79afabbebc56b5c0281cf543bbab5e0a1955a75488b2e8dd3ce253a3db735"
	if targetSigned {
		signed, signature = signed+";x-goog-cloud-target-resource", "46286c66078d6be2316ac02e51a3bf64f3940ed6051e7bd71c7dc40df2d673d9"
	}
	return SignedRequest{Method: "POST", URL: vectorURL, Headers: []Header{
		{"Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20250102/us-east-1/sts/aws4_request, SignedHeaders=" + signed + ", Signature=" + signature},
		{"Host", "sts.us-east-1.amazonaws.com"},
		{"X-Amz-Date", "20250102T030405Z"},
		{"x-amz-security-token", "SESSION+TOKEN/EXAMPLE=="},
		{"x-goog-cloud-target-resource", vectorTarget},
	}}
}

var vectorTime = time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)

func TestSignaturesOfGooglesLibrariesAreUnderstood(t *testing.T) {
	for name, targetSigned := range map[string]bool{"target appended, as Python and Node do": false, "target signed, as Go does": true} {
		t.Run(name, func(t *testing.T) {
			sig, err := ParseSignature(vector(targetSigned))
			if err != nil {
				t.Fatal(err)
			}
			if err := sig.Check(vectorSecret, vectorTime.Add(14*time.Minute)); err != nil {
				t.Errorf("got %v, want a good signature", err)
			}
			if sig.Token != "SESSION+TOKEN/EXAMPLE==" || sig.Region != "us-east-1" || sig.KeyID != "AKIDEXAMPLE" {
				t.Errorf("got token %q, region %q, key %q", sig.Token, sig.Region, sig.KeyID)
			}
		})
	}
}

func TestTouchedRequestsAreRefused(t *testing.T) {
	for name, change := range map[string]func(*SignedRequest){
		"method": func(r *SignedRequest) { r.Method = "GET" },
		"query":  func(r *SignedRequest) { r.URL += "&x=y" },
		"path": func(r *SignedRequest) {
			r.URL = "https://sts.us-east-1.amazonaws.com/x?Action=GetCallerIdentity&Version=2011-06-15"
		},
		"body":         func(r *SignedRequest) { r.Body = []byte("x") },
		"signed host":  func(r *SignedRequest) { r.Headers[1].Value = "sts.eu-west-1.amazonaws.com" },
		"signed time":  func(r *SignedRequest) { r.Headers[2].Value = "20250102T030406Z" },
		"signed token": func(r *SignedRequest) { r.Headers[3].Value = "OTHER" },
	} {
		t.Run(name, func(t *testing.T) {
			r := vector(false)
			change(&r)
			sig, err := ParseSignature(r)
			if err != nil {
				t.Fatal(err)
			}
			failure := (*Failure)(nil)
			if err := sig.Check(vectorSecret, vectorTime); !errors.As(err, &failure) || failure.Code != "SignatureDoesNotMatch" {
				t.Errorf("got %v, want SignatureDoesNotMatch", err)
			}
		})
	}
}

func TestUnsignedTargetMayChange(t *testing.T) {
	r := vector(false)
	r.Headers[4].Value = "//iam.googleapis.com/elsewhere"
	sig, err := ParseSignature(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := sig.Check(vectorSecret, vectorTime); err != nil {
		t.Errorf("got %v: the signature does not cover the target, so AWS cannot see it change", err)
	}
}

func TestSignaturesAreFreshForFifteenMinutes(t *testing.T) {
	sig, err := ParseSignature(vector(true))
	if err != nil {
		t.Fatal(err)
	}
	for off, want := range map[time.Duration]bool{
		0: true, 15 * time.Minute: true, 15*time.Minute + time.Second: false, -15 * time.Minute: true, -15*time.Minute - time.Second: false,
	} {
		if got := sig.Check(vectorSecret, vectorTime.Add(off)) == nil; got != want {
			t.Errorf("%v after signing: good is %v, want %v", off, got, want)
		}
	}
}

func TestHalfASignatureIsIncomplete(t *testing.T) {
	for _, authorization := range []string{
		"AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=a/b", "AWS4-HMAC-SHA256 Credential=a/20250102/r/sts/aws4_request, SignedHeaders=host",
	} {
		r := vector(false)
		r.Headers[0].Value = authorization
		_, err := ParseSignature(r)
		if failure := (*Failure)(nil); !errors.As(err, &failure) || failure.Code != "IncompleteSignature" {
			t.Errorf("%q: got %v, want IncompleteSignature", authorization, err)
		}
	}
}

func FuzzSignature(f *testing.F) {
	f.Add(vector(true).Headers[0].Value, "20250102T030405Z", vectorURL, "body")
	f.Add("", "", "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a/b/c/d/aws4_request&X-Amz-SignedHeaders=host&X-Amz-Signature=0&X-Amz-Date=20250102T030405Z&X-Amz-Expires=60", "")
	f.Fuzz(func(t *testing.T, authorization, date, url, body string) {
		sig, err := ParseSignature(SignedRequest{Method: "POST", URL: url, Body: []byte(body), Headers: []Header{
			{"Authorization", authorization}, {"X-Amz-Date", date}, {"Host", "sts.amazonaws.com"},
		}})
		if err != nil || sig == nil {
			return
		}
		if sig.Check("a secret that nobody guesses", sig.At) == nil {
			t.Errorf("a made-up signature was found good: %q", authorization)
		}
	})
}
