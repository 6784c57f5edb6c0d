package artifact

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// hcl is Terraform's language in the making, in the form that terraform fmt leaves alone. Every text goes through
// hclText, so that nothing in it is taken for the language.
type hcl struct {
	out    strings.Builder
	indent int
}

func (h *hcl) line(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if text != "" {
		text = strings.Repeat("  ", h.indent) + text
	}
	h.out.WriteString(text + "\n")
}

// attr is one setting: a name and an expression.
type attr struct{ name, value string }

// block writes a block of settings, aligned as terraform fmt does, and what more adds to it.
func (h *hcl) block(header string, attrs []attr, more ...func()) {
	if len(attrs)+len(more) == 0 {
		h.line("%s {}", header)
		return
	}
	h.line("%s {", header)
	h.indent++
	h.attrs(attrs)
	for i, add := range more {
		if i > 0 || len(attrs) > 0 {
			h.line("")
		}
		add()
	}
	h.indent--
	h.line("}")
}

// attrs aligns the equals signs of neighbours; a value of several lines stands alone.
func (h *hcl) attrs(attrs []attr) {
	for start := 0; start < len(attrs); {
		end := start + 1
		if !strings.Contains(attrs[start].value, "\n") {
			for end < len(attrs) && !strings.Contains(attrs[end].value, "\n") {
				end++
			}
		}
		width := 0
		for _, a := range attrs[start:end] {
			width = max(width, len(a.name))
		}
		for _, a := range attrs[start:end] {
			h.line("%-*s = %s", width, a.name, strings.ReplaceAll(a.value, "\n", "\n"+strings.Repeat("  ", h.indent)))
		}
		start = end
	}
}

// hclText is any text as a quoted string without interpolation.
func hclText(s string) string {
	var out strings.Builder
	out.WriteByte('"')
	for i, r := range s {
		switch {
		case r == '"' || r == '\\':
			out.WriteRune('\\')
			out.WriteRune(r)
		case r == '\n':
			out.WriteString(`\n`)
		case r == '\r':
			out.WriteString(`\r`)
		case r == '\t':
			out.WriteString(`\t`)
		case (r == '$' || r == '%') && strings.HasPrefix(s[i+1:], "{"):
			out.WriteRune(r)
			out.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			out.WriteRune(r)
		}
	}
	out.WriteByte('"')
	return out.String()
}

// hclSpliced is a text of several pieces with an expression between them.
func hclSpliced(pieces []string, expression string) string {
	quoted := make([]string, 0, len(pieces))
	for _, p := range pieces {
		text := hclText(p)
		quoted = append(quoted, text[1:len(text)-1])
	}
	return `"` + strings.Join(quoted, "${"+expression+"}") + `"`
}

// hclMap is a map of texts, its keys in order.
func hclMap(m map[string]string) string {
	keys := slices.Sorted(maps.Keys(m))
	width := 0
	for _, k := range keys {
		width = max(width, len(hclText(k)))
	}
	var out strings.Builder
	out.WriteString("{\n")
	for _, k := range keys {
		fmt.Fprintf(&out, "  %-*s = %s\n", width, hclText(k), hclText(m[k]))
	}
	out.WriteString("}")
	return out.String()
}

func hclList(list []string) string {
	quoted := make([]string, 0, len(list))
	for _, v := range list {
		quoted = append(quoted, hclText(v))
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
