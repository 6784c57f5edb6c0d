package wire

// SignedRequest is a request with an AWS signature, as it came in or as somebody hands it on: Google's STS replays
// the GetCallerIdentity request that a workload signed.
type SignedRequest struct {
	Method  string
	URL     string // absolute or only path and query; the host that counts is the signed header
	Headers []Header
	Body    []byte
}

// Header is one header line, in whatever letter case the signer used.
type Header struct{ Name, Value string }

// Caller is what GetCallerIdentity says of a signed request.
type Caller struct {
	Arn     string
	Account string
	UserID  string
}
