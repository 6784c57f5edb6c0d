package cloud

import (
	"crypto/tls"
	"errors"
	"net"
	"net/url"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// networkProblem tells failures where no reply came.
func networkProblem(err error) *explain.Problem {
	reason, do := networkReason(err)
	if reason == "" {
		return nil
	}
	return &explain.Problem{Kind: explain.Other, Code: "network", Reason: reason, Who: "you", Do: do}
}

func networkReason(err error) (string, []string) {
	var dns *net.DNSError
	var op *net.OpError
	var record tls.RecordHeaderError
	var at *url.Error
	switch {
	case errors.Is(err, errCallTimeout):
		return "no reply in time" + fromHost(err), []string{"check the network and any proxy, and run it again"}
	case errors.As(err, &dns):
		return "the name " + clean(dns.Name) + " cannot be resolved", []string{"check the network, and HTTPS_PROXY if you need one"}
	case certificateError(err):
		return clean("the certificate" + fromHost(err) + " is not trusted: " + root(err).Error()),
			[]string{"if your network inspects TLS, set SSL_CERT_FILE to its certificates (for AWS alone, AWS_CA_BUNDLE)", "check the clock of this machine"}
	case errors.As(err, &record):
		return clean("what answers" + fromHost(err) + " does not speak TLS"), []string{"check the scheme of the endpoint (http or https)"}
	case errors.As(err, &op) && op.Op == "dial":
		return clean("cannot connect" + fromHost(err) + ": " + root(err).Error()), []string{"check the network and any proxy; if it is a sandbox, check that it still runs"}
	case errors.As(err, &op), errors.As(err, &at):
		return clean("the connection failed" + fromHost(err) + ": " + root(err).Error()), []string{"check the network and any proxy, and run it again"}
	}
	return "", nil
}

// fromHost names the host that was asked, without path or query.
func fromHost(err error) string {
	var at *url.Error
	if !errors.As(err, &at) {
		return ""
	}
	u, perr := url.Parse(at.URL)
	if perr != nil || u.Host == "" {
		return ""
	}
	return " at " + clean(u.Host)
}

// root is the innermost cause, which says it in the fewest words.
func root(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}
