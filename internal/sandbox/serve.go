package sandbox

import (
	"net/http"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/google"
)

// cloud is what the server needs of either side.
type cloud interface {
	Route(*http.Request) (call string, h http.HandlerFunc, ok bool)
	WriteError(w http.ResponseWriter, r *http.Request, code string)
}

// ServeHTTP answers for both clouds, or as the proxy before them.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.proxy != nil {
		s.proxy.serve(w, r, s.answer)
		return
	}
	s.answer(w, r)
}

// answer names the call, lets the faults and the latency have their turn, and runs it.
func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	from := time.Now()
	out := &status{ResponseWriter: w}
	side, call, h := s.route(r)
	w.Header().Set("Date", s.world.Now().Format(http.TimeFormat))
	defer func() {
		s.journal.add(Call{Name: call, At: from, Duration: time.Since(from), Status: out.code})
	}()
	s.pause(r)
	s.run(out, r, side, call, h)
}

// route asks AWS first: whatever is signed its way, carries an Action or asks for EC2's metadata is AWS's.
func (s *Server) route(r *http.Request) (cloud, string, http.HandlerFunc) {
	if call, h, ok := s.aws.Route(r); ok {
		return s.aws, call, h
	}
	if call, h, ok := s.google.Route(r); ok {
		return s.google, call, h
	}
	return s.google, "unknown", google.NotFound
}

func (s *Server) run(w *status, r *http.Request, side cloud, call string, h http.HandlerFunc) {
	switch code := s.faults.Take(call); code {
	case "":
		h(w, r)
	case "drop":
		h(nowhere{}, r)
		panic(http.ErrAbortHandler)
	case "refuse":
		panic(http.ErrAbortHandler)
	case "hang":
		select {
		case <-r.Context().Done():
		case <-s.stop:
		}
		panic(http.ErrAbortHandler)
	default:
		side.WriteError(w, r, code)
	}
}

func (s *Server) pause(r *http.Request) {
	if s.latency <= 0 {
		return
	}
	select {
	case <-time.After(s.latency):
	case <-r.Context().Done():
	case <-s.stop:
	}
}

// SetFaults replaces the faults in force, each CALL=ERROR[*N].
func (s *Server) SetFaults(specs ...string) error {
	faults, err := parseFaults(specs)
	if err == nil {
		s.faults.Set(faults)
	}
	return err
}

// status remembers the code for the journal.
type status struct {
	http.ResponseWriter
	code int
}

func (s *status) WriteHeader(code int) {
	if s.code == 0 {
		s.code = code
	}
	s.ResponseWriter.WriteHeader(code)
}

func (s *status) Write(b []byte) (int, error) {
	if s.code == 0 {
		s.code = http.StatusOK
	}
	return s.ResponseWriter.Write(b)
}

// nowhere takes a reply that nobody will see.
type nowhere struct{}

func (nowhere) Header() http.Header         { return http.Header{} }
func (nowhere) WriteHeader(int)             {}
func (nowhere) Write(b []byte) (int, error) { return len(b), nil }
