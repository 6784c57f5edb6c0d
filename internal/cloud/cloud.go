// Package cloud talks to Google Cloud and AWS: clients, sign-in, endpoints, one transport under both SDKs, waiting for
// propagation, and the hops across (mint, assume, sign, exchange, impersonate), one call each. It turns every failure
// into an explain.Problem. It knows no bridge, makes no plan and never prints a credential.
package cloud

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	awssts "github.com/aws/aws-sdk-go-v2/service/sts"
	"google.golang.org/api/cloudresourcemanager/v1"
	"google.golang.org/api/compute/v1"
	"google.golang.org/api/iam/v1"
	"google.golang.org/api/iamcredentials/v1"
	"google.golang.org/api/orgpolicy/v2"
	"google.golang.org/api/serviceusage/v1"
)

// Options say which clouds to open and as whom. The zero value of each optional field means its default.
type Options struct {
	Env           func(string) string // required: the environment, such as os.Getenv
	Project       string              // Google project id: the quota project unless the environment names one
	Account       string              // AWS account, 12 digits; optional, only checked by SignIn's callers
	Region        string              // AWS region; default AWS_REGION, then the profile's
	Profile       string              // AWS profile; default AWS_PROFILE
	Impersonate   string              // service account to impersonate with the Google credentials
	AllowEndpoint []string            // hosts accepted besides loopback and the clouds' own domains
	CallTimeout   time.Duration       // one call; default 30 s
	Log           io.Writer           // a line a call: method, host, path, status, ms, request id; nil: none
	UserAgent     string              // product/version
	Now           func() time.Time    // default time.Now
}

// Google is the opened Google Cloud. Clients carry the operator's credentials, except HTTP, which carries none.
type Google struct {
	IAM         *iam.Service
	Projects    *cloudresourcemanager.Service
	Services    *serviceusage.Service
	Credentials *iamcredentials.Service
	Compute     *compute.Service
	OrgPolicy   *orgpolicy.Service
	HTTP        *http.Client // no credentials: for STS, token information, federated calls
	Endpoints   GoogleEndpoints
	Real        bool   // every endpoint is Google's own
	Source      string // where the credentials come from, in words

	transport *transport
	tokens    *tokenSource
	operator  *http.Client // HTTP with the operator's token
	project   string
}

// GoogleEndpoints are base URLs with a trailing slash; Compute ends in compute/v1/.
type GoogleEndpoints struct {
	IAM, IAMCredentials, STS, CloudResourceManager, ServiceUsage, OrgPolicy, Compute, OAuth2, Metadata string
}

// AWS is the opened AWS account.
type AWS struct {
	IAM     *awsiam.Client
	STS     *awssts.Client
	EC2     *ec2.Client
	Config  aws.Config
	Region  string
	Profile string // "" when the credentials come from elsewhere
	STSURL  string // base URL of STS in Region, with a trailing slash
	IMDS    string // base URL of the instance metadata service, with a trailing slash
	Real    bool   // every endpoint is AWS's own
	Source  string // where the credentials come from, in words

	transport *transport
	http      *http.Client // no credentials: for the instance metadata service
	chain     *chain
}

// Operator is who a side is signed in as.
type Operator struct {
	Principal string    // "user:operator@acme.example", "arn:aws:iam::123456789012:user/operator"
	Source    string    // "application default credentials", "profile acme-admin"
	Expires   time.Time // zero when not known
	Account   string    // AWS account, Google project
	UserID    string    // AWS: UserId of GetCallerIdentity
	Partition string    // AWS only
}

// Member is the IAM member of a Google operator: user:… or serviceAccount:….
func (o Operator) Member() string { return o.Principal }

// Operators are both sides; a side that is not signed in has its Problem in the error fields.
type Operators struct {
	Google, AWS       Operator
	GoogleErr, AWSErr error
}

// Open builds the clients of both clouds from o. It makes no call. Endpoints other than loopback and the clouds' own are
// refused unless allowed, and so is one cloud real with the other not.
func Open(ctx context.Context, o Options) (*Google, *AWS, error) { return open(ctx, o) }

// SignIn asks both clouds at the same time who we are. It can be asked again.
func SignIn(ctx context.Context, g *Google, a *AWS) Operators { return signIn(ctx, g, a) }
