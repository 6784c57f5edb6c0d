package spec

// SchemaID names the JSON Schema of bridge.yaml.
const SchemaID = "https://github.com/drawbridge-cloud/drawbridge/schema/bridge-v1.json"

// object keeps keys in the order of the table, which is the order in which people read.
type object struct {
	keys   []string
	values map[string]any
}

func newObject() *object { return &object{values: map[string]any{}} }

func (o *object) set(key string, value any) *object {
	if _, ok := o.values[key]; !ok {
		o.keys = append(o.keys, key)
	}
	o.values[key] = value
	return o
}

// MarshalJSON writes the keys in their order.
func (o *object) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, key := range o.keys {
		if i > 0 {
			out = append(out, ',')
		}
		value, err := plainJSON(o.values[key], "")
		if err != nil {
			return nil, err
		}
		out = append(append(out, jsonText(key)+":"...), value...)
	}
	return append(out, '}'), nil
}

// Schema is the JSON Schema (draft 2020-12) of bridge.yaml, for editors. It is made from the table; rules that join
// several fields are held by Parse alone.
func Schema() []byte {
	root := newObject().
		set("$schema", "https://json-schema.org/draft/2020-12/schema").
		set("$id", SchemaID).
		set("title", "bridge.yaml").
		set("description", "One wanted connection between one Google Cloud project and one AWS account.")
	blocks := map[string]*object{"": openObject(root)}
	for _, f := range Fields() {
		at := blocks[parent(f.Path)]
		s := f.schema()
		at.values["properties"].(*object).set(leaf(f.Path), s)
		if f.Type == TypeBlock {
			blocks[f.Path] = openObject(s)
		}
		if f.Required {
			at.set("required", append(asTexts(at.values["required"]), leaf(f.Path)))
		}
	}
	for _, path := range []string{"google", "aws"} {
		root.set("required", append(asTexts(root.values["required"]), path))
	}
	blocks["toGoogle"].set("required", []string{"role"})
	root.set("anyOf", []any{
		newObject().set("required", []string{"toAWS"}),
		newObject().set("required", []string{"toGoogle"}),
	})
	out, err := plainJSON(root, "  ")
	if err != nil {
		panic(err) // texts, lists and objects always marshal
	}
	return append(out, '\n')
}

func openObject(o *object) *object {
	return o.set("type", "object").set("additionalProperties", false).set("properties", newObject())
}

func asTexts(v any) []string {
	list, _ := v.([]string)
	return list
}

// schema is the schema of one field.
func (f Field) schema() *object {
	s := newObject().set("title", f.Title).set("description", f.Why)
	switch f.Type {
	case TypeInteger:
		s.set("const", 1)
	case TypeBoolean:
		s.set("type", "boolean")
		if f.Default != "" {
			s.set("default", f.Default == "true")
		}
		return s
	case TypeDuration:
		s.set("type", "string").set("pattern", `^([0-9]+(\.[0-9]+)?(h|m|s))+$`)
	case TypeText:
		f.textSchema(s.set("type", "string"))
	case TypeTexts:
		items := f.textSchema(newObject().set("type", "string"))
		s.set("type", "array").set("uniqueItems", true).set("items", items)
	case TypeMap:
		s.set("type", "object").set("additionalProperties", newObject().set("type", "string"))
	case TypePolicy:
		s.set("type", "object").set("required", []string{"Version", "Statement"})
	case TypeGrants:
		s.set("type", "array").set("items", grantSchema())
	case TypeBlock: // its caller makes it an object
	}
	if f.Default != "" {
		s.set("default", f.Default)
	}
	if f.Example != "" && (f.Type == TypeText || f.Type == TypeDuration) {
		s.set("examples", []string{f.Example})
	}
	return s
}

func (f Field) textSchema(s *object) *object {
	if len(f.Choices) > 0 {
		return s.set("enum", f.Choices)
	}
	if f.pattern != "" {
		s.set("pattern", f.pattern)
	}
	if f.min > 0 {
		s.set("minLength", f.min)
	}
	if f.max > 0 {
		s.set("maxLength", f.max)
	}
	return s
}

func grantSchema() *object {
	text := func() *object { return newObject().set("type", "string") }
	role := text().set("pattern", patternGrant).set("maxLength", longestGrant).
		set("not", newObject().set("enum", []string{"roles/owner", "roles/editor"}))
	condition := newObject().set("type", "object").set("additionalProperties", false).
		set("properties", newObject().set("title", text()).set("description", text()).set("expression", text())).
		set("required", []string{"title", "expression"})
	full := newObject().set("type", "object").set("additionalProperties", false).
		set("properties", newObject().set("role", role).set("condition", condition)).
		set("required", []string{"role"})
	return newObject().set("anyOf", []any{role, full})
}
