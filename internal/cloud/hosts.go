package cloud

import (
	"net"
	"net/netip"
	"strings"
)

// The domains that are the clouds' own. Anything else is somebody else's.
var (
	googleDomains = []string{"googleapis.com"}
	awsDomains    = []string{"amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "api.aws", "api.amazonwebservices.com.cn"}
)

func within(host string, domains []string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, d := range domains {
		if host == d || strings.HasSuffix(host, "."+d) {
			return true
		}
	}
	return false
}

// loopback holds for this machine only: localhost by name, 127.0.0.0/8 and ::1.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.Unmap().IsLoopback()
}

// metadataHost holds for the addresses where a virtual machine asks for its own credentials.
func metadataHost(host string) bool {
	switch strings.ToLower(host) {
	case "metadata.google.internal", "metadata", "169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "fd20:ce::254":
		return true
	}
	return false
}

// allowedHost compares an allowed HOST or HOST:PORT with the host of a URL.
func allowedHost(allow []string, hostport string) bool {
	for _, a := range allow {
		if strings.EqualFold(a, hostport) || strings.EqualFold(a, nameOf(hostport)) {
			return true
		}
	}
	return false
}

// allowedName is allowedHost where the port is no longer known.
func allowedName(allow []string, host string) bool {
	for _, a := range allow {
		if strings.EqualFold(nameOf(a), host) {
			return true
		}
	}
	return false
}

func nameOf(hostport string) string {
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		return h
	}
	return strings.Trim(hostport, "[]")
}
