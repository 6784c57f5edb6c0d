package aws

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// namespaces are the XML namespaces of the services, which also carry the API version.
var namespaces = map[string]string{
	"iam": "https://iam.amazonaws.com/doc/2010-05-08/",
	"sts": "https://sts.amazonaws.com/doc/2011-06-15/",
	"ec2": "http://ec2.amazonaws.com/doc/2016-11-15/",
	"sqs": "http://queue.amazonaws.com/doc/2012-11-05/",
}

// operation is one action of one service. Exactly one of read, write and run does the work: read and write hold the
// state while they run (write for a change, saved before the answer), run takes it itself, for work that signs or
// verifies tokens.
type operation struct {
	service, action string
	resource        func(*call) string          // ARN that permission is asked for; nil: "*"
	facts           func(*call, judge.Facts)    // condition keys beyond the common ones
	open            bool                        // needs an identity and no permission
	unsigned        bool                        // needs no identity
	read            func(*call) (result, error) // inside View
	write           func(*call) (result, error) // inside Change
	run             func(*call) (result, error) // outside
}

// result is what an operation answers: elements in the Query protocols, values in JSON.
type result struct {
	nodes []wire.Node
	json  map[string]any
}

func nodes(n ...wire.Node) (result, error) { return result{nodes: n}, nil }

func (c *Cloud) serve(w http.ResponseWriter, r *http.Request, in input, op operation) {
	id := requestID()
	protocol := protocolOf(op.service, in)
	out, err := c.perform(r, in, op)
	if err != nil {
		protocol.WriteFailure(w, dialect(op.service, asFailure(err)), namespaces[op.service], id)
		return
	}
	switch protocol {
	case wire.JSON:
		wire.WriteJSON(w, out.json, id)
	case wire.EC2:
		wire.WriteEC2(w, namespaces["ec2"], op.action, id, out.nodes)
	default:
		wire.WriteQuery(w, namespaces[op.service], op.action, id, out.nodes)
	}
}

func (c *Cloud) perform(r *http.Request, in input, op operation) (out result, err error) {
	if in.failure != nil {
		return out, in.failure
	}
	call := newCall(c, r, in, op)
	if op.run != nil {
		c.world.View(func(s *world.State, now time.Time) { err = call.admit(s, now) })
		if err != nil {
			return out, err
		}
		call.state, call.account = nil, nil // theirs only while the state is held
		return op.run(call)
	}
	if op.write == nil {
		c.world.View(func(s *world.State, now time.Time) {
			if err = call.admit(s, now); err == nil {
				out, err = op.read(call)
			}
		})
		return out, err
	}
	call.writing = true
	err = c.world.Change(func(s *world.State, now time.Time) (err error) {
		if err = call.admit(s, now); err == nil {
			out, err = op.write(call)
		}
		return err
	})
	return out, err
}

// admit establishes who calls and whether they may.
func (c *call) admit(s *world.State, now time.Time) error {
	c.state, c.now = s, now
	if c.op.unsigned {
		return nil
	}
	if err := c.identify(); err != nil {
		return err
	}
	if err := c.throttle(); err != nil || c.op.open {
		return err
	}
	resource := "*"
	if c.op.resource != nil {
		resource = c.op.resource(c)
	}
	facts := c.facts()
	if c.op.facts != nil {
		c.op.facts(c, facts)
	}
	if err := c.allow(c.op.service+":"+c.op.action, resource, facts); err != nil {
		return err
	}
	if err := c.checkPrefix(); err != nil {
		return err
	}
	return c.dryRun()
}

func unknownAction(c *call) (result, error) {
	return result{}, wire.AWSError("InvalidAction", fmt.Sprintf("Could not find operation %s for this service in the sandbox.", c.op.action))
}

func protocolOf(service string, in input) wire.Protocol {
	if in.protocol == wire.JSON {
		return wire.JSON
	}
	if service == "ec2" {
		return wire.EC2
	}
	return wire.Query
}

// dialect renames the failures of signing in, which EC2 calls by other names.
func dialect(service string, f *wire.Failure) *wire.Failure {
	if service != "ec2" {
		return f
	}
	switch f.Code {
	case "InvalidClientTokenId", "SignatureDoesNotMatch":
		return wire.AWSError("AuthFailure", "AWS was not able to validate the provided access credentials")
	case "ExpiredToken":
		return wire.AWSError("RequestExpired", "Request has expired.")
	}
	return f
}

// faultOf makes the failure that a fault asks for: an HTTP status or a code.
func faultOf(code string) *wire.Failure {
	if status, err := strconv.Atoi(code); err == nil && status >= 100 && status <= 599 {
		return wire.AWSStatus(status)
	}
	f := wire.AWSError(code, "The sandbox was told to fail this call with "+code+".")
	switch code {
	case "Throttling", "ThrottlingException":
		f.Message = "Rate exceeded"
	case "RequestLimitExceeded":
		f.Message = "Request limit exceeded."
	}
	return f
}

func asFailure(err error) *wire.Failure {
	if f, ok := errors.AsType[*wire.Failure](err); ok {
		return f
	}
	return wire.AWSError("ServiceFailure", err.Error())
}

// requestID is a fresh id in UUID form: the one thing that stays random under a seed, since it says nothing.
func requestID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:16])
}
