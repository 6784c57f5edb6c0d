package artifact

import (
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// The files of workloads on AWS.

// configIn is the credential configuration of the bridge and the variables that lead Google's libraries to it.
func (in Input) configIn(dir string) (config string, env map[string]string, err error) {
	f, err := CredentialConfig(in)
	if err != nil {
		return "", nil, err
	}
	env = map[string]string{
		"GOOGLE_APPLICATION_CREDENTIALS": dir + "/credential-config.json",
		"GOOGLE_CLOUD_PROJECT":           in.Bridge.Google.Project,
	}
	if in.Bridge.ToGoogle.Token == spec.TokenJWT {
		env["GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES"] = "1"
	}
	return string(f.Bytes), env, nil
}

// eks is the Kubernetes account that Pod Identity gives the role to, and a job that runs as it, alone in its pod.
func (in Input) eks() (File, error) {
	b := in.Bridge
	pod := b.ToGoogle.Role.EKS
	config, env, err := in.configIn("/etc/drawbridge")
	if err != nil {
		return File{}, err
	}
	account := pairsOf("apiVersion", "v1", "kind", "ServiceAccount", "metadata", pairsOf("name", pod.ServiceAccount, "namespace", pod.Namespace))
	file := pairsOf(
		"apiVersion", "v1", "kind", "ConfigMap", "metadata", pairsOf("name", b.Name, "namespace", pod.Namespace),
		"data", pairsOf("credential-config.json", config),
	)
	job := in.job(pod.Namespace, pod.ServiceAccount, nil, listed(env, "name", "value"),
		[]any{pairsOf("name", "bridge", "configMap", pairsOf("name", b.Name))})
	associate := "aws eks create-pod-identity-association --region " + b.AWS.Region + " --cluster-name " + shellWord(pod.Cluster) + " --namespace " +
		shellWord(pod.Namespace) + " --service-account " + shellWord(pod.ServiceAccount) + " --role-arn " + shellWord(b.ToGoogleRoleARN())
	data, err := yamlDocs([]string{
		notRun("EKS cluster"),
		"Bridge " + b.Name + ": Kubernetes account " + pod.Namespace + "/" + pod.ServiceAccount + " of cluster " + pod.Cluster + " runs with " + b.ToGoogleRoleARN() + ". Once, with the Pod Identity agent on the cluster:",
		associate,
		"The image holds drawbridge (" + in.program() + ") and your program (/workload).",
	}, account, file, job.doc())
	f := workloadFile("eks.yaml", "in version control", "kubectl apply -f workload/eks.yaml", data)
	f.Remaining = []string{associate}
	return f, err
}

// listed is a map as a list of pairs, in order.
func listed(m map[string]string, key, value string) []any {
	var out []any
	for _, k := range sortedKeys(m) {
		out = append(out, pairsOf(key, k, value, m[k]))
	}
	return out
}

// ecs is a task definition whose program runs under drawbridge exec: Google's libraries do not look where a task's
// credentials are.
func (in Input) ecs() (File, error) {
	b := in.Bridge
	number, err := in.projectNumber(workloadKind)
	if err != nil {
		return File{}, err
	}
	command := in.execToGoogle(number)
	data, err := unescaped(object{
		"family": b.Name, "taskRoleArn": b.ToGoogleRoleARN(), "networkMode": "awsvpc", "requiresCompatibilities": []string{"FARGATE"},
		"cpu": "256", "memory": "512",
		"containerDefinitions": []any{object{
			"name": "workload", "image": in.image(), "essential": true, "entryPoint": command, "command": []string{"/workload"},
			"environment": []any{object{"name": "GOOGLE_CLOUD_PROJECT", "value": b.Google.Project}},
		}},
	})
	return workloadFile("ecs-task.sh", "in version control", "bash workload/ecs-task.sh", in.command([]string{
		notRun("ECS cluster"),
		"Task definition of bridge " + b.Name + ": it runs with " + b.ToGoogleRoleARN() + " and acts in Google Cloud project " + b.Google.Project + ".",
		"The image holds drawbridge (" + in.program() + ") and your program (/workload). Add --execution-role-arn ARN where its registry needs a sign-in.",
	}, "aws ecs register-task-definition", data)), err
}

// lambda is the settings of a function whose package holds the credential configuration beside its code.
func (in Input) lambda() (File, error) {
	b := in.Bridge
	_, env, err := in.configIn("/var/task")
	if err != nil {
		return File{}, err
	}
	data, err := unescaped(object{
		"FunctionName": b.Name, "Role": b.ToGoogleRoleARN(), "Environment": object{"Variables": env},
		"Description": "Acts in Google Cloud project " + b.Google.Project + " without a key",
	})
	f := workloadFile("lambda.sh", "in version control", "bash workload/lambda.sh", in.command([]string{
		notRun("Lambda") + " Its tests (" + inBash + ".txtar) run the sample in Go with a role's credentials in the environment, as Lambda hands them over.",
		"Settings of the function of bridge " + b.Name + ". Its package holds credential-config.json at its top.",
	}, "aws lambda update-function-configuration", data))
	f.Remaining = []string{"put the file of drawbridge generate credential-config into the function's package, at its top"}
	return f, err
}

// command is one call of aws with a document of parameters. More may be given behind it.
func (in Input) command(comments []string, words string, parameters []byte) []byte {
	var out strings.Builder
	out.WriteString("#!/bin/bash\n")
	for _, c := range comments {
		out.WriteString("# " + oneLine(c) + "\n")
	}
	out.WriteString("# shellcheck disable=SC2016\nset -euo pipefail\n")
	out.WriteString(words + " --region " + in.Bridge.AWS.Region + " --cli-input-json " + shellWord(string(parameters)) + ` "$@"` + "\n")
	return []byte(out.String())
}

// ec2 is user data: it writes the credential configuration and leads every login and service to it.
func (in Input) ec2() (File, error) {
	b := in.Bridge
	config, env, err := in.configIn("/etc/drawbridge")
	if err != nil {
		return File{}, err
	}
	s := newBoot("EC2 user data of bridge "+b.Name+": what runs here with "+b.ToGoogleRoleARN()+" acts in Google Cloud, without a key.", in.ranUserData())
	s.put("/etc/drawbridge/credential-config.json", "0644", config)
	var lines []string
	for _, k := range sortedKeys(env) {
		lines = append(lines, k+"="+env[k])
	}
	s.put("/etc/drawbridge/environment", "0644", strings.Join(lines, "\n")+"\n")
	s.login()
	return workloadFile("ec2-user-data.sh", "as the instance's user data",
		"aws ec2 run-instances --region "+b.AWS.Region+" --iam-instance-profile Name="+b.ToGoogle.Role.Name+" --metadata-options HttpTokens=required --user-data file://workload/ec2-user-data.sh --image-id IMAGE", s.bytes()), nil
}

// ranUserData is true of the bridge: the tests' one has requests signed.
func (in Input) ranUserData() string {
	if in.Bridge.ToGoogle.Token == spec.TokenJWT {
		return "Not run: drawbridge's tests (" + inBash + ".txtar) run it for a bridge of signed requests, not with a token of AWS."
	}
	return ran(inBash, "on EC2 itself")
}
