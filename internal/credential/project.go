package credential

import (
	"context"
	"strconv"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
)

// ProjectNumber asks Google for the number of a project, which audiences are written with. It needs a sign-in that may
// read the project; a workload has none yet, and is given the audience instead.
func ProjectNumber(ctx context.Context, g *cloud.Google, project string) (string, error) {
	got, err := g.Projects.Projects.Get(project).Context(ctx).Do()
	if err != nil {
		return "", cloud.Problem("look up the number of project "+project, err)
	}
	return strconv.FormatInt(got.ProjectNumber, 10), nil
}
