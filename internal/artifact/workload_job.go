package artifact

import "github.com/goccy/go-yaml"

// kubernetesJob is a job of one container, whose end is the job's.
type kubernetesJob struct {
	name, namespace string
	pod             yaml.MapSlice
}

func (in Input) job(namespace, account string, command []string, env, volumes []any) *kubernetesJob {
	container := pairsOf("name", "workload", "image", in.image())
	if len(command) > 0 {
		container = append(container, pairsOf("command", command, "args", []string{"/workload"})...)
	} else {
		container = append(container, pairsOf("command", []string{"/workload"})...)
	}
	if env != nil {
		container = append(container, pairsOf("env", env)...)
	}
	pod := pairsOf("serviceAccountName", account, "automountServiceAccountToken", false, "restartPolicy", "Never")
	if volumes != nil {
		container = append(container, pairsOf("volumeMounts", []any{pairsOf("name", "bridge", "mountPath", "/etc/drawbridge", "readOnly", true)})...)
		pod = append(pod, pairsOf("volumes", volumes)...)
	}
	pod = append(pod, pairsOf("containers", []any{container})...)
	return &kubernetesJob{in.Bridge.Name, namespace, pod}
}

func (j *kubernetesJob) set(key string, value any) { j.pod = append(j.pod, pairsOf(key, value)...) }

func (j *kubernetesJob) doc() any {
	return pairsOf(
		"apiVersion", "batch/v1", "kind", "Job",
		"metadata", pairsOf("name", j.name, "namespace", j.namespace),
		"spec", pairsOf("backoffLimit", 1, "template", pairsOf("spec", j.pod)),
	)
}
