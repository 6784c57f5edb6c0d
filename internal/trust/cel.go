package trust

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// The limits that Google puts on expressions, and ours on the work that evaluating one may take.
const (
	maxMappingLength   = 2048
	maxConditionLength = 4096
	maxCost            = 100_000
)

// Mapped evaluates an attribute mapping over an assertion as Google's token service does: every value is a string, but for
// google.groups, a list, which is given as JSON. An expression that names something absent is an error, hence a refusal.
func Mapped(mapping map[string]string, assertion map[string]any) (map[string]string, error) {
	env, err := newEnv(cel.Variable("assertion", cel.MapType(cel.StringType, cel.DynType)))
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(mapping))
	for _, target := range slices.Sorted(maps.Keys(mapping)) {
		value, err := evaluate(env, mapping[target], maxMappingLength, map[string]any{"assertion": assertion})
		if err != nil {
			return nil, fmt.Errorf("map %s: %w", target, err)
		}
		if out[target], err = mappedText(target, value); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// mappedText holds a mapped value to the type that its target wants.
func mappedText(target string, value ref.Val) (string, error) {
	if target == "google.groups" {
		list, err := value.ConvertToNative(stringsType)
		if err != nil {
			return "", fmt.Errorf("map %s: the value must be a list of strings, not %s", target, value.Type().TypeName())
		}
		text, err := json.Marshal(list)
		return string(text), err
	}
	s, ok := value.(types.String)
	if !ok {
		return "", fmt.Errorf("map %s: the value must be of type string, not %s", target, value.Type().TypeName())
	}
	return string(s), nil
}

// Admits evaluates an attribute condition over an assertion and what Mapped made of it. An empty condition admits; one that
// names an attribute or a claim that is not there is an error, hence a refusal.
func Admits(condition string, assertion map[string]any, mapped map[string]string) (bool, error) {
	if strings.TrimSpace(condition) == "" {
		return true, nil
	}
	env, err := conditionEnv()
	if err != nil {
		return false, err
	}
	value, err := evaluate(env, condition, maxConditionLength, conditionInput(assertion, mapped))
	if err != nil {
		return false, fmt.Errorf("evaluate the condition: %w", err)
	}
	admitted, ok := value.(types.Bool)
	if !ok {
		return false, fmt.Errorf("evaluate the condition: the result must be true or false, not %s", value.Type().TypeName())
	}
	return bool(admitted), nil
}

func conditionEnv() (*cel.Env, error) {
	return newEnv(
		cel.Variable("assertion", cel.MapType(cel.StringType, cel.DynType)),
		cel.Variable("google", cel.MapType(cel.StringType, cel.DynType)),
		cel.Variable("attribute", cel.MapType(cel.StringType, cel.StringType)),
	)
}

// conditionInput spreads mapped values over the two names that a condition may use.
func conditionInput(assertion map[string]any, mapped map[string]string) map[string]any {
	google, attribute := map[string]any{}, map[string]string{}
	for target, value := range mapped {
		space, name, _ := strings.Cut(target, ".")
		switch {
		case target == "google.groups":
			google[name] = groups(value)
		case space == "google":
			google[name] = value
		case space == "attribute":
			attribute[name] = value
		}
	}
	return map[string]any{"assertion": assertion, "google": google, "attribute": attribute}
}

// groups reads the list that mappedText wrote.
func groups(value string) []string {
	var list []string
	if json.Unmarshal([]byte(value), &list) != nil {
		return nil
	}
	return list
}

func newEnv(options ...cel.EnvOption) (*cel.Env, error) {
	env, err := cel.NewEnv(append(options, functions()...)...)
	if err != nil {
		return nil, fmt.Errorf("set up the expression language: %w", err)
	}
	return env, nil
}

// evaluate compiles and runs one expression; the program is made for this one use.
func evaluate(env *cel.Env, expression string, limit int, input map[string]any) (ref.Val, error) {
	ast, err := compile(env, expression, limit)
	if err != nil {
		return nil, err
	}
	program, err := env.Program(ast, cel.CostLimit(maxCost))
	if err != nil {
		return nil, fmt.Errorf("prepare the expression: %w", err)
	}
	value, _, err := program.Eval(input)
	if err != nil {
		return nil, err
	}
	return value, nil
}

func compile(env *cel.Env, expression string, limit int) (*cel.Ast, error) {
	if len(expression) > limit {
		return nil, fmt.Errorf("the expression has %d characters and %d are allowed", len(expression), limit)
	}
	ast, issues := env.Compile(expression)
	if err := issues.Err(); err != nil {
		return nil, errors.New(firstIssue(issues))
	}
	return ast, nil
}

// firstIssue gives the compiler's first complaint on one line, without its drawing.
func firstIssue(issues *cel.Issues) string {
	for _, e := range issues.Errors() {
		message, _, _ := strings.Cut(e.Message, "\n")
		message, _, _ = strings.Cut(message, " expecting ") // the rest lists every token there is
		return fmt.Sprintf("%s (column %d)", strings.TrimSpace(message), e.Location.Column()+1)
	}
	return "the expression cannot be read"
}
