package ui

import (
	"context"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/verify"
)

func hop(name, endpoint string, claims map[string]string) verify.Hop {
	return verify.Hop{Name: name, Endpoint: endpoint, Outcome: "ok", DurationMs: 120, Claims: claims}
}

func shut(attempt string) verify.Door {
	return verify.Door{Attempt: attempt, Outcome: "refused", Explain: "refused for the very reason it stands for"}
}

func (r *recorded) toAWS(b spec.Bridge) verify.Proof {
	aud := b.ToAWS.Audience
	p := verify.Proof{
		Direction: "to-aws", Verdict: verify.Proven, From: "operator", IdentitySource: "answered", DurationMs: 1800,
		Identity: b.ToAWSSessionPrefix() + "drawbridge", Expected: b.ToAWSSessionPrefix(),
		Hops: []verify.Hop{
			hop("ID token", "iamcredentials.googleapis.com", map[string]string{"aud": aud, "azp": "104290111222333444556", "sub": "104290111222333444556"}),
			hop("assume role", "sts.ap-southeast-2.amazonaws.com", map[string]string{"session": "900 s", "provider": "accounts.google.com", "audience": aud, "subject": "104290111222333444556"}),
			hop("caller identity", "sts.ap-southeast-2.amazonaws.com", map[string]string{"arn": b.ToAWSSessionPrefix() + "drawbridge", "account": b.AWS.Account}),
		},
		Doors: []verify.Door{shut("another audience"), shut("another service account"), shut("broken signature")},
	}
	if r.refused {
		p.Verdict, p.Identity, p.Doors, p.Reason = verify.Refused, "", nil, "the role does not trust this token"
		p.Hops[1] = verify.Hop{
			Name: "assume role", Endpoint: "sts.ap-southeast-2.amazonaws.com", Outcome: "refused", DurationMs: 90, Claims: map[string]string{},
			Explain: "the role does not trust this token: statement GoogleServiceAccount wants another sub",
			Do:      []string{"drawbridge apply, which puts the live number of the account into the trust"},
			Table: []verify.Claim{
				{Name: "aud", Key: "accounts.google.com:oaud", Sent: aud, Wanted: aud, Holds: true},
				{Name: "azp", Key: "accounts.google.com:aud", Sent: "118820222333444555667", Wanted: "104290111222333444556"},
				{Name: "sub", Key: "accounts.google.com:sub", Sent: "118820222333444555667", Wanted: "104290111222333444556"},
			},
		}
		p.Hops[2] = verify.Hop{Name: "caller identity", Outcome: "skipped"}
	}
	return p
}

func (r *recorded) toGoogle(b spec.Bridge) verify.Proof {
	return verify.Proof{
		Direction: "to-google", Verdict: verify.Proven, From: "operator", IdentitySource: "answered", DurationMs: 2300, Identity: b.ToGoogleEmail(),
		Expected: b.ToGoogleEmail(),
		Hops: []verify.Hop{
			hop("role credentials", "sts.ap-southeast-2.amazonaws.com", map[string]string{"arn": b.ToGoogleSessionPrefix() + "drawbridge"}),
			hop("signed request", "sts.ap-southeast-2.amazonaws.com", map[string]string{"subject": "74 of 127 bytes"}),
			hop("token exchange", "sts.googleapis.com", map[string]string{"audience": b.ProviderAudience("512345678901")}),
			hop("impersonation", "iamcredentials.googleapis.com", map[string]string{"email": b.ToGoogleEmail()}),
			hop("caller identity", "oauth2.googleapis.com", map[string]string{"email": b.ToGoogleEmail()}),
		},
		Doors: []verify.Door{shut("operator's own identity"), shut("another provider"), shut("broken signature")},
	}
}

func (r *recorded) proofs(ctx context.Context, b spec.Bridge, o verify.Options) ([]verify.Proof, error) {
	r.lent = append(r.lent, o.Borrow)
	var out []verify.Proof
	if b.ToAWS != nil {
		out = append(out, r.toAWS(b))
	}
	if b.ToGoogle != nil {
		out = append(out, r.toGoogle(b))
	}
	for i, p := range out {
		if !o.Borrow {
			out[i] = verify.Proof{
				Direction: p.Direction, Verdict: verify.Skipped, From: "operator", Reason: "you may not act as the workload",
				Command: "drawbridge verify --from workload --direction " + p.Direction,
			}
			p = out[i]
		}
		if o.Borrow {
			out[i].Borrowed = &verify.Borrow{Removed: true, LivesOn: map[string]string{
				"to-aws": "an ID token for 60 minutes, an AWS session for 15 minutes", "to-google": "an AWS session for 15 minutes, an access token for 5 minutes",
			}[p.Direction]}
		}
		for _, h := range p.Hops {
			_ = r.wait(ctx)
			o.Sink(verify.Event{Direction: p.Direction, Kind: verify.HopDone, Name: h.Name, Outcome: h.Outcome, Hop: &h})
		}
		for _, d := range p.Doors {
			_ = r.wait(ctx)
			o.Sink(verify.Event{Direction: p.Direction, Kind: verify.DoorTried, Name: d.Attempt, Outcome: d.Outcome, Door: &d})
		}
		o.Sink(verify.Event{Direction: p.Direction, Kind: verify.ProofEnded, Outcome: string(p.Verdict), Proof: &out[i]})
	}
	return out, ctx.Err()
}
