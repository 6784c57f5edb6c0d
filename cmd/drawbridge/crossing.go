package main

import (
	"context"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/credential"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// crossing is what the commands that give credentials of the other cloud have in common: which role, by the bridge's
// file or by itself.
type crossing struct {
	cloudCommand
	role     string
	audience string
	session  string
}

func (o *crossing) bind(c *cobra.Command) {
	o.cloud.bind(c)
	c.Flags().StringVar(&o.role, "role", "", "the role's `ARN`, in place of a bridge file")
	c.Flags().StringVar(&o.audience, "audience", "", "the audience that the role's trust or the provider demands (with --role)")
	c.Flags().StringVar(&o.session, "session-name", "", "name of the session in AWS's logs (default drawbridge-NAME)")
}

var (
	roleARN     = regexp.MustCompile(`^arn:(aws[a-z-]*):iam::(\d{12}):role/(?:[!-~]*/)?([\w+=,.@-]{1,64})$`)
	sessionName = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)
)

// checkNames refuses what AWS would refuse, before anything is read.
func (o *crossing) checkNames() error {
	switch {
	case o.role != "" && !roleARN.MatchString(o.role):
		return usage("--role "+o.role+" is no ARN of a role", "write arn:aws:iam::ACCOUNT:role/PATH/NAME")
	case o.session != "" && !sessionName.MatchString(o.session):
		return usage("--session-name "+o.session+" is not allowed", "use 2 to 64 letters, digits and _+=,.@-")
	case o.role != "" && o.cloud.file.named():
		return usage("-f and --role both say which role", "leave one of them out")
	}
	return nil
}

// alone reports whether the role was given without a bridge.
func (o *crossing) alone() bool { return o.role != "" }

// file is the bridge of -f.
func (o *crossing) file() (spec.Bridge, error) {
	return o.readBridge(&o.cloud, changeFlags{})
}

// roleAlone is enough of a bridge to open the clouds for --role.
func (o *crossing) roleAlone(at *site) spec.Bridge {
	m := roleARN.FindStringSubmatch(o.role)
	r := o.cloud.reach
	return spec.Bridge{
		Name:   m[3],
		Google: spec.Google{Project: first(r.project, at.env("GOOGLE_CLOUD_PROJECT"))},
		AWS:    spec.AWS{Account: m[2], Region: first(r.region, at.env("AWS_REGION"), at.env("AWS_DEFAULT_REGION"), homeRegion(m[1]))},
	}
}

// homeRegion is a region of a partition that every account has.
func homeRegion(partition string) string {
	switch partition {
	case "aws-us-gov":
		return "us-gov-west-1"
	case "aws-cn":
		return "cn-north-1"
	case "aws-eusc":
		return "eusc-de-east-1"
	}
	return "us-east-1"
}

// toAWS is the source of sessions for workloads on Google, and the bridge that it is of. No client is built yet.
func (o *crossing) toAWS(at *site) (credential.AWS, spec.Bridge, error) {
	b, err := o.bridgeToAWS(at)
	if err != nil {
		return credential.AWS{}, b, err
	}
	w := credential.Wanted{RoleARN: o.role, Audience: o.audience, As: o.cloud.reach.impersonate, Place: at.place()}
	if !o.alone() {
		w.RoleARN, w.Audience = b.ToAWSRoleARN(), b.ToAWS.Audience
	}
	w.Session = first(o.session, cut("drawbridge-"+b.Name, 64))
	return credential.AWS{Wanted: w, Cache: at.cache(), Open: at.opener(b), Now: at.now}, b, nil
}

func (o *crossing) bridgeToAWS(at *site) (spec.Bridge, error) {
	switch {
	case o.alone() && o.audience == "":
		return spec.Bridge{}, usage("--role needs --audience", "give the audience that the role's trust demands: --audience AUDIENCE")
	case o.alone():
		return o.roleAlone(at), nil
	case o.audience != "":
		return spec.Bridge{}, usage("--audience goes with --role", "add --role ARN, or leave --audience out")
	}
	b, err := o.file()
	if err == nil && b.ToAWS == nil {
		err = usage("bridge "+b.Name+" has no toAWS direction", "run this for a bridge from Google to AWS")
	}
	return b, err
}

// opener opens the clouds of a bridge as a workload or, for impersonation, as the operator. The sign-in is not wrapped:
// the token is minted of the account itself.
func (at *site) opener(b spec.Bridge) credential.Open {
	return func(ctx context.Context) (*cloud.Google, *cloud.AWS, error) {
		options := at.options(b)
		options.Impersonate = ""
		g, a, err := cloud.Open(ctx, options)
		return g, a, endpointUsage(err)
	}
}

// place tells apart what was got from different clouds: the variables that lead to them.
func (at *site) place() string {
	var out []string
	for _, name := range []string{
		"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "GCE_METADATA_HOST", "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS",
		"HTTPS_PROXY", "AWS_CONFIG_FILE", "AWS_PROFILE",
	} {
		out = append(out, at.env(name))
	}
	return strings.Join(append(out, at.flags.reach.profile), "\n")
}

// cache is where sessions are kept; nil where there is no home for it.
func (at *site) cache() *credential.Cache {
	home, err := at.home()
	if err != nil {
		return nil
	}
	return &credential.Cache{Dir: filepath.Join(home, "cache")}
}

func cut(s string, n int) string { return s[:min(len(s), n)] }
