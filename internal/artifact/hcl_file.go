package artifact

import (
	"encoding/json"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// hcl is a file in Terraform's language, or a block in it, in the making.
type hcl struct {
	body  *hclwrite.Body
	begun bool
}

// newHCL begins a file with what it says about itself.
func newHCL(comments ...string) (*hclwrite.File, *hcl) {
	f := hclwrite.NewEmptyFile()
	h := &hcl{body: f.Body()}
	h.comment(comments...)
	return f, h
}

// comment writes lines of comment, each kept to one line.
func (h *hcl) comment(lines ...string) {
	for _, l := range lines {
		h.body.AppendUnstructuredTokens(token(hclsyntax.TokenComment, "# "+oneLine(l)+"\n"))
	}
}

// attr is one setting: a name and an expression.
type attr struct {
	name  string
	value expression
}

// block writes a block of settings, a line apart from what stands before it.
func (h *hcl) block(kind string, labels []string, attrs ...attr) *hcl {
	if h.begun {
		h.body.AppendNewline()
	}
	h.begun = true
	in := &hcl{body: h.body.AppendNewBlock(kind, labels).Body()}
	in.set(attrs...)
	return in
}

func (h *hcl) set(attrs ...attr) {
	for _, a := range attrs {
		h.body.SetAttributeRaw(a.name, a.value)
	}
	h.begun = h.begun || len(attrs) > 0
}

func hclBytes(f *hclwrite.File) []byte { return hclwrite.Format(f.Bytes()) }

// keptByTerraform refuses a text that Terraform would change. It keeps all text in one of the ways in which Unicode can
// write it; apply would have written another.
func keptByTerraform(kind string, b spec.Bridge) error {
	data, err := json.Marshal(b)
	if err != nil {
		return err
	}
	var values any
	if err := json.Unmarshal(data, &values); err != nil {
		return err
	}
	if changed := changedByTerraform(values); changed != "" {
		return &DirectionError{kind, "Terraform would write " + strings.ToValidUTF8(changed, "?") + " in another form of Unicode; use generate shell"}
	}
	return nil
}

func changedByTerraform(v any) string {
	switch v := v.(type) {
	case string:
		if cty.NormalizeString(v) != v {
			return v
		}
	case []any:
		for _, item := range v {
			if c := changedByTerraform(item); c != "" {
				return c
			}
		}
	case map[string]any:
		for k, item := range v {
			if c := changedByTerraform(k) + changedByTerraform(item); c != "" {
				return c
			}
		}
	}
	return ""
}
