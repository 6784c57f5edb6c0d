package aws

import (
	"fmt"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// runInstances makes one instance that runs at once; the sandbox has no images, networks or limits to choose from.
func runInstances(c *call) (result, error) {
	image := c.params.Get("ImageId")
	if !strings.HasPrefix(image, "ami-") {
		return result{}, wire.AWSError("MissingParameter", "The request must contain the parameter ImageId")
	}
	if c.params.Get("MaxCount") != "1" && c.params.Get("MaxCount") != "" {
		return result{}, wire.AWSError("InstanceLimitExceeded", "The sandbox runs one instance per call.")
	}
	i := &world.Instance{
		Region: c.region, Zone: c.region + "a", Type: "t3.micro", Image: image, State: "running", Launched: c.now,
		PrivateIP: fmt.Sprintf("10.0.2.%d", 10+len(c.account.Instances)%200), Tokens: "required", HopLimit: 2, Tags: c.instanceTags(),
	}
	if kind := c.params.Get("InstanceType"); kind != "" {
		i.Type = kind
	}
	if tokens := c.params.Get("MetadataOptions.HttpTokens"); tokens != "" {
		i.Tokens = tokens
	}
	var carried *world.Association
	if c.params.Get("IamInstanceProfile.Name")+c.params.Get("IamInstanceProfile.Arn") != "" {
		p, err := c.passedProfile()
		if err != nil {
			return result{}, err
		}
		carried = c.newAssociation(p)
	}
	i.ID, i.Association = "i-0"+c.state.Hex(16), carried
	c.account.Instances[i.ID] = i
	return nodes(c.reservation("", i).Kids...)
}

// instanceTags reads TagSpecification.N.Tag.M, whatever it is for.
func (c *call) instanceTags() []world.Tag {
	var all []world.Tag
	for n := 1; ; n++ {
		key := c.params.Get(fmt.Sprintf("TagSpecification.1.Tag.%d.Key", n))
		if key == "" {
			return all
		}
		all = append(all, world.Tag{Key: key, Value: c.params.Get(fmt.Sprintf("TagSpecification.1.Tag.%d.Value", n))})
	}
}

func terminateInstances(c *call) (result, error) {
	ids := c.list("InstanceId")
	list := wire.El("instancesSet")
	for _, id := range ids {
		if _, err := c.instance(id); err != nil {
			return result{}, err
		}
	}
	for _, id := range ids {
		i := c.account.Instances[id]
		list.Kids = append(list.Kids, wire.El("item", wire.Text("instanceId", id), stateNode("currentState", "terminated"), stateNode("previousState", i.State)))
		i.State, i.Association = "terminated", nil
	}
	return nodes(list)
}

// modifyMetadata changes whether an instance insists on IMDSv2, and how far its answers travel.
func modifyMetadata(c *call) (result, error) {
	i, err := c.instance(c.params.Get("InstanceId"))
	if err != nil {
		return result{}, err
	}
	hops, err := c.number("HttpPutResponseHopLimit", i.HopLimit, 1, 64)
	if err != nil {
		return result{}, err
	}
	switch tokens := c.params.Get("HttpTokens"); tokens {
	case "":
	case "required", "optional":
		i.Tokens = tokens
	default:
		return result{}, wire.AWSError("InvalidParameterValue", "Value ("+tokens+") for parameter httpTokens is invalid.")
	}
	i.HopLimit = hops
	return nodes(wire.Text("instanceId", i.ID), metadataOptions("instanceMetadataOptions", i))
}

func metadataOptions(name string, i *world.Instance) wire.Node {
	return wire.El(name, wire.Text("state", "applied"), wire.Text("httpTokens", i.Tokens),
		wire.Number("httpPutResponseHopLimit", i.HopLimit), wire.Text("httpEndpoint", "enabled"))
}
