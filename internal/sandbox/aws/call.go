package aws

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/shape"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// call is one request on its way. state, account and now are set while the state is held.
type call struct {
	cloud     *Cloud
	op        operation
	in        input
	params    url.Values
	region    string
	partition string
	sourceIP  string
	agent     string
	writing   bool

	state   *world.State
	account *world.Account // of the caller
	now     time.Time
	caller  principal
}

func newCall(c *Cloud, r *http.Request, in input, op operation) *call {
	out := &call{cloud: c, op: op, in: in, params: in.params, region: "us-east-1", agent: r.UserAgent()}
	if in.signature != nil {
		out.region = in.signature.Region
	}
	out.partition = partitionOf(out.region)
	out.sourceIP, _, _ = net.SplitHostPort(r.RemoteAddr)
	return out
}

// partitionOf goes by the name of the region, as the ARNs of real resources do.
func partitionOf(region string) string {
	switch {
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "eusc-"):
		return "aws-eusc"
	}
	return "aws"
}

// find looks up a thing: writers find the last version, readers what has become visible.
func find[T world.Thing[T]](c *call, shelf world.Shelf[T], key string) (T, bool) {
	if c.writing {
		return shelf.Latest(strings.ToLower(key))
	}
	return shelf.Seen(strings.ToLower(key), c.now)
}

func put[T world.Thing[T]](c *call, shelf world.Shelf[T], key string, value T) {
	shelf.Put(strings.ToLower(key), value, c.now, c.cloud.world.Lag())
}

func drop[T world.Thing[T]](c *call, shelf world.Shelf[T], key string) {
	shelf.Drop(strings.ToLower(key), c.now, c.cloud.world.Lag())
}

func edit[T world.Thing[T]](c *call, shelf world.Shelf[T], key string, f func(*T)) {
	shelf.Change(strings.ToLower(key), c.now, c.cloud.world.Lag(), f)
}

// member names a parameter as validation errors do: with a small first letter.
func memberName(param string) string { return strings.ToLower(param[:1]) + param[1:] }

func invalid(param, value, constraint string) error {
	shown := "'" + value + "'"
	if value == "" {
		shown = "null"
	}
	return wire.AWSError("ValidationError", fmt.Sprintf("1 validation error detected: Value %s at '%s' failed to satisfy constraint: %s",
		shown, memberName(param), constraint))
}

// need is a required parameter.
func (c *call) need(param string) (string, error) {
	v := c.params.Get(param)
	if v == "" {
		return "", invalid(param, "", "Member must not be null")
	}
	return v, nil
}

var nameShape = shape.Of(`^[\w+=,.@-]+$`)

// name is a required parameter of the usual characters, up to a length.
func (c *call) name(param string, limit int) (string, error) {
	v, err := c.need(param)
	switch {
	case err != nil:
		return "", err
	case len(v) > limit:
		return "", invalid(param, v, fmt.Sprintf("Member must have length less than or equal to %d", limit))
	case !nameShape(v):
		return "", wire.AWSError("ValidationError", fmt.Sprintf("The specified value for %s is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-", memberName(param)))
	}
	return v, nil
}

// number is an optional integer within limits.
func (c *call) number(param string, fallback, low, high int) (int, error) {
	v := c.params.Get(param)
	if v == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(v)
	switch {
	case err != nil:
		return 0, wire.AWSError("MalformedInput", "Invalid Argument")
	case n < low:
		return 0, invalid(param, v, fmt.Sprintf("Member must have value greater than or equal to %d", low))
	case n > high:
		return 0, invalid(param, v, fmt.Sprintf("Member must have value less than or equal to %d", high))
	}
	return n, nil
}

// list reads NAME.member.1, NAME.member.2 …; EC2 writes them without the middle word.
func (c *call) list(param string) []string {
	var all []string
	for i := 1; ; i++ {
		n := strconv.Itoa(i)
		if v, ok := c.params[param+".member."+n]; ok {
			all = append(all, v[0])
		} else if v, ok := c.params[param+"."+n]; ok {
			all = append(all, v[0])
		} else {
			return all
		}
	}
}

// tags reads Tags.member.N.Key and .Value.
func (c *call) tags() []world.Tag {
	var all []world.Tag
	for i := 1; ; i++ {
		prefix := "Tags.member." + strconv.Itoa(i)
		key, ok := c.params[prefix+".Key"]
		if !ok {
			return all
		}
		all = append(all, world.Tag{Key: key[0], Value: c.params.Get(prefix + ".Value")})
	}
}

// page cuts a list as Marker and MaxItems ask, and answers the paging elements.
func page[T any](c *call, all []T, most int) ([]T, []wire.Node, error) {
	size, err := c.number("MaxItems", most, 1, 1000)
	if err != nil {
		return nil, nil, err
	}
	from := 0
	if marker := c.params.Get("Marker"); marker != "" {
		if err := c.cloud.world.Open("marker", marker, &from); err != nil || from > len(all) {
			return nil, nil, wire.AWSError("ValidationError", "Invalid Marker.")
		}
	}
	if to := from + size; to < len(all) {
		marker, err := c.cloud.world.Seal("marker", to)
		return all[from:to], []wire.Node{wire.Flag("IsTruncated", true), wire.Text("Marker", marker)}, err
	}
	return all[from:], []wire.Node{wire.Flag("IsTruncated", false)}, nil
}

func (c *call) facts() judge.Facts {
	f := judge.Facts{}
	f.Set("aws:CurrentTime", c.now.Format(time.RFC3339))
	f.Set("aws:EpochTime", strconv.FormatInt(c.now.Unix(), 10))
	f.Set("aws:RequestedRegion", c.region)
	f.Set("aws:SecureTransport", "true") // the sandbox stands for endpoints that speak TLS only
	f.Set("aws:SourceIp", c.sourceIP)
	f.Set("aws:UserAgent", c.agent)
	c.caller.facts(f)
	return f
}
