package verify

import "github.com/drawbridge-cloud/drawbridge/internal/sandbox/sandboxtest"

type (
	gate     = sandboxtest.Gate
	point    = sandboxtest.Point
	incident = sandboxtest.Incident
)
