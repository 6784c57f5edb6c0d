package sandbox_test

import (
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

func TestStockAWSCommandLine(t *testing.T) {
	stock(t, "aws")
	t.Parallel()
	s := start(t, sandbox.Options{})
	newProfile(t, s, "reader")
	newRole(t, s, "task", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)
	must(attach(t.Context(), s, "reader"))(t)
	base := clientEnv(t, s)
	bare := append(slices.Clone(base), "AWS_SHARED_CREDENTIALS_FILE=/dev/null") // no keys: whatever the machine gives
	for name, tc := range map[string]struct {
		env    []string
		args   string
		status int
		want   string
	}{
		"who am I":             {base, "sts get-caller-identity --query Arn --output text", 0, "arn:aws:iam::123456789012:user/operator\n"},
		"who is the instance":  {bare, "sts get-caller-identity --query Arn --output text", 0, "arn:aws:sts::123456789012:assumed-role/reader/" + plainInstance + "\n"},
		"who is the container": {append(slices.Clone(bare), "AWS_CONTAINER_CREDENTIALS_FULL_URI="+s.URL()+"/v2/credentials/task"), "sts get-caller-identity --query Arn --output text", 0, "assumed-role/task/"},
		"in another partition": {base, "sts get-caller-identity --region us-gov-west-1 --query Arn --output text", 0, "arn:aws-us-gov:iam::123456789012:user/operator\n"},
		"a role":               {base, "iam get-role --role-name reader --query Role.Arn --output text", 0, "arn:aws:iam::123456789012:role/drawbridge/reader\n"},
		"its trust is decoded": {base, "iam get-role --role-name reader --query Role.AssumeRolePolicyDocument.Statement[0].Principal.Service --output text", 0, "ec2.amazonaws.com\n"},
		"no such role":         {base, "iam get-role --role-name nobody", 255, "An error occurred (NoSuchEntity) when calling the GetRole operation: The role with name nobody cannot be found."},
		"a queue":              {base, "sqs list-queues --endpoint-url " + s.URL(), 0, ""},
		"instances":            {base, "ec2 describe-instances --filters Name=instance-state-name,Values=running --query length(Reservations) --output text", 0, "2\n"},
		"role exists, waited":  {base, "iam wait role-exists --role-name reader", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), "aws", strings.Fields(tc.args)...)
			cmd.Env = tc.env
			out, err := cmd.CombinedOutput()
			status := 0
			if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
				status = exit.ExitCode()
			} else if err != nil {
				t.Fatal(err)
			}
			if status != tc.status && (tc.status != 255 || status != 254) { // version 2 exits 254
				t.Errorf("exit: got %d, want %d", status, tc.status)
			}
			if !strings.Contains(string(out), tc.want) {
				t.Errorf("output: got %q, want %q", out, tc.want)
			}
		})
	}
}
