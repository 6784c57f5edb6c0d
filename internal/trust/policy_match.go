package trust

import "strings"

// matchesAction holds an action to the statement; actions ignore case and may have wildcards.
func (s statement) matchesAction(action string) bool {
	for _, a := range s.actions {
		if literal(strings.ToLower(a), true).match(strings.ToLower(action)) {
			return !s.notAction
		}
	}
	return s.notAction
}

// matchesPrincipal holds a federated principal to the statement. "*" of any kind is taken to include it.
func (s statement) matchesPrincipal(federated string) bool {
	for _, p := range s.principals {
		if p.value == "*" && (p.kind == "" || p.kind == "AWS" || p.kind == "Federated") || p.kind == "Federated" && p.value == federated {
			return !s.notPrincipal
		}
	}
	return s.notPrincipal
}
