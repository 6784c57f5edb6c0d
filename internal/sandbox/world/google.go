package world

import "time"

// Google is the organisation with its projects.
type Google struct{}

func seedGoogle(now time.Time, s *State) Google { return Google{} }

// OperatorToken is the access token of the Google operator.
func (w *World) OperatorToken() string { return "" }
