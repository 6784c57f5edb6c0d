package spec

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Bounds on what is read. A real bridge.yaml has some 2 KiB and six levels; the parser takes time that grows with the
// square of the nesting, so that is bounded before it starts.
const (
	maxFile  = 64 << 10
	maxDepth = 40
)

// readTree reads one YAML document into a tree. Only plain YAML is taken: no second document, anchors, aliases, merge
// keys or tags, because what they stand for is not what a reader of the file sees. A file of comments only is nil.
func readTree(data []byte) (n *node, f *fault) {
	if f := unreadable(data); f != nil {
		return nil, f
	}
	defer func() {
		if recover() != nil { // the parser is somebody else's, and the file may be anything
			n, f = nil, wrong(nil, "the text is not YAML that can be read", "check its indentation and quotes")
		}
	}()
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, syntaxFault(err)
	}
	var body ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case body != nil:
			return nil, wrong(placed(doc.Body), "a second document begins here and a file describes one bridge",
				"put each bridge into a file of its own")
		default:
			body = doc.Body
		}
	}
	if body == nil {
		return nil, nil
	}
	return convert(body)
}

// unreadable refuses text that is no use to hand to the parser.
func unreadable(data []byte) *fault {
	if len(data) > maxFile {
		return wrong(nil, fmt.Sprintf("the file has %d bytes and a bridge.yaml has at most %d", len(data), maxFile),
			"check that this is the right file")
	}
	line, column, depth := 1, 1, 0
	for rest := data; len(rest) > 0; column++ {
		r, size := utf8.DecodeRune(rest)
		at := &node{line: line, column: column}
		switch {
		case r == utf8.RuneError && size == 1:
			return wrong(at, "the text is not UTF-8", "save the file as UTF-8")
		case r == '\n':
			line, column = line+1, 0
		case r < ' ' && r != '\t' && r != '\r', r == 0x7f:
			return wrong(at, fmt.Sprintf("the control character U+%04X does not belong in a bridge.yaml", r), "remove it")
		case r == '[', r == '{':
			depth++
		case r == ']', r == '}':
			depth = max(depth-1, 0)
		}
		if depth > maxDepth {
			return wrong(at, tooDeep, "check that this is the right file")
		}
		rest = rest[size:]
	}
	return stacked(data)
}

var tooDeep = fmt.Sprintf("values are nested more than %d deep", maxDepth)

// stacked refuses lines that nest by dashes, question marks, anchors or tags, such as "- - - -".
func stacked(data []byte) *fault {
	for i, line := range bytes.Split(data, []byte("\n")) {
		words := 0
		for word := range strings.FieldsSeq(string(line)) {
			if word == "-" || word == "?" || word == "!" || word == ":" || word == "," || strings.HasPrefix(word, "&") {
				words++
			}
		}
		if words > maxDepth {
			return wrong(&node{line: i + 1, column: 1}, tooDeep, "check that this is the right file")
		}
	}
	return nil
}

// syntaxFault keeps the parser's message and place, not its drawing of the source, which may hold anything.
func syntaxFault(err error) *fault {
	var e yaml.Error
	if !errors.As(err, &e) {
		return wrong(nil, "the text is not YAML that can be read", "check its indentation and quotes")
	}
	do := "check indentation, quotes and colons around here"
	if strings.Contains(e.GetMessage(), "character '\t'") || strings.Contains(e.GetMessage(), "tab character") {
		return wrong(tokenPlace(e.GetToken()), "YAML is not indented with tabs", "use two spaces for each level")
	}
	return wrong(tokenPlace(e.GetToken()), "not valid YAML: "+shown(e.GetMessage()), do)
}

func tokenPlace(t *token.Token) *node {
	if t == nil || t.Position == nil {
		return nil
	}
	return &node{line: t.Position.Line, column: t.Position.Column}
}

// placed is an empty node at a syntax node's first character.
func placed(n ast.Node) *node {
	t := n.GetToken()
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		t = m.Values[0].Key.GetToken() // a block mapping's own token is its first colon
	}
	if v, ok := n.(*ast.MappingValueNode); ok {
		t = v.Key.GetToken()
	}
	if at := tokenPlace(t); at != nil {
		return at
	}
	return &node{}
}
