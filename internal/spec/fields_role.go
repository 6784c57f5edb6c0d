package spec

import "strings"

const (
	patternRoleName = `^[A-Za-z0-9_+=,.@-]*$`
	// AWS allows nearly any printable character in a path. Quotes, backslashes and $ would have to be escaped in CEL and in
	// policies, so they are left out.
	patternRolePath = `^/([A-Za-z0-9_+=,.@-]+/)*$`
	patternPolicy   = `^arn:aws(-us-gov|-cn|-eusc)?:iam::(aws|[0-9]+):policy/([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]+$`
)

// roleFields are those that the roles of both directions have.
func roleFields(prefix string, role func(*Bridge) any) []Field {
	in := func(at func(*Role) any) func(*Bridge) any {
		return func(b *Bridge) any {
			if r, ok := role(b).(*Role); ok {
				return at(r)
			}
			return nil
		}
	}
	return append([]Field{
		{
			Path: prefix + ".name", Type: TypeText, Example: "ci-runner",
			Limit: "1 to 64 letters, digits and any of _+=,.@-", pattern: patternRoleName, min: 1, max: 64, Title: "name of the role",
			Why: "It is what CloudTrail and the session's ARN show. Names are unique in the account whatever their case and path, so a taken one is never overwritten.",
			at:  in(func(r *Role) any { return &r.Name }),
		},
		{
			Path: prefix + ".path", note: "cannot be changed later", Type: TypeText, Default: "/drawbridge/", Example: "/drawbridge/",
			Limit:   "/ or words of letters, digits and _+=,.@- between slashes, such as /team/ci/",
			pattern: patternRolePath, max: 512, check: checkPath, Title: "path of the role",
			Why: "A path of its own lets an administrator's policy cover exactly what drawbridge makes. It cannot be changed once the role exists.",
			at:  in(func(r *Role) any { return &r.Path }),
		},
		{
			Path: prefix + ".maxSession", note: "a session cannot be called back", Type: TypeDuration, Default: "1h", Example: "1h",
			Limit: "1h to 12h, in whole seconds", Title: "longest session",
			Why: "AWS sessions cannot be called back, so a short one bounds what a stolen one is worth. A workload can always come back with a new token.",
			at:  in(func(r *Role) any { return &r.MaxSession }),
		},
	}, permissionFields(prefix, in)...)
}

func permissionFields(prefix string, in func(func(*Role) any) func(*Bridge) any) []Field {
	return []Field{
		{
			Path: prefix + ".managedPolicies", note: "what the role may do in AWS", Type: TypeTexts, Example: "arn:aws:iam::aws:policy/ReadOnlyAccess",
			Limit: "the ARN of a managed policy, such as arn:aws:iam::aws:policy/ReadOnlyAccess", pattern: patternPolicy, min: 20, max: 700,
			Title: "managed policies to attach",
			Why:   "They say what the role may do in AWS, all of each policy. An account allows 10 on a role unless its quota was raised.",
			at:    in(func(r *Role) any { return &r.ManagedPolicies }),
		},
		{
			Path: prefix + ".inlinePolicy", note: "what the role may do in AWS", Type: TypePolicy, Title: "policy of the role's own",
			Example: `{Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sqs:SendMessage", Resource: "arn:aws:sqs:eu-west-1:123456789012:jobs"}]}`,
			Limit:   "a policy document with Version and Statement, at most 10,240 characters",
			Why:     "It is the narrowest way to say what the role may do: these actions on these resources. It goes away with the role.",
			at:      in(func(r *Role) any { return &r.InlinePolicy }),
		},
		{
			Path: prefix + ".permissionsBoundary", note: "caps what the role may do, whatever is attached", Type: TypeText, Example: "arn:aws:iam::123456789012:policy/boundary",
			Limit: "the ARN of a managed policy", pattern: patternPolicy, min: 20, max: 700, Title: "permissions boundary",
			Why: "It caps what the role may do whatever is attached later. Some organisations refuse roles without one.",
			at:  in(func(r *Role) any { return &r.PermissionsBoundary }),
		},
	}
}

func checkPath(value string) string {
	for _, reserved := range []string{"/aws-service-role/", "/aws-reserved/"} {
		if strings.HasPrefix(value, reserved) {
			return quote(value) + " is kept by AWS for itself"
		}
	}
	return ""
}
