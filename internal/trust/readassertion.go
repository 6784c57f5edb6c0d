package trust

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
)

// maxSubject is Google's limit for google.subject, in bytes.
const maxSubject = 127

// Exchange is what decides on Google's side: a provider and the members that a binding names.
type Exchange struct {
	Mapping   map[string]string // empty: the documented default of a provider of type AWS
	Condition string            // empty: none
	Pool      string            // projects/NUMBER/locations/global/workloadIdentityPools/POOL
	Members   []string          // of the binding that is asked about; nil when only the exchange is
}

// ReadAssertion judges by a provider and a binding whether a caller with this assertion gets in. The statement of the
// verdict is "mapping", "condition" or "binding", whichever decided.
func ReadAssertion(x Exchange, assertion map[string]any) (Verdict, error) {
	mapping := x.Mapping
	if len(mapping) == 0 {
		mapping = DefaultAWSMapping()
	}
	mapped, failed := mapRows(mapping, assertion)
	if failed != nil {
		return Verdict{Statement: "mapping", Rows: []Row{*failed}}, nil
	}
	if row := subjectRow(mapping, mapped); !row.Holds {
		return Verdict{Statement: "mapping", Rows: []Row{row}}, nil
	}
	rows, err := conditionRows(x.Condition, assertion, mapped)
	if err != nil {
		return Verdict{}, err
	}
	// A term that cannot be evaluated can still be outvoted, so the whole condition decides, not its rows.
	admitted, evalErr := Admits(x.Condition, assertion, mapped)
	if !admitted || evalErr != nil {
		return Verdict{Statement: "condition", Rows: rows}, nil
	}
	if x.Members == nil {
		return Verdict{Admitted: true, Statement: "condition", Rows: rows}, nil
	}
	return memberVerdict(x, mapped), nil
}

// mapRows maps, or gives the row of the first line that fails.
func mapRows(mapping map[string]string, assertion map[string]any) (map[string]string, *Row) {
	mapped := make(map[string]string, len(mapping))
	for _, target := range slices.Sorted(maps.Keys(mapping)) {
		one, err := Mapped(map[string]string{target: mapping[target]}, assertion)
		if err != nil {
			return nil, &Row{Key: target, Operator: "mapping", Sent: err.Error(), Wanted: mapping[target]}
		}
		mapped[target] = one[target]
	}
	return mapped, nil
}

func subjectRow(mapping, mapped map[string]string) Row {
	subject := mapped["google.subject"]
	return Row{
		Key: "google.subject", Operator: "mapping", Sent: fmt.Sprintf("%s (%d bytes)", subject, len(subject)),
		Wanted: fmt.Sprintf("1 to %d bytes from %s", maxSubject, mapping["google.subject"]),
		Holds:  subject != "" && len(subject) <= maxSubject,
	}
}

// conditionRows splits a condition at its top && and evaluates each part.
func conditionRows(condition string, assertion map[string]any, mapped map[string]string) ([]Row, error) {
	if strings.TrimSpace(condition) == "" {
		return nil, nil
	}
	tree, err := compileCondition(condition)
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, term := range terms(tree.NativeRep().Expr()) {
		text, err := cel.ExprToString(term, tree.NativeRep().SourceInfo())
		if err != nil {
			text = condition
		}
		ok, evalErr := Admits(text, assertion, mapped)
		row := Row{Key: "condition", Operator: "is true", Wanted: text, Holds: ok && evalErr == nil}
		row.Claim = firstClaim(term)
		row.Sent = sentFor(row.Claim, assertion, mapped)
		if evalErr != nil {
			row.Sent = evalErr.Error()
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func terms(e ast.Expr) []ast.Expr {
	if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == operators.LogicalAnd {
		args := e.AsCall().Args()
		return append(terms(args[0]), terms(args[1])...)
	}
	return []ast.Expr{e}
}

// firstClaim names the first claim or attribute that a term reads.
func firstClaim(e ast.Expr) string {
	found := ""
	ast.PreOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
		if found == "" {
			found = claimName(e)
		}
	}))
	return found
}

func sentFor(claim string, assertion map[string]any, mapped map[string]string) string {
	if v, ok := mapped[claim]; ok {
		return v
	}
	return strings.Join(texts(assertion[claim]), ", ")
}

// memberVerdict compares the principals that the caller is with the members of the binding.
func memberVerdict(x Exchange, mapped map[string]string) Verdict {
	are := Principals(x.Pool, mapped)
	v := Verdict{Statement: "binding"}
	for _, member := range x.Members {
		row := Row{Claim: memberClaim(member), Key: "member", Operator: "is", Wanted: member, Holds: slices.Contains(are, member)}
		row.Sent = closest(member, are)
		v.Admitted = v.Admitted || row.Holds
		v.Rows = append(v.Rows, row)
	}
	if len(x.Members) == 0 {
		v.Rows = []Row{{Key: "member", Operator: "is", Sent: strings.Join(are, ", "), Wanted: "no member is bound"}}
	}
	return v
}

// Principals lists every member string that a caller with these mapped values answers to in a pool, sorted.
func Principals(pool string, mapped map[string]string) []string {
	prefix := "iam.googleapis.com/" + pool + "/"
	out := []string{"principalSet://" + prefix + "*"}
	for target, value := range mapped {
		switch target {
		case "google.subject":
			out = append(out, "principal://"+prefix+"subject/"+value)
		case "google.groups":
			for _, g := range groups(value) {
				out = append(out, "principalSet://"+prefix+"group/"+g)
			}
		default:
			out = append(out, "principalSet://"+prefix+target+"/"+value)
		}
	}
	slices.Sort(out)
	return out
}

// memberClaim is the kind of a member: the subject, an attribute, a group.
func memberClaim(member string) string {
	_, rest, _ := strings.Cut(member, "/workloadIdentityPools/")
	_, rest, _ = strings.Cut(rest, "/")
	kind, _, _ := strings.Cut(rest, "/")
	if kind == "subject" {
		return "google.subject"
	}
	return kind
}

// closest is the caller's principal of the same kind as a member.
func closest(member string, are []string) string {
	for _, p := range are {
		if memberClaim(p) == memberClaim(member) {
			return p
		}
	}
	return ""
}
