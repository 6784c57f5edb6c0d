package trust

import (
	"fmt"
	"regexp/syntax"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// Pin says whether a text is tight enough. With exact the claim equals the text, else it only begins with it.
type Pin func(text string, exact bool) bool

// Pins reports whether an attribute condition provably holds a claim to texts that are tight enough, for everybody it
// admits. It reads equality, in, startsWith, anchored matches, &&, || and ?:; contains, endsWith and extract prove nothing,
// and what it cannot follow counts as unproven.
func Pins(condition, claim string, tight Pin) (bool, error) {
	tree, err := compileCondition(condition)
	if err != nil {
		return false, err
	}
	return pinner{claim, tight}.pins(tree.NativeRep().Expr()), nil
}

// CheckCondition compiles an attribute condition, without evaluating it.
func CheckCondition(condition string) error {
	_, err := compileCondition(condition)
	return err
}

// CheckMapping compiles one expression of an attribute mapping, without evaluating it.
func CheckMapping(expression string) error {
	env, err := newEnv(cel.Variable("assertion", cel.MapType(cel.StringType, cel.DynType)))
	if err != nil {
		return err
	}
	_, err = compile(env, expression, maxMappingLength)
	return err
}

func compileCondition(condition string) (*cel.Ast, error) {
	env, err := conditionEnv()
	if err != nil {
		return nil, err
	}
	tree, err := compile(env, condition, maxConditionLength)
	if err != nil {
		return nil, fmt.Errorf("read the condition: %w", err)
	}
	return tree, nil
}

type pinner struct {
	claim string
	tight Pin
}

func (p pinner) pins(e ast.Expr) bool {
	if e.Kind() == ast.LiteralKind {
		return e.AsLiteral() == types.False // admits nobody
	}
	if e.Kind() != ast.CallKind {
		return false
	}
	call := e.AsCall()
	args := call.Args()
	switch call.FunctionName() {
	case operators.LogicalAnd:
		return p.pins(args[0]) || p.pins(args[1])
	case operators.LogicalOr:
		return p.pins(args[0]) && p.pins(args[1])
	case operators.Conditional:
		return p.pins(args[1]) && p.pins(args[2])
	case operators.Equals:
		return p.equals(args[0], args[1]) || p.equals(args[1], args[0])
	case operators.In:
		return p.isClaim(args[0]) && p.all(args[1])
	case "startsWith":
		text, ok := literalText(args[0])
		return ok && p.isClaim(call.Target()) && p.tight(text, false)
	case "matches":
		return p.matches(call)
	}
	return false
}

func (p pinner) equals(claim, text ast.Expr) bool {
	value, ok := literalText(text)
	return ok && p.isClaim(claim) && p.tight(value, true)
}

// all holds when every element of a list is tight; an empty list admits nobody.
func (p pinner) all(list ast.Expr) bool {
	if list.Kind() != ast.ListKind {
		return false
	}
	for _, element := range list.AsList().Elements() {
		if text, ok := literalText(element); !ok || !p.tight(text, true) {
			return false
		}
	}
	return true
}

// matches reads the fixed text that a pattern demands at the very beginning.
func (p pinner) matches(call ast.CallExpr) bool {
	target, args := call.Target(), call.Args()
	if !call.IsMemberFunction() { // matches(assertion.arn, '…')
		target, args = args[0], args[1:]
	}
	text, ok := literalText(args[0])
	if !ok || !p.isClaim(target) {
		return false
	}
	re, err := syntax.Parse(text, syntax.Perl)
	if err != nil || re.Op != syntax.OpConcat || len(re.Sub) < 2 {
		return false
	}
	begin, fixed := re.Sub[0], re.Sub[1]
	anchored := begin.Op == syntax.OpBeginText && fixed.Op == syntax.OpLiteral && fixed.Flags&syntax.FoldCase == 0
	return anchored && p.tight(string(fixed.Rune), false)
}

// isClaim recognises assertion.arn and assertion['arn'].
func (p pinner) isClaim(e ast.Expr) bool { return claimName(e) == p.claim }

// claimName gives "arn" for assertion.arn, "attribute.aws_role" for that, "" for anything else.
func claimName(e ast.Expr) string {
	var operand ast.Expr
	name := ""
	switch e.Kind() {
	case ast.SelectKind:
		operand, name = e.AsSelect().Operand(), e.AsSelect().FieldName()
		if e.AsSelect().IsTestOnly() {
			return ""
		}
	case ast.CallKind:
		call := e.AsCall()
		if call.FunctionName() != operators.Index {
			return ""
		}
		text, ok := literalText(call.Args()[1])
		if !ok {
			return ""
		}
		operand, name = call.Args()[0], text
	default:
		return ""
	}
	if operand.Kind() != ast.IdentKind {
		return ""
	}
	if space := operand.AsIdent(); space != "assertion" {
		return space + "." + name
	}
	return name
}

func literalText(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := e.AsLiteral().(types.String)
	return string(s), ok
}
