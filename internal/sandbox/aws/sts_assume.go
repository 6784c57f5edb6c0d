package aws

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/shape"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

var sessionShape = shape.Of(`^[\w+=,.@-]{2,64}$`)

// wish is what the calls that assume a role ask for.
type wish struct {
	arn      arn
	path     string
	name     string // of the role, in the letter case asked for
	session  string
	life     time.Duration
	given    bool // DurationSeconds was set
	policies []string
	managed  []string
	tags     []world.Tag
	source   string
}

// wish reads and checks the parameters before anything is looked up.
func (c *call) wish() (w wish, err error) {
	given, err := c.need("RoleArn")
	if err != nil {
		return w, err
	}
	var ok bool
	w.arn, _ = parseARN(given)
	if w.path, w.name, ok = w.arn.pathAndName("role"); !ok || len(given) < 20 {
		return w, wire.AWSError("ValidationError", "Request ARN is invalid")
	}
	w.session = c.params.Get("RoleSessionName")
	if !sessionShape(w.session) {
		return w, invalid("RoleSessionName", w.session, `Member must satisfy regular expression pattern: [\w+=,.@-]*`)
	}
	if w.life, err = c.duration(3600, 900, 43200); err != nil {
		return w, err
	}
	w.given = c.params.Get("DurationSeconds") != ""
	w.tags, w.source = c.tags(), c.params.Get("SourceIdentity")
	for i := 1; ; i++ {
		v := c.params.Get(fmt.Sprintf("PolicyArns.member.%d.arn", i))
		if v == "" {
			break
		}
		w.managed = append(w.managed, v)
	}
	return w, w.readPolicy(c.params.Get("Policy"))
}

func (w *wish) readPolicy(text string) error {
	if text == "" {
		return nil
	}
	if len(text) > 2048 {
		return wire.AWSError("PackedPolicyTooLarge", "Packed policy consumes more than 100% of allotted space, please use smaller policy.")
	}
	d, err := judge.ParseDocument(text)
	if err == nil {
		err = judge.CheckPermissions(d)
	}
	if err != nil {
		return malformed(err)
	}
	w.policies = []string{text}
	return nil
}

func (c *call) duration(fallback, low, high int) (time.Duration, error) {
	seconds, err := c.number("DurationSeconds", fallback, low, high)
	return time.Duration(seconds) * time.Second, err
}

// target finds the role as enforcement sees it. The ARN is compared with letter case and path.
func (w wish) target(s *world.State, now time.Time) (*world.Account, world.Role, bool) {
	account, ok := s.AWS.Accounts[w.arn.account]
	if !ok {
		return nil, world.Role{}, false
	}
	role, ok := account.Roles.Seen(strings.ToLower(w.name), now)
	return account, role, ok && role.Name == w.name && role.Path == w.path
}

func (w wish) facts(f judge.Facts) {
	f.Set("sts:RoleSessionName", w.session)
	if w.source != "" {
		f.Set("sts:SourceIdentity", w.source)
	}
	requestTags(f, w.tags, nil)
}

// grant makes the session, once everybody has agreed.
func (w wish) grant(c *call, role world.Role, more session) (ses *session, token string, err error) {
	if w.life > time.Duration(role.MaxSession)*time.Second {
		return nil, "", wire.AWSError("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	}
	ses = &more
	ses.Account, ses.Role, ses.ID, ses.Name = w.arn.account, strings.ToLower(role.Name), role.ID, w.session
	ses.Policies, ses.Managed, ses.Tags, ses.Source = w.policies, w.managed, slices.Concat(ses.Tags, w.tags), w.source
	token, err = c.cloud.issue(ses, c.now, w.life)
	return ses, token, err
}

// assumedUser is the AssumedRoleUser element.
func (w wish) assumedUser(role world.Role) wire.Node {
	return wire.El("AssumedRoleUser",
		wire.Text("AssumedRoleId", role.ID+":"+w.session),
		wire.Text("Arn", sessionARN(w.arn.partition, w.arn.account, role.Name, w.session)))
}

func assumeRole(c *call) (result, error) {
	w, err := c.wish()
	if err != nil {
		return result{}, err
	}
	chained := c.caller.role
	if chained && w.given && w.life > time.Hour {
		return result{}, wire.AWSError("ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.")
	}
	var role world.Role
	c.cloud.world.View(func(s *world.State, now time.Time) {
		c.state, c.account, c.now = s, s.AWS.Accounts[c.caller.Account], now
		role, err = c.mayAssume(w)
	})
	if err != nil {
		return result{}, err
	}
	ses, token, err := w.grant(c, role, session{Chained: true})
	if err != nil {
		return result{}, err
	}
	out := []wire.Node{w.assumedUser(role), ses.credentials(token), wire.Some("SourceIdentity", w.source)}
	if len(w.policies) > 0 {
		out = append(out, wire.Number("PackedPolicySize", 1+len(w.policies[0])*100/2048))
	}
	return nodes(out...)
}

// mayAssume asks the role's trust policy and, unless that names the caller itself within one account, the caller's own
// policies. Tags and a source identity are permissions of their own.
func (c *call) mayAssume(w wish) (world.Role, error) {
	account, role, ok := w.target(c.state, c.now)
	facts := c.facts()
	w.facts(facts)
	if id := c.params.Get("ExternalId"); id != "" {
		facts.Set("sts:ExternalId", id)
	}
	resourceTags(facts, role.Tags)
	resource := c.params.Get("RoleArn")
	actions := []string{"sts:AssumeRole"}
	if len(w.tags) > 0 {
		actions = append(actions, "sts:TagSession")
	}
	if w.source != "" {
		actions = append(actions, "sts:SetSourceIdentity")
	}
	for _, action := range actions {
		access := judge.Access{Action: action, Resource: resource, Facts: facts}
		if !ok {
			return role, c.denied(action, resource, "")
		}
		if err := c.trusted(account, role, access); err != nil {
			return role, err
		}
	}
	return role, nil
}

func (c *call) trusted(account *world.Account, role world.Role, access judge.Access) error {
	if c.guarded(account, access, c.caller.party()) {
		return c.denied(access.Action, access.Resource, " with an explicit deny in a resource control policy")
	}
	trust := c.cloud.documents.parse(role.Trust)
	effect, reach := judge.Trust(access, trust, c.caller.party(), func(name string) string { return role.TrustIDs[name] })
	own := c.verdict(c.caller, access)
	switch {
	case effect == judge.Deny:
		return c.denied(access.Action, access.Resource, " with an explicit deny in a resource-based policy")
	case own.denied:
		return c.denied(access.Action, access.Resource, own.reason)
	case effect != judge.Allow:
		return c.denied(access.Action, access.Resource, "")
	case reach == judge.ByName && account.ID == c.caller.Account && c.onlySilent(own):
		return nil
	case !own.allowed:
		return c.denied(access.Action, access.Resource, own.reason)
	}
	return nil
}

// onlySilent says that nothing but a missing identity policy stands against the call: a trust policy that names the
// caller itself makes up for that, not for a guardrail's silence.
func (c *call) onlySilent(v verdict) bool {
	effect, on := v.layers["service control"]
	return !v.denied && (!on || effect == judge.Allow)
}

// guarded says whether a resource control policy of the role's account denies the access.
func (c *call) guarded(account *world.Account, access judge.Access, who judge.Party) bool {
	for _, text := range account.Guardrails.RCP {
		if effect, _ := judge.Trust(access, c.cloud.documents.parse(text), who, nil); effect == judge.Deny {
			return true
		}
	}
	return false
}
