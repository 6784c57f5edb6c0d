package spec

import (
	"bytes"
	"regexp"
	"strings"
)

// inline writes a value on one line.
func inline(n *node) string {
	if n.kind == kindText {
		return scalar(n.text)
	}
	var out bytes.Buffer
	_ = writeJSON(&out, n) // the tree came from JSON, so that it can be written as JSON
	return out.String()
}

const patternPlain = `^[A-Za-z/][A-Za-z0-9_./@+=,-]*(:[A-Za-z0-9_./@+=,*-]+|::+[A-Za-z0-9_./@+=,*-]+)*$`

// scalar writes a text plainly where no reader of YAML, old or new, could take it for anything else, and in double quotes
// elsewhere.
func scalar(s string) string {
	switch strings.ToLower(s) {
	case "true", "false", "yes", "no", "on", "off", "y", "n", "null", "inf", "nan":
		return jsonText(s)
	}
	if regexp.MustCompile(patternPlain).MatchString(s) {
		return s
	}
	return jsonText(s)
}
