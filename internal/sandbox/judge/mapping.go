package judge

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/shape"
)

// Limits of a provider's mapping and condition.
const (
	maxSubject     = 127
	maxExpression  = 2048
	maxCondition   = 4096
	maxCustom      = 50
	maxTargetName  = 100
	maxMappedBytes = 8 << 10
)

var customTarget = shape.Of(`^attribute\.[a-z0-9_]+$`)

// DefaultAWSMapping is what Google applies to an AWS provider that was made without a mapping.
func DefaultAWSMapping() map[string]string {
	return map[string]string{
		"google.subject": "assertion.arn",
		"attribute.aws_role": "assertion.arn.contains('assumed-role') ? assertion.arn.extract('{account_arn}assumed-role/')" +
			" + 'assumed-role/' + assertion.arn.extract('assumed-role/{role_name}/') : assertion.arn",
	}
}

// Federation is one provider's compiled mapping and condition.
type Federation struct {
	targets   []string // sorted, so that the first refusal is always the same
	mapping   map[string]cel.Program
	condition cel.Program // nil: everybody passes
	reads     bool        // the condition mentions assertion
}

// Attributes are what one credential is mapped to.
type Attributes struct {
	Subject string            `json:"subject"`
	Groups  []string          `json:"groups,omitempty"`
	Custom  map[string]string `json:"custom,omitempty"` // by name, without "attribute."
}

// Refusal is a credential turned away by a mapping or condition, in the words of Google's token service.
type Refusal struct {
	Code   string // OAuth error code
	Reason string
}

func (r *Refusal) Error() string { return r.Code + ": " + r.Reason }

// Invalid is a mapping or condition that Google refuses to store, in its words.
type Invalid string

func (i Invalid) Error() string { return string(i) }

func invalid(format string, args ...any) Invalid { return Invalid(fmt.Sprintf(format, args...)) }

// CompileFederation checks a mapping and a condition as Google does when a provider is written. The error is
// an Invalid, a sentence fit for the INVALID_ARGUMENT reply.
func CompileFederation(mapping map[string]string, condition string) (*Federation, error) {
	if err := checkTargets(mapping); err != nil {
		return nil, err
	}
	f := &Federation{mapping: map[string]cel.Program{}, reads: strings.Contains(condition, "assertion")}
	for target, expression := range mapping {
		program, err := compileTarget(target, expression)
		if err != nil {
			return nil, err
		}
		f.mapping[target] = program
		f.targets = append(f.targets, target)
	}
	slices.Sort(f.targets)
	return f, f.compileCondition(condition)
}

// ReadsClaims tells whether the condition refers to any claim of the credential.
func (f *Federation) ReadsClaims() bool { return f.reads }

func compileTarget(target, expression string) (cel.Program, error) {
	if len(expression) > maxExpression {
		return nil, invalid("The attribute mapping for '%s' exceeds the %d characters limit.", target, maxExpression)
	}
	program, err := compileCEL(federationEnv, expression)
	if err != nil {
		return nil, invalid("Invalid attribute mapping for '%s': %v", target, err)
	}
	return program, nil
}

func (f *Federation) compileCondition(condition string) error {
	if condition == "" {
		return nil
	}
	if len(condition) > maxCondition {
		return invalid("The attribute condition exceeds the %d characters limit.", maxCondition)
	}
	program, err := compileCEL(federationEnv, condition)
	if err != nil {
		return invalid("Invalid attribute condition: %v", err)
	}
	f.condition = program
	return nil
}

func checkTargets(mapping map[string]string) error {
	custom := 0
	for target := range mapping {
		switch {
		case target == "google.subject" || target == "google.groups":
		case !customTarget(target):
			return invalid("Invalid mapped attribute key: %s. Custom mapped attributes must be in format 'attribute.{custom_attribute}'.", target)
		case len(target)-len("attribute.") > maxTargetName:
			return invalid("The mapped attribute key '%s' exceeds the %d characters limit.", target, maxTargetName)
		default:
			custom++
		}
	}
	if custom > maxCustom {
		return invalid("The number of custom attributes exceeds the limit of %d.", maxCustom)
	}
	if _, ok := mapping["google.subject"]; len(mapping) > 0 && !ok {
		return invalid("The attribute mapping must contain 'google.subject'.")
	}
	return nil
}

// Map evaluates mapping and condition on the claims of one credential. Every refusal is a *Refusal.
func (f *Federation) Map(assertion map[string]any) (Attributes, error) {
	out := Attributes{Custom: map[string]string{}}
	size := 0
	for _, target := range f.targets {
		value, _, err := f.mapping[target].Eval(scope(assertion, nil, nil))
		if err != nil {
			return out, refuse("invalid_grant", "Failed to evaluate the attribute mapping of '%s'.", target)
		}
		n, err := out.set(target, value)
		if err != nil {
			return out, err
		}
		size += n
	}
	if size > maxMappedBytes {
		return out, refuse("invalid_request", "The size of all mapped attributes exceeds the %d bytes limit.", maxMappedBytes)
	}
	return out, f.admit(assertion, out)
}

func (a *Attributes) set(target string, value ref.Val) (int, error) {
	if target == "google.groups" {
		return a.setGroups(value)
	}
	text, ok := value.(types.String)
	if !ok {
		return 0, refuse("unauthorized_client", "The mapped attribute '%s' must be of type STRING.", target)
	}
	if target != "google.subject" {
		a.Custom[strings.TrimPrefix(target, "attribute.")] = string(text)
		return len(text), nil
	}
	if text == "" {
		return 0, refuse("unauthorized_client", "The mapped attribute 'google.subject' must not be empty.")
	}
	if len(text) > maxSubject {
		return 0, refuse("invalid_request", "The size of mapped attribute google.subject exceeds the %d bytes limit. Either modify your attribute mapping or the incoming assertion to produce a mapped attribute that is less than %d bytes.", maxSubject, maxSubject)
	}
	a.Subject = string(text)
	return len(text), nil
}

func (a *Attributes) setGroups(value ref.Val) (int, error) {
	native, err := value.ConvertToNative(stringSlice)
	if err != nil {
		return 0, refuse("unauthorized_client", "The mapped attribute 'google.groups' must be of type LIST of STRING.")
	}
	a.Groups = native.([]string)
	return len(strings.Join(a.Groups, "")), nil
}

// admit evaluates the condition. An error while evaluating, an unmapped attribute for one, refuses like false does.
func (f *Federation) admit(assertion map[string]any, a Attributes) error {
	if f.condition == nil {
		return nil
	}
	google := map[string]any{"subject": a.Subject}
	if a.Groups != nil {
		google["groups"] = a.Groups
	}
	custom := map[string]any{}
	for name, value := range a.Custom {
		custom[name] = value
	}
	value, _, err := f.condition.Eval(scope(assertion, google, custom))
	if err != nil || value != types.True {
		return refuse("unauthorized_client", "The given credential is rejected by the attribute condition.")
	}
	return nil
}

func scope(assertion, google, custom map[string]any) map[string]any {
	return map[string]any{"assertion": assertion, "google": google, "attribute": custom}
}

func refuse(code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Reason: fmt.Sprintf(format, args...)}
}
