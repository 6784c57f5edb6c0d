package aws

import (
	"fmt"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/shape"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

const maxTags = 50

var tagShape = shape.Of(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

// checkedTags reads and checks the tags of a call. On roles and users keys are unique without regard to case.
func (c *call) checkedTags(fold bool) ([]world.Tag, error) {
	tags := c.tags()
	if len(tags) > maxTags { // of the service model, whatever the quota is
		return nil, invalid("Tags", fmt.Sprint(len(tags)), "Member must have length less than or equal to 50")
	}
	for i, tag := range tags {
		if err := checkTag(tag, i+1); err != nil {
			return nil, err
		}
		for _, other := range tags[:i] {
			if tag.Key == other.Key || fold && strings.EqualFold(tag.Key, other.Key) {
				return nil, wire.AWSError("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
			}
		}
	}
	return tags, nil
}

func checkTag(tag world.Tag, n int) error {
	member := fmt.Sprintf("tags.%d.member.", n)
	switch {
	case tag.Key == "" || len(tag.Key) > 128:
		return invalid(member+"key", tag.Key, "Member must have length between 1 and 128")
	case len(tag.Value) > 256:
		return invalid(member+"value", tag.Value, "Member must have length less than or equal to 256")
	case !tagShape(tag.Key):
		return invalid(member+"key", tag.Key, `Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+`)
	case !tagShape(tag.Value):
		return invalid(member+"value", tag.Value, `Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*`)
	case strings.HasPrefix(strings.ToLower(tag.Key), "aws:"):
		return wire.AWSError("InvalidInput", "aws: prefixed tag key names are not allowed for external use.")
	}
	return nil
}

func sameKey(a, b string, fold bool) bool { return a == b || fold && strings.EqualFold(a, b) }

// merged adds tags to those there are: a key that is already there takes the new value and spelling.
func merged(have, more []world.Tag, fold bool) []world.Tag {
	out := slices.Clone(have)
	for _, tag := range more {
		if i := slices.IndexFunc(out, func(t world.Tag) bool { return sameKey(t.Key, tag.Key, fold) }); i >= 0 {
			out[i] = tag
			continue
		}
		out = append(out, tag)
	}
	return out
}

func withoutKeys(have []world.Tag, keys []string, fold bool) []world.Tag {
	return slices.DeleteFunc(slices.Clone(have), func(t world.Tag) bool {
		return slices.ContainsFunc(keys, func(key string) bool { return sameKey(t.Key, key, fold) })
	})
}

func tagsNode(tags []world.Tag) wire.Node {
	list := make([]wire.Node, len(tags))
	for i, tag := range tags {
		list[i] = wire.El("member", wire.Text("Key", tag.Key), wire.Text("Value", tag.Value))
	}
	return wire.List("Tags", "member", list...)
}

// someTags is tagsNode, left out when there are none.
func someTags(tags []world.Tag) wire.Node {
	if len(tags) == 0 {
		return wire.Node{}
	}
	return tagsNode(tags)
}

// listedTags answers a List…Tags call.
func (c *call) listedTags(tags []world.Tag) (result, error) {
	some, paging, err := page(c, tags, 100)
	if err != nil {
		return result{}, err
	}
	return nodes(append([]wire.Node{tagsNode(some)}, paging...)...)
}

// retag works out what tags remain after a Tag or Untag call.
func (c *call) retag(have []world.Tag, label string, fold bool) ([]world.Tag, error) {
	if keys := c.list("TagKeys"); len(keys) > 0 {
		return withoutKeys(have, keys, fold), nil
	}
	more, err := c.checkedTags(fold)
	if err != nil {
		return nil, err
	}
	out := merged(have, more, fold)
	if most := c.quota("TagsQuota"); len(out) > most {
		return nil, limit(fmt.Sprintf("The number of tags has reached the maximum limit. Cannot exceed quota for TagsPer%s: %d", label, most))
	}
	return out, nil
}

func (k kind) tag(c *call) (result, error) {
	e, err := c.entity(k)
	if err != nil {
		return result{}, err
	}
	tags, err := c.retag(e.Tags, k.label, true)
	if err != nil {
		return result{}, err
	}
	c.editEntity(k, e.Name, func(e *world.Entity) { e.Tags = tags })
	return result{}, nil
}

func (k kind) untag(c *call) (result, error) { return k.tag(c) }

func (k kind) listTags(c *call) (result, error) {
	e, err := c.entity(k)
	if err != nil {
		return result{}, err
	}
	return c.listedTags(e.Tags)
}
