package aws

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
)

// quotas are IAM's defaults, under the names that GetAccountSummary gives them. The last three have none there.
func quotas() map[string]int {
	return map[string]int{
		"AccessKeysPerUserQuota":        2,
		"AssumeRolePolicySizeQuota":     2048,
		"AttachedPoliciesPerGroupQuota": 10,
		"AttachedPoliciesPerRoleQuota":  10,
		"AttachedPoliciesPerUserQuota":  10,
		"GroupPolicySizeQuota":          5120,
		"GroupsPerUserQuota":            10,
		"GroupsQuota":                   300,
		"InstanceProfilesQuota":         1000,
		"PoliciesQuota":                 1500,
		"PolicySizeQuota":               6144,
		"RolePolicySizeQuota":           10240,
		"RolesQuota":                    1000,
		"UserPolicySizeQuota":           2048,
		"UsersQuota":                    5000,
		"VersionsPerPolicyQuota":        5,
		"OpenIdConnectProvidersQuota":   100,
		"ClientIdsPerProviderQuota":     100,
		"TagsQuota":                     50,
	}
}

// QuotaNames lists the quotas that can be set: limits of IAM, and how many calls a second a service takes, which is
// without limit unless it is set.
func QuotaNames() []string {
	names := slices.Collect(maps.Keys(quotas()))
	for service := range namespaces {
		names = append(names, service+".perSecond")
	}
	for i := range names {
		names[i] = "aws." + names[i]
	}
	slices.Sort(names)
	return names
}

// unsummarised tells the quotas that GetAccountSummary is silent about.
func unsummarised(name string) bool {
	return name == "OpenIdConnectProvidersQuota" || name == "ClientIdsPerProviderQuota" || name == "TagsQuota"
}

func (c *call) quota(name string) int { return c.cloud.world.Quota("aws."+name, quotas()[name]) }

// within refuses one thing more than a quota allows; name is what the refusal calls it.
func (c *call) within(quota, name string, have int) error {
	if most := c.quota(quota); have >= most {
		return limit(fmt.Sprintf("Cannot exceed quota for %s: %d", name, most))
	}
	return nil
}

// throttle refuses a call of an account over the rate that was set for its service: in a region, or for IAM anywhere.
func (c *call) throttle() error {
	where := c.region
	if c.op.service == "iam" {
		where = ""
	}
	name := "aws." + c.op.service + ".perSecond"
	if c.cloud.world.Within(name, c.account.ID+" "+where, time.Second, c.now) {
		return nil
	}
	if c.op.service == "ec2" {
		return wire.AWSError("RequestLimitExceeded", "Request limit exceeded.")
	}
	return wire.AWSError("Throttling", "Rate exceeded")
}
