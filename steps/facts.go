package steps

import (
	"encoding/json"
	"sync"
)

// Known is a fact that one step finds out. The zero value is not known yet.
type Known[T any] struct {
	mu    sync.RWMutex
	value T
	known bool
}

// Get returns the fact and whether it is known.
func (k *Known[T]) Get() (T, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.value, k.known
}

// Set records the fact. Only the step that the field of Facts names may call it.
func (k *Known[T]) Set(v T) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.value, k.known = v, true
}

// Forget makes the fact unknown again, as after a removal.
func (k *Known[T]) Forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	var zero T
	k.value, k.known = zero, false
}

// forget makes a fact unknown again when it is the value that just went.
func forget[T comparable](k *Known[T], gone T) {
	if v, ok := k.Get(); ok && v == gone {
		k.Forget()
	}
}

// MarshalJSON writes the value, or {"unknown":"after apply"}.
func (k *Known[T]) MarshalJSON() ([]byte, error) {
	if v, ok := k.Get(); ok {
		return json.Marshal(v)
	}
	return json.Marshal(Unknown{After: "apply"})
}

// Unknown stands in a Field for a value that only a later step can give.
type Unknown struct{ After string }

// MarshalJSON writes {"unknown":"after …"}.
func (u Unknown) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"unknown": "after " + u.After})
}

// String is how people read it.
func (u Unknown) String() string { return "(known after " + u.After + ")" }

// Facts is what the steps learn from the clouds and share. Each field names the one step that fills it.
type Facts struct {
	ProjectNumber    Known[string] // google.project
	ToAWSUniqueID    Known[string] // google.service-account.to-aws: 21 digits
	ToAWSRoleARN     Known[string] // aws.role.to-aws
	ToGoogleRoleARN  Known[string] // aws.role.to-google
	ToGoogleUniqueID Known[string] // google.service-account.to-google
	OutboundIssuer   Known[string] // aws.outbound-federation
	VMNumericID      Known[string] // google.vm
}
