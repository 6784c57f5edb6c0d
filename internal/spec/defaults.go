package spec

// defaults fills in what was left out, in the order of the table, first the plain values and then those that depend on
// other fields. A default is held to the same limits as a written value: one that breaks them names the field to set.
func (r *reader) defaults() *fault {
	for _, derived := range []bool{false, true} {
		for _, f := range r.table.order {
			if r.given[f.Path] != nil || (f.derive != nil) != derived || f.at(&r.bridge) == nil {
				continue
			}
			if fl := r.fill(f); fl != nil {
				return fl
			}
		}
	}
	if d := r.bridge.ToGoogle; d != nil {
		d.CustomMapping = r.given["toGoogle.mapping"] != nil || r.given["toGoogle.condition"] != nil
		d.Mapping, d.Condition = r.bridge.Mapping(), r.bridge.Condition()
	}
	return nil
}

func (r *reader) fill(f Field) *fault {
	value := f.DefaultFor(r.bridge)
	if value == "" {
		return nil
	}
	fl := f.put(&r.bridge, &node{kind: kindText, text: value, flag: true})
	if fl == nil {
		return nil
	}
	from := ""
	if f.DefaultFrom != "" {
		from = " (" + f.DefaultFrom + ")"
	}
	return &fault{
		at: r.origin(f), field: f.Path, reason: "its default" + from + " does not fit: " + fl.reason,
		do: []string{"set " + f.Path + " in the file, or give --set " + f.Path + "=VALUE"},
	}
}

// origin is the value that a default was made from, so that the excerpt shows what to look at.
func (r *reader) origin(f Field) *node {
	sources := map[string]string{
		"toAWS.serviceAccount":    "name",
		"toAWS.role.name":         "toAWS.serviceAccount",
		"toAWS.vm.name":           "toAWS.serviceAccount",
		"toAWS.audience":          "toAWS.role.name",
		"toGoogle.pool":           "name",
		"toGoogle.serviceAccount": "toGoogle.role.name",
	}
	if n := r.given[sources[f.Path]]; n != nil {
		return n
	}
	if sources[f.Path] == "toAWS.serviceAccount" {
		return r.given["name"]
	}
	return r.nearestGiven(parent(f.Path))
}
