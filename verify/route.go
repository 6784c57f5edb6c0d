package verify

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// metadataPatience bounds the question whether this machine is the workload: off the clouds nothing answers at all.
const metadataPatience = 2 * time.Second

// route is one direction and where its proof starts; skip says why it cannot start.
type route struct{ direction, from, skip string }

// routesFor decides from where each direction is proven. On a workload only its own direction is asked, unless others
// were named.
func routesFor(ctx context.Context, w *steps.World, o Options, asked []string) []route {
	routes := make([]route, len(asked))
	var all sync.WaitGroup
	for i, d := range asked {
		routes[i] = route{direction: d, from: o.From}
		if o.From == Operator {
			continue
		}
		all.Go(func() { routes[i] = locate(ctx, w, o.From, d) })
	}
	all.Wait()
	if len(o.Directions) > 0 {
		return routes
	}
	return ownDirections(routes)
}

// ownDirections leaves out what does not belong on this workload; when it belongs to none, everything stays.
func ownDirections(routes []route) []route {
	var own []route
	for _, r := range routes {
		if r.from == Workload && r.skip == "" {
			own = append(own, r)
		}
	}
	if len(own) == 0 {
		return routes
	}
	return own
}

func locate(ctx context.Context, w *steps.World, from, direction string) route {
	ctx, cancel := context.WithTimeout(ctx, metadataPatience)
	defer cancel()
	who, isOurs, err := workload(ctx, w, direction)
	switch {
	case err == nil && isOurs:
		return route{direction: direction, from: Workload}
	case from == Auto:
		return route{direction: direction, from: Operator}
	case err != nil:
		return route{direction: direction, from: Workload, skip: "this machine is not the workload: no metadata answered"}
	}
	return route{direction: direction, from: Workload, skip: fmt.Sprintf("this machine runs as %s, which is not the bridge's own", who)}
}

// workload asks the metadata who this machine is, and tells whether the bridge means it.
func workload(ctx context.Context, w *steps.World, direction string) (who string, ours bool, err error) {
	if direction == ToAWS {
		email, err := cloud.MetadataEmail(ctx, w.Google)
		return email, email == w.Bridge.ToAWSEmail(), err
	}
	creds, err := workloadCredentials(ctx, w)
	if err != nil {
		return "", false, err
	}
	caller, err := cloud.CallerIdentity(ctx, w.AWS, &creds)
	return caller.ARN, err == nil && strings.HasPrefix(caller.ARN, w.Bridge.ToGoogleSessionPrefix()), err
}

// workloadCredentials are the role's own: from the instance metadata on EC2, elsewhere from where the runtime puts them,
// which is where the AWS client looks by itself.
func workloadCredentials(ctx context.Context, w *steps.World) (cloud.Credentials, error) {
	if w.Bridge.ToGoogle.Role.RunsOn == "ec2" {
		_, creds, err := cloud.InstanceCredentials(ctx, w.AWS)
		return creds, err
	}
	return ownCredentials(ctx, w)
}

// ownCredentials are those that this program itself signs AWS calls with.
func ownCredentials(ctx context.Context, w *steps.World) (cloud.Credentials, error) {
	own, err := w.AWS.Config.Credentials.Retrieve(ctx)
	if err != nil {
		return cloud.Credentials{}, cloud.Problem("read the AWS credentials", err)
	}
	return cloud.Credentials{
		AccessKeyID: own.AccessKeyID, SecretAccessKey: cloud.Secret(own.SecretAccessKey),
		SessionToken: cloud.Secret(own.SessionToken), Expires: own.Expires,
	}, nil
}
