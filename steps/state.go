package steps

import (
	"path/filepath"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// StateDir is where a bridge's journal lies below home: {real|local}/PROJECT/ACCOUNT/NAME. Bridges on other endpoints than
// the clouds' own never share a journal with real ones.
func StateDir(home string, real bool, b spec.Bridge) string {
	kind := "local"
	if real {
		kind = "real"
	}
	// A domain-scoped project holds a colon, which not every file system takes.
	project := strings.ReplaceAll(b.Google.Project, ":", "_")
	return filepath.Join(home, kind, project, b.AWS.Account, b.Name)
}
