package steps

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// Apply makes the change.
func (s googleProviderStep) Apply(ctx context.Context, w *World, c Change) error {
	seen, _ := c.Seen.(providerSeen)
	live, known := w.Facts.ToAWSUniqueID.Get()
	if c.Action != Create {
		p, err := readGoogleProvider(ctx, w)
		if err != nil {
			return err
		}
		if err := still(s.About().Title, seen.Provider, p); err != nil {
			return err
		}
	}
	switch {
	case c.Action == Remove && seen.Whole:
		return s.remove(ctx, w)
	case c.Action == Remove:
		return s.swap(ctx, w, "", seen.Drop)
	case !known:
		return &explain.Problem{Op: "write " + s.About().Title, Kind: explain.Missing, Reason: "the account's number is not known", Do: []string{"plan again"}}
	case c.Action == Create:
		return s.create(ctx, w, live)
	}
	return s.swap(ctx, w, live, seen.Drop)
}

func (s googleProviderStep) create(ctx context.Context, w *World, live string) error {
	var p *oidcProvider
	look := func(ctx context.Context) (_ bool, err error) {
		p, err = readGoogleProvider(ctx, w)
		return p != nil, err
	}
	err := onceMore(ctx, s.About().Title, look, func(ctx context.Context) error {
		_, err := write(ctx, "create "+s.About().Title, func(ctx context.Context) (*iam.CreateOpenIDConnectProviderOutput, error) {
			return w.AWS.IAM.CreateOpenIDConnectProvider(ctx, &iam.CreateOpenIDConnectProviderInput{
				Url: aws.String("https://" + spec.GoogleIssuer), ClientIDList: []string{live}, Tags: awsTags(s.b.Tags()),
			})
		})
		return err
	})
	if err != nil && !lost(err) && !explain.Is(err, explain.Exists) {
		return err
	}
	if err != nil {
		if err := reread(ctx, s.About().Title, err, look); err != nil {
			return err
		}
	} else if err := untilThere(ctx, s.About().Title, look); err != nil {
		return err
	}
	if byTags(s.b, p.Tags) != ours || !slices.Contains(p.ClientIDs, live) {
		return moved(s.About().Title)
	}
	return nil
}

// swap puts one client id in and takes another out, then reads back. Both calls may be made twice without harm.
func (s googleProviderStep) swap(ctx context.Context, w *World, add, drop string) error {
	arn := s.b.GoogleProviderARN()
	if add != "" {
		_, err := again(ctx, "add client id "+add, func(ctx context.Context) (*iam.AddClientIDToOpenIDConnectProviderOutput, error) {
			return w.AWS.IAM.AddClientIDToOpenIDConnectProvider(ctx, &iam.AddClientIDToOpenIDConnectProviderInput{OpenIDConnectProviderArn: &arn, ClientID: &add})
		})
		if err != nil {
			return err
		}
	}
	if drop != "" {
		_, err := again(ctx, "remove client id "+drop, func(ctx context.Context) (*iam.RemoveClientIDFromOpenIDConnectProviderOutput, error) {
			return w.AWS.IAM.RemoveClientIDFromOpenIDConnectProvider(ctx, &iam.RemoveClientIDFromOpenIDConnectProviderInput{OpenIDConnectProviderArn: &arn, ClientID: &drop})
		})
		if err != nil {
			return err
		}
	}
	return untilThere(ctx, fmt.Sprintf("the client ids of %s", s.About().Title), func(ctx context.Context) (bool, error) {
		p, err := readGoogleProvider(ctx, w)
		if p == nil || err != nil {
			return false, err
		}
		return (add == "" || slices.Contains(p.ClientIDs, add)) && !slices.Contains(p.ClientIDs, drop), nil
	})
}

func (s googleProviderStep) remove(ctx context.Context, w *World) error {
	arn := s.b.GoogleProviderARN()
	return eraseGoogleProvider(ctx, w, s.About().Title, arn)
}

func eraseGoogleProvider(ctx context.Context, w *World, title, arn string) error {
	return erase(ctx, title, func(ctx context.Context) error {
		_, err := write(ctx, "delete "+title, func(ctx context.Context) (*iam.DeleteOpenIDConnectProviderOutput, error) {
			return w.AWS.IAM.DeleteOpenIDConnectProvider(ctx, &iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: &arn})
		})
		return err
	}, func(ctx context.Context) (bool, error) {
		p, err := readGoogleProvider(ctx, w)
		return p != nil, err
	})
}
