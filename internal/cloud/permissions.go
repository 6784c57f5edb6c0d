package cloud

import (
	"context"
	"net/url"

	"google.golang.org/api/cloudresourcemanager/v1"
)

// permissionsPerCall keeps each question at a size the API is known to take.
const permissionsPerCall = 100

// TestProjectPermissions asks which of perms are held on the project, as the operator or, with a token, as its holder. A
// permission that cannot be tested on a project fails the whole question (HTTP 400): ask about it alone.
func TestProjectPermissions(ctx context.Context, g *Google, token Secret, project string, perms []string) ([]string, error) {
	held := []string{}
	for len(perms) > 0 {
		n := min(len(perms), permissionsPerCall)
		got, err := testPermissions(ctx, g, token, project, perms[:n])
		if err != nil {
			return held, Problem("test permissions on project "+project, err)
		}
		held, perms = append(held, got...), perms[n:]
	}
	return held, nil
}

func testPermissions(ctx context.Context, g *Google, token Secret, project string, perms []string) ([]string, error) {
	in := &cloudresourcemanager.TestIamPermissionsRequest{Permissions: perms}
	if token == "" {
		got, err := g.Projects.Projects.TestIamPermissions(project, in).Context(ctx).Do()
		if err != nil {
			return nil, err
		}
		return got.Permissions, nil
	}
	var got cloudresourcemanager.TestIamPermissionsResponse
	at := g.Endpoints.CloudResourceManager + "v1/projects/" + url.PathEscape(project) + ":testIamPermissions"
	err := ask{url: at, bearer: token, json: in}.send(ctx, g.HTTP, &got)
	return got.Permissions, err
}
