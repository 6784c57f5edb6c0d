package cloud

import (
	"bytes"
	"encoding/json"
)

// hollow finds a null where the APIs promise a thing: as the whole reply, or as an item of a list. Decoders take both for
// a value, which nobody behind them expects to be missing. A null member of an object means that it is not set.
func hollow(reply []byte) bool {
	if !bytes.Contains(reply, []byte("null")) {
		return false // nearly every reply: nothing is decoded twice
	}
	d := json.NewDecoder(bytes.NewReader(reply))
	var open []json.Delim
	for {
		token, err := d.Token()
		if err != nil {
			return false // the end, or no JSON: the decoder behind says so itself
		}
		switch t := token.(type) {
		case nil:
			if len(open) == 0 || open[len(open)-1] == '[' {
				return true
			}
		case json.Delim:
			if t == '{' || t == '[' {
				open = append(open, t)
			} else {
				open = open[:len(open)-1]
			}
		}
	}
}
