package sandbox

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// FuzzProxyTarget asks the proxy for targets of a stranger's choosing: it may answer for the clouds and for nobody else.
func FuzzProxyTarget(f *testing.F) {
	f.Add("CONNECT", "sts.us-east-1.amazonaws.com:443", "")
	f.Add("CONNECT", "169.254.169.254:80", "")
	f.Add("CONNECT", "evilgoogleapis.com:443", "")
	f.Add("CONNECT", "amazonaws.com.:443", "")
	f.Add("CONNECT", "[::1]:443", "")
	f.Add("GET", "169.254.169.254", "http://169.254.169.254/latest/api/token")
	f.Add("GET", "127.0.0.1", "http://example.com/")
	p := &proxy{}
	f.Fuzz(func(t *testing.T, method, host, target string) {
		u, err := url.Parse(target)
		if err != nil {
			t.Skip()
		}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Method, r.Host, r.URL = method, host, u
		w := httptest.NewRecorder() // cannot be hijacked: a tunnel that is opened shows as 500
		answered := false
		p.serve(w, r, func(http.ResponseWriter, *http.Request) { answered = true })
		name := strings.ToLower(host)
		if colon := strings.LastIndex(name, ":"); colon >= 0 {
			name = name[:colon]
		}
		ours := strings.TrimSuffix(name, ".") == metadataAddress
		for _, domain := range cloudDomains {
			ours = ours || ("."+strings.TrimSuffix(name, ".")) == "."+domain || strings.HasSuffix(strings.TrimSuffix(name, "."), "."+domain)
		}
		if (answered || w.Code == http.StatusInternalServerError) && !ours {
			t.Errorf("%s %q %q: it spoke for a stranger", method, host, target)
		}
	})
}
