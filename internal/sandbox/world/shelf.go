package world

import (
	"iter"
	"slices"
	"time"
)

// Shelf keeps named things with enough of their past to play eventual consistency: a write at one moment becomes
// visible to readers at another. Keys are as unique as the cloud makes names, so lower case where case is ignored.
type Shelf[T Thing[T]] map[string][]Version[T]

// Thing is what a shelf holds: plain data that can be copied, so that a change never reaches into the past.
type Thing[T any] interface{ Clone() T }

// Version is a thing as readers see it from At on; Gone says that it was removed then.
type Version[T any] struct {
	At    time.Time `json:"at,omitzero"`
	Gone  bool      `json:"gone,omitempty"`
	Value T         `json:"value"`
}

// Latest is what a writer finds: the last version, visible or not.
func (s Shelf[T]) Latest(key string) (value T, ok bool) {
	all := s[key]
	if len(all) == 0 || all[len(all)-1].Gone {
		return value, false
	}
	return all[len(all)-1].Value, true
}

// Seen is what a reader finds at a moment.
func (s Shelf[T]) Seen(key string, now time.Time) (value T, ok bool) {
	for _, v := range slices.Backward(s[key]) {
		if !v.At.After(now) {
			return v.Value, !v.Gone
		}
	}
	return value, false
}

// Put writes a version that readers see from now plus lag on.
func (s Shelf[T]) Put(key string, value T, now time.Time, lag time.Duration) {
	s[key] = append(s.visible(key, now), Version[T]{At: now.Add(lag), Value: value})
	s.settle(key, now)
}

// Drop removes a thing; readers go on seeing it until now plus lag.
func (s Shelf[T]) Drop(key string, now time.Time, lag time.Duration) {
	var none T
	s[key] = append(s.visible(key, now), Version[T]{At: now.Add(lag), Gone: true, Value: none})
	s.settle(key, now)
}

// Change copies the latest version, lets f edit the copy and puts it.
func (s Shelf[T]) Change(key string, now time.Time, lag time.Duration, f func(*T)) {
	value, ok := s.Latest(key)
	if !ok {
		return
	}
	value = value.Clone()
	f(&value)
	s.Put(key, value, now, lag)
}

// AllSeen yields what readers see at a moment, in the order of keys.
func (s Shelf[T]) AllSeen(now time.Time) iter.Seq2[string, T] {
	return s.each(func(key string) (T, bool) { return s.Seen(key, now) })
}

// AllLatest yields what writers find, in the order of keys.
func (s Shelf[T]) AllLatest() iter.Seq2[string, T] { return s.each(s.Latest) }

func (s Shelf[T]) each(get func(string) (T, bool)) iter.Seq2[string, T] {
	return func(yield func(string, T) bool) {
		keys := make([]string, 0, len(s))
		for key := range s {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for _, key := range keys {
			if value, ok := get(key); ok && !yield(key, value) {
				return
			}
		}
	}
}

// visible is the history without what no reader can see any more: all before the last visible version.
func (s Shelf[T]) visible(key string, now time.Time) []Version[T] {
	all := s[key]
	for i, v := range slices.Backward(all) {
		if !v.At.After(now) {
			return slices.Clone(all[i:])
		}
	}
	return slices.Clone(all)
}

// settle drops history that has become unreachable, and the key itself once only its removal is left.
func (s Shelf[T]) settle(key string, now time.Time) {
	all := s.visible(key, now)
	if len(all) == 1 && all[0].Gone && !all[0].At.After(now) {
		delete(s, key)
		return
	}
	s[key] = all
}
