package cloud

import (
	"errors"

	"cloud.google.com/go/auth"
	"github.com/aws/smithy-go"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// signInProblem tells a failure to get credentials, with the command that signs in again. A network that is down is not
// a sign-in that ended.
func signInProblem(err error) *explain.Problem {
	e, ok := errors.AsType[*signInError](err)
	if !ok {
		return nil
	}
	if p := transportProblem(e.Err); p != nil {
		return p
	}
	p := &explain.Problem{Kind: explain.Expired, Code: "signed-out", Who: "you", Do: signInCommands(e)}
	if said := signInReply(e.Err); said != nil {
		if said.Kind == explain.Throttled || said.Status >= 500 {
			return said
		}
		p.Code, p.Status, p.Reason, p.RequestID = said.Code, said.Status, said.Reason, said.RequestID
		return p
	}
	if n := networkProblem(e.Err); n != nil {
		return n
	}
	p.Reason = clean(e.Err.Error())
	if errors.Is(e.Err, errNotSignedIn) {
		p.Reason = notSignedIn(e)
	}
	return p
}

// signInReply is what a token service answered, if one did.
func signInReply(err error) *explain.Problem {
	if _, ok := errors.AsType[*auth.Error](err); ok {
		return authProblem(err)
	}
	if _, ok := errors.AsType[smithy.APIError](err); ok {
		return awsProblem(err)
	}
	return replyProblem(err)
}

func notSignedIn(e *signInError) string {
	if e.Cloud == "google" {
		return clean("not signed in: there is no " + e.File)
	}
	if e.Profile != "" {
		return "not signed in: profile " + clean(e.Profile) + " does not exist or holds no credentials"
	}
	return "not signed in"
}

// signInCommands are the commands that sign in again, by what the credentials are made of.
func signInCommands(e *signInError) []string {
	if e.Cloud == "google" {
		if e.File == "" {
			return []string{"CLOUDSDK_AUTH_ACCESS_TOKEN is no longer taken: unset it, or set it to a new token (gcloud auth print-access-token)"}
		}
		do := []string{"gcloud auth application-default login"}
		if e.Chosen {
			do = append(do, "or correct GOOGLE_APPLICATION_CREDENTIALS, which names "+clean(e.File))
		}
		return do
	}
	profile := ""
	if e.Profile != "" && e.Profile != "default" {
		profile = " --profile " + clean(e.Profile)
	}
	switch e.Kind {
	case "sso":
		return []string{"aws sso login" + profile}
	case "login":
		return []string{"aws login" + profile}
	case "process":
		return []string{"run the credential_process of the profile by hand: its own message says what is wrong"}
	case "keys":
		if e.Profile == "" {
			return []string{"set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for temporary keys, AWS_SESSION_TOKEN anew, or unset them to use a profile"}
		}
	case "container", "web identity", "source":
		return []string{"check the role that this machine runs as, or choose a profile with --profile"}
	}
	return []string{"aws configure" + profile, "or, with IAM Identity Center: aws configure sso" + profile}
}
