package artifact

import (
	"fmt"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// batchFile is a job definition for an array, whose index is the part. What answers no (3) or was started wrongly (2) is
// not started again.
func (f Fleet) batchFile() (File, error) {
	role := func(suffix string) string {
		return "arn:" + spec.Bridge{AWS: spec.AWS{Region: f.Region}}.Partition() + ":iam::" + f.Account + ":role/" + f.Name + suffix
	}
	doc := object{
		"jobDefinitionName": f.Name, "type": "container", "platformCapabilities": list{"FARGATE"},
		"retryStrategy": object{"attempts": 3, "evaluateOnExit": list{
			object{"onExitCode": "2", "action": "EXIT"}, object{"onExitCode": "3", "action": "EXIT"}, object{"onExitCode": "*", "action": "RETRY"},
		}},
		"timeout": object{"attemptDurationSeconds": 3600},
		"containerProperties": object{
			"image": f.Image, "command": f.args(), "jobRoleArn": role(""), "executionRoleArn": role("-execution"),
			"resourceRequirements":         list{object{"type": "VCPU", "value": "0.5"}, object{"type": "MEMORY", "value": "1024"}},
			"environment":                  list{object{"name": "DRAWBRIDGE_SHARDS", "value": fmt.Sprint(f.Shards)}},
			"networkConfiguration":         object{"assignPublicIp": "ENABLED"},
			"readonlyRootFilesystem":       true,
			"mountPoints":                  list{object{"sourceVolume": "results", "containerPath": resultsDir, "readOnly": false}},
			"volumes":                      list{object{"name": "results", "efsVolumeConfiguration": object{"fileSystemId": "fs-00000000", "transitEncryption": "ENABLED"}}},
			"fargatePlatformConfiguration": object{"platformVersion": "LATEST"},
		},
	}
	out, err := jsonFile("audit-batch.json", "AWS Batch on Fargate", doc)
	region := " --region " + shellWord(f.Region)
	out.Command = "aws batch register-job-definition --cli-input-json file://audit-batch.json" + region
	out.Remaining = []string{
		"# " + notRun("AWS Batch"), // JSON has no place for it
		"# before: put the file system of the results in place of fs-00000000; the roles " + f.Name + " and " + f.Name + "-execution; a job queue on Fargate named " + f.Name,
		fmt.Sprintf("aws batch submit-job --job-name %s --job-queue %s --job-definition %s --array-properties size=%d%s", f.Name, f.Name, f.Name, f.Shards, region),
		"# after, with the file system mounted: " + merge(resultsDir),
	}
	return out, err
}
