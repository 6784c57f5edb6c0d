package main

import (
	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/verify"
)

// eventOf is an event of a proof in the form of all events.
func eventOf(e verify.Event) steps.Event {
	out := steps.Event{
		Time: e.Time, Step: "verify." + e.Direction, Kind: kindOf(e), Title: e.Name, Message: e.Message,
		Seen: e.Seen, Want: e.Want, Since: e.Since, Until: e.Until,
	}
	if e.Hop != nil {
		out.Call, out.Millis = e.Hop.Endpoint, e.Hop.DurationMs
	}
	return out
}

func kindOf(e verify.Event) steps.EventKind {
	switch e.Kind {
	case verify.Waiting:
		return steps.Waiting
	case verify.Borrowing:
		return steps.Started
	case verify.Returning:
		return steps.Done
	case verify.HopDone, verify.DoorTried, verify.ProofEnded:
	}
	switch e.Outcome {
	case "ok", "refused", string(verify.Proven):
		if e.Kind == verify.HopDone && e.Outcome == "refused" {
			return steps.Failed
		}
		return steps.Done
	case "skipped", "not-tried":
		return steps.Skipped
	}
	return steps.Failed
}
