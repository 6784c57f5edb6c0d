package cloud

import (
	"context"
	"os"
	"time"
)

// open reads the environment once and builds both clouds. Nothing is called and no credential is read: a screen must
// not wait for either.
func open(ctx context.Context, o Options) (*Google, *AWS, error) {
	o = withDefaults(o)
	name, _ := profileName(o)
	p := loadProfile(ctx, o.Env, name)
	region, err := regionOf(o, p)
	if err != nil {
		return nil, nil, err
	}
	google, googleAll, err := googleEndpoints(o.Env, rules{cloud: "Google Cloud", domains: googleDomains, allow: o.AllowEndpoint})
	if err != nil {
		return nil, nil, err
	}
	amazon, err := awsEndpointsOf(o.Env, p, region, rules{cloud: "AWS", domains: awsDomains, allow: o.AllowEndpoint})
	if err != nil {
		return nil, nil, err
	}
	if err := agree(append(googleAll, amazon.all()...)); err != nil {
		return nil, nil, err
	}
	log := &callLog{out: o.Log, now: o.Now}
	g, err := openGoogle(ctx, o, google, googleAll[0].real, log)
	if err != nil {
		return nil, nil, err
	}
	a, err := openAWS(o, amazon, p, region, log)
	return g, a, err
}

func withDefaults(o Options) Options {
	if o.Env == nil {
		o.Env = func(string) string { return "" }
	}
	if o.CallTimeout <= 0 {
		o.CallTimeout = 30 * time.Second
	}
	if o.UserAgent == "" {
		o.UserAgent = "drawbridge"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

func regionOf(o Options, p profile) (string, error) {
	for _, v := range []string{o.Region, o.Env("AWS_REGION"), o.Env("AWS_DEFAULT_REGION"), p.shared.Region} {
		if v != "" {
			return v, nil
		}
	}
	return "", &EndpointError{
		Variable: "AWS_REGION", Reason: "no AWS region is set",
		Do: []string{"set aws.region in bridge.yaml, pass --region, or set AWS_REGION"},
	}
}

// newTransport is the transport of one cloud. Every host is checked once more when it is called, since a credential
// goes with the call.
func newTransport(o Options, log *callLog, domains []string, bundle string) (*transport, error) {
	var pem []byte
	if path := o.Env(bundle); bundle != "" && path != "" {
		var err error
		if pem, err = os.ReadFile(path); err != nil {
			return nil, &EndpointError{Variable: bundle, Value: path, Reason: "the certificates cannot be read", Do: []string{"correct or unset " + bundle}}
		}
	}
	next, err := wire(o.Env, pem)
	if err != nil {
		return nil, &EndpointError{Variable: bundle, Value: o.Env(bundle), Reason: err.Error(), Do: []string{"correct or unset " + bundle}}
	}
	return &transport{
		next: next, timeout: o.CallTimeout, log: log, clock: &clock{},
		allowed: func(host string) bool {
			return loopback(host) || metadataHost(host) || within(host, domains) || allowedName(o.AllowEndpoint, host)
		},
	}, nil
}
