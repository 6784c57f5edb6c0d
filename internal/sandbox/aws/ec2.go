package aws

import (
	"maps"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func ec2Operations() []operation {
	ops := []operation{
		{action: "DescribeInstances", read: describeInstances},
		{action: "RunInstances", write: runInstances, resource: anyInstance},
		{action: "TerminateInstances", write: terminateInstances, resource: firstInstance},
		{action: "ModifyInstanceMetadataOptions", write: modifyMetadata, resource: onInstance, facts: instanceFacts},
		{action: "DescribeRegions", read: describeRegions},
		{action: "DescribeAvailabilityZones", read: describeZones},
		{action: "AssociateIamInstanceProfile", write: associate, resource: onInstance, facts: instanceFacts},
		{action: "DisassociateIamInstanceProfile", write: disassociate, resource: onInstance, facts: instanceFacts},
		{action: "ReplaceIamInstanceProfileAssociation", write: replaceAssociation, resource: onInstance, facts: instanceFacts},
		{action: "DescribeIamInstanceProfileAssociations", read: describeAssociations},
	}
	for i := range ops {
		ops[i].service = "ec2"
	}
	return ops
}

func (c *call) ec2ARN(resource string) string {
	return "arn:" + c.partition + ":ec2:" + c.region + ":" + c.caller.Account + ":" + resource
}

func anyInstance(c *call) string { return c.ec2ARN("instance/*") }

func firstInstance(c *call) string { return c.ec2ARN("instance/" + c.params.Get("InstanceId.1")) }

// instancesHere lists the region's instances in a stable order.
func (c *call) instancesHere() []*world.Instance {
	var all []*world.Instance
	for _, id := range slices.Sorted(maps.Keys(c.account.Instances)) {
		if i := c.account.Instances[id]; i.Region == c.region {
			all = append(all, i)
		}
	}
	return all
}

func noInstance(id string) error {
	return wire.AWSError("InvalidInstanceID.NotFound", "The instance ID '"+id+"' does not exist")
}

func (c *call) instance(id string) (*world.Instance, error) {
	i, ok := c.account.Instances[id]
	switch {
	case !strings.HasPrefix(id, "i-"):
		return nil, wire.AWSError("InvalidInstanceID.Malformed", "Invalid id: \""+id+"\"")
	case !ok || i.Region != c.region:
		return nil, noInstance(id)
	}
	return i, nil
}

func describeInstances(c *call) (result, error) {
	wanted := c.list("InstanceId")
	for _, id := range wanted {
		if _, err := c.instance(id); err != nil {
			return result{}, err
		}
	}
	reservations := wire.El("reservationSet")
	for _, i := range c.instancesHere() {
		ok, err := c.instanceAttributes(i).pass(c.filters())
		if err != nil {
			return result{}, err
		}
		if ok && (len(wanted) == 0 || slices.Contains(wanted, i.ID)) {
			reservations.Kids = append(reservations.Kids, c.reservation("item", i))
		}
	}
	return c.ec2Page(reservations, "InstanceId")
}

func (c *call) reservation(name string, instances ...*world.Instance) wire.Node {
	set := wire.El("instancesSet")
	for _, i := range instances {
		set.Kids = append(set.Kids, c.instanceNode(i))
	}
	return wire.El(name, wire.Text("reservationId", reservationID(instances[0])), wire.Text("ownerId", c.account.ID), wire.El("groupSet"), set)
}

var stateCodes = map[string]int{"pending": 0, "running": 16, "terminated": 48, "stopped": 80}

func stateNode(name, state string) wire.Node {
	return wire.El(name, wire.Number("code", stateCodes[state]), wire.Text("name", state))
}

func (c *call) instanceNode(i *world.Instance) wire.Node {
	n := wire.El("item",
		wire.Text("instanceId", i.ID), wire.Text("imageId", i.Image), stateNode("instanceState", i.State),
		wire.Text("instanceType", i.Type), wire.Millis("launchTime", i.Launched),
		wire.El("placement", wire.Text("availabilityZone", i.Zone), wire.Text("tenancy", "default")),
		wire.Some("privateIpAddress", i.PrivateIP), wire.Text("architecture", "x86_64"),
		metadataOptions("metadataOptions", i))
	if a := c.association(i); a != nil && a.State == "associated" {
		n.Kids = append(n.Kids, wire.El("iamInstanceProfile", wire.Text("arn", c.profileARN(a)), wire.Text("id", a.ProfileID)))
	}
	tags := wire.El("tagSet")
	for _, tag := range i.Tags {
		tags.Kids = append(tags.Kids, wire.El("item", wire.Text("key", tag.Key), wire.Text("value", tag.Value)))
	}
	n.Kids = append(n.Kids, tags)
	return n
}

// regionsOf lists regions that the sandbox names; it answers for any other as well.
var regionsOf = map[string][]string{
	"aws":        {"ap-northeast-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1", "eu-west-1", "eu-west-2", "us-east-1", "us-east-2", "us-west-2"},
	"aws-us-gov": {"us-gov-east-1", "us-gov-west-1"},
	"aws-cn":     {"cn-north-1", "cn-northwest-1"},
	"aws-eusc":   {"eusc-de-east-1"},
}

func describeRegions(c *call) (result, error) {
	wanted := c.list("RegionName")
	list := wire.El("regionInfo")
	for _, name := range regionsOf[c.partition] {
		if len(wanted) == 0 || slices.Contains(wanted, name) {
			list.Kids = append(list.Kids, wire.El("item", wire.Text("regionName", name),
				wire.Text("regionEndpoint", "ec2."+name+".amazonaws.com"), wire.Text("optInStatus", "opt-in-not-required")))
		}
	}
	return nodes(list)
}

func describeZones(c *call) (result, error) {
	list := wire.El("availabilityZoneInfo")
	for _, letter := range []string{"a", "b", "c"} {
		list.Kids = append(list.Kids, wire.El("item", wire.Text("zoneName", c.region+letter), wire.Text("zoneState", "available"),
			wire.Text("regionName", c.region), wire.Text("zoneType", "availability-zone"), wire.Text("optInStatus", "opt-in-not-required")))
	}
	return nodes(list)
}
