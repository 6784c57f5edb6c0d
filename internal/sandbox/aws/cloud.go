// Package aws answers as Amazon Web Services would around a bridge: IAM, STS, a corner of EC2 and SQS, the instance
// metadata and the container credentials. It decides who calls and what they may do; it does not know Google's side
// beyond the keys with which Google signs.
package aws

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// Cloud is AWS over one world.
type Cloud struct {
	// AsInstance is whose metadata is served; empty: the instance that was given a profile last. Set it before serving.
	AsInstance string
	// Hops is how far the client of the metadata service is away: 0 and 1 on the instance itself, 2 in a container on it.
	Hops int

	world      *world.World
	base       func() string
	operations map[string]map[string]operation // by service and action
	documents  documents
}

// New returns AWS over w; base answers the public URL of the server, or "" behind the real names.
func New(w *world.World, base func() string) *Cloud {
	c := &Cloud{world: w, base: base, operations: map[string]map[string]operation{}}
	for _, op := range allOperations() {
		if c.operations[op.service] == nil {
			c.operations[op.service] = map[string]operation{}
		}
		c.operations[op.service][op.action] = op
	}
	return c
}

func allOperations() []operation {
	return slices.Concat(iamOperations(), stsOperations(), ec2Operations(), sqsOperations())
}

// CallNames lists what Route can name, beyond actions that no service has.
func CallNames() []string {
	names := []string{issuerCall, imdsTokenCall, imdsCall, containerCall}
	for _, op := range allOperations() {
		names = append(names, "aws."+op.service+"."+op.action)
	}
	return names
}

// Route names the call that r makes ("aws.iam.CreateRole") and answers who serves it; ok is false when r is not for AWS.
// What is signed AWS's way, asks for an Action or a target, or reads EC2's metadata is.
func (c *Cloud) Route(r *http.Request) (call string, h http.HandlerFunc, ok bool) {
	if name, h, ok := c.local(r); ok {
		return name, h, true
	}
	in := c.read(r)
	if in.signature == nil && in.failure == nil && in.action == "" {
		return "", nil, false
	}
	service := c.serviceOf(in)
	op, known := c.operations[service][in.action]
	if !known {
		op = operation{service: service, action: in.action, run: unknownAction}
	}
	return "aws." + service + "." + in.action, func(w http.ResponseWriter, r *http.Request) { c.serve(w, r, in, op) }, true
}

// input is a request, read as far as naming it needs.
type input struct {
	params    url.Values
	json      map[string]any // instead of params, in JSON 1.0
	action    string
	signature *wire.Signature
	failure   *wire.Failure // why it cannot be served
	protocol  wire.Protocol
}

func (c *Cloud) read(r *http.Request) input {
	body, err := wire.Body(r)
	if err != nil {
		return input{failure: wire.AWSError("RequestEntityTooLarge", err.Error())}
	}
	in := input{params: r.URL.Query()}
	if in.signature, err = wire.ParseSignature(wire.FromHTTP(r, body)); err != nil {
		in.failure = asFailure(err)
	}
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		in.readJSON(target, body)
		return in
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		form, err := url.ParseQuery(string(body))
		if err != nil && in.signature != nil {
			in.failure = wire.AWSError("MalformedInput", "The request body cannot be parsed.")
		}
		for name, values := range form {
			in.params[name] = append(in.params[name], values...)
		}
	}
	in.action = in.params.Get("Action")
	return in
}

func (in *input) readJSON(target string, body []byte) {
	_, in.action, _ = strings.Cut(target, ".")
	in.protocol = wire.JSON
	if len(body) > 0 {
		if err := json.Unmarshal(body, &in.json); err != nil {
			in.failure = wire.AWSError("SerializationException", "The request body is not JSON.")
		}
	}
}

// serviceOf goes by the signature's service, else by who knows the action.
func (c *Cloud) serviceOf(in input) string {
	if in.signature != nil && c.operations[in.signature.Service] != nil {
		return in.signature.Service
	}
	if in.protocol == wire.JSON {
		return "sqs"
	}
	for _, service := range []string{"sts", "iam", "ec2", "sqs"} {
		if _, ok := c.operations[service][in.action]; ok {
			return service
		}
	}
	if in.signature != nil {
		return in.signature.Service
	}
	return "sts"
}

// WriteError answers r with a failure of the given code or HTTP status, in the envelope of the service it speaks to.
func (c *Cloud) WriteError(w http.ResponseWriter, r *http.Request, code string) {
	f := faultOf(code)
	if name, _, ok := c.local(r); ok {
		http.Error(w, name+": "+f.Message, f.Status)
		return
	}
	in := c.read(r)
	service := c.serviceOf(in)
	protocolOf(service, in).WriteFailure(w, f, namespaces[service], requestID())
}
