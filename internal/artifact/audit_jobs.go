package artifact

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
)

// Fleet is an audit of many bridges that is spread over machines. Each machine takes the part that its platform's index
// names and writes one result; `drawbridge audit --merge` puts the results together.
type Fleet struct {
	Name    string // of the job; default drawbridge-audit
	Image   string // that holds drawbridge, certificates and the bridges; needed
	Shards  int    // machines, 2 to 1000; needed
	Project string // Google Cloud project id of the Cloud Run job; needed
	Account string // 12 digits, of the Batch job; needed
	Region  string // of the Batch job; needed
}

const (
	fewestShards = 2    // an array of AWS Batch has at least two
	mostShards   = 1000 // more would be throttled, not faster

	bridgesDir = "/bridges" // in the image
	resultsDir = "/results" // which all parts share
)

var (
	jobName   = regexp.MustCompile(`^[a-z]([a-z0-9-]{0,40}[a-z0-9])?$`)
	imageName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._:/@-]{0,254}$`)
)

// AuditJobs writes the manifests of a spread audit, all of kind "workload": an indexed Job of Kubernetes, a Cloud Run job,
// a job definition of AWS Batch, and the image that the three run. What a platform has to have beforehand stands in the
// file's Remaining. An error says which field cannot be used.
func AuditJobs(f Fleet) ([]File, error) {
	if f.Name == "" {
		f.Name = "drawbridge-audit"
	}
	if err := f.check(); err != nil {
		return nil, fmt.Errorf("generate workload: %w", err)
	}
	files := []File{f.dockerfile()}
	for _, make := range []func() (File, error){f.kubernetesFile, f.cloudRunFile, f.batchFile} {
		file, err := make()
		if err != nil {
			return nil, fmt.Errorf("generate workload: %w", err)
		}
		files = append(files, file)
	}
	for i := range files {
		files[i].Kind, files[i].For = "workload", "pipeline"
	}
	return files, nil
}

func (f Fleet) check() error {
	switch {
	case !jobName.MatchString(f.Name):
		return fmt.Errorf("%q is no name of a job: up to 42 lower-case letters, digits and hyphens", f.Name)
	case !imageName.MatchString(f.Image):
		return fmt.Errorf("%q is no container image", f.Image)
	case f.Shards < fewestShards || f.Shards > mostShards:
		return fmt.Errorf("%d machines: name %d to %d", f.Shards, fewestShards, mostShards)
	case f.Project == "" || f.Account == "" || f.Region == "":
		return fmt.Errorf("a project, an account and a region are needed")
	}
	return nil
}

// args is what every part runs. The index comes from the platform; only Kubernetes does not say how many there are.
func (f Fleet) args() []string {
	return []string{"audit", bridgesDir, "--format", "json", "--output", resultsDir}
}

func (f Fleet) dockerfile() File {
	text := `# Not run: there was nothing here to build an image with.
# An audit of every bridge in ./bridges. Beside this file: the drawbridge binary for Linux, and bridges/ with the bridge files.
# The audit reads with what its platform signs it in to; no key is in the image.
FROM gcr.io/distroless/static-debian12:nonroot
COPY drawbridge /usr/local/bin/drawbridge
COPY bridges ` + bridgesDir + `
ENTRYPOINT ["/usr/local/bin/drawbridge"]
`
	return File{
		Path: "audit.Dockerfile", Where: "beside the binary and the bridges", Bytes: []byte(text),
		Command: "docker build -f audit.Dockerfile -t " + shellWord(f.Image) + " .",
	}
}

// merge is the command that makes one report of the results.
func merge(dir string) string {
	return "drawbridge audit --merge " + shellWord(dir) + " --format html > audit.html"
}

func yamlFile(path, where string, doc any) (File, error) {
	data, err := yaml.MarshalWithOptions(doc, yaml.UseSingleQuote(false), yaml.IndentSequence(true))
	return File{Path: path, Where: where, Bytes: data}, err
}

func jsonFile(path, where string, doc any) (File, error) {
	data, err := json.MarshalIndent(doc, "", "  ")
	return File{Path: path, Where: where, Bytes: append(data, '\n')}, err
}

// bucket is named after the project, as names of buckets are the world's.
func (f Fleet) bucket() string {
	return strings.NewReplacer(":", "-", ".", "-").Replace(f.Project) + "-" + f.Name
}
