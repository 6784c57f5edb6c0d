package cloud

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// operatorKeys are the operator's AWS credentials, kept until they end, and read anew when AWS says that they have.
type operatorKeys struct {
	chain *chain
	cache *aws.CredentialsCache

	renewing sync.Mutex
}

func newOperatorKeys(c *chain) *operatorKeys {
	return &operatorKeys{chain: c, cache: aws.NewCredentialsCache(c, func(o *aws.CredentialsCacheOptions) { o.ExpiryWindow = earlyRefresh })}
}

// signedBy is where one call finds out whether it was the operator's credentials that signed it.
type signedBy struct{ keys aws.Credentials }

type signedByKey struct{}

// Retrieve gives the credentials and notes in the call that they are its.
func (k *operatorKeys) Retrieve(ctx context.Context) (aws.Credentials, error) {
	got, err := k.cache.Retrieve(ctx)
	if note, ok := ctx.Value(signedByKey{}).(*signedBy); ok && err == nil {
		note.keys = got
	}
	return got, err
}

// renew reports whether there are other credentials than used by now: another call has read them already, or their
// source holds them. Calls that fail together read the source one after the other.
func (k *operatorKeys) renew(ctx context.Context, used aws.Credentials) (bool, error) {
	k.renewing.Lock()
	defer k.renewing.Unlock()
	if now, err := k.cache.Retrieve(ctx); err == nil && !sameKeys(now, used) {
		return true, nil
	}
	k.chain.forget()
	k.cache.Invalidate()
	now, err := k.cache.Retrieve(ctx)
	if refused(err) {
		return false, err
	}
	return err == nil && !sameKeys(now, used), nil
}

func sameKeys(a, b aws.Credentials) bool {
	return a.AccessKeyID == b.AccessKeyID && a.SecretAccessKey == b.SecretAccessKey && a.SessionToken == b.SessionToken
}

// add puts k into the calls of a client, where a repeated call is signed anew.
func (k *operatorKeys) add(stack *middleware.Stack) error {
	return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("RenewSignIn", k.finalize), "ResolveAuthScheme", middleware.Before)
}

// finalize makes a call and, when the operator's credentials have ended and others are there, makes it once more. AWS
// looks at credentials before anything else, so that the first one had no effect.
func (k *operatorKeys) finalize(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
	req, ok := in.Request.(*smithyhttp.Request)
	if !ok {
		return next.HandleFinalize(ctx, in)
	}
	note := &signedBy{}
	in.Request = req.Clone()
	out, meta, err := next.HandleFinalize(context.WithValue(ctx, signedByKey{}, note), in)
	if !keysEnded(err) || note.keys.AccessKeyID == "" {
		return out, meta, err
	}
	switch renewed, other := k.renew(ctx, note.keys); {
	case other != nil:
		return out, meta, other
	case !renewed, req.RewindStream() != nil:
		return out, meta, err
	}
	in.Request = req.Clone()
	return next.HandleFinalize(ctx, in)
}

// keysEnded holds for AWS's words for credentials that have ended, and for a key that there is no more.
func keysEnded(err error) bool {
	e, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		return false
	}
	switch e.ErrorCode() {
	case "ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId", "UnrecognizedClientException":
		return true
	}
	return false
}

// samePrincipal reports whether two callers are one. The name of a session is part of who it is (Identity Center puts
// the person there) unless an SDK made it up.
func samePrincipal(was, is Caller) bool {
	if was.UserID == is.UserID && was.ARN == is.ARN {
		return true
	}
	wasRole, wasSession, _ := strings.Cut(was.UserID, ":")
	isRole, isSession, _ := strings.Cut(is.UserID, ":")
	return wasRole == isRole && madeUp(wasSession) && madeUp(isSession)
}

// madeUp holds for session names that SDKs make from the time when nobody gives one.
func madeUp(session string) bool {
	for _, prefix := range []string{"aws-go-sdk-", "botocore-session-"} {
		if strings.HasPrefix(session, prefix) {
			return true
		}
	}
	return len(session) == len("1700000000000000000") && strings.Trim(session, "0123456789") == ""
}
