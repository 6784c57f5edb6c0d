package verify

import (
	"strings"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

const (
	deployer     = "deployer@acme-build.iam.gserviceaccount.com"
	reportReader = "report-reader@acme-build.iam.gserviceaccount.com"
	audience     = "https://sts.amazonaws.com/123456789012/deployer"
)

// refusedHop is the hop that ended the proof.
func refusedHop(t *testing.T, p Proof) Hop {
	t.Helper()
	for _, h := range p.Hops {
		if h.Outcome == hopRefused || h.Outcome == hopFailed {
			return h
		}
	}
	t.Fatalf("%s: no hop was refused: %s", p.Direction, dump(p))
	return Hop{}
}

func failingClaims(h Hop) string {
	var keys []string
	for _, c := range h.Table {
		if !c.Holds {
			keys = append(keys, c.Key)
		}
	}
	return strings.Join(keys, " ")
}

// unique is the live number of the service account.
func unique(t *testing.T, r *rig) (id string) {
	t.Helper()
	r.account(t, deployer, func(a *world.ServiceAccount) { id = a.UniqueID })
	return id
}

// refusalCase is a way to spoil a standing bridge, and what the proof must say of it.
type refusalCase struct {
	tamper  func(*testing.T, *rig)
	hop     string // where the proof ends; to AWS always at assume role
	keys    string // of the claim table, failing
	explain string
	do      string
}

var awsRefusals = map[string]refusalCase{
	"another audience": {
		tamper: func(t *testing.T, r *rig) { r.retrust(t, "deployer", audience, "https://elsewhere") },
		keys:   "accounts.google.com:oaud", explain: "https://elsewhere", do: "toAWS.audience",
	},
	"audience in the wrong key": {
		tamper: func(t *testing.T, r *rig) { r.retrust(t, "deployer", unique(t, r), audience) },
		keys:   "accounts.google.com:aud", explain: "azp", do: "accounts.google.com:oaud",
	},
	"account re-created": {
		tamper: func(t *testing.T, r *rig) {
			was := unique(t, r)
			r.retrust(t, "deployer", was, "104290111222333444555")
			r.retrust(t, "deployer", was, "104290111222333444555")
		},
		keys: "accounts.google.com:aud accounts.google.com:sub", explain: "104290111222333444555", do: "--accept-account",
	},
	"e-mail in place of the number": {
		tamper: func(t *testing.T, r *rig) { r.retrust(t, "deployer", `:sub":"`+unique(t, r), `:sub":"`+deployer) },
		keys:   "accounts.google.com:sub", explain: deployer, do: "number",
	},
	"our statement gone": {
		tamper: func(t *testing.T, r *rig) { r.retrust(t, "deployer", "accounts.google.com", "www.amazon.com") },
		keys:   "Principal", explain: "www.amazon.com", do: "drawbridge apply",
	},
	"role gone": {
		tamper: func(t *testing.T, r *rig) {
			r.tamper(t, func(s *world.State, _ time.Time) { delete(s.AWS.Accounts[world.AccountID].Roles, "deployer") })
		},
		explain: "no role deployer", do: "drawbridge apply",
	},
	"a provider of the account's own": {
		tamper: func(t *testing.T, r *rig) {
			r.tamper(t, func(s *world.State, now time.Time) {
				s.AWS.Accounts[world.AccountID].Providers.Put("accounts.google.com", world.OIDCProvider{
					URL: "accounts.google.com", ClientIDs: []string{"sts.amazonaws.com"}, Created: now,
				}, now, 0)
			})
		},
		explain: "client ids", do: "do not delete it",
	},
	"organisation policy": {
		tamper: func(t *testing.T, r *rig) {
			r.tamper(t, func(s *world.State, _ time.Time) {
				s.AWS.Accounts[world.AccountID].Guardrails.RCP = []string{`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRoleWithWebIdentity","Resource":"*"}]}`}
			})
			r.opts.Wait = 300 * time.Millisecond
		},
		explain: "organisation policy", do: "owners of the AWS organisation",
	},
}

func TestRefusalByAWSShowsTheLineThatDecided(t *testing.T) {
	for name, c := range awsRefusals {
		t.Run(name, func(t *testing.T) {
			r := standing(t, bothWays)
			r.opts.Directions = []string{ToAWS}
			c.tamper(t, r)
			p := r.prove(t)[ToAWS]
			h := refusedHop(t, p)
			if p.Verdict != Refused || h.Name != hopAssumeRole || p.Identity != "" {
				t.Errorf("verdict %s at %s, identity %q; want refused at assume role\n%s", p.Verdict, h.Name, p.Identity, dump(p))
			}
			if got := failingClaims(h); got != c.keys {
				t.Errorf("failing lines %q; want %q\n%s", got, c.keys, dump(h.Table))
			}
			if !strings.Contains(h.Explain, c.explain) || !strings.Contains(strings.Join(h.Do, "\n"), c.do) {
				t.Errorf("explain %q, do %q; want %q and %q", h.Explain, h.Do, c.explain, c.do)
			}
			if last := p.Hops[len(p.Hops)-1]; last.Outcome != hopSkipped {
				t.Errorf("last hop %s; want it skipped", dump(last))
			}
			if len(p.Doors) > 0 {
				t.Errorf("doors %v were tried although there is no way through", p.Doors)
			}
		})
	}
}

var googleRefusals = map[string]refusalCase{
	"condition for another role": {
		tamper: func(t *testing.T, r *rig) {
			r.provider(t, func(p *world.Provider) {
				p.Condition = "assertion.arn.startsWith('arn:aws:sts::123456789012:assumed-role/other/')"
			})
		},
		hop: hopExchange, keys: "assertion.arn", explain: "assumed-role/other/", do: "drawbridge apply",
	},
	"condition on an attribute that is not mapped": {
		tamper: func(t *testing.T, r *rig) {
			r.provider(t, func(p *world.Provider) { p.Condition = "attribute.nobody == 'x'" })
		},
		hop: hopExchange, keys: "attribute.nobody", explain: "", do: "drawbridge",
	},
	"subject too long": {
		tamper: func(t *testing.T, r *rig) {
			r.provider(t, func(p *world.Provider) { p.Mapping["google.subject"] = "assertion.arn + assertion.arn + assertion.arn" })
		},
		hop: hopExchange, keys: "assertion.arn + assertion.arn + assertion.arn", explain: "longer", do: "google.subject",
	},
	"provider switched off": {
		tamper: func(t *testing.T, r *rig) { r.provider(t, func(p *world.Provider) { p.Disabled = true }) },
		hop:    hopExchange, explain: "switched off", do: "drawbridge apply",
	},
	"binding gone": {
		tamper: func(t *testing.T, r *rig) {
			r.account(t, reportReader, func(a *world.ServiceAccount) { a.Policy.Value.Bindings = nil })
		},
		hop: hopImpersonate, keys: workloadIdentityUser, explain: "not bound", do: "drawbridge apply",
	},
	"mapping for another value": {
		tamper: func(t *testing.T, r *rig) {
			r.provider(t, func(p *world.Provider) {
				p.Mapping["attribute.aws_role"] = "assertion.arn.extract('assumed-role/{role}/')"
			})
		},
		hop: hopImpersonate, keys: workloadIdentityUser, explain: "not bound", do: "exactly this principal",
	},
}

func TestRefusalByGoogleShowsWhatTheProviderWanted(t *testing.T) {
	for name, c := range googleRefusals {
		t.Run(name, func(t *testing.T) {
			r := standing(t, bothWays)
			r.opts.Directions = []string{ToGoogle}
			c.tamper(t, r)
			p := r.prove(t)[ToGoogle]
			h := refusedHop(t, p)
			if p.Verdict != Refused || h.Name != c.hop {
				t.Errorf("verdict %s at %s; want refused at %s\n%s", p.Verdict, h.Name, c.hop, dump(p))
			}
			if got := failingClaims(h); got != c.keys {
				t.Errorf("failing lines %q; want %q", got, c.keys)
			}
			if !strings.Contains(h.Explain, c.explain) || !strings.Contains(strings.Join(h.Do, "\n"), c.do) {
				t.Errorf("explain %q, do %q; want %q and %q", h.Explain, h.Do, c.explain, c.do)
			}
			if left := r.lent(t); len(left) > 0 {
				t.Errorf("still borrowed: %v", left)
			}
		})
	}
}

func TestABridgeThatWasNeverAppliedIsRefusedAtItsFirstHop(t *testing.T) {
	for _, borrow := range []bool{true, false} {
		r := land(t, bothWays)
		r.opts.Borrow = borrow
		for direction, p := range r.prove(t) {
			h := refusedHop(t, p)
			if p.Verdict != Refused || !strings.HasPrefix(h.Explain, "there is no") || !strings.Contains(strings.Join(h.Do, " "), "drawbridge apply") {
				t.Errorf("%s, borrow %v: verdict %s, explain %q, do %q; want refused, because it is not there", direction, borrow, p.Verdict, h.Explain, h.Do)
			}
		}
	}
}

func TestNoAdviceWidensTheTrust(t *testing.T) {
	r := standing(t, bothWays)
	r.retrust(t, "deployer", audience, "https://elsewhere")
	r.provider(t, func(p *world.Provider) { p.Condition = "assertion.account == 'nobody'" })
	for _, p := range r.prove(t) {
		said := strings.ToLower(dump(p.Hops))
		for _, never := range []string{"/*\"", "remove the condition", "drop sub", "principal: *"} {
			if strings.Contains(said, never) {
				t.Errorf("%s: advice speaks of %q:\n%s", p.Direction, never, said)
			}
		}
	}
}

func TestThrottleIsNotARefusal(t *testing.T) {
	r := standing(t, bothWays)
	r.opts.Directions = []string{ToAWS}
	if err := r.server.SetFaults("aws.sts.AssumeRoleWithWebIdentity=Throttling"); err != nil {
		t.Fatal(err)
	}
	p := r.prove(t)[ToAWS]
	if p.Verdict != Unknown || refusedHop(t, p).Outcome != hopFailed {
		t.Errorf("verdict %s; want unknown after a failed hop\n%s", p.Verdict, dump(p))
	}
}

func TestOpenDoorIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		direction, door string
		tamper          func(*testing.T, *rig)
	}{
		"audience not checked": {ToAWS, "another audience", func(t *testing.T, r *rig) {
			r.retrust(t, "deployer", `"accounts.google.com:oaud":"`+audience+`",`, "")
		}},
		"condition always true": {ToGoogle, "operator's own identity", func(t *testing.T, r *rig) {
			r.provider(t, func(p *world.Provider) { p.Condition = "" })
		}},
	} {
		t.Run(name, func(t *testing.T) {
			r := standing(t, bothWays)
			r.opts.Directions = []string{c.direction}
			c.tamper(t, r)
			p := r.prove(t)[c.direction]
			if p.Verdict != Open || doorOutcomes(p)[c.door] != "admitted" || !strings.Contains(p.Reason, c.door) {
				t.Errorf("verdict %s (%s), doors %v; want open through %s", p.Verdict, p.Reason, doorOutcomes(p), c.door)
			}
		})
	}
}

func TestADoorThatDoesNotAnswerIsUnknown(t *testing.T) {
	r := standing(t, bothWays)
	r.opts.Directions = []string{ToGoogle}
	r.opts.Sink = func(e Event) {
		if e.Kind == HopDone && e.Name == hopCallerIdentity {
			if err := r.server.SetFaults("google.sts.token=500"); err != nil {
				t.Error(err)
			}
		}
	}
	p := r.prove(t)[ToGoogle]
	if p.Verdict != Proven {
		t.Errorf("verdict %s; want proven", p.Verdict)
	}
	for door, outcome := range doorOutcomes(p) {
		if outcome != "unknown" {
			t.Errorf("%s: %s; want unknown", door, outcome)
		}
	}
}

func TestAnAdoptedPoolMayServeOthersAsLongAsTheBindingDoesNot(t *testing.T) {
	r := standing(t, bothWays)
	r.opts.Directions = []string{ToGoogle}
	r.world.Bridge.Adopt = []string{"toGoogle.pool"}
	r.provider(t, func(p *world.Provider) { p.Condition = "" })
	p := r.prove(t)[ToGoogle]
	if p.Verdict != Proven || doorOutcomes(p)["operator's own identity"] != doorRefused {
		t.Errorf("verdict %s, doors %v; want proven, refused by the binding", p.Verdict, doorOutcomes(p))
	}
	r.account(t, reportReader, func(a *world.ServiceAccount) {
		b := a.Policy.Value.Bindings[0]
		b.Members = []string{b.Members[0], b.Members[0][:strings.Index(b.Members[0], "attribute.")] + "*"}
		a.Policy.Value.Bindings = []world.PolicyBinding{b}
	})
	if p := r.prove(t)[ToGoogle]; p.Verdict != Open {
		t.Errorf("verdict %s; want open, now that the whole pool is bound", p.Verdict)
	}
}
