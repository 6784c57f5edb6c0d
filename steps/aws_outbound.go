package steps

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// outboundStep turns on the account's own token issuer, which Google then trusts. It is a switch for the whole account and
// is never turned off again: others may have begun to use it.
type outboundStep struct{ b spec.Bridge }

func newOutbound(b spec.Bridge) Step { return outboundStep{b} }

// About says what the switch does.
func (s outboundStep) About() About {
	return About{
		ID: "aws.outbound-federation", Cloud: "aws", Kind: "outbound-federation", Name: s.b.AWS.Account,
		Title: "outbound identity federation of account " + s.b.AWS.Account, Scope: "account", Direction: "to-google",
		Why:         "AWS issues tokens for its roles only when the account says so",
		Permissions: []string{"iam:GetOutboundWebIdentityFederationInfo", "iam:EnableOutboundWebIdentityFederation"},
	}
}

// outbound is the state of the account's issuer.
type outbound struct {
	Issuer  string
	Vending bool
}

func readOutbound(ctx context.Context, w *World) (outbound, error) {
	return read(ctx, w, "outbound federation", func(ctx context.Context) (outbound, error) {
		out, err := w.AWS.IAM.GetOutboundWebIdentityFederationInfo(ctx, &iam.GetOutboundWebIdentityFederationInfoInput{})
		if err = cloud.Problem("read whether outbound federation is on", err); explain.Is(err, explain.Disabled, explain.Missing) {
			return outbound{}, nil
		}
		if err != nil {
			return outbound{}, err
		}
		return outbound{aws.ToString(out.IssuerIdentifier), out.JwtVendingEnabled}, nil
	})
}

// Plan asks whether it is on.
func (s outboundStep) Plan(ctx context.Context, w *World, want Want) (Change, error) {
	o, err := readOutbound(ctx, w)
	if err != nil {
		return Change{}, err
	}
	on := o.Issuer != "" && o.Vending
	if on {
		w.Facts.OutboundIssuer.Set(o.Issuer)
	}
	const enable = "aws iam enable-outbound-web-identity-federation"
	switch {
	case want == Absent && !on:
		return s.About().gone(), nil
	case want == Absent:
		c := s.About().keep("it is never switched off: others may have begun to use it")
		c.Undo = "aws iam disable-outbound-web-identity-federation"
		return c, nil
	case on:
		return s.About().keep("it is on"), nil
	}
	c := s.About().change(Create, "it is off; switching it on concerns every role of the account that may ask for a token")
	return c.with(nil, enable, turn("enabled", false, true), set("issuer", notYet)), nil
}

// Apply switches it on. Somebody else having done so meanwhile is as good.
func (s outboundStep) Apply(ctx context.Context, w *World, _ Change) error {
	_, err := write(ctx, "switch on outbound federation", func(ctx context.Context) (*iam.EnableOutboundWebIdentityFederationOutput, error) {
		return w.AWS.IAM.EnableOutboundWebIdentityFederation(ctx, &iam.EnableOutboundWebIdentityFederationInput{})
	})
	if err != nil && !lost(err) && !explain.Is(err, explain.Exists, explain.Conflict) {
		return err
	}
	return untilThere(ctx, s.About().Title, func(ctx context.Context) (bool, error) {
		o, err := readOutbound(ctx, w)
		if err != nil || o.Issuer == "" || !o.Vending {
			return false, err
		}
		w.Facts.OutboundIssuer.Set(o.Issuer)
		return true, nil
	})
}
