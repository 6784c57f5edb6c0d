package cloud

import "errors"

// errNotSignedIn is the cause when there are no credentials at all.
var errNotSignedIn = errors.New("no credentials found")

// signInError is a failure to get the operator's credentials, before any call could be made with them.
type signInError struct {
	Cloud   string // google, aws
	Profile string // AWS: the profile, "" for none
	Kind    string // AWS: sso, login, process, keys, …
	File    string // Google: the credentials file
	Chosen  bool   // Google: the file was named by GOOGLE_APPLICATION_CREDENTIALS
	Err     error
}

func (e *signInError) Error() string { return "get credentials: " + e.Err.Error() }
func (e *signInError) Unwrap() error { return e.Err }
