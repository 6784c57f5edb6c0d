package world

import "time"

// AWS is every account of the sandbox, in whatever partition it is asked.
type AWS struct{}

func seedAWS(time.Time, *State) AWS { return AWS{} }

func (a AWS) secrets() []string { return nil }

// OperatorKey is the access key of the AWS operator.
func (w *World) OperatorKey() (id, secret string) { return "", "" }
