package spec

import (
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// convert turns the parser's syntax into our tree.
func convert(n ast.Node) (*node, *fault) {
	at := placed(n)
	switch n := n.(type) {
	case *ast.MappingNode:
		return convertMap(at, n.Values)
	case *ast.MappingValueNode:
		return convertMap(at, []*ast.MappingValueNode{n})
	case *ast.SequenceNode:
		return convertList(at, n.Values)
	case *ast.AnchorNode, *ast.AliasNode:
		return nil, wrong(at, "anchors and aliases are not read", "write the value out")
	case *ast.TagNode:
		return nil, wrong(at, "tags are not read", "write the plain value, in quotes when it is text")
	case *ast.DirectiveNode:
		return nil, wrong(at, "directives are not read", "remove the line")
	}
	return convertScalar(at, n)
}

func convertScalar(at *node, n ast.Node) (*node, *fault) {
	switch n := n.(type) {
	case *ast.StringNode:
		at.kind, at.text = kindText, n.Value
	case *ast.LiteralNode:
		at.kind, at.text = kindText, strings.TrimRight(n.Value.Value, "\n")
	case *ast.IntegerNode:
		at.kind, at.text = kindInt, n.GetToken().Value
	case *ast.FloatNode:
		at.kind, at.text = kindFloat, n.GetToken().Value
	case *ast.InfinityNode, *ast.NanNode:
		at.kind, at.text = kindFloat, n.GetToken().Value
	case *ast.BoolNode:
		at.kind, at.text = kindBool, strings.ToLower(n.GetToken().Value)
	case *ast.NullNode:
		at.kind = kindNull
	default:
		return nil, wrong(at, "this cannot be read as a value", "write text, a list or a mapping")
	}
	return at, nil
}

func convertList(at *node, values []ast.Node) (*node, *fault) {
	at.kind = kindList
	for _, v := range values {
		item, f := convert(v)
		if f != nil {
			return nil, f
		}
		at.items = append(at.items, item)
	}
	return at, nil
}

func convertMap(at *node, values []*ast.MappingValueNode) (*node, *fault) {
	at.kind = kindMap
	seen := make(map[string]int, len(values))
	for _, v := range values {
		key := placed(v)
		name, f := keyName(key, v.Key)
		if f != nil {
			return nil, f
		}
		if line, double := seen[name]; double {
			return nil, wrong(key, "the key "+quote(name)+" is there twice, first on line "+itoa(line), "keep one of them")
		}
		seen[name] = key.line
		value, f := convert(v.Value)
		if f != nil {
			return nil, f
		}
		at.entries = append(at.entries, entry{name: name, line: key.line, column: key.column, value: value})
	}
	return at, nil
}

func keyName(at *node, key ast.MapKeyNode) (string, *fault) {
	switch key := key.(type) {
	case *ast.StringNode:
		return key.Value, nil
	case *ast.MergeKeyNode:
		return "", wrong(at, "merge keys are not read", "write the fields out")
	case *ast.IntegerNode, *ast.BoolNode, *ast.FloatNode, *ast.NullNode:
		return key.GetToken().Value, nil
	}
	return "", wrong(at, "this cannot be a key", "write a plain word")
}
