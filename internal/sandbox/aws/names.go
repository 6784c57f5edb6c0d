package aws

import (
	"iter"
	"net/url"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/shape"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
)

// arn is one split into its parts. Paths belong to the resource.
type arn struct {
	partition, service, region, account, resource string
}

func parseARN(s string) (arn, bool) {
	p := strings.SplitN(s, ":", 6)
	if len(p) != 6 || p[0] != "arn" || p[1] == "" || p[2] == "" {
		return arn{}, false
	}
	return arn{p[1], p[2], p[3], p[4], p[5]}, true
}

// pathAndName splits "role/some/path/Name" for a kind of resource.
func (a arn) pathAndName(kind string) (path, name string, ok bool) {
	rest, ok := strings.CutPrefix(a.resource, kind+"/")
	if !ok || a.service != "iam" {
		return "", "", false
	}
	i := strings.LastIndexByte(rest, '/')
	return "/" + rest[:i+1], rest[i+1:], rest[i+1:] != ""
}

// iamARN is the ARN of an IAM thing of the caller's account.
func (c *call) iamARN(kind, path, name string) string {
	return iamARN(c.partition, c.accountID(), kind, path, name)
}

func iamARN(partition, account, kind, path, name string) string {
	return "arn:" + partition + ":iam::" + account + ":" + kind + path + name
}

func (c *call) accountID() string { return c.caller.Account }

var prefixShape = shape.Of(`^/[!-~]*$`)

var pathShape = shape.Of(`^(/|/[!-~]+/)$`)

// path is the optional Path parameter.
func (c *call) path() (string, error) {
	p := c.params.Get("Path")
	if p == "" {
		return "/", nil
	}
	if !goodPath(p) {
		return "", badPath("path")
	}
	return p, nil
}

func goodPath(p string) bool { return len(p) <= 512 && pathShape(p) && !strings.Contains(p, "//") }

func badPath(param string) error {
	return wire.AWSError("ValidationError", "The specified value for "+param+" is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.")
}

// checkPrefix refuses a PathPrefix that no path can begin with.
func (c *call) checkPrefix() error {
	p := c.params.Get("PathPrefix")
	if p == "" || len(p) <= 512 && prefixShape(p) {
		return nil
	}
	return invalid("PathPrefix", p, `Member must satisfy regular expression pattern: \u002F[\u0021-\u007F]*`)
}

// encoded is a policy document as IAM hands it out: percent-encoded after RFC 3986.
func encoded(document string) string {
	return strings.ReplaceAll(url.QueryEscape(document), "+", "%20")
}

// bytesWithoutSpace is how IAM measures a document against a quota.
func bytesWithoutSpace(document string) int {
	n := 0
	for _, r := range document {
		if r != ' ' && r != '\n' && r != '\t' && r != '\r' {
			n += len(string(r))
		}
	}
	return n
}

var (
	accountShape = shape.Of(`^\d{12}$`)
	uniqueID     = shape.Of(`^A(ROA|IDA)[A-Z0-9]{12,}$`)
)

// count counts what an iterator yields.
func count[K, V any](all iter.Seq2[K, V]) (n int) {
	for range all {
		n++
	}
	return n
}
