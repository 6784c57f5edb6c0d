package audit

import (
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
)

// noProfile says why nothing is known of the profiles that workloads use: the machine that audits is often another one.
func noProfile(inv inventory.Inventory) string {
	if len(inv.Profiles) > 0 {
		return ""
	}
	return "no profile of a bridge is set up on this machine; audit where the workload runs"
}

// staticKeys finds keys that win over the keyless profile beside them.
func staticKeys(s *sight) []Finding {
	var out []Finding
	for _, p := range s.Profiles {
		if len(p.Static) == 0 {
			continue
		}
		f := Finding{
			Resource: "profile " + p.Name + " of " + p.Path, Evidence: strings.Join(p.Static, ", ") + " beside the keyless profile",
			Fix: "take the keys out of the file or the environment, switch them off, and delete them once nothing broke",
		}
		if p.Role != "" {
			f.about = []string{"role:" + p.Role}
		}
		out = append(out, f)
	}
	return out
}
