package trust

import (
	"reflect"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

var stringsType = reflect.TypeFor[[]string]()

// functions are the three that Google documents besides CEL's own startsWith, endsWith, contains and matches.
func functions() []cel.EnvOption {
	str, list := cel.StringType, cel.ListType(cel.StringType)
	return []cel.EnvOption{
		cel.Function("extract", cel.MemberOverload("string_extract_string", []*cel.Type{str, str}, str,
			cel.BinaryBinding(func(s, template ref.Val) ref.Val {
				out, err := extract(string(s.(types.String)), string(template.(types.String)))
				if err != "" {
					return types.NewErr("%s", err)
				}
				return types.String(out)
			}))),
		cel.Function("split", cel.MemberOverload("string_split_string", []*cel.Type{str, str}, list,
			cel.BinaryBinding(func(s, separator ref.Val) ref.Val {
				parts := strings.Split(string(s.(types.String)), string(separator.(types.String)))
				return types.DefaultTypeAdapter.NativeToValue(parts)
			}))),
		cel.Function("join",
			cel.MemberOverload("list_join", []*cel.Type{list}, str,
				cel.UnaryBinding(func(l ref.Val) ref.Val { return join(l, "") })),
			cel.MemberOverload("list_join_string", []*cel.Type{list, str}, str,
				cel.BinaryBinding(func(l, separator ref.Val) ref.Val { return join(l, string(separator.(types.String))) }))),
	}
}

func join(list ref.Val, separator string) ref.Val {
	native, err := list.ConvertToNative(stringsType)
	if err != nil {
		return types.NewErr("join: %v", err)
	}
	return types.String(strings.Join(native.([]string), separator))
}

// extract gives the part of s that stands where the template has its one {name}: after the first occurrence of the text
// before the brace, up to the next occurrence of the text behind it. No match gives "". Nothing is anchored, which is why
// a condition must not rely on extract alone.
func extract(s, template string) (out, problem string) {
	before, rest, ok := strings.Cut(template, "{")
	if !ok {
		return "", "extract: the template has no {name}"
	}
	_, after, ok := strings.Cut(rest, "}")
	if !ok {
		return "", "extract: the template has no closing brace"
	}
	_, tail, ok := strings.Cut(s, before)
	if !ok {
		return "", ""
	}
	if after == "" {
		return tail, ""
	}
	found, _, ok := strings.Cut(tail, after)
	if !ok {
		return "", ""
	}
	return found, ""
}
