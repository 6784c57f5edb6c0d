package aws

import (
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
)

func outboundOperations() []operation {
	return iam(
		operation{action: "EnableOutboundWebIdentityFederation", write: enableOutbound},
		operation{action: "DisableOutboundWebIdentityFederation", write: disableOutbound},
		operation{action: "GetOutboundWebIdentityFederationInfo", read: outboundInfo},
	)
}

func enableOutbound(c *call) (result, error) {
	out := &c.account.Outbound
	if out.Enabled {
		return result{}, wire.AWSError("FeatureEnabled", "Outbound web identity federation is already enabled for account "+c.account.ID+".")
	}
	out.Enabled, out.Ready = true, c.now.Add(c.cloud.world.Lag())
	return nodes(wire.Text("IssuerIdentifier", out.Issuer()))
}

// disableOutbound stops vending. The issuer stays what it is, and tokens already out stay valid.
func disableOutbound(c *call) (result, error) {
	if !c.account.Outbound.Enabled {
		return result{}, outboundOff(c)
	}
	c.account.Outbound.Enabled = false
	return result{}, nil
}

func outboundInfo(c *call) (result, error) {
	if !c.account.Outbound.Enabled {
		return result{}, outboundOff(c)
	}
	return nodes(wire.Text("IssuerIdentifier", c.account.Outbound.Issuer()), wire.Flag("JwtVendingEnabled", true))
}

func outboundOff(c *call) error {
	return wire.AWSError("FeatureDisabled", "Outbound web identity federation is not enabled for account "+c.account.ID+".")
}
