package aws

import (
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// association is the instance's present one with its state worked out: what a call began settles after a while. One
// that has been taken away is nil.
func (c *call) association(i *world.Instance) *world.Association {
	if i.Association == nil {
		return nil
	}
	a := *i.Association
	switch settled := !c.now.Before(a.Settles); {
	case settled && a.State == "associating":
		a.State = "associated"
	case settled && a.State == "disassociating":
		return nil
	}
	return &a
}

func (c *call) profileARN(a *world.Association) string {
	path, name := "/", a.Profile
	if p, ok := c.account.Profiles.Latest(a.Profile); ok {
		path, name = p.Path, p.Name
	}
	return c.iamARN("instance-profile", path, name)
}

func (c *call) associationNode(name string, i *world.Instance, a *world.Association) wire.Node {
	return wire.El(name, wire.Text("associationId", a.ID), wire.Text("instanceId", i.ID),
		wire.El("iamInstanceProfile", wire.Text("arn", c.profileARN(a)), wire.Text("id", a.ProfileID)), wire.Text("state", a.State))
}

// onInstance is the instance that a call touches, named by itself or by its association.
func onInstance(c *call) string {
	id := c.params.Get("InstanceId")
	if i, _, err := c.byAssociation(); err == nil {
		id = i.ID
	}
	return c.ec2ARN("instance/" + id)
}

func instanceFacts(c *call, f judge.Facts) {
	if i, ok := c.account.Instances[c.params.Get("InstanceId")]; ok {
		for _, tag := range i.Tags {
			f.Set("aws:ResourceTag/"+tag.Key, tag.Value)
			f.Set("ec2:ResourceTag/"+tag.Key, tag.Value)
		}
	}
}

func (c *call) byAssociation() (*world.Instance, *world.Association, error) {
	id := c.params.Get("AssociationId")
	for _, i := range c.instancesHere() {
		if a := c.association(i); a != nil && a.ID == id {
			return i, a, nil
		}
	}
	return nil, nil, wire.AWSError("InvalidAssociationID.NotFound", "An invalid association-id of '"+id+"' was given")
}

// passedProfile finds the profile that a call hands to EC2, as EC2 sees it: later than IAM. The caller must be allowed
// to pass its role.
func (c *call) passedProfile() (world.InstanceProfile, error) {
	name := c.params.Get("IamInstanceProfile.Name")
	given := c.params.Get("IamInstanceProfile.Arn")
	if a, ok := parseARN(given); ok {
		_, name, _ = a.pathAndName("instance-profile")
	}
	p, ok := c.account.Profiles.Seen(strings.ToLower(name), c.now)
	switch {
	case name == "" && given == "":
		return p, wire.AWSError("MissingParameter", "The request must contain the parameter IamInstanceProfile")
	case given != "" && (!ok || given != c.iamARN("instance-profile", p.Path, p.Name)):
		return p, wire.AWSError("InvalidParameterValue", "Value ("+given+") for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN")
	case !ok:
		return p, wire.AWSError("InvalidParameterValue", "Value ("+name+") for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name")
	}
	role, ok := c.account.Roles.Seen(p.Role, c.now)
	if !ok {
		return p, wire.AWSError("InvalidParameterValue", "IAM Instance Profile \""+c.iamARN("instance-profile", p.Path, p.Name)+"\" has no associated IAM Roles")
	}
	return p, c.passRole(role.Entity, "ec2.amazonaws.com")
}

func (c *call) newAssociation(p world.InstanceProfile) *world.Association {
	return &world.Association{
		ID: "iip-assoc-0" + c.state.Hex(16), Profile: strings.ToLower(p.Name), ProfileID: p.ID,
		State: "associating", Settles: c.now.Add(c.cloud.world.Lag()), Serial: c.state.Serial,
	}
}

func associate(c *call) (result, error) {
	i, err := c.instance(c.params.Get("InstanceId"))
	if err != nil {
		return result{}, err
	}
	p, err := c.passedProfile()
	if err != nil {
		return result{}, err
	}
	switch {
	case c.association(i) != nil:
		return result{}, wire.AWSError("IncorrectState", "There is an existing association for instance "+i.ID)
	case i.State != "running" && i.State != "stopped":
		return result{}, wire.AWSError("IncorrectInstanceState", "The instance '"+i.ID+"' is not in a state from which a profile can be associated.")
	}
	i.Association = c.newAssociation(p)
	return nodes(c.associationNode("iamInstanceProfileAssociation", i, i.Association))
}

func disassociate(c *call) (result, error) {
	i, a, err := c.byAssociation()
	if err != nil {
		return result{}, err
	}
	a.State, a.Settles = "disassociating", c.now.Add(c.cloud.world.Lag())
	i.Association = a
	return nodes(c.associationNode("iamInstanceProfileAssociation", i, a))
}

func replaceAssociation(c *call) (result, error) {
	i, _, err := c.byAssociation()
	if err != nil {
		return result{}, err
	}
	p, err := c.passedProfile()
	if err != nil {
		return result{}, err
	}
	i.Association = c.newAssociation(p)
	return nodes(c.associationNode("iamInstanceProfileAssociation", i, i.Association))
}

func describeAssociations(c *call) (result, error) {
	wanted := c.list("AssociationId")
	list := wire.El("iamInstanceProfileAssociationSet")
	for _, i := range c.instancesHere() {
		a := c.association(i)
		if a == nil {
			continue
		}
		ok, err := attributes{"instance-id": {i.ID}, "state": {a.State}}.pass(c.filters())
		if err != nil {
			return result{}, err
		}
		if ok && (len(wanted) == 0 || slices.Contains(wanted, a.ID)) {
			list.Kids = append(list.Kids, c.associationNode("item", i, a))
		}
	}
	return c.ec2Page(list, "AssociationId")
}
