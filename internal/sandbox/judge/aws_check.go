package judge

import (
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/shape"
)

var (
	actionShape   = shape.Of(`^([A-Za-z0-9-]+):[A-Za-z0-9*?_-]+$`)
	federatedARN  = shape.Of(`^arn:[a-z-]+:iam::\d{12}:(saml-provider/[\w+=,.@/-]+|oidc-provider/[^\s:]+)$`)
	domainName    = shape.Of(`^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(/[^\s:]*)?$`)
	servicePrefix = shape.Of(`^[a-z0-9.-]+\.(amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu|internal|aws\.internal)$`)
)

// trustActions are what a trust policy may speak of.
var trustActions = []string{
	"sts:*", "*", "sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity", "sts:tagsession",
	"sts:setsourceidentity", "sts:setcontext", "sts:assumerole*", "sts:assumeroot",
}

// CheckTrust checks a trust policy as IAM does when a role is made or its trust is changed. exists says whether an AWS
// principal (a user, role or account) is there to be named. The errors are IAM's words for MalformedPolicyDocument.
func CheckTrust(d Document, exists func(principal string) bool) error {
	if err := checkSids(d); err != nil {
		return err
	}
	for _, s := range d.Statements {
		if s.Resource != nil || s.NotResource != nil {
			return Malformed("Has prohibited field Resource")
		}
		if s.NotPrincipal != nil && s.Effect == "Allow" {
			return Malformed("Has prohibited field NotPrincipal")
		}
		if s.Principal == nil && s.NotPrincipal == nil {
			return Malformed("Missing required field Principal")
		}
		for _, action := range slices.Concat(s.Action, s.NotAction) {
			if !slices.Contains(trustActions, strings.ToLower(action)) {
				return Malformed("AssumeRole policy may only specify STS AssumeRole actions.")
			}
		}
		if err := s.Principal.check(exists); err != nil {
			return err
		}
		if err := s.checkTenancy(); err != nil {
			return err
		}
	}
	return nil
}

func (p *Parties) check(exists func(string) bool) error {
	if p == nil || p.Anyone {
		return nil
	}
	for _, name := range p.Kinds["Federated"] {
		if name != "*" && !federatedARN(name) && !domainName(name) {
			return Malformed("Federated principals must be valid domain names or SAML metadata ARNs")
		}
	}
	for _, name := range p.Kinds["Service"] {
		if !servicePrefix(name) {
			return malformed("Invalid principal in policy: %q:%q", "SERVICE", name)
		}
	}
	for _, name := range p.Kinds["AWS"] {
		if name != "*" && !exists(name) {
			return malformed("Invalid principal in policy: %q:%q", "AWS", name)
		}
	}
	return nil
}

// CheckPermissions checks an identity policy as IAM does when it is written.
func CheckPermissions(d Document) error {
	if err := checkSids(d); err != nil {
		return err
	}
	for _, s := range d.Statements {
		if s.Principal != nil || s.NotPrincipal != nil {
			return Malformed("Policy document should not specify a principal.")
		}
		if s.Resource == nil && s.NotResource == nil {
			return Malformed("Policy statement must contain resources.")
		}
		for _, action := range slices.Concat(s.Action, s.NotAction) {
			if action != "*" && !actionShape(action) {
				return Malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
			}
		}
		for _, resource := range slices.Concat(s.Resource, s.NotResource) {
			if resource != "*" && strings.Count(resource, ":") < 5 && !strings.Contains(resource, "${") {
				return malformed("Resource %s must be in ARN format or \"*\".", resource)
			}
		}
	}
	return nil
}

func checkSids(d Document) error {
	seen := map[string]bool{}
	for _, s := range d.Statements {
		if s.Sid == "" {
			continue
		}
		if seen[s.Sid] {
			return Malformed("Statement IDs (SID) in a single policy must be unique.")
		}
		if !sidShape(s.Sid) {
			return Malformed("Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*")
		}
		seen[s.Sid] = true
	}
	return nil
}

var sidShape = shape.Of(`^[0-9A-Za-z]*$`)

// AWSNames lists the AWS principals that a trust policy names, in no particular order.
func AWSNames(d Document) []string {
	var all []string
	for _, s := range d.Statements {
		for _, p := range []*Parties{s.Principal, s.NotPrincipal} {
			if p != nil {
				all = append(all, p.Kinds["AWS"]...)
			}
		}
	}
	return all
}

// Keys lists the condition keys that a document reads, as written.
func Keys(d Document) []string {
	var all []string
	for _, s := range d.Statements {
		for _, c := range s.Clauses {
			all = append(all, c.Key)
		}
	}
	return all
}

// KeysFor lists the condition keys that stand between a document and an access: those of the statements that speak of its
// action and resource.
func KeysFor(d Document, action, resource string, facts Facts) []string {
	var all []string
	for _, s := range d.Statements {
		if s.coversAction(action) && s.coversResource(Access{Action: action, Resource: resource, Facts: facts}) {
			all = append(all, Keys(Document{Statements: []Statement{s}})...)
		}
	}
	return all
}
