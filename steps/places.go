package steps

import (
	"context"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
)

// Places is how people know the project and the account. What could not be read is empty: it is shown, never relied on.
type Places struct {
	ProjectNumber string
	ProjectName   string // display name
	AccountAlias  string
}

// SeePlaces reads both at the same time.
func SeePlaces(ctx context.Context, g *cloud.Google, a *cloud.AWS, project string) Places {
	var p Places
	var wg sync.WaitGroup
	wg.Go(func() {
		if project == "" {
			return
		}
		if seen, err := g.Projects.Projects.Get(project).Context(ctx).Do(); err == nil {
			p.ProjectNumber, p.ProjectName = fmt.Sprint(seen.ProjectNumber), seen.Name
		}
	})
	wg.Go(func() {
		if seen, err := a.IAM.ListAccountAliases(ctx, &iam.ListAccountAliasesInput{}); err == nil && len(seen.AccountAliases) > 0 {
			p.AccountAlias = seen.AccountAliases[0]
		}
	})
	wg.Wait()
	return p
}
