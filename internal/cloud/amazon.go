package cloud

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	awssts "github.com/aws/aws-sdk-go-v2/service/sts"
	smithymiddleware "github.com/aws/smithy-go/middleware"
)

// openAWS builds AWS's clients over one transport. The config holds nothing of the process's environment: everything
// was read through Options.Env.
func openAWS(o Options, e awsEndpoints, p profile, region string, log *callLog) (*AWS, error) {
	t, err := newTransport(o, log, awsDomains, "AWS_CA_BUNDLE")
	if err != nil {
		return nil, err
	}
	a := &AWS{Region: region, STSURL: e.sts.url, IMDS: e.imds, Real: e.sts.real, transport: t, http: t.client()}
	a.Config = aws.Config{
		Region:     region,
		HTTPClient: a.http,
		Retryer:    func() aws.Retryer { return aws.NopRetryer{} },
		AppID:      o.Env("AWS_SDK_UA_APP_ID"),
		APIOptions: []func(*smithymiddleware.Stack) error{middleware.AddUserAgentKey(o.UserAgent)},
	}
	if e.any != "" {
		a.Config.BaseEndpoint = aws.String(e.any)
	}
	a.STS = awssts.NewFromConfig(a.Config, func(so *awssts.Options) { so.BaseEndpoint = moved(e.sts) })
	c := newChain(o, a, p)
	a.Profile, a.Source, a.chain = c.profile, c.words, c
	keys := newOperatorKeys(c)
	a.Config.Credentials = keys
	a.Config.APIOptions = append(a.Config.APIOptions, keys.add)
	a.STS = awssts.NewFromConfig(a.Config, func(so *awssts.Options) { so.BaseEndpoint = moved(e.sts) })
	a.IAM = awsiam.NewFromConfig(a.Config, func(io *awsiam.Options) { io.BaseEndpoint = moved(e.iam) })
	a.EC2 = ec2.NewFromConfig(a.Config, func(eo *ec2.Options) { eo.BaseEndpoint = moved(e.ec2) })
	return a, nil
}

// moved is an endpoint to be set. AWS's own are left to the SDK, whose rules also choose the region to sign for.
func moved(e endpoint) *string {
	if e.variable == "" {
		return nil
	}
	return aws.String(e.url)
}
