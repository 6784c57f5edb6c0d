package google

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

func contains(sorted []string, name string) bool {
	_, ok := slices.BinarySearch(sorted, name)
	return ok
}

// page cuts one page out of items by pageSize and pageToken. A size over most is cut to it, none means usual.
func page[T any](q *call, items []T, size string, usual, most int) ([]T, string, error) {
	n, err := q.number(size)
	if err != nil {
		return nil, "", err
	}
	return pageOf(items, n, q.query.Get("pageToken"), usual, most)
}

func pageOf[T any](items []T, n int, token string, usual, most int) ([]T, string, error) {
	if n == 0 {
		n = usual
	}
	n = min(n, most)
	from, err := readPageToken(token, len(items))
	if err != nil {
		return nil, "", err
	}
	to := min(from+n, len(items))
	if to == len(items) {
		return items[from:], "", nil
	}
	return items[from:to], base64.RawURLEncoding.EncodeToString([]byte("p" + strconv.Itoa(to))), nil
}

func readPageToken(token string, length int) (int, error) {
	if token == "" {
		return 0, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		n, err := strconv.Atoi(strings.TrimPrefix(string(raw), "p"))
		if err == nil && strings.HasPrefix(string(raw), "p") && n >= 0 && n <= length {
			return n, nil
		}
	}
	return 0, invalidArgument("The page token is invalid.")
}
