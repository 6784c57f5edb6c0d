package credential

import (
	"context"
	"os"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// WorkloadEnv is the environment as a workload on AWS sees it: the files of a person's profiles are hidden, because they
// would win over the role that the workload runs with.
func WorkloadEnv(env func(string) string) func(string) string {
	return func(name string) string {
		switch name {
		case "AWS_PROFILE", "AWS_DEFAULT_PROFILE":
			return ""
		case "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE":
			return os.DevNull
		}
		return env(name)
	}
}

// workload gives the credentials of the role that this workload runs with: those in the environment (Lambda), those of
// its container (ECS, EKS), else those of its instance (EC2). With a profile it gives that profile's.
func workload(ctx context.Context, a *cloud.AWS, env func(string) string, profile string) (cloud.Credentials, error) {
	if profile == "" && !handed(env) {
		_, c, err := cloud.InstanceCredentials(ctx, a)
		return c, offAWS(err)
	}
	got, err := a.Config.Credentials.Retrieve(ctx)
	if err != nil {
		return cloud.Credentials{}, cloud.Problem("get the credentials of this workload", err)
	}
	return cloud.Credentials{
		AccessKeyID: got.AccessKeyID, SecretAccessKey: cloud.Secret(got.SecretAccessKey),
		SessionToken: cloud.Secret(got.SessionToken), Expires: got.Expires,
	}, nil
}

// handed reports whether the runtime hands its credentials over through the environment.
func handed(env func(string) string) bool {
	for _, name := range []string{
		"AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
	} {
		if env(name) != "" {
			return true
		}
	}
	return false
}

// offAWS adds what to do where no instance metadata service answers.
func offAWS(err error) error {
	if err == nil {
		return nil
	}
	return &explain.Problem{
		Op: "get the credentials of this workload", Kind: explain.KindOf(err), Reason: reasonOf(err), Err: err,
		Do: []string{"run this on the AWS workload that has the role", "or name a profile of that role: --profile NAME"},
	}
}
