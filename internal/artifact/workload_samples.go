package artifact

import (
	"encoding/json"
	"strings"
)

// samples are programs of ten lines in each language, for each direction of the bridge, on the clouds' own libraries.
func (in Input) samples() []File {
	var files []File
	add := func(path, run string, text []string) {
		files = append(files, workloadFile("samples/"+path, "wherever the workload is written", run, []byte(strings.Join(text, "\n")+"\n")))
	}
	if in.Bridge.ToAWS != nil && in.samplesFor(toAWS) {
		add("to-aws/main.go", "go run workload/samples/to-aws/main.go", in.goToAWS())
		add("to-aws.py", "python3 workload/samples/to-aws.py", in.pythonToAWS())
		add("to-aws.mjs", "node workload/samples/to-aws.mjs", in.nodeToAWS())
	}
	if in.Bridge.ToGoogle != nil && in.samplesFor(toGoogle) {
		add("to-google/main.go", "go run workload/samples/to-google/main.go", in.goToGoogle())
		add("to-google.py", "python3 workload/samples/to-google.py", in.pythonToGoogle())
		add("to-google.mjs", "node workload/samples/to-google.mjs", in.nodeToGoogle())
	}
	return files
}

func (in Input) samplesFor(direction string) bool {
	for _, r := range runtimes() {
		if r.to == direction && in.runsOn(r) {
			return true
		}
	}
	return false
}

// literal is a text as Go, Python and JavaScript all read it.
func literal(s string) string {
	data, _ := json.Marshal(s) // a string always has one
	return strings.NewReplacer("\u202a", `\u202a`, "\u202b", `\u202b`, "\u202d", `\u202d`, "\u202e", `\u202e`, "\u2066", `\u2066`, "\u2067", `\u2067`, "\u2068", `\u2068`).Replace(string(data))
}

// whereAWS says what leads the SDK over the bridge: the profiles, or drawbridge exec.
func (in Input) whereAWS() string {
	return "Where AWS_CONFIG_FILE and AWS_PROFILE lead to a profile of drawbridge generate aws-config, or under drawbridge exec."
}

func (in Input) goToAWS() []string {
	return []string{
		"// " + ran(inBash, neverClouds), "// " + in.whereAWS(), "package main", "", "import (", "\t\"context\"", "\t\"fmt\"", "\t\"log\"", "",
		"\t\"github.com/aws/aws-sdk-go-v2/config\"", "\t\"github.com/aws/aws-sdk-go-v2/service/sts\"", ")", "",
		"func main() {", "\tctx := context.Background()",
		"\tcfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(" + literal(in.Bridge.AWS.Region) + "))",
		"\tif err != nil {", "\t\tlog.Fatal(err)", "\t}",
		"\tme, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})",
		"\tif err != nil {", "\t\tlog.Fatal(err)", "\t}", "\tfmt.Println(*me.Arn)", "}",
	}
}

func (in Input) pythonToAWS() []string {
	return []string{
		"# " + ran(inBash, neverClouds), "# " + in.whereAWS(), "import boto3", "",
		"sts = boto3.client(\"sts\", region_name=" + literal(in.Bridge.AWS.Region) + ")", "print(sts.get_caller_identity()[\"Arn\"])",
	}
}

func (in Input) nodeToAWS() []string {
	return []string{
		"// " + ran(inNodeAWS, neverClouds), "// " + in.whereAWS(), "import { STSClient, GetCallerIdentityCommand } from \"@aws-sdk/client-sts\";", "",
		"const sts = new STSClient({ region: " + literal(in.Bridge.AWS.Region) + " });",
		"const me = await sts.send(new GetCallerIdentityCommand({}));", "console.log(me.Arn);",
	}
}

// testable is a call that every identity may make, and whose answer shows that Google knows it.
func (in Input) testable() string {
	return literal("https://cloudresourcemanager.googleapis.com/v1/projects/" + in.Bridge.Google.Project + ":testIamPermissions")
}

const (
	scope        = `"https://www.googleapis.com/auth/cloud-platform"`
	permission   = `"resourcemanager.projects.get"`
	whereGoogle  = "Where GOOGLE_APPLICATION_CREDENTIALS leads to the file of drawbridge generate credential-config."
	authPackages = "cloud.google.com/go/auth/"
)

func (in Input) goToGoogle() []string {
	return []string{
		"// " + ran(inBash, neverClouds), "// " + whereGoogle, "package main", "", "import (", "\t\"fmt\"", "\t\"io\"", "\t\"log\"", "\t\"strings\"", "",
		"\t\"" + authPackages + "credentials\"", "\t\"" + authPackages + "httptransport\"", ")", "",
		"func main() {",
		"\tclient, err := httptransport.NewClient(&httptransport.Options{DetectOpts: &credentials.DetectOptions{Scopes: []string{" + scope + "}}})",
		"\tif err != nil {", "\t\tlog.Fatal(err)", "\t}",
		"\tresp, err := client.Post(" + in.testable() + ", \"application/json\", strings.NewReader(`{\"permissions\": [" + permission + "]}`))",
		"\tif err != nil {", "\t\tlog.Fatal(err)", "\t}", "\tbody, err := io.ReadAll(resp.Body)", "\tfmt.Println(resp.Status, string(body), err)", "}",
	}
}

func (in Input) pythonToGoogle() []string {
	return []string{
		"# " + notRun("google-auth for Python"), "# " + whereGoogle, "import google.auth", "from google.auth.transport.requests import AuthorizedSession", "",
		"credentials, _ = google.auth.default(scopes=[" + scope + "])",
		"answer = AuthorizedSession(credentials).post(", "    " + in.testable() + ",", "    json={\"permissions\": [" + permission + "]},", ")",
		"print(answer.status_code, answer.text)",
	}
}

func (in Input) nodeToGoogle() []string {
	return []string{
		"// " + ran(inNodeGoogle, neverClouds), "// " + whereGoogle, "import { GoogleAuth } from \"google-auth-library\";", "",
		"const auth = new GoogleAuth({ scopes: [" + scope + "] });",
		"const answer = await auth.request({", "  url: " + in.testable() + ",", "  method: \"POST\",", "  data: { permissions: [" + permission + "] },", "});",
		"console.log(answer.status, JSON.stringify(answer.data));",
	}
}
