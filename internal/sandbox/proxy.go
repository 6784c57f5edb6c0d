package sandbox

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// cloudDomains are whom the proxy speaks for, with everything below them.
var cloudDomains = []string{
	"googleapis.com", "accounts.google.com", "metadata.google.internal",
	"amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "api.aws",
}

// metadataAddress is where both clouds serve the metadata of a machine.
const metadataAddress = "169.254.169.254"

// proxy puts the sandbox behind the clouds' real names: programs keep their real addresses and are told of a proxy and
// its certificate authority instead. It refuses every other host.
type proxy struct {
	authority *authority
	tunnels   *tunnels
	inner     *http.Server // serves what comes out of the tunnels
}

func newProxy(answer http.HandlerFunc) (*proxy, error) {
	a, err := newAuthority(cloudDomains)
	if err != nil {
		return nil, err
	}
	p := &proxy{authority: a, tunnels: &tunnels{conns: make(chan net.Conn), done: make(chan struct{})}}
	p.inner = &http.Server{Handler: answer, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10}
	go func() { _ = p.inner.Serve(p.tunnels) }()
	return p, nil
}

func (p *proxy) close() { _ = p.inner.Close() }

func speaksFor(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	return slices.ContainsFunc(cloudDomains, func(domain string) bool {
		return host == domain || strings.HasSuffix(host, "."+domain)
	})
}

// serve takes a CONNECT for a tunnel, and a request with an absolute address, as clients send for plain http, for the
// metadata of a machine.
func (p *proxy) serve(w http.ResponseWriter, r *http.Request, answer http.HandlerFunc) {
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		host, port = r.Host, "80"
	}
	switch {
	case r.Method == http.MethodConnect && port == "443" && speaksFor(host):
		p.connect(w, p.secured(host))
	case r.Method == http.MethodConnect && port == "80" && servesPlain(host):
		p.connect(w, plainly) // Node opens tunnels for plain http too
	case r.Method != http.MethodConnect && r.URL.IsAbs() && servesPlain(host):
		answer(w, r)
	default:
		http.Error(w, fmt.Sprintf("the drawbridge sandbox speaks for Google Cloud and AWS only, not for %s", r.Host), http.StatusForbidden)
	}
}

// servesPlain tells the hosts that are spoken for without TLS.
func servesPlain(host string) bool { return host == metadataAddress || speaksFor(host) }

func plainly(c net.Conn) net.Conn { return c }

func (p *proxy) secured(host string) func(net.Conn) net.Conn {
	return func(c net.Conn) net.Conn {
		return tls.Server(c, &tls.Config{
			MinVersion:     tls.VersionTLS12,
			NextProtos:     []string{"http/1.1"},
			GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return p.authority.leaf(strings.ToLower(host)) },
		})
	}
}

func (p *proxy) connect(w http.ResponseWriter, end func(net.Conn) net.Conn) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "cannot open a tunnel", http.StatusInternalServerError)
		return
	}
	if _, err := conn.Write([]byte("HTTP/1.1 200 Connection established\r\n\r\n")); err != nil {
		_ = conn.Close()
		return
	}
	p.tunnels.add(end(conn))
}

// tunnels is a listener whose connections are the ends of tunnels.
type tunnels struct {
	conns chan net.Conn
	done  chan struct{}
}

func (t *tunnels) add(c net.Conn) {
	select {
	case t.conns <- c:
	case <-t.done:
		_ = c.Close()
	}
}

// Accept implements net.Listener.
func (t *tunnels) Accept() (net.Conn, error) {
	select {
	case c := <-t.conns:
		return c, nil
	case <-t.done:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener. The inner server calls it once.
func (t *tunnels) Close() error {
	close(t.done)
	return nil
}

// Addr implements net.Listener.
func (t *tunnels) Addr() net.Addr { return &net.TCPAddr{} }

// proxyExports name the proxy and its authority, under every name that the clouds' tools read, in place of endpoints.
func (s *Server) proxyExports(credentials, config string) ([]Export, error) {
	ca := filepath.Join(s.dir, "ca.pem")
	if err := private(ca, string(s.proxy.authority.pem())); err != nil {
		return nil, err
	}
	token := s.world.OperatorToken()
	list := []Export{
		{"AWS_CONFIG_FILE", config},
		{"AWS_SHARED_CREDENTIALS_FILE", credentials},
		{"AWS_REGION", region},
		{"AWS_DEFAULT_REGION", region},
		{"GOOGLE_CLOUD_PROJECT", project},
		{"CLOUDSDK_CORE_PROJECT", project},
		{"CLOUDSDK_AUTH_ACCESS_TOKEN", token},
		{"GOOGLE_OAUTH_ACCESS_TOKEN", token},
	}
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"} {
		list = append(list, Export{name, s.url})
	}
	list = append(list, Export{"NO_PROXY", "localhost,127.0.0.1"}, Export{"no_proxy", "localhost,127.0.0.1"})
	for _, name := range []string{"SSL_CERT_FILE", "AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE"} {
		list = append(list, Export{name, ca})
	}
	return list, nil
}
