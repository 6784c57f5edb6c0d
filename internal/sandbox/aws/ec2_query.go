package aws

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// filters reads Filter.N.Name and Filter.N.Value.M.
func (c *call) filters() map[string][]string {
	all := map[string][]string{}
	for i := 1; ; i++ {
		name := c.params.Get("Filter." + strconv.Itoa(i) + ".Name")
		if name == "" {
			return all
		}
		all[name] = c.list("Filter." + strconv.Itoa(i) + ".Value")
	}
}

// attributes are what filters can ask of a thing. A name without values is known and met by nothing.
type attributes map[string][]string

// pass says whether a thing meets all filters, whose values may hold wildcards.
func (a attributes) pass(filters map[string][]string) (bool, error) {
	all := true
	for name, wanted := range filters {
		have, known := a[name]
		if !known && !strings.HasPrefix(name, "tag:") {
			return false, wire.AWSError("InvalidParameterValue", "The filter '"+name+"' is invalid")
		}
		all = all && slices.ContainsFunc(wanted, func(want string) bool {
			return slices.ContainsFunc(have, func(value string) bool { return judge.Glob(want, value) })
		})
	}
	return all, nil
}

// withoutValue are the filters of DescribeInstances on what the sandbox's machines do not have.
const withoutValue = `affinity capacity-reservation-id client-token dns-name group-id group-name host-id hypervisor instance-lifecycle
	instance.group-id instance.group-name ip-address ipv6-address kernel-id key-name monitoring-state network-interface.network-interface-id
	network-interface.private-dns-name network-interface.subnet-id network-interface.vpc-id outpost-arn placement-group-name platform
	product-code ramdisk-id requester-id root-device-name root-device-type source-dest-check spot-instance-request-id subnet-id vpc-id`

func (c *call) instanceAttributes(i *world.Instance) attributes {
	all := attributes{}
	for name := range strings.FieldsSeq(withoutValue) {
		all[name] = nil
	}
	one := map[string]string{
		"instance-id": i.ID, "instance-state-name": i.State, "instance-state-code": strconv.Itoa(stateCodes[i.State]),
		"availability-zone": i.Zone, "instance-type": i.Type, "image-id": i.Image, "private-ip-address": i.PrivateIP,
		"architecture": "x86_64", "owner-id": c.account.ID, "reservation-id": reservationID(i), "tenancy": "default",
		"launch-time": i.Launched.Format("2006-01-02T15:04:05.000Z"), "metadata-options.http-tokens": i.Tokens,
		"metadata-options.http-endpoint": "enabled", "metadata-options.http-put-response-hop-limit": strconv.Itoa(i.HopLimit),
	}
	for name, value := range one {
		all[name] = []string{value}
	}
	all["iam-instance-profile.arn"], all["iam-instance-profile.id"], all["iam-instance-profile.name"] = nil, nil, nil
	if a := c.association(i); a != nil {
		all["iam-instance-profile.arn"], all["iam-instance-profile.id"] = []string{c.profileARN(a)}, []string{a.ProfileID}
		all["iam-instance-profile.name"] = []string{a.Profile}
	}
	all["tag-key"], all["tag-value"] = nil, nil
	for _, tag := range i.Tags {
		all["tag:"+tag.Key] = []string{tag.Value}
		all["tag-key"], all["tag-value"] = append(all["tag-key"], tag.Key), append(all["tag-value"], tag.Value)
	}
	return all
}

func reservationID(i *world.Instance) string { return "r-" + strings.TrimPrefix(i.ID, "i-") }

// ec2Page cuts a set as MaxResults and NextToken ask. Things that were named one by one cannot be paged.
func (c *call) ec2Page(set wire.Node, named string) (result, error) {
	size := len(set.Kids)
	if given := c.params.Get("MaxResults"); given != "" {
		if len(c.list(named)) > 0 {
			return result{}, wire.AWSError("InvalidParameterCombination", "The parameter "+strings.TrimSuffix(memberName(named), "Id")+"sSet cannot be used with the parameter maxResults")
		}
		n, err := strconv.Atoi(given)
		if err != nil || n < 5 {
			return result{}, wire.AWSError("InvalidParameterValue", fmt.Sprintf("Value ( %s ) for parameter maxResults is invalid. Expecting a value greater than 5.", given))
		}
		size = min(n, 1000)
	}
	from := 0
	if token := c.params.Get("NextToken"); token != "" {
		if err := c.cloud.world.Open("next", token, &from); err != nil || from > len(set.Kids) {
			return result{}, wire.AWSError("InvalidParameterValue", "Unable to parse pagination token")
		}
	}
	all := set.Kids
	to := min(from+size, len(all))
	set.Kids = all[from:to]
	if to == len(all) {
		return nodes(set)
	}
	token, err := c.cloud.world.Seal("next", to)
	if err != nil {
		return result{}, err
	}
	return nodes(set, wire.Text("nextToken", token))
}

// dryRun ends a call of EC2 that only wanted to know whether it may.
func (c *call) dryRun() error {
	if c.op.service != "ec2" || !strings.EqualFold(c.params.Get("DryRun"), "true") {
		return nil
	}
	return wire.AWSError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
}
