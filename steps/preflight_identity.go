package steps

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/api/cloudresourcemanager/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// identity checks who is signed in. It makes no call: signing in has asked already.
func (p *preflight) identity() []Check {
	google := check("google.identity", "google", "signed in to Google Cloud", p.ops.Google.Principal)
	if p.ops.GoogleErr != nil {
		google = google.failedLook(p.ops.GoogleErr)
		google.Outcome = CheckBlocked
	}
	amazon := check("aws.identity", "aws", "signed in to AWS", p.ops.AWS.Principal)
	switch err := checkOperators(p.World, cloud.Operators{AWS: p.ops.AWS, AWSErr: p.ops.AWSErr}); {
	case p.ops.AWSErr != nil:
		amazon = amazon.failedLook(p.ops.AWSErr)
		amazon.Outcome = CheckBlocked
	case err != nil:
		amazon = amazon.failedLook(err)
		amazon.Outcome = CheckBlocked
	}
	return []Check{google, amazon}
}

// partition checks whether a bridge into this part of AWS can work at all.
func (p *preflight) partition() []Check {
	c := check("aws.partition", "aws", "partition "+p.Bridge.Partition(), "region "+p.Bridge.AWS.Region)
	switch level, why := p.Bridge.Standing(); level {
	case spec.StandingBlocked:
		c = c.not(CheckBlocked, why, "choose a region of another partition", "")
	case spec.StandingWarn:
		c = c.not(CheckWarn, why, "go on, and rely on nothing before the proof", "")
	}
	return []Check{c}
}

// project checks that the project is there and alive.
func (p *preflight) project(ctx context.Context) []Check {
	c := check("google.project", "google", "project "+p.Bridge.Google.Project, "")
	project, err := readProject(ctx, p.World)
	switch {
	case err != nil:
		c = c.failedLook(err)
		c.Outcome = CheckBlocked
	case project.LifecycleState != "ACTIVE":
		c = c.not(CheckBlocked, "it is being deleted", "restore it", command("gcloud", "projects", "undelete", p.Bridge.Google.Project))
	default:
		c.Detail = fmt.Sprintf("number %d", project.ProjectNumber)
	}
	return []Check{c}
}

// parentOrganization is the number of the organisation above the project.
func (p *preflight) parentOrganization(ctx context.Context) string {
	got, err := p.Google.Projects.Projects.GetAncestry(p.Bridge.Google.Project, &cloudresourcemanager.GetAncestryRequest{}).Context(ctx).Do()
	if err != nil {
		return ""
	}
	for _, a := range got.Ancestor {
		if a.ResourceId != nil && a.ResourceId.Type == "organization" {
			return a.ResourceId.Id
		}
	}
	return ""
}

// skew is how far a clock may be off before signatures and tokens are refused. AWS takes five minutes.
const skew = 2 * time.Minute

// clocks compares our clock with the Date of each cloud's replies.
func (p *preflight) clocks(ctx context.Context) []Check {
	google := check("google.clock", "google", "clock against Google's", "")
	amazon := check("aws.clock", "aws", "clock against AWS's", "")
	_ = all(
		func() error { google = p.clock(google, ctx, p.Google.Clock); return nil },
		func() error { amazon = p.clock(amazon, ctx, p.AWS.Clock); return nil },
	)
	return []Check{google, amazon}
}

func (p *preflight) clock(c Check, ctx context.Context, ask func(context.Context) (time.Time, error)) Check {
	theirs, err := ask(ctx)
	if err != nil {
		return c.not(CheckUnknown, err.Error(), "", "")
	}
	off := p.Now().Sub(theirs).Round(time.Second)
	if off.Abs() > skew {
		return c.not(CheckBlocked, fmt.Sprintf("this machine's clock is off by %s: signatures and tokens will be refused", off), "set the clock, or turn on time synchronisation", "")
	}
	c.Detail = fmt.Sprintf("off by %s", off.Abs())
	return c
}
