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

// matchesPrincipal holds a federated principal to the statement. Whether {"AWS":"*"} means federated callers too is said
// nowhere for certain, so it is read as what lets more in: as everybody in an Allow, as nobody in a Deny.
func (s statement) matchesPrincipal(federated string) bool {
	doubtful := s.allow != s.notPrincipal
	for _, p := range s.principals {
		if p.value == "*" && (p.kind == "" || p.kind == "Federated" || p.kind == "AWS" && doubtful) || p.kind == "Federated" && p.value == federated {
			return !s.notPrincipal
		}
	}
	return s.notPrincipal
}
