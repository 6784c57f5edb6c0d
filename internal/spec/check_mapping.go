package spec

func (r *reader) checkMapping() *fault { return nil }
