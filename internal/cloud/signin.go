package cloud

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// signIn asks both sides at once; one that fails does not keep the other from answering.
func signIn(ctx context.Context, g *Google, a *AWS) Operators {
	var out Operators
	var both sync.WaitGroup
	both.Go(func() { out.Google, out.GoogleErr = g.signIn(ctx) })
	both.Go(func() { out.AWS, out.AWSErr = a.signIn(ctx) })
	both.Wait()
	return out
}

// signIn asks token information whose token the operator holds. It knows nothing of federated tokens: their principal
// stays unknown, and only what needs it is refused later.
func (g *Google) signIn(ctx context.Context) (Operator, error) {
	const op = "sign in to Google Cloud"
	token, expires, err := g.tokens.token(ctx)
	if err != nil {
		return Operator{}, Problem(op, err)
	}
	o := Operator{Source: g.Source, Account: g.project, Expires: expires}
	info, err := AskTokenInfo(ctx, g, token)
	if err != nil {
		if g.tokens.federated() && explain.Is(err, explain.Expired) {
			g.tokens.signedIn(o)
			return o, nil
		}
		return Operator{}, g.badToken(op, err)
	}
	o.UserID = info.Subject
	if o.Expires.IsZero() && info.Expires > 0 {
		o.Expires = time.Now().UTC().Add(info.Expires).Truncate(time.Second)
	}
	o.Principal = memberOf(info.Email)
	g.tokens.signedIn(o)
	return o, nil
}

// badToken tells a token that Google no longer takes as a sign-in that ended.
func (g *Google) badToken(op string, err error) error {
	p, ok := errors.AsType[*explain.Problem](err)
	if !ok || p.Status != 400 && p.Status != 401 {
		return err
	}
	return Problem(op, g.tokens.failed(p.Err))
}

// memberOf is the IAM member of an e-mail.
func memberOf(email string) string {
	switch {
	case email == "":
		return ""
	case strings.HasSuffix(email, ".gserviceaccount.com"):
		return "serviceAccount:" + email
	}
	return "user:" + email
}

func (a *AWS) signIn(ctx context.Context) (Operator, error) {
	const op = "sign in to AWS"
	held, err := a.Config.Credentials.Retrieve(ctx)
	if err != nil {
		return Operator{}, Problem(op, err)
	}
	who, err := CallerIdentity(ctx, a, nil)
	if err != nil {
		return Operator{}, a.badKeys(op, err)
	}
	a.chain.signedIn(who, held.AccessKeyID)
	o := Operator{Principal: who.ARN, Source: a.Source, Account: who.Account, UserID: who.UserID, Partition: partitionOf(who.ARN)}
	if held.CanExpire {
		o.Expires = held.Expires
	}
	return o, nil
}

// badKeys adds how to sign in again: GetCallerIdentity needs no permission, so a refusal is always the credentials'.
func (a *AWS) badKeys(op string, err error) error {
	p, ok := errors.AsType[*explain.Problem](err)
	if !ok || p.Kind != explain.Expired {
		return err
	}
	again := *p
	again.Op, again.Do = op, signInCommands(&signInError{Cloud: "aws", Profile: a.Profile, Kind: a.chain.kind})
	if !strings.HasPrefix(p.Code, "ExpiredToken") {
		again.Do = append(again.Do, p.Do...)
	}
	return &again
}

// partitionOf is the second field of an ARN.
func partitionOf(arn string) string {
	if f := strings.SplitN(arn, ":", 3); len(f) == 3 {
		return f[1]
	}
	return ""
}
