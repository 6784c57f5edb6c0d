package wire

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// Failure is an error as an AWS service answers it.
type Failure struct {
	Code    string
	Message string
	Status  int
}

func (f *Failure) Error() string { return f.Code + ": " + f.Message }

// Receiver says that the fault is the service's, not the sender's.
func (f *Failure) Receiver() bool { return f.Status >= http.StatusInternalServerError }

// awsStatus are the statuses of codes that do not answer 400.
var awsStatus = map[string]int{
	"AccessDenied":                  http.StatusForbidden,
	"AccessDeniedException":         http.StatusForbidden,
	"ConcurrentModification":        http.StatusConflict,
	"DeleteConflict":                http.StatusConflict,
	"DryRunOperation":               http.StatusPreconditionFailed,
	"EntityAlreadyExists":           http.StatusConflict,
	"EntityTemporarilyUnmodifiable": http.StatusConflict,
	"ExpiredToken":                  http.StatusForbidden,
	"FeatureDisabled":               http.StatusNotFound,
	"FeatureEnabled":                http.StatusConflict,
	"IDPRejectedClaim":              http.StatusForbidden,
	"IncompleteSignature":           http.StatusBadRequest,
	"InternalError":                 http.StatusInternalServerError,
	"InternalFailure":               http.StatusInternalServerError,
	"InvalidClientTokenId":          http.StatusForbidden,
	"LimitExceeded":                 http.StatusConflict,
	"MissingAuthenticationToken":    http.StatusForbidden,
	"NoSuchEntity":                  http.StatusNotFound,
	"NotSupportedService":           http.StatusNotFound,
	"PolicyEvaluation":              http.StatusInternalServerError,
	"OptInRequired":                 http.StatusForbidden,
	"OutboundWebIdentityFederationDisabledException": http.StatusForbidden,
	"RegionDisabledException":                        http.StatusForbidden,
	"RequestExpired":                                 http.StatusBadRequest,
	"RequestLimitExceeded":                           http.StatusServiceUnavailable,
	"ServiceFailure":                                 http.StatusInternalServerError,
	"ServiceUnavailable":                             http.StatusServiceUnavailable,
	"SessionDurationEscalationException":             http.StatusForbidden,
	"SignatureDoesNotMatch":                          http.StatusForbidden,
	"UnauthorizedOperation":                          http.StatusForbidden,
	"Unavailable":                                    http.StatusServiceUnavailable,
	"AuthFailure":                                    http.StatusUnauthorized,
}

// AWSError is a failure with the status that its code has.
func AWSError(code, message string) *Failure {
	status := awsStatus[code]
	if status == 0 {
		status = http.StatusBadRequest
	}
	return &Failure{Code: code, Message: message, Status: status}
}

// AWSStatus is a failure asked for by its HTTP status alone, as a fault may.
func AWSStatus(status int) *Failure {
	return &Failure{Code: strings.ReplaceAll(http.StatusText(status), " ", ""), Message: http.StatusText(status), Status: status}
}

// Protocol is one of the envelopes that AWS services speak.
type Protocol int

// The envelopes: AWS Query (IAM, STS, and SQS of old), EC2's variant of it, and JSON 1.0 (SQS).
const (
	Query Protocol = iota
	EC2
	JSON
)

// WriteFailure answers with an error in an envelope.
func (p Protocol) WriteFailure(w http.ResponseWriter, f *Failure, namespace, requestID string) {
	switch p {
	case JSON:
		writeJSONFailure(w, f, requestID)
	case EC2:
		w.Header().Set("X-Amzn-Requestid", requestID)
		writeXML(w, f.Status, El("Response",
			El("Errors", El("Error", Text("Code", f.Code), Text("Message", f.Message))), Text("RequestID", requestID)), "")
	default:
		kind := "Sender"
		if f.Receiver() {
			kind = "Receiver"
		}
		w.Header().Set("X-Amzn-Requestid", requestID)
		writeXML(w, f.Status, El("ErrorResponse",
			El("Error", Text("Type", kind), Text("Code", f.Code), Text("Message", f.Message)), Text("RequestId", requestID)), namespace)
	}
}

func writeJSONFailure(w http.ResponseWriter, f *Failure, requestID string) {
	name, query := f.Code, f.Code
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		name = name[i+1:]
	}
	w.Header().Set("X-Amzn-Query-Error", query+";Sender")
	body, _ := json.Marshal(map[string]string{"__type": "com.amazonaws.sqs#" + name, "message": f.Message})
	writeJSON(w, f.Status, body, requestID)
}

// WriteJSON answers a JSON 1.0 call.
func WriteJSON(w http.ResponseWriter, v any, requestID string) {
	body, err := json.Marshal(v)
	if err != nil {
		writeJSONFailure(w, AWSError("InternalFailure", err.Error()), requestID)
		return
	}
	writeJSON(w, http.StatusOK, body, requestID)
}

func writeJSON(w http.ResponseWriter, status int, body []byte, requestID string) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.Header().Set("X-Amzn-Requestid", requestID)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
