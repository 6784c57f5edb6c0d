package artifact

import (
	"fmt"

	"github.com/goccy/go-yaml"
)

// list and ordered keep the order in which manifests are read.
type (
	list    = []any
	ordered = yaml.MapSlice
)

func pair(key string, value any) yaml.MapItem { return yaml.MapItem{Key: key, Value: value} }

// kubernetesFile is a Job whose completion index is the part. A part that answers no (3) or was started wrongly (2) is not
// started again, and keeps no other from its end.
func (f Fleet) kubernetesFile() (File, error) {
	container := ordered{
		pair("name", "audit"), pair("image", f.Image), pair("args", f.args()),
		pair("env", list{ordered{pair("name", "DRAWBRIDGE_SHARDS"), pair("value", fmt.Sprint(f.Shards))}}),
		pair("resources", ordered{pair("requests", ordered{pair("cpu", "250m"), pair("memory", "128Mi")}), pair("limits", ordered{pair("memory", "512Mi")})}),
		pair("securityContext", ordered{
			pair("allowPrivilegeEscalation", false), pair("readOnlyRootFilesystem", true), pair("runAsNonRoot", true),
			pair("capabilities", ordered{pair("drop", list{"ALL"})}), pair("seccompProfile", ordered{pair("type", "RuntimeDefault")}),
		}),
		pair("volumeMounts", list{ordered{pair("name", "results"), pair("mountPath", resultsDir)}}),
	}
	doc := ordered{
		pair("apiVersion", "batch/v1"), pair("kind", "Job"), pair("metadata", ordered{pair("name", f.Name)}),
		pair("spec", ordered{
			pair("completionMode", "Indexed"), pair("completions", f.Shards), pair("parallelism", min(f.Shards, 50)), pair("backoffLimitPerIndex", 2),
			pair("podFailurePolicy", ordered{pair("rules", list{ordered{
				pair("action", "FailIndex"),
				pair("onExitCodes", ordered{pair("containerName", "audit"), pair("operator", "In"), pair("values", list{2, 3})}),
			}})}),
			pair("template", ordered{pair("spec", ordered{
				pair("serviceAccountName", f.Name), pair("restartPolicy", "Never"), pair("securityContext", ordered{pair("fsGroup", 65532)}),
				pair("containers", list{container}),
				pair("volumes", list{ordered{pair("name", "results"), pair("persistentVolumeClaim", ordered{pair("claimName", f.Name)})}}),
			})}),
		}),
	}
	out, err := yamlFile("audit-kubernetes.yaml", "a Kubernetes cluster, 1.29 or newer", doc)
	out.Bytes = append([]byte("# "+notRun("Kubernetes cluster")+"\n"), out.Bytes...)
	out.Command = "kubectl apply -f audit-kubernetes.yaml"
	out.Remaining = []string{
		"# before: a service account " + f.Name + " that is signed in to both clouds, and a claim " + f.Name + " of access mode ReadWriteMany",
		"# after, with the claim mounted: " + merge(resultsDir),
	}
	return out, err
}

// cloudRunFile is a job whose tasks are the parts; their results land in a bucket.
func (f Fleet) cloudRunFile() (File, error) {
	account := f.Name + "@" + f.Project + ".iam.gserviceaccount.com"
	container := ordered{
		pair("name", "audit"), pair("image", f.Image), pair("args", f.args()),
		pair("resources", ordered{pair("limits", ordered{pair("cpu", "1"), pair("memory", "512Mi")})}),
		pair("volumeMounts", list{ordered{pair("name", "results"), pair("mountPath", resultsDir)}}),
	}
	doc := ordered{
		pair("apiVersion", "run.googleapis.com/v1"), pair("kind", "Job"), pair("metadata", ordered{pair("name", f.Name)}),
		pair("spec", ordered{pair("template", ordered{pair("spec", ordered{
			pair("taskCount", f.Shards), pair("parallelism", min(f.Shards, 50)),
			pair("template", ordered{pair("spec", ordered{
				pair("serviceAccountName", account), pair("maxRetries", 0), pair("timeoutSeconds", "3600"),
				pair("containers", list{container}),
				pair("volumes", list{ordered{
					pair("name", "results"),
					pair("csi", ordered{pair("driver", "gcsfuse.run.googleapis.com"), pair("volumeAttributes", ordered{pair("bucketName", f.bucket())})}),
				}}),
			})}),
		})})}),
	}
	out, err := yamlFile("audit-cloud-run.yaml", "Cloud Run", doc)
	out.Bytes = append([]byte("# "+notRun("Cloud Run")+"\n"), out.Bytes...)
	out.Command = "gcloud run jobs replace audit-cloud-run.yaml --project=" + shellWord(f.Project) + " && gcloud run jobs execute " + f.Name + " --project=" + shellWord(f.Project) + " --wait"
	out.Remaining = []string{
		"# before: an account " + account + " that may read what is audited and write objects into the bucket",
		"gcloud storage buckets create " + shellWord("gs://"+f.bucket()) + " --project=" + shellWord(f.Project) + " --uniform-bucket-level-access --public-access-prevention",
		"# after: the results into one report",
		"gcloud storage cp " + shellWord("gs://"+f.bucket()+"/audit-*.json") + " results/ && " + merge("results"),
	}
	return out, err
}
