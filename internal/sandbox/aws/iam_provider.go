package aws

import (
	"net/url"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/shape"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func providerOperations() []operation {
	ops := iam(
		operation{action: "CreateOpenIDConnectProvider", write: createProvider},
		operation{action: "GetOpenIDConnectProvider", read: getProvider},
		operation{action: "DeleteOpenIDConnectProvider", write: deleteProvider},
		operation{action: "AddClientIDToOpenIDConnectProvider", write: addClientID},
		operation{action: "RemoveClientIDFromOpenIDConnectProvider", write: removeClientID},
		operation{action: "UpdateOpenIDConnectProviderThumbprint", write: updateThumbprint},
		operation{action: "TagOpenIDConnectProvider", write: tagProvider},
		operation{action: "UntagOpenIDConnectProvider", write: tagProvider},
		operation{action: "ListOpenIDConnectProviderTags", read: listProviderTags},
	)
	for i := range ops {
		ops[i].resource, ops[i].facts = onProvider, providerFacts
	}
	return append(ops, iam(operation{action: "ListOpenIDConnectProviders", read: listProviders})...)
}

const providerParam = "OpenIDConnectProviderArn"

func onProvider(c *call) string {
	if arn := c.params.Get(providerParam); arn != "" {
		return arn
	}
	return c.iamARN("oidc-provider", "/", strings.TrimPrefix(c.params.Get("Url"), "https://"))
}

func providerFacts(c *call, f judge.Facts) {
	if p, err := c.provider(); err == nil {
		resourceTags(f, p.Tags)
	}
	requestTags(f, c.tags(), c.list("TagKeys"))
}

// provider finds the provider that a call names by ARN. The URL in it keeps its letter case.
func (c *call) provider() (world.OIDCProvider, error) {
	given, err := c.need(providerParam)
	if err != nil {
		return world.OIDCProvider{}, err
	}
	a, ok := parseARN(given)
	host, isProvider := strings.CutPrefix(a.resource, "oidc-provider/")
	if !ok || !isProvider || a.service != "iam" {
		return world.OIDCProvider{}, wire.AWSError("InvalidInput", "Invalid ARN: "+given)
	}
	p, found := find(c, c.account.Providers, host)
	if !found || p.URL != host || a.account != c.account.ID || a.partition != c.partition {
		return p, noSuch("OpenIDConnect Provider not found for arn " + given)
	}
	return p, nil
}

func createProvider(c *call) (result, error) {
	host, err := c.issuerURL()
	if err != nil {
		return result{}, err
	}
	p := world.OIDCProvider{URL: host, Created: c.now}
	for _, id := range c.list("ClientIDList") {
		if err := c.addTo(&p, id); err != nil {
			return result{}, err
		}
	}
	if p.Thumbprints, err = c.thumbprints(); err != nil {
		return result{}, err
	}
	if p.Tags, err = c.checkedTags(false); err != nil {
		return result{}, err
	}
	if _, ok := find(c, c.account.Providers, host); ok {
		return result{}, exists("Provider with url https://" + host + " already exists.")
	}
	if err := c.within("OpenIdConnectProvidersQuota", "OpenIdConnectProvidersPerAccount", count(c.account.Providers.AllLatest())); err != nil {
		return result{}, err
	}
	put(c, c.account.Providers, host, p)
	return nodes(wire.Text(providerParam, c.iamARN("oidc-provider", "/", host)), someTags(p.Tags))
}

// issuerURL checks the Url parameter and answers it without its scheme.
func (c *call) issuerURL() (string, error) {
	given, err := c.need("Url")
	if err != nil {
		return "", err
	}
	u, err := url.Parse(given)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.Port() != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil || len(given) > 255 {
		return "", wire.AWSError("ValidationError", "Invalid Open ID Connect Provider URL")
	}
	return strings.TrimPrefix(given, "https://"), nil
}

var thumbprintShape = shape.Of(`^[0-9A-Fa-f]{40}$`)

func (c *call) thumbprints() ([]string, error) {
	list := c.list("ThumbprintList")
	if len(list) > 5 {
		return nil, wire.AWSError("InvalidInput", "Thumbprint list must contain fewer than 5 entries.")
	}
	for _, t := range list {
		if !thumbprintShape(t) {
			return nil, invalid("ThumbprintList", t, "Member must have length equal to 40")
		}
	}
	return list, nil
}

func (c *call) addTo(p *world.OIDCProvider, id string) error {
	switch {
	case id == "" || len(id) > 255:
		return invalid("ClientID", id, "Member must have length between 1 and 255")
	case slices.Contains(p.ClientIDs, id):
		return nil
	}
	if err := c.within("ClientIdsPerProviderQuota", "ClientIdsPerOpenIdConnectProvider", len(p.ClientIDs)); err != nil {
		return err
	}
	p.ClientIDs = append(p.ClientIDs, id)
	return nil
}

func getProvider(c *call) (result, error) {
	p, err := c.provider()
	if err != nil {
		return result{}, err
	}
	return nodes(wire.Text("Url", p.URL), wire.Texts("ClientIDList", "member", p.ClientIDs...),
		wire.Texts("ThumbprintList", "member", p.Thumbprints...), wire.Time("CreateDate", p.Created), someTags(p.Tags))
}

func listProviders(c *call) (result, error) {
	var all []wire.Node
	for _, p := range c.account.Providers.AllSeen(c.now) {
		all = append(all, wire.El("member", wire.Text("Arn", c.iamARN("oidc-provider", "/", p.URL))))
	}
	return nodes(wire.List("OpenIDConnectProviderList", "member", all...))
}

func deleteProvider(c *call) (result, error) {
	p, err := c.provider()
	if err != nil {
		return result{}, err
	}
	drop(c, c.account.Providers, p.URL)
	return result{}, nil
}

func addClientID(c *call) (result, error) {
	p, err := c.provider()
	if err != nil {
		return result{}, err
	}
	p = p.Clone()
	if err := c.addTo(&p, c.params.Get("ClientID")); err != nil {
		return result{}, err
	}
	put(c, c.account.Providers, p.URL, p)
	return result{}, nil
}

// removeClientID succeeds when the id is not there: the call is idempotent.
func removeClientID(c *call) (result, error) {
	p, err := c.provider()
	if err != nil {
		return result{}, err
	}
	id, err := c.need("ClientID")
	if err != nil {
		return result{}, err
	}
	edit(c, c.account.Providers, p.URL, func(p *world.OIDCProvider) {
		p.ClientIDs = slices.DeleteFunc(p.ClientIDs, func(have string) bool { return have == id })
	})
	return result{}, nil
}

// updateThumbprint replaces the list; an empty one is refused, so a list can never be cleared.
func updateThumbprint(c *call) (result, error) {
	p, err := c.provider()
	if err != nil {
		return result{}, err
	}
	list, err := c.thumbprints()
	if err != nil {
		return result{}, err
	}
	if len(list) == 0 {
		return result{}, wire.AWSError("InvalidInput", "Thumbprint list must contain at least one entry.")
	}
	edit(c, c.account.Providers, p.URL, func(p *world.OIDCProvider) { p.Thumbprints = list })
	return result{}, nil
}

func tagProvider(c *call) (result, error) {
	p, err := c.provider()
	if err != nil {
		return result{}, err
	}
	tags, err := c.retag(p.Tags, "OpenIdConnectProvider", false)
	if err != nil {
		return result{}, err
	}
	edit(c, c.account.Providers, p.URL, func(p *world.OIDCProvider) { p.Tags = tags })
	return result{}, nil
}

func listProviderTags(c *call) (result, error) {
	p, err := c.provider()
	if err != nil {
		return result{}, err
	}
	return c.listedTags(p.Tags)
}
