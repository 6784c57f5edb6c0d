package aws

import (
	"slices"
	"strconv"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
)

func simulateOperations() []operation {
	source := func(c *call) string { return c.params.Get("PolicySourceArn") }
	return iam(
		operation{action: "SimulatePrincipalPolicy", read: simulatePrincipal, resource: source},
		operation{action: "SimulateCustomPolicy", read: simulateCustom},
		operation{action: "GetContextKeysForCustomPolicy", read: customKeys},
		operation{action: "GetContextKeysForPrincipalPolicy", read: contextKeys, resource: source},
	)
}

// source finds the user, group or role that PolicySourceArn names. Sessions, roots and federated users cannot be simulated.
func (c *call) source() (principal, error) {
	given, err := c.need("PolicySourceArn")
	if err != nil {
		return principal{}, err
	}
	a, ok := parseARN(given)
	if !ok || a.service != "iam" {
		return principal{}, wire.AWSError("InvalidInput", "Invalid Entity Arn: "+given+" does not clearly define entity type and name.")
	}
	who := principal{Account: c.account.ID, ARN: given, arns: []string{given}}
	for _, k := range []kind{users, groups, roles} {
		path, name, ok := a.pathAndName(strings.ToLower(k.label))
		if !ok || a.account != c.account.ID {
			continue
		}
		if e, ok := c.named(k, name); ok && e.Path == path {
			who.entity, who.UserID, who.role = e, e.ID, k == roles
			if user, ok := find(c, c.account.Users, name); ok && k == users {
				who.groups = user.Groups
			}
			return who, nil
		}
	}
	return principal{}, noSuch("Entity " + given + " does not exist.")
}

func simulatePrincipal(c *call) (result, error) {
	who, err := c.source()
	if err != nil {
		return result{}, err
	}
	extra, err := c.inputPolicies()
	if err != nil {
		return result{}, err
	}
	return c.simulate(func(a judge.Access) verdict { return c.simulated(who, a, extra) }, who)
}

func (c *call) simulated(who principal, a judge.Access, extra []judge.Document) verdict {
	v := c.verdict(who, a)
	effect, _ := judge.Identity(a, extra)
	switch {
	case effect == judge.Deny:
		v.allowed, v.denied = false, true
	case effect == judge.Allow && !v.denied && v.layers["identity-based"] == judge.Silent:
		v.layers["identity-based"] = judge.Allow
		v.allowed = true
		for _, e := range v.layers {
			v.allowed = v.allowed && e == judge.Allow
		}
	}
	return v
}

// inputPolicies reads the documents that a call brings along.
func (c *call) inputPolicies() (docs []judge.Document, err error) {
	for _, text := range c.list("PolicyInputList") {
		d, err := judge.ParseDocument(text)
		if err != nil {
			return nil, malformed(err)
		}
		docs = append(docs, d)
	}
	return docs, nil
}

// customKeys lists the condition keys of the documents that the call brings along.
func customKeys(c *call) (result, error) {
	docs, err := c.inputPolicies()
	if err != nil {
		return result{}, err
	}
	var keys []string
	for _, d := range docs {
		keys = append(keys, judge.Keys(d)...)
	}
	slices.Sort(keys)
	return nodes(wire.Texts("ContextKeyNames", "member", slices.Compact(keys)...))
}

func simulateCustom(c *call) (result, error) {
	docs, err := c.inputPolicies()
	if err != nil {
		return result{}, err
	}
	return c.simulate(func(a judge.Access) verdict {
		effect, _ := judge.Identity(a, docs)
		return verdict{allowed: effect == judge.Allow, denied: effect == judge.Deny}
	}, principal{})
}

func (c *call) simulate(ask func(judge.Access) verdict, who principal) (result, error) {
	actions, resources := c.list("ActionNames"), c.list("ResourceArns")
	if len(actions) == 0 {
		return result{}, invalid("ActionNames", "", "Member must not be null")
	}
	if len(resources) == 0 {
		resources = []string{"*"}
	}
	facts := c.simulatedFacts(who)
	var all []wire.Node
	for _, action := range actions {
		if service, name, ok := strings.Cut(action, ":"); !ok || service == "" || name == "" {
			return result{}, wire.AWSError("InvalidInput", "Invalid Action Name: "+action)
		}
		all = append(all, c.evaluation(action, resources, facts, ask, who))
	}
	some, paging, err := page(c, all, 100)
	if err != nil {
		return result{}, err
	}
	return nodes(append([]wire.Node{wire.List("EvaluationResults", "member", some...)}, paging...)...)
}

// simulatedFacts are the caller-independent keys and what the call adds as ContextEntries.
func (c *call) simulatedFacts(who principal) judge.Facts {
	f := judge.Facts{}
	f.Set("aws:CurrentTime", c.now.Format("2006-01-02T15:04:05Z"))
	f.Set("aws:EpochTime", strconv.FormatInt(c.now.Unix(), 10))
	who.facts(f)
	for i := 1; ; i++ {
		prefix := "ContextEntries.member." + strconv.Itoa(i) + "."
		key := c.params.Get(prefix + "ContextKeyName")
		if key == "" {
			return f
		}
		values := c.list(prefix + "ContextKeyValues")
		f[strings.ToLower(key)] = judge.Fact{Values: values, List: strings.HasSuffix(c.params.Get(prefix+"ContextKeyType"), "List")}
	}
}

func (c *call) evaluation(action string, resources []string, facts judge.Facts, ask func(judge.Access) verdict, who principal) wire.Node {
	verdicts := make([]verdict, len(resources))
	total := verdict{allowed: true}
	specific := wire.El("ResourceSpecificResults")
	for i, resource := range resources {
		v := ask(judge.Access{Action: action, Resource: resource, Facts: facts})
		verdicts[i] = v
		total.allowed, total.denied = total.allowed && v.allowed, total.denied || v.denied
		specific.Kids = append(specific.Kids, wire.El("member", wire.Text("EvalResourceName", resource), wire.Text("EvalResourceDecision", decision(v)),
			wire.El("MatchedStatements"), c.missing(judge.Access{Action: action, Resource: resource, Facts: facts}, who)))
	}
	whole := len(resources) == 1 && resources[0] == "*"
	missing := wire.El("MissingContextValues")
	if whole {
		missing = c.missing(judge.Access{Action: action, Resource: "*", Facts: facts}, who)
	}
	n := wire.El("member", wire.Text("EvalActionName", action), wire.Text("EvalResourceName", resources[0]), wire.Text("EvalDecision", decision(total)),
		wire.El("MatchedStatements"), missing)
	if len(c.account.Guardrails.SCP) > 0 {
		n.Kids = append(n.Kids, wire.El("OrganizationsDecisionDetail", wire.Flag("AllowedByOrganizations", verdicts[0].layers["service control"] == judge.Allow)))
	}
	if who.entity.Boundary != "" {
		n.Kids = append(n.Kids, wire.El("PermissionsBoundaryDecisionDetail",
			wire.Flag("AllowedByPermissionsBoundary", verdicts[0].layers["permissions boundary"] == judge.Allow)))
	}
	if !whole {
		n.Kids = append(n.Kids, specific)
	}
	return n
}

func decision(v verdict) string {
	switch {
	case v.denied:
		return "explicitDeny"
	case v.allowed:
		return "allowed"
	}
	return "implicitDeny"
}

// missing lists the condition keys that the principal's policies read for an access and the simulation was not given.
// IAM puts them beside each resource when resources were named, else beside the whole.
func (c *call) missing(a judge.Access, who principal) wire.Node {
	keys := c.keysOf(who, func(d judge.Document) []string { return judge.KeysFor(d, a.Action, a.Resource, a.Facts) })
	keys = slices.DeleteFunc(keys, func(key string) bool {
		_, given := a.Facts[strings.ToLower(key)]
		return given
	})
	return wire.Texts("MissingContextValues", "member", keys...)
}

// keysOf lists the condition keys of a principal's own policies.
func (c *call) keysOf(who principal, of func(judge.Document) []string) []string {
	if who.Account == "" {
		return nil
	}
	var keys []string
	for _, l := range c.layers(who) {
		if l.kind == "service control" {
			continue
		}
		for _, d := range l.docs {
			keys = append(keys, of(d)...)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func contextKeys(c *call) (result, error) {
	who, err := c.source()
	if err != nil {
		return result{}, err
	}
	return nodes(wire.Texts("ContextKeyNames", "member", c.keysOf(who, judge.Keys)...))
}
