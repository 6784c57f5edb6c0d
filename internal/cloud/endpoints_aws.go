package cloud

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	awssts "github.com/aws/aws-sdk-go-v2/service/sts"
)

// awsEndpoints are the base URLs of the three services, and the one for any other service.
type awsEndpoints struct {
	iam, sts, ec2 endpoint
	any           string // AWS_ENDPOINT_URL or the profile's endpoint_url, "" when neither is set
	imds          string
}

func (e awsEndpoints) all() []endpoint { return []endpoint{e.iam, e.sts, e.ec2} }

// awsEndpointsOf follows the SDK's order: variable of the service, variable of all, the profile's services section, the
// profile's endpoint_url, the service's own.
func awsEndpointsOf(env func(string) string, p profile, region string, r rules) (awsEndpoints, error) {
	var e awsEndpoints
	own, err := standardAWS(region, env, p)
	if err != nil {
		return e, err
	}
	for _, s := range []struct {
		to      *endpoint
		id, own string
	}{{&e.iam, "iam", own.iam}, {&e.sts, "sts", own.sts}, {&e.ec2, "ec2", own.ec2}} {
		variable, value := configuredEndpoint(env, p, s.id)
		if value == "" {
			value = s.own
		}
		if *s.to, err = r.check(variable, value); err != nil {
			return e, err
		}
	}
	if variable, value := configuredEndpoint(env, p, ""); value != "" {
		ep, err := r.check(variable, value)
		if err != nil {
			return e, err
		}
		e.any = ep.url
	}
	e.imds, err = imdsEndpoint(env, r)
	return e, err
}

// configuredEndpoint is what the environment or the profile sets for a service; the empty service is all of them.
func configuredEndpoint(env func(string) string, p profile, service string) (variable, value string) {
	if strings.EqualFold(env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true") || aws.ToBool(p.shared.IgnoreConfiguredEndpoints) {
		return "", ""
	}
	if service != "" {
		if name := "AWS_ENDPOINT_URL_" + strings.ToUpper(service); env(name) != "" {
			return name, env(name)
		}
	}
	if v := env("AWS_ENDPOINT_URL"); v != "" {
		return "AWS_ENDPOINT_URL", v
	}
	if v := p.shared.Services.ServiceValues[service]["endpoint_url"]; v != "" {
		return fmt.Sprintf("profile %s, services %s, %s endpoint_url", p.name, p.shared.ServicesSectionName, service), v
	}
	if v := p.shared.BaseEndpoint; v != "" {
		return fmt.Sprintf("profile %s, endpoint_url", p.name), v
	}
	return "", ""
}

func imdsEndpoint(env func(string) string, r rules) (string, error) {
	const variable = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
	if v := env(variable); v != "" {
		return metadataEndpoint(variable, v, r)
	}
	return "http://169.254.169.254/", nil
}

// standardURLs are AWS's own endpoints in one region.
type standardURLs struct{ iam, sts, ec2 string }

// standardAWS asks the SDK's own rules, which know every partition.
func standardAWS(region string, env func(string) string, p profile) (standardURLs, error) {
	ctx := context.Background() // pure computation
	fips, dual := aws.Bool(useFIPS(env, p)), aws.Bool(useDualStack(env, p))
	var out standardURLs
	i, err := awsiam.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, awsiam.EndpointParameters{Region: &region, UseFIPS: fips, UseDualStack: dual})
	if err != nil {
		return out, badRegion(region, err)
	}
	s, err := awssts.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, awssts.EndpointParameters{Region: &region, UseFIPS: fips, UseDualStack: dual, UseGlobalEndpoint: aws.Bool(false)})
	if err != nil {
		return out, badRegion(region, err)
	}
	e, err := ec2.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, ec2.EndpointParameters{Region: &region, UseFIPS: fips, UseDualStack: dual})
	if err != nil {
		return out, badRegion(region, err)
	}
	return standardURLs{iam: i.URI.String(), sts: s.URI.String(), ec2: e.URI.String()}, nil
}

func badRegion(region string, err error) error {
	return &EndpointError{
		Variable: "region", Value: clean(region), Reason: "AWS has no endpoint for it: " + clean(err.Error()),
		Do: []string{"set aws.region, --region or AWS_REGION to a region such as us-east-1"},
	}
}

func useFIPS(env func(string) string, p profile) bool {
	if v := env("AWS_USE_FIPS_ENDPOINT"); v != "" {
		return strings.EqualFold(v, "true")
	}
	return p.shared.UseFIPSEndpoint == aws.FIPSEndpointStateEnabled
}

func useDualStack(env func(string) string, p profile) bool {
	if v := env("AWS_USE_DUALSTACK_ENDPOINT"); v != "" {
		return strings.EqualFold(v, "true")
	}
	return p.shared.UseDualStackEndpoint == aws.DualStackEndpointStateEnabled
}

// profile is one profile of the user's AWS files. A missing one is remembered, not reported: it matters only when
// credentials are asked for.
type profile struct {
	name   string
	shared config.SharedConfig
	err    error
}
