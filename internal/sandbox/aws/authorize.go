package aws

import (
	"fmt"
	"strings"
	"sync"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// layer is one kind of policy that has to agree to a call.
type layer struct {
	kind string // as AccessDenied names it
	arns []string
	docs []judge.Document
	on   bool // off: this kind does not limit the caller
}

// verdict is what the layers say together.
type verdict struct {
	allowed bool
	denied  bool   // by a Deny, not by silence
	reason  string // the end of the AccessDenied message
	layers  map[string]judge.Effect
}

// allow refuses the call unless the caller may do an action.
func (c *call) allow(action, resource string, facts judge.Facts) error {
	v := c.verdict(c.caller, judge.Access{Action: action, Resource: resource, Facts: facts})
	if v.allowed {
		return nil
	}
	return c.denied(action, resource, v.reason)
}

func (c *call) denied(action, resource, reason string) error {
	text := "User: " + c.caller.ARN + " is not authorized to perform: " + action
	if resource != "" {
		text += " on resource: " + resource
	}
	text += reason
	if c.op.service != "ec2" {
		return wire.AWSError("AccessDenied", text)
	}
	blob, err := c.cloud.world.Seal("authorization", map[string]any{
		"allowed": false, "explicitDeny": strings.Contains(reason, "explicit deny"), "matchedStatements": map[string]any{"items": []any{}},
		"failures": map[string]any{"items": []any{}},
		"context": map[string]any{
			"principal": map[string]any{"id": c.caller.UserID, "arn": c.caller.ARN}, "action": action, "resource": resource,
			"conditions": map[string]any{"items": []any{}},
		},
	})
	if err != nil {
		return err
	}
	return wire.AWSError("UnauthorizedOperation",
		"You are not authorized to perform this operation. "+text+". Encoded authorization failure message: "+blob)
}

// verdict asks every layer: a Deny in any of them wins, and each must allow.
func (c *call) verdict(who principal, a judge.Access) verdict {
	out := verdict{layers: map[string]judge.Effect{}}
	silent := ""
	for _, l := range c.layers(who) {
		if !l.on {
			continue
		}
		effect, by := judge.Identity(a, l.docs)
		out.layers[l.kind] = effect
		switch {
		case effect == judge.Deny && !out.denied:
			out.denied = true
			out.reason = " with an explicit deny in " + article(l.kind) + " " + l.kind + " policy"
			if l.arns[by] != "" {
				out.reason += ": " + l.arns[by]
			}
		case effect == judge.Silent && silent == "":
			silent = fmt.Sprintf(" because no %s policy allows the %s action", l.kind, a.Action)
		}
	}
	if out.denied {
		out.reason = strings.ReplaceAll(out.reason, "permissions boundary policy", "permissions boundary")
		return out
	}
	out.reason = strings.ReplaceAll(silent, "permissions boundary policy", "permissions boundary")
	out.allowed = silent == ""
	return out
}

func article(kind string) string {
	if strings.HasPrefix(kind, "identity") {
		return "an"
	}
	return "a"
}

// layers lists what limits a principal, in the order in which AWS names the one that refused.
func (c *call) layers(who principal) []layer {
	account := c.state.AWS.Accounts[who.Account]
	scp := layer{kind: "service control", on: len(account.Guardrails.SCP) > 0}
	for _, text := range account.Guardrails.SCP {
		scp.add("", c.cloud.documents.parse(text))
	}
	identity := c.identityLayer(account, who)
	identity.on = !who.root
	boundary := layer{kind: "permissions boundary", on: who.entity.Boundary != ""}
	if boundary.on {
		c.addManaged(&boundary, account, who.entity.Boundary)
	}
	ses := layer{kind: "session"}
	if s := who.session; s != nil && len(s.Policies)+len(s.Managed) > 0 {
		ses.on = true
		for _, text := range s.Policies {
			ses.add("", c.cloud.documents.parse(text))
		}
		for _, arn := range s.Managed {
			c.addManaged(&ses, account, arn)
		}
	}
	return []layer{scp, identity, boundary, ses}
}

// identityLayer holds a principal's own policies and those of its groups.
func (c *call) identityLayer(account *world.Account, who principal) layer {
	l := layer{kind: "identity-based", on: true}
	holders := []world.Entity{who.entity}
	if len(who.groups) > 0 {
		holders = append(holders, groupsOf(account, who.groups, c)...)
	}
	for _, e := range holders {
		for _, text := range e.Inline {
			l.add("", c.cloud.documents.parse(text))
		}
		for _, arn := range e.Attached {
			c.addManaged(&l, account, arn)
		}
	}
	return l
}

func (l *layer) add(arn string, d judge.Document) {
	l.arns, l.docs = append(l.arns, arn), append(l.docs, d)
}

func (c *call) addManaged(l *layer, account *world.Account, arn string) {
	if text, ok := managedDocument(account, arn, func(s world.Shelf[world.ManagedPolicy], key string) (world.ManagedPolicy, bool) {
		return s.Seen(key, c.now)
	}); ok {
		l.add(arn, c.cloud.documents.parse(text))
	}
}

// managedDocument finds the default version of a managed policy, AWS's own or the account's.
func managedDocument(account *world.Account, policyARN string, look func(world.Shelf[world.ManagedPolicy], string) (world.ManagedPolicy, bool)) (string, bool) {
	a, ok := parseARN(policyARN)
	if !ok {
		return "", false
	}
	if a.account == "aws" {
		p, ok := awsManaged()[strings.TrimPrefix(a.resource, "policy/")]
		return p.document, ok
	}
	_, name, ok := a.pathAndName("policy")
	if !ok || a.account != account.ID {
		return "", false
	}
	p, ok := look(account.Policies, strings.ToLower(name))
	if !ok {
		return "", false
	}
	for _, v := range p.Versions {
		if v.ID == p.Default {
			return v.Document, true
		}
	}
	return "", false
}

// documents remembers parsed policies: every call evaluates some, and few ever change.
type documents struct {
	mu     sync.Mutex
	parsed map[string]judge.Document
}

// parse reads a stored document. One that cannot be read allows nothing; writing refused it long ago.
func (d *documents) parse(text string) judge.Document {
	d.mu.Lock()
	defer d.mu.Unlock()
	if doc, ok := d.parsed[text]; ok {
		return doc
	}
	doc, _ := judge.ParseDocument(text)
	if d.parsed == nil || len(d.parsed) >= 1000 {
		d.parsed = map[string]judge.Document{}
	}
	d.parsed[text] = doc
	return doc
}
