package cloud

import (
	"context"
	"fmt"
	"net/http"

	"google.golang.org/api/cloudresourcemanager/v1"
	"google.golang.org/api/compute/v1"
	"google.golang.org/api/iam/v1"
	"google.golang.org/api/iamcredentials/v1"
	"google.golang.org/api/option"
	"google.golang.org/api/orgpolicy/v2"
	"google.golang.org/api/serviceusage/v1"
)

// openGoogle builds Google's clients over one transport. The operator's token is fetched at the first call.
func openGoogle(ctx context.Context, o Options, e GoogleEndpoints, real bool, log *callLog) (*Google, error) {
	t, err := newTransport(o, log, googleDomains, "")
	if err != nil {
		return nil, err
	}
	g := &Google{Endpoints: e, Real: real, HTTP: t.client(), transport: t, project: o.Project}
	g.tokens = newTokenSource(o, g)
	g.Source = g.tokens.words
	g.operator = &http.Client{Transport: &operatorTransport{next: t, tokens: g.tokens}, CheckRedirect: g.HTTP.CheckRedirect}
	return g, g.services(ctx, o.UserAgent)
}

func (g *Google) services(ctx context.Context, agent string) (err error) {
	with := func(endpoint string) []option.ClientOption {
		return []option.ClientOption{option.WithHTTPClient(g.operator), option.WithEndpoint(endpoint), option.WithUserAgent(agent), option.WithTelemetryDisabled()}
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("open Google Cloud: %w", err)
		}
	}()
	if g.IAM, err = iam.NewService(ctx, with(g.Endpoints.IAM)...); err != nil {
		return err
	}
	if g.Projects, err = cloudresourcemanager.NewService(ctx, with(g.Endpoints.CloudResourceManager)...); err != nil {
		return err
	}
	if g.Services, err = serviceusage.NewService(ctx, with(g.Endpoints.ServiceUsage)...); err != nil {
		return err
	}
	if g.Credentials, err = iamcredentials.NewService(ctx, with(g.Endpoints.IAMCredentials)...); err != nil {
		return err
	}
	if g.Compute, err = compute.NewService(ctx, with(g.Endpoints.Compute)...); err != nil {
		return err
	}
	g.OrgPolicy, err = orgpolicy.NewService(ctx, with(g.Endpoints.OrgPolicy)...)
	return err
}

// operatorTransport adds the operator's token, and the project that pays for a person's calls.
type operatorTransport struct {
	next   http.RoundTripper
	tokens *tokenSource
}
