package steps

import (
	"context"
	"encoding/json"
	"time"

	"google.golang.org/api/googleapi"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// operation is a long-running operation of Google's, whichever API it belongs to.
type operation struct {
	name    string
	done    bool
	failure any // google.rpc.Status, nil or a nil pointer when all went well
}

// awaitOperation asks for an operation until it is done. An operation without a name counts as done. Someone who may
// make a thing may still not be allowed to read its operation: then the thing itself is read next, which tells as much.
func awaitOperation(ctx context.Context, op string, o operation, get func(context.Context, string) (operation, error)) error {
	wait := cloud.Wait{What: op + " to be done", For: 5 * time.Minute, Retry: func(err error) bool { return explain.Is(err, explain.Pending) }}
	return cloud.Until(ctx, wait, func(ctx context.Context) error {
		if !o.done && o.name != "" {
			next, err := get(ctx, o.name)
			if explain.Is(cloud.Problem("", err), explain.Denied, explain.Missing) {
				return nil
			}
			if err != nil {
				return cloud.Problem(op, err)
			}
			o = next
		}
		if o.done || o.name == "" {
			return failed(op, o.failure)
		}
		return &explain.Problem{Op: op, Kind: explain.Pending, Reason: "the operation is still running"}
	})
}

// failed turns the status of an operation into a Problem as if the call itself had failed so.
func failed(op string, status any) error {
	data, err := json.Marshal(status)
	if err != nil || string(data) == "null" {
		return nil
	}
	var s struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	}
	if err := json.Unmarshal(data, &s); err != nil || s.Code == 0 && s.Message == "" {
		return nil
	}
	code, name := httpStatus(s.Code)
	body, _ := json.Marshal(map[string]any{"error": map[string]any{"code": code, "message": s.Message, "status": name}})
	return cloud.Problem(op, &googleapi.Error{Code: code, Message: s.Message, Body: string(body)})
}

// httpStatus maps a gRPC code to what HTTP would have said.
func httpStatus(code int) (int, string) {
	switch code {
	case 3:
		return 400, "INVALID_ARGUMENT"
	case 5:
		return 404, "NOT_FOUND"
	case 6:
		return 409, "ALREADY_EXISTS"
	case 7:
		return 403, "PERMISSION_DENIED"
	case 8:
		return 429, "RESOURCE_EXHAUSTED"
	case 9:
		return 400, "FAILED_PRECONDITION"
	case 10:
		return 409, "ABORTED"
	}
	return 500, "INTERNAL"
}
