package spec

import "errors"

// Check holds one answer to the field's type, choices and limits, before anything else is known. The value is taken as
// --set takes it; the error is one lower-case clause. What depends on other fields is for ParseWith to say.
func (f Field) Check(value string) error {
	n, fl := f.parse(value)
	if fl == nil {
		scratch := Bridge{}
		for _, other := range Fields() {
			if other.Type == TypeBlock {
				other.open(&scratch)
			}
		}
		r := reader{table: index(Fields()), bridge: scratch, given: map[string]*node{}}
		fl = r.field(f, n)
	}
	if fl != nil {
		return errors.New(fl.reason)
	}
	return nil
}
