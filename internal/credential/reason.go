package credential

import (
	"errors"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// reasonOf is why an error happened, without what was attempted.
func reasonOf(err error) string {
	if p, ok := errors.AsType[*explain.Problem](err); ok && p.Reason != "" {
		return p.Reason
	}
	return err.Error()
}
