package judge

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// celCost bounds one evaluation, so that an expression of a stranger cannot hold a server.
const celCost = 1_000_000

// federationEnv is what mappings and attribute conditions may use: assertion, google and attribute, CEL's own string
// functions, and Google's extract, split and join. Nothing more: what the documents do not name is refused.
var federationEnv = sync.OnceValues(func() (*cel.Env, error) {
	text := cel.MapType(cel.StringType, cel.DynType)
	return cel.NewEnv(
		cel.Variable("assertion", text),
		cel.Variable("google", text),
		cel.Variable("attribute", text),
		extractFunction(), splitFunction(), joinFunction(),
	)
})

// compileCEL checks an expression and plans it.
func compileCEL(env func() (*cel.Env, error), expression string) (cel.Program, error) {
	e, err := env()
	if err != nil {
		return nil, fmt.Errorf("prepare expression language: %w", err)
	}
	ast, issues := e.Compile(expression)
	if issues.Err() != nil {
		return nil, issues.Err()
	}
	return e.Program(ast, cel.CostLimit(celCost))
}

func extractFunction() cel.EnvOption {
	return cel.Function("extract", cel.MemberOverload("string_extract_string",
		[]*cel.Type{cel.StringType, cel.StringType}, cel.StringType,
		cel.BinaryBinding(func(value, template ref.Val) ref.Val {
			out, err := Extract(string(value.(types.String)), string(template.(types.String)))
			if err != nil {
				return types.WrapErr(err)
			}
			return types.String(out)
		})))
}

// Extract is Google's extract(): the part of value where the one {name} of template stands, between the text before it
// (its first occurrence) and the text after it (the next occurrence). Without a match the answer is empty, not an error.
func Extract(value, template string) (string, error) {
	before, rest, ok := strings.Cut(template, "{")
	name, after, closed := strings.Cut(rest, "}")
	if !ok || !closed || name == "" || strings.ContainsAny(name+after, "{}") {
		return "", errors.New("extract template must hold exactly one {name}")
	}
	start := strings.Index(value, before)
	if start < 0 {
		return "", nil
	}
	value = value[start+len(before):]
	if after == "" {
		return value, nil
	}
	end := strings.Index(value, after)
	if end < 0 {
		return "", nil
	}
	return value[:end], nil
}

func splitFunction() cel.EnvOption {
	return cel.Function("split", cel.MemberOverload("string_split_string",
		[]*cel.Type{cel.StringType, cel.StringType}, cel.ListType(cel.StringType),
		cel.BinaryBinding(func(value, separator ref.Val) ref.Val {
			parts := strings.Split(string(value.(types.String)), string(separator.(types.String)))
			return types.DefaultTypeAdapter.NativeToValue(parts)
		})))
}

func joinFunction() cel.EnvOption {
	return cel.Function("join", cel.MemberOverload("list_join_string",
		[]*cel.Type{cel.ListType(cel.StringType), cel.StringType}, cel.StringType,
		cel.BinaryBinding(func(list, separator ref.Val) ref.Val { return joinList(list, separator) })))
}

func joinList(list, separator ref.Val) ref.Val {
	values, ok := list.(traits.Lister)
	if !ok {
		return types.NewErr("join wants a list of strings")
	}
	var parts []string
	for it := values.Iterator(); it.HasNext() == types.True; {
		part, ok := it.Next().(types.String)
		if !ok {
			return types.NewErr("join wants a list of strings")
		}
		parts = append(parts, string(part))
	}
	return types.String(strings.Join(parts, string(separator.(types.String))))
}
