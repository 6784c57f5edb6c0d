package steps

import (
	"context"
	"fmt"
	"strings"
)

// A binding, a grant or an attached policy has no place for a mark. What the file does not ask for cannot be told from
// what somebody else put there on purpose, so it is named, with the command that takes it away, and left.

// alsoThere adds to a reason what else stands right beside ours.
func alsoThere[T any](reason string, left []T, command string) string {
	if len(left) == 0 {
		return reason
	}
	names := make([]string, 0, len(left))
	for _, one := range left {
		names = append(names, fmt.Sprint(one))
	}
	return reason + "; also there and not ours: " + strings.Join(names, ", ") + "; take it away with: " + command
}

// sides titles a change by what comes and what goes: "policies on runner: A", "policies on runner: A in, B out".
func sides(what string, in, out []string) string {
	switch {
	case len(in) == 0:
		return what + ": " + strings.Join(out, ", ")
	case len(out) == 0:
		return what + ": " + strings.Join(in, ", ")
	}
	return what + ": " + strings.Join(in, ", ") + " in, " + strings.Join(out, ", ") + " out"
}

// title names exactly what comes and what goes: roles alone where that is plain, with the member where roles recur.
func (e edit) title(where string) string {
	names := func(list []grant) []string {
		out := make([]string, 0, len(list))
		for _, g := range list {
			out = append(out, g.Role+" of "+shortMember(g.Member))
		}
		return out
	}
	return sides(where, names(e.Add), names(e.Remove))
}

// shortMember is the end of a member, by which people tell members apart.
func shortMember(member string) string {
	if _, rest, ok := strings.Cut(member, "/workloadIdentityPools/"); ok {
		return rest
	}
	_, rest, ok := strings.Cut(member, "serviceAccount:")
	if !ok {
		return member
	}
	if strings.HasPrefix(member, "deleted:") {
		return "the deleted " + firstPart(rest)
	}
	return firstPart(rest)
}

// earlierPrincipals are the members by which Google knows roles of ours that the file no longer names. They go with the
// role, whose mark says that it is ours.
func earlierPrincipals(ctx context.Context, w *World) ([]string, error) {
	b := w.Bridge
	if b.ToGoogle == nil {
		return nil, nil
	}
	roles, err := markedRoles(ctx, w)
	if err != nil {
		return nil, err
	}
	n, err := number(ctx, w)
	var out []string
	for _, r := range roles {
		if namesRole(b, r.Name) {
			continue
		}
		to := *b.ToGoogle
		to.Role.Name, to.Role.Path = r.Name, r.Path
		old := b
		old.ToGoogle = &to
		// A mapping of the file's own need not tell two roles apart: then the principal is still the file's.
		if m := old.Member(n); m != b.Member(n) && !strings.HasSuffix(m, "/") {
			out = append(out, m)
		}
	}
	return out, err
}
