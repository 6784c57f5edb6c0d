// Package artifact makes the files that others read: values in, bytes out. Equal input gives equal bytes: no time, no
// tool version, no secret inside. It opens no file and asks no cloud.
package artifact

// File is one generated file.
type File struct {
	Path    string // fixed name, relative to the output directory
	Kind    string // one of Kinds
	For     string // who uses it: workload, pipeline, operator
	Where   string // where it goes, in words
	Command string // the one command that uses it
	Bytes   []byte

	Remaining []string // commands for what the file's reader cannot do, to be run once after it
}
