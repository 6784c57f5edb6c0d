package artifact

// The files of workloads on Google Cloud.

// cloudRun is a service whose program gets AWS credentials from drawbridge, which asks the metadata server.
func (in Input) cloudRun() (File, error) {
	b := in.Bridge
	data, err := yamlDocs([]string{
		notRun("Cloud Run") + " Its command line is run by drawbridge's tests (" + inBash + ".txtar) against its sandbox.",
		"Cloud Run service of bridge " + b.Name + ": it runs as " + b.ToAWSEmail() + " and acts in AWS as " + b.ToAWSRoleARN() + ".",
		"The image holds drawbridge (" + in.program() + ") and your program (/workload). No key is in here, and none is needed.",
	}, pairsOf(
		"apiVersion", "serving.knative.dev/v1", "kind", "Service",
		"metadata", pairsOf("name", b.Name),
		"spec", pairsOf("template", pairsOf("spec", pairsOf(
			"serviceAccountName", b.ToAWSEmail(),
			"containers", []any{pairsOf("image", in.image(), "command", in.execToAWS(), "args", []string{"/workload"})},
		))),
	))
	return workloadFile("cloud-run.yaml", "in version control", "gcloud run services replace workload/cloud-run.yaml --project="+b.Google.Project, data), err
}

// gke is the bound Kubernetes account and a job that runs as it. Nothing stands beside the job's own container, so it ends
// when the program ends. Tokens that the cluster projects carry its own issuer and would be refused: none is used.
func (in Input) gke() (File, error) {
	b := in.Bridge
	bound := b.ToAWS.GKE
	account := pairsOf(
		"apiVersion", "v1", "kind", "ServiceAccount",
		"metadata", pairsOf(
			"name", bound.ServiceAccount, "namespace", bound.Namespace,
			"annotations", pairsOf("iam.gke.io/gcp-service-account", b.ToAWSEmail()),
		),
	)
	job := in.job(bound.Namespace, bound.ServiceAccount, in.execToAWS(), nil, nil)
	job.set("nodeSelector", pairsOf("iam.gke.io/gke-metadata-server-enabled", "true"))
	data, err := yamlDocs([]string{
		notRun("GKE cluster"),
		"Bridge " + b.Name + ": Kubernetes account " + bound.Namespace + "/" + bound.ServiceAccount + " runs as " + b.ToAWSEmail() + " and acts in AWS as " + b.ToAWSRoleARN() + ".",
		"The image holds drawbridge (" + in.program() + ") and your program (/workload); the token comes from GKE's metadata server.",
	}, account, job.doc())
	return workloadFile("gke.yaml", "in version control", "kubectl apply -f workload/gke.yaml", data), err
}
