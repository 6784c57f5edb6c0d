package artifact

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// expression is the right side of a setting in Terraform's language. Every text becomes one through text, so that
// nothing in it is taken for the language.
type expression = hclwrite.Tokens

func token(kind hclsyntax.TokenType, text string) expression {
	return expression{{Type: kind, Bytes: []byte(text)}}
}

// text is any text as a quoted string in which nothing is replaced.
func text(s string) expression { return hclwrite.TokensForValue(cty.StringVal(s)) }

// name is a reference such as aws_iam_role.to_aws.name, or a number, as it stands.
func name(s string) expression { return token(hclsyntax.TokenIdent, s) }

// at is one instance of a resource that stands for several.
func at(resource, key string) expression {
	return slices.Concat(name(resource), token(hclsyntax.TokenOBrack, "["), text(key), token(hclsyntax.TokenCBrack, "]"))
}

// spliced is a text of several pieces with a value between them. No piece may end in $ or %, which would take the value
// for text; none does, because each ends in a slash or the like.
func hclSpliced(pieces []string, value string) expression {
	if len(pieces) == 2 && pieces[0]+pieces[1] == "" {
		return name(value)
	}
	inside := func(s string) expression { q := text(s); return q[1 : len(q)-1] }
	out := token(hclsyntax.TokenOQuote, `"`)
	for i, p := range pieces {
		if i > 0 {
			out = slices.Concat(out, token(hclsyntax.TokenTemplateInterp, "${"), name(value), token(hclsyntax.TokenTemplateSeqEnd, "}"))
		}
		out = append(out, inside(p)...)
	}
	return append(out, token(hclsyntax.TokenCQuote, `"`)...)
}

func textList(list []string) expression {
	items := make([]hclwrite.Tokens, 0, len(list))
	for _, v := range list {
		items = append(items, text(v))
	}
	return hclwrite.TokensForTuple(items)
}

// textSet is a list for for_each: what comes or goes leaves the others alone.
func textSet(list []string) expression {
	return hclwrite.TokensForFunctionCall("toset", textList(slices.Sorted(slices.Values(list))))
}

func textMap(m map[string]string) expression {
	var attrs []hclwrite.ObjectAttrTokens
	for _, k := range slices.Sorted(maps.Keys(m)) {
		attrs = append(attrs, hclwrite.ObjectAttrTokens{Name: text(k), Value: text(m[k])})
	}
	return hclwrite.TokensForObject(attrs)
}

// plainKey is a key that needs no quotes and means nothing else to Terraform.
var plainKey = regexp.MustCompile(`^[A-Z][A-Za-z]*$`)

// hclDocument is a JSON document as Terraform writes one, in the document's own order, with a value where word stands.
func hclDocument(document, word, value string) (expression, error) {
	d := json.NewDecoder(bytes.NewReader([]byte(document)))
	d.UseNumber()
	e, err := hclValue(d, word, value)
	if err != nil {
		return nil, err
	}
	return hclwrite.TokensForFunctionCall("jsonencode", e), nil
}

func hclValue(d *json.Decoder, word, value string) (expression, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '{' {
			return hclObject(d, word, value)
		}
		return hclTuple(d, word, value)
	case string:
		return hclSpliced(split(t, word), value), nil
	case json.Number:
		return name(t.String()), nil
	case bool:
		return hclwrite.TokensForValue(cty.BoolVal(t)), nil
	default:
		return name("null"), nil
	}
}

func hclObject(d *json.Decoder, word, value string) (expression, error) {
	var attrs []hclwrite.ObjectAttrTokens
	for d.More() {
		k, err := d.Token()
		if err != nil {
			return nil, err
		}
		key, _ := k.(string)
		v, err := hclValue(d, word, value)
		if err != nil {
			return nil, err
		}
		shown := text(key)
		if plainKey.MatchString(key) {
			shown = name(key)
		}
		attrs = append(attrs, hclwrite.ObjectAttrTokens{Name: shown, Value: v})
	}
	_, err := d.Token()
	return hclwrite.TokensForObject(attrs), err
}

func hclTuple(d *json.Decoder, word, value string) (expression, error) {
	var items []hclwrite.Tokens
	for d.More() {
		v, err := hclValue(d, word, value)
		if err != nil {
			return nil, err
		}
		items = append(items, v)
	}
	_, err := d.Token()
	return hclwrite.TokensForTuple(items), err
}

// objectOf is an object of texts under plain names.
func objectOf(pairs ...[2]string) expression {
	attrs := make([]hclwrite.ObjectAttrTokens, 0, len(pairs))
	for _, p := range pairs {
		attrs = append(attrs, hclwrite.ObjectAttrTokens{Name: name(p[0]), Value: text(p[1])})
	}
	return hclwrite.TokensForObject(attrs)
}

// nameList is a list of references.
func nameList(names ...string) expression {
	items := make([]hclwrite.Tokens, 0, len(names))
	for _, n := range names {
		items = append(items, name(n))
	}
	return hclwrite.TokensForTuple(items)
}
