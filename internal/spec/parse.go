package spec

import "errors"

var errUnbuilt = errors.New("read the bridge: not built yet")

func Parse(file string, data []byte) (Bridge, error)                   { return ParseWith(file, data, nil) }
func ParseWith(file string, data []byte, set []string) (Bridge, error) { return Bridge{}, errUnbuilt }
func New(set []string) ([]byte, Bridge, error)                         { return nil, Bridge{}, errUnbuilt }
func (b Bridge) YAML() ([]byte, error)                                 { return nil, errUnbuilt }
func Schema() []byte                                                   { return nil }

// Field is one line of the table that parser, schema, --set, questions and help come from.
type Field struct {
	Path, Default, Limit, Title, Why, Example string
	Type                                      Type
	Choices                                   []string
	Required                                  bool
}
type Type string

func Fields() []Field                    { return nil }
func (f Field) Check(value string) error { return nil }
func (f Field) Get(b Bridge) string      { return "" }
func Get(b Bridge, path string) string   { return "" }
