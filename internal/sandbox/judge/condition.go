package judge

import (
	"reflect"
	"sync"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
)

var stringSlice = reflect.TypeFor[[]string]()

// bindingEnv is what the condition of an IAM binding may read: request.time and resource.{name,type,service}.
// Times have CEL's own getters with time zones; extract() works on resource names.
var bindingEnv = sync.OnceValues(func() (*cel.Env, error) {
	return cel.NewEnv(
		cel.Variable("request.time", cel.TimestampType),
		cel.Variable("resource.name", cel.StringType),
		cel.Variable("resource.type", cel.StringType),
		cel.Variable("resource.service", cel.StringType),
		extractFunction(),
	)
})

// Resource is what a binding's condition may ask about the thing that is touched.
type Resource struct {
	Name    string // "projects/acme-build/serviceAccounts/…"
	Type    string // "iam.googleapis.com/ServiceAccount"
	Service string // "iam.googleapis.com"
}

// CheckBindingCondition compiles the condition of an IAM binding as Google does when a policy is written.
func CheckBindingCondition(expression string) error {
	_, err := compileCEL(bindingEnv, expression)
	return err
}

// bindingHolds decides a binding's condition. What cannot be evaluated does not hold.
func bindingHolds(expression string, at time.Time, on Resource) bool {
	if expression == "" {
		return true
	}
	program, err := compileCEL(bindingEnv, expression)
	if err != nil {
		return false
	}
	value, _, err := program.Eval(map[string]any{
		"request.time": at, "resource.name": on.Name, "resource.type": on.Type, "resource.service": on.Service,
	})
	return err == nil && value == types.True
}
