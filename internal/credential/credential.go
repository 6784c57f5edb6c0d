// Package credential gives programs fresh credentials of the other cloud: a session of an AWS role for workloads on
// Google, a subject token for Google on AWS. It keeps what it got in a cache of its own (0600, locked, replaced as one
// whole) and asks again ahead of the end. It refuses to hand out anything that has expired, never logs or prints a
// credential by itself, and changes nothing in either cloud.
package credential

import (
	"context"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// ahead is how long before its end a session is replaced: botocore asks again from then on, at every call.
const ahead = 15 * time.Minute

// tail is what must be left of a session that is served because no newer one can be had.
const tail = time.Minute

// session is how long a session is asked for. Every role allows an hour.
const session = time.Hour

// skew is how far this machine's clock may be behind AWS's.
const skew = 5 * time.Minute

// mintTries is how often the metadata server is asked: on a busy machine an answer can come too late.
const mintTries = 4

// Open opens both clouds. It is called when the cache has nothing, and not before.
type Open func(context.Context) (*cloud.Google, *cloud.AWS, error)

// Wanted says which session of which role is needed.
type Wanted struct {
	RoleARN  string // path included
	Audience string // what the role's trust demands of the ID token
	Session  string // role session name, as CloudTrail shows it
	As       string // e-mail to mint the ID token of, with the operator's credentials; "": the metadata server's account
	Place    string // where the clouds are, so that what a stand-in gave is not served for the real ones
}

// AWS gives sessions of one role. All fields but Cache are required.
type AWS struct {
	Wanted Wanted
	Cache  *Cache // nil: none
	Open   Open
	Now    func() time.Time
}

// Get gives a session with more than 15 minutes left, from the cache when it holds one. Callers at the same time, in
// other processes too, make one call between them. When no new session can be had, one that still lives for a minute is
// given, unless AWS refused.
func (s AWS) Get(ctx context.Context) (cloud.Credentials, error) {
	if c, ok := s.cached(ahead); ok {
		return c, nil
	}
	unlock, held := s.Cache.lock(ctx, s.Wanted, func() bool { _, ok := s.cached(ahead); return ok })
	defer unlock()
	if c, ok := s.cached(ahead); ok {
		return c, nil
	}
	got, err := s.fetch(ctx)
	if err != nil {
		old, ok := s.cached(tail)
		return s.instead(old, ok, err)
	}
	if held {
		s.Cache.write(s.Wanted, got)
	}
	return got, nil
}

// instead gives an older session in place of an error, if there is one and AWS did not refuse.
func (s AWS) instead(old cloud.Credentials, ok bool, err error) (cloud.Credentials, error) {
	if ok && old.Expires.Sub(s.Now()) > tail && !explain.Is(err, explain.Denied, explain.Missing) {
		return old, nil
	}
	return cloud.Credentials{}, err
}

// cached gives what the cache holds when more than this is left of it. A session that would live longer than any that we
// ask for says that this machine's clock has been set back: nobody knows then whether it has ended.
func (s AWS) cached(left time.Duration) (cloud.Credentials, bool) {
	c, ok := s.Cache.read(s.Wanted)
	rest := c.Expires.Sub(s.Now())
	return c, ok && rest > left && rest <= session+skew
}

// fetch crosses over: an ID token of the service account, then a session of the role.
func (s AWS) fetch(ctx context.Context) (cloud.Credentials, error) {
	g, a, err := s.Open(ctx)
	if err != nil {
		return cloud.Credentials{}, err
	}
	token, err := s.idToken(ctx, g)
	if err != nil {
		return cloud.Credentials{}, err
	}
	got, err := cloud.AssumeRoleWithWebIdentity(ctx, a, s.Wanted.RoleARN, s.Wanted.Session, token, session)
	if err != nil {
		return cloud.Credentials{}, err
	}
	if got.Credentials.Expires.Sub(s.Now()) <= 0 {
		return cloud.Credentials{}, &explain.Problem{
			Op: "assume " + s.Wanted.RoleARN, Kind: explain.Expired, Reason: "what AWS gave has expired by this machine's clock",
			Do: []string{"set this machine's clock"},
		}
	}
	return got.Credentials, nil
}

func (s AWS) idToken(ctx context.Context, g *cloud.Google) (cloud.Secret, error) {
	if s.Wanted.As != "" {
		return cloud.MintIDToken(ctx, g, s.Wanted.As, s.Wanted.Audience)
	}
	t, err := cloud.MetadataIDToken(ctx, g, s.Wanted.Audience)
	for tries := 1; tries < mintTries && err != nil && ctx.Err() == nil && explain.Is(err, explain.Other); tries++ {
		t, err = cloud.MetadataIDToken(ctx, g, s.Wanted.Audience)
	}
	if err != nil && explain.Is(err, explain.Other, explain.Missing) {
		return "", offGoogle(err)
	}
	return t, err
}

// offGoogle adds what to do where no metadata server answers.
func offGoogle(err error) error {
	return &explain.Problem{
		Op: "get an ID token from the metadata server", Kind: explain.KindOf(err), Reason: reasonOf(err), Err: err,
		Do: []string{
			"run this on the Google workload whose service account the role trusts",
			"or mint the token with your own sign-in: --impersonate-service-account EMAIL",
		},
	}
}
