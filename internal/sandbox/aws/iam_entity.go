package aws

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// kind is what roles, users and groups share: policies under calls that differ by name only. Roles and users also have
// tags and a boundary.
type kind struct {
	label string // Role, User or Group
	name  int    // characters that its name may have
}

var (
	roles  = kind{"Role", 64}
	users  = kind{"User", 64}
	groups = kind{"Group", 128}
)

func (k kind) param() string { return k.label + "Name" }

// entity finds the role, user or group that a call names.
func (c *call) entity(k kind) (world.Entity, error) {
	name, err := c.name(k.param(), k.name)
	if err != nil {
		return world.Entity{}, err
	}
	if e, ok := c.named(k, name); ok {
		return e, nil
	}
	return world.Entity{}, noSuch("The " + strings.ToLower(k.label) + " with name " + name + " cannot be found.")
}

func (c *call) named(k kind, name string) (world.Entity, bool) {
	switch k {
	case roles:
		role, ok := find(c, c.account.Roles, name)
		return role.Entity, ok
	case groups:
		group, ok := find(c, c.account.Groups, name)
		return group.Entity, ok
	}
	user, ok := find(c, c.account.Users, name)
	return user.Entity, ok
}

func (c *call) editEntity(k kind, name string, f func(*world.Entity)) {
	switch k {
	case roles:
		edit(c, c.account.Roles, name, func(r *world.Role) { f(&r.Entity) })
	case groups:
		edit(c, c.account.Groups, name, func(g *world.Group) { f(&g.Entity) })
	default:
		edit(c, c.account.Users, name, func(u *world.User) { f(&u.Entity) })
	}
}

// on is the ARN of the role, user or group that a call names, or of the name when nobody has it.
func (k kind) on(c *call) string {
	kind, name := strings.ToLower(k.label), c.params.Get(k.param())
	if e, err := c.entity(k); err == nil {
		return c.iamARN(kind, e.Path, e.Name)
	}
	return c.iamARN(kind, "/", name)
}

// known are the condition keys of a call on an existing role or user.
func (k kind) known(c *call, f judge.Facts) {
	e, err := c.entity(k)
	if err != nil {
		return
	}
	resourceTags(f, e.Tags)
	if e.Boundary != "" {
		f.Set("iam:PermissionsBoundary", e.Boundary)
	}
	if arn := c.params.Get("PolicyArn"); arn != "" {
		f.Set("iam:PolicyARN", arn)
	}
	requestTags(f, c.tags(), c.list("TagKeys"))
}

func resourceTags(f judge.Facts, tags []world.Tag) {
	for _, tag := range tags {
		f.Set("aws:ResourceTag/"+tag.Key, tag.Value)
		f.Set("iam:ResourceTag/"+tag.Key, tag.Value)
	}
}

func requestTags(f judge.Facts, tags []world.Tag, keys []string) {
	for _, tag := range tags {
		f.Set("aws:RequestTag/"+tag.Key, tag.Value)
		keys = append(keys, tag.Key)
	}
	if len(keys) > 0 {
		f["aws:tagkeys"] = judge.Many(keys...)
	}
}

// policyCarrying lists the calls on the policies of a kind.
func policyCarrying(k kind) []operation {
	return k.fill(
		operation{action: "Put" + k.label + "Policy", write: k.putInline},
		operation{action: "Get" + k.label + "Policy", read: k.getInline},
		operation{action: "Delete" + k.label + "Policy", write: k.deleteInline},
		operation{action: "List" + k.label + "Policies", read: k.listInline},
		operation{action: "Attach" + k.label + "Policy", write: k.attach},
		operation{action: "Detach" + k.label + "Policy", write: k.detach},
		operation{action: "ListAttached" + k.label + "Policies", read: k.listAttached},
	)
}

// entityOperations lists what roles and users have beyond a group.
func entityOperations(k kind) []operation {
	return append(policyCarrying(k), k.fill(
		operation{action: "Tag" + k.label, write: k.tag},
		operation{action: "Untag" + k.label, write: k.untag},
		operation{action: "List" + k.label + "Tags", read: k.listTags},
		operation{action: "Put" + k.label + "PermissionsBoundary", write: k.putBoundary},
		operation{action: "Delete" + k.label + "PermissionsBoundary", write: k.deleteBoundary},
	)...)
}

// fill says of each call on a kind what permission is asked for on.
func (k kind) fill(ops ...operation) []operation {
	for i := range ops {
		ops[i].resource, ops[i].facts = k.on, k.known
	}
	return iam(ops...)
}

func (k kind) putInline(c *call) (result, error) {
	e, err := c.entity(k)
	if err != nil {
		return result{}, err
	}
	name, err := c.name("PolicyName", 128)
	if err != nil {
		return result{}, err
	}
	document, err := c.permissions("PolicyDocument", maxDocument)
	if err != nil {
		return result{}, err
	}
	size := bytesWithoutSpace(document)
	for other, text := range e.Inline {
		if other != name {
			size += bytesWithoutSpace(text)
		}
	}
	if most := c.quota(k.label + "PolicySizeQuota"); size > most {
		return result{}, limit(fmt.Sprintf("Maximum policy size of %d bytes exceeded for %s %s", most, strings.ToLower(k.label), e.Name))
	}
	c.editEntity(k, e.Name, func(e *world.Entity) {
		if e.Inline == nil {
			e.Inline = map[string]string{}
		}
		e.Inline[name] = document
	})
	return result{}, nil
}

// maxDocument is the longest document that IAM reads at all.
const maxDocument = 131072

// permissions is a parameter that holds an identity policy, checked as IAM checks it.
func (c *call) permissions(param string, most int) (string, error) {
	text, err := c.need(param)
	if err != nil {
		return "", err
	}
	document, err := judge.ParseDocument(text)
	if err == nil {
		err = judge.CheckPermissions(document)
	}
	if err != nil {
		return "", malformed(err)
	}
	if bytesWithoutSpace(text) > most {
		return "", limit(fmt.Sprintf("Cannot exceed quota for PolicySize: %d", most))
	}
	return text, nil
}

func (k kind) inlinePolicy(c *call) (e world.Entity, name string, err error) {
	if e, err = c.entity(k); err != nil {
		return e, "", err
	}
	if name, err = c.name("PolicyName", 128); err != nil {
		return e, "", err
	}
	if _, ok := e.Inline[name]; !ok {
		return e, "", noSuch("The " + strings.ToLower(k.label) + " policy with name " + name + " cannot be found.")
	}
	return e, name, nil
}

func (k kind) getInline(c *call) (result, error) {
	e, name, err := k.inlinePolicy(c)
	if err != nil {
		return result{}, err
	}
	return nodes(wire.Text(k.param(), e.Name), wire.Text("PolicyName", name), wire.Text("PolicyDocument", encoded(e.Inline[name])))
}

func (k kind) deleteInline(c *call) (result, error) {
	e, name, err := k.inlinePolicy(c)
	if err != nil {
		return result{}, err
	}
	c.editEntity(k, e.Name, func(e *world.Entity) { delete(e.Inline, name) })
	return result{}, nil
}

func (k kind) listInline(c *call) (result, error) {
	e, err := c.entity(k)
	if err != nil {
		return result{}, err
	}
	names, paging, err := page(c, slices.Sorted(maps.Keys(e.Inline)), 100)
	if err != nil {
		return result{}, err
	}
	return nodes(append([]wire.Node{wire.Texts("PolicyNames", "member", names...)}, paging...)...)
}

func (k kind) attach(c *call) (result, error) {
	e, err := c.entity(k)
	if err != nil {
		return result{}, err
	}
	arn, err := c.attachable("PolicyArn")
	if err != nil || slices.Contains(e.Attached, arn) {
		return result{}, err
	}
	if err := c.within("AttachedPoliciesPer"+k.label+"Quota", "PoliciesPer"+k.label, len(e.Attached)); err != nil {
		return result{}, err
	}
	c.editEntity(k, e.Name, func(e *world.Entity) { e.Attached = append(e.Attached, arn) })
	return result{}, nil
}

// attachable is a parameter that holds the ARN of an existing managed policy.
func (c *call) attachable(param string) (string, error) {
	arn, err := c.need(param)
	if err != nil {
		return "", err
	}
	a, ok := parseARN(arn)
	if !ok || a.service != "iam" || len(arn) < 20 {
		return "", wire.AWSError("InvalidInput", "ARN "+arn+" is not valid.")
	}
	if _, ok := managedDocument(c.account, arn, world.Shelf[world.ManagedPolicy].Latest); !ok || a.partition != c.partition {
		return "", noSuch("Policy " + arn + " does not exist or is not attachable.")
	}
	return arn, nil
}

func (k kind) detach(c *call) (result, error) {
	e, err := c.entity(k)
	if err != nil {
		return result{}, err
	}
	arn, err := c.need("PolicyArn")
	if err != nil {
		return result{}, err
	}
	i := slices.Index(e.Attached, arn)
	if i < 0 {
		return result{}, noSuch("Policy " + arn + " was not found.")
	}
	c.editEntity(k, e.Name, func(e *world.Entity) { e.Attached = slices.Delete(e.Attached, i, i+1) })
	return result{}, nil
}

func (k kind) listAttached(c *call) (result, error) {
	e, err := c.entity(k)
	if err != nil {
		return result{}, err
	}
	arns, paging, err := page(c, e.Attached, 100)
	if err != nil {
		return result{}, err
	}
	return nodes(append([]wire.Node{attachedNode(arns)}, paging...)...)
}

func attachedNode(arns []string) wire.Node {
	list := make([]wire.Node, len(arns))
	for i, arn := range arns {
		list[i] = wire.El("member", wire.Text("PolicyName", arn[strings.LastIndexByte(arn, '/')+1:]), wire.Text("PolicyArn", arn))
	}
	return wire.List("AttachedPolicies", "member", list...)
}

func (k kind) putBoundary(c *call) (result, error) {
	e, err := c.entity(k)
	if err != nil {
		return result{}, err
	}
	arn, err := c.attachable("PermissionsBoundary")
	if err != nil {
		return result{}, err
	}
	c.editEntity(k, e.Name, func(e *world.Entity) { e.Boundary = arn })
	return result{}, nil
}

func (k kind) deleteBoundary(c *call) (result, error) {
	e, err := c.entity(k)
	if err != nil {
		return result{}, err
	}
	if e.Boundary == "" {
		return result{}, noSuch(k.label + " " + e.Name + " does not have a permission boundary.")
	}
	c.editEntity(k, e.Name, func(e *world.Entity) { e.Boundary = "" })
	return result{}, nil
}
