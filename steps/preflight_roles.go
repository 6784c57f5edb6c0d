package steps

import (
	"context"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// grantedRoles looks at the custom roles that are to be granted: a deleted one keeps its name for a week, and granting it
// is refused.
func (p *preflight) grantedRoles(ctx context.Context) []Check {
	if p.Bridge.ToGoogle == nil {
		return nil
	}
	var names []string
	for _, g := range p.Bridge.ToGoogle.Grants {
		if !strings.HasPrefix(g.Role, "roles/") {
			names = append(names, g.Role)
		}
	}
	out := make([]Check, len(names))
	_ = each(indexes(names), func(i int) error { out[i] = p.grantedRole(ctx, names[i]); return nil })
	return out
}

func (p *preflight) grantedRole(ctx context.Context, name string) Check {
	c := check("google.role:"+leaf(name), "google", "custom role "+leaf(name), "is there")
	parent, id, _ := strings.Cut(name, "/roles/")
	where := "--" + strings.Replace(parent, "projects/", "project=", 1)
	if org, of := strings.CutPrefix(parent, "organizations/"); of {
		where = "--organization=" + org
	}
	const other = "or name another role in toGoogle.grants"
	deleted := false
	var err error
	if strings.HasPrefix(parent, "projects/") {
		got, failed := p.Google.IAM.Projects.Roles.Get(name).Context(ctx).Do()
		if err = failed; err == nil {
			deleted = got.Deleted
		}
	} else {
		got, failed := p.Google.IAM.Organizations.Roles.Get(name).Context(ctx).Do()
		if err = failed; err == nil {
			deleted = got.Deleted
		}
	}
	switch err = cloud.Problem("read role "+name, err); {
	case explain.Is(err, explain.Missing):
		return c.not(CheckBlocked, "it is not there", "make it first, "+other, command("gcloud", "iam", "roles", "create", id, where))
	case err != nil:
		return c.not(CheckUnknown, err.Error(), "allow iam.roles.get to see it", "")
	case deleted:
		return c.not(CheckBlocked, "it was deleted", "bring it back, "+other, command("gcloud", "iam", "roles", "undelete", id, where))
	}
	return c
}
