package google

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/shape"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// call is one request while the world is locked for it.
type call struct {
	cloud *Cloud
	route *route
	r     *http.Request
	vars  map[string]string
	query url.Values
	body  []byte

	state *world.State
	g     *world.Google
	now   time.Time
	lag   time.Duration

	who     caller
	project *world.Project // of the path; nil when it names none
}

// later is an answer that is worked out after the world is unlocked: signing and asking others may take a while.
type later func() (any, error)

// plain is an answer that is not JSON.
type plain struct {
	contentType string
	text        string
}

func (c *Cloud) serve(rt *route, vars map[string]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(rt.id, "metadata.") {
			w.Header().Set("Metadata-Flavor", "Google")
			w.Header().Set("Server", "Metadata Server for VM")
		}
		body, err := wire.Body(r)
		if err != nil {
			answer(w, nil, invalidArgument("Request payload size exceeds the limit: %d bytes.", wire.MaxBody))
			return
		}
		q := &call{cloud: c, route: rt, r: r, vars: vars, query: rt.queryOf(r, body), body: body, lag: c.world.Knobs().Lag}
		value, err := q.locked()
		if work, ok := value.(later); ok && err == nil {
			value, err = work()
		}
		if err == nil {
			value, err = q.shaped(value)
		}
		answer(w, value, err)
	}
}

// locked runs the handler with the world held and encodes its answer before letting go.
func (q *call) locked() (value any, err error) {
	run := func(s *world.State, now time.Time) error {
		q.state, q.g, q.now = s, &s.Google, now
		if value, err = q.run(); err == nil {
			value, err = settle(value)
		}
		return err
	}
	if !q.route.write {
		q.cloud.world.View(func(s *world.State, now time.Time) { err = run(s, now) })
		return value, err
	}
	return value, q.cloud.world.Change(run)
}

func settle(value any) (any, error) {
	switch value.(type) {
	case later, plain:
		return value, nil
	}
	raw, err := json.MarshalIndent(value, "", "  ")
	return json.RawMessage(raw), err
}

func (q *call) run() (any, error) {
	if err := q.enter(); err != nil {
		return nil, err
	}
	if err := q.checkParams(); err != nil {
		return nil, err
	}
	return q.route.handle(q)
}

// enter establishes the project, the caller and that the API is on, in the order of the real front end.
func (q *call) enter() error {
	q.findProject()
	if q.route.open {
		return nil
	}
	if err := q.authenticate(); err != nil {
		return err
	}
	if err := q.checkConsumers(); err != nil {
		return err
	}
	return q.throttle()
}

// findProject reads {project} of the path; of projects/-/serviceAccounts it is the account's.
func (q *call) findProject() {
	name := q.vars["project"]
	if name != "-" {
		q.project = q.projectNamed(name)
		return
	}
	if a := q.accountAnywhere(q.vars["account"]); a != nil {
		q.project = q.g.Projects[a.Project]
	}
}

func (q *call) projectNamed(name string) *world.Project {
	if p, ok := q.g.Projects[name]; ok {
		return p
	}
	for _, p := range q.g.Projects {
		if p.Number == name {
			return p
		}
	}
	return nil
}

func answer(w http.ResponseWriter, value any, err error) {
	var failed *wire.GoogleError
	var oauth *wire.OAuthError
	var bare *bareError
	switch {
	case errors.As(err, &bare):
		http.Error(w, bare.text, bare.code)
	case errors.As(err, &oauth):
		wire.WriteOAuthError(w, oauth)
	case errors.As(err, &failed):
		wire.WriteGoogleError(w, failed)
	case err != nil:
		wire.WriteGoogleError(w, &wire.GoogleError{Code: 500, Status: "INTERNAL", Message: "Internal error encountered: " + err.Error()})
	default:
		writeValue(w, value)
	}
}

func writeValue(w http.ResponseWriter, value any) {
	switch v := value.(type) {
	case plain:
		w.Header().Set("Content-Type", v.contentType)
		_, _ = io.WriteString(w, v.text) // the client may be gone
	case json.RawMessage:
		wire.WriteGoogleJSON(w, http.StatusOK, v)
	default:
		wire.WriteGoogle(w, http.StatusOK, v)
	}
}

var unknownField = shape.Parts(`unknown field "([^"]*)"`)

// decode reads the JSON body into out. An unknown field is refused as Google does; an empty body is an empty object.
func (q *call) decode(out any) error {
	if len(bytes.TrimSpace(q.body)) == 0 {
		return nil
	}
	err := strictly(q.body, out)
	if err == nil {
		return nil
	}
	if m := unknownField(err.Error()); m != nil && strings.Contains(m[1], "_") {
		if body, again := camelBody(q.body); again == nil && strictly(body, out) == nil {
			return nil
		}
	}
	text := fmt.Sprintf("Invalid JSON payload received. %s", err)
	if m := unknownField(err.Error()); m != nil {
		text = fmt.Sprintf("Invalid JSON payload received. Unknown name \"%s\": Cannot find field.", m[1])
	}
	return invalidArgument("%s", text).With(wire.BadRequest("", text))
}

func strictly(raw []byte, out any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	err := dec.Decode(out)
	if err == nil && dec.More() {
		err = errors.New("unexpected data after the object")
	}
	return err
}

// boolean reads a query parameter that some clients spell "True".
func (q *call) boolean(name string) bool { return strings.EqualFold(q.query.Get(name), "true") }

// number reads a whole, non-negative query parameter; absent is 0.
func (q *call) number(name string) (int, error) {
	text := q.query.Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, invalidArgument("Invalid value at '%s' (TYPE_INT32), \"%s\"", name, text)
	}
	return n, nil
}
