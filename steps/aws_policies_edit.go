package steps

import (
	"slices"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// policyEdit is the difference between what a role may do and what it should.
type policyEdit struct {
	Attach, Detach []string
	Put            map[string]string
	Delete         []string
}

func (e policyEdit) empty() bool {
	return len(e.Attach)+len(e.Detach)+len(e.Put)+len(e.Delete) == 0
}

// difference is what it takes to have what is wanted. Of what is there besides, only policies under our own names go: a
// policy of any other name bears no mark, and nothing says who put it there.
func difference(have, want policies) policyEdit {
	e := policyEdit{Put: map[string]string{}}
	for _, arn := range want.Attached {
		if !slices.Contains(have.Attached, arn) {
			e.Attach = append(e.Attach, arn)
		}
	}
	for name, doc := range want.Inline {
		if old, there := have.Inline[name]; !there || !spec.SameDocument([]byte(old), []byte(doc)) {
			e.Put[name] = doc
		}
	}
	for _, name := range sortedKeys(have.Inline) {
		if _, asked := want.Inline[name]; !asked && ownInline(name) {
			e.Delete = append(e.Delete, name)
		}
	}
	return e
}

// besides is what a role may do that the file does not ask for and that does not bear one of our names.
func besides(have, want policies) policyEdit {
	var e policyEdit
	for _, arn := range have.Attached {
		if !slices.Contains(want.Attached, arn) {
			e.Detach = append(e.Detach, arn)
		}
	}
	for _, name := range sortedKeys(have.Inline) {
		if !ownInline(name) {
			e.Delete = append(e.Delete, name)
		}
	}
	return e
}

// title names exactly what comes and what goes.
func (e policyEdit) title(role string) string {
	return sides("policies on "+role, e.names(true), e.names(false))
}

func (e policyEdit) names(coming bool) []string {
	attached, inline := e.Detach, e.Delete
	if coming {
		attached, inline = e.Attach, sortedKeys(e.Put)
	}
	var out []string
	for _, arn := range attached {
		out = append(out, leaf(arn))
	}
	for _, name := range inline {
		out = append(out, "inline policy "+name)
	}
	return out
}

// fields are the edit as fields of a change.
func (e policyEdit) fields(have policies) []Field {
	var out []Field
	for _, arn := range e.Attach {
		out = append(out, set("attached", arn))
	}
	for _, name := range sortedKeys(e.Put) {
		f := set("inline."+name, asJSON(e.Put[name]))
		if old, there := have.Inline[name]; there {
			f.Before = asJSON(old)
		}
		out = append(out, f)
	}
	for _, arn := range e.Detach {
		out = append(out, drop("attached", arn))
	}
	for _, name := range e.Delete {
		out = append(out, drop("inline."+name, asJSON(have.Inline[name])))
	}
	return out
}

// command is the edit as the aws command line would make it.
func (e policyEdit) command(role string) string {
	iam := func(verb string, words ...string) string {
		return command(append([]string{"aws", "iam", verb, "--role-name", role}, words...)...)
	}
	var out []string
	for _, arn := range e.Attach {
		out = append(out, iam("attach-role-policy", "--policy-arn", arn))
	}
	for _, name := range sortedKeys(e.Put) {
		out = append(out, iam("put-role-policy", "--policy-name", name, "--policy-document", e.Put[name]))
	}
	for _, arn := range e.Detach {
		out = append(out, iam("detach-role-policy", "--policy-arn", arn))
	}
	for _, name := range e.Delete {
		out = append(out, iam("delete-role-policy", "--policy-name", name))
	}
	return lines(out...)
}
