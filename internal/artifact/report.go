package artifact

import (
	"fmt"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// Report writes one page for people: what exists, why, who can do what, and how to check, revoke and remove it. It needs
// no fact of the clouds, so that it can be read before anything is made.
func Report(in Input) (File, error) {
	graph, err := steps.Of(in.Bridge)
	if err != nil {
		return File{}, fmt.Errorf("write report: %w", err)
	}
	var out strings.Builder
	b := in.Bridge
	fmt.Fprintf(&out, "# Bridge %s\n\n", cell(b.Name))
	fmt.Fprintf(&out, "Google Cloud project `%s` and AWS account `%s` (%s) trust each other without keys.\n", b.Google.Project, b.AWS.Account, b.AWS.Region)
	if in.Endpoints != (Endpoints{}) {
		out.WriteString("\n**Not the real clouds:** this was written against other endpoints.\n")
	}
	reportDirections(&out, b)
	reportThings(&out, graph)
	reportOperation(&out, b)
	return File{
		Path:    "report.md",
		Kind:    "report",
		For:     "operator",
		Where:   "wherever people look for it",
		Command: "less report.md",
		Bytes:   []byte(out.String()),
	}, nil
}

func reportDirections(out *strings.Builder, b spec.Bridge) {
	out.WriteString("\n## Who can do what\n")
	if b.ToAWS != nil {
		fmt.Fprintf(out, "\n**Google to AWS.** Whoever runs as `%s` may act as `%s`, for at most %s at a time, and nobody else through this bridge.\n",
			b.ToAWSEmail(), b.ToAWSRoleARN(), hours(b.ToAWS.Role))
		fmt.Fprintf(out, "The role is trusted only for ID tokens of exactly that account with the audience `%s`.\n", b.ToAWS.Audience)
		rights(out, "In AWS it may do", awsRights(b.ToAWS.Role))
	}
	if to := b.ToGoogle; to != nil {
		acts := "acts as itself"
		if to.Access != "direct" {
			acts = "may act as `" + b.ToGoogleEmail() + "`"
		}
		fmt.Fprintf(out, "\n**AWS to Google.** A workload (%s) that runs with `%s` %s, and nobody else through this bridge.\n",
			to.Role.RunsOn, b.ToGoogleRoleARN(), acts)
		fmt.Fprintf(out, "Pool `%s`, provider `%s`, condition %s.\n", to.Pool, to.Provider, code(b.Condition()))
		rights(out, "In Google it may do", googleRights(to.Grants))
		rights(out, "In AWS the role itself may do", awsRights(to.Role.Role))
	}
}

func reportThings(out *strings.Builder, graph *steps.Graph) {
	out.WriteString("\n## What exists, and why\n\n| cloud | thing | why | reach |\n|---|---|---|---|\n")
	for _, s := range graph.Steps() {
		a := s.About()
		fmt.Fprintf(out, "| %s | %s | %s | %s |\n", a.Cloud, cell(a.Title), cell(a.Why), a.Scope)
	}
}

func reportOperation(out *strings.Builder, b spec.Bridge) {
	fmt.Fprintf(out, `
Everything made carries the mark %s: as tag %s in AWS, in descriptions and labels in Google.

## How to check, revoke and remove it

- Does it still hold? %s proves both ways, %s says what has drifted. Neither changes anything.
- Revoke at once: %s
- Remove it: %s removes what the bridge made and nothing else; it lists what stays and why.
- What lives on: sessions that were already issued, until they expire (AWS at most the role's session length, Google at most one hour).
`, code(b.Mark()), code("drawbridge:bridge"), code("drawbridge verify"), code("drawbridge audit"), revoke(b), code("drawbridge destroy"))
}

func revoke(b spec.Bridge) string {
	var ways []string
	if b.ToAWS != nil {
		ways = append(ways, code("gcloud iam service-accounts disable "+b.ToAWSEmail())+" stops new tokens towards AWS")
	}
	if b.ToGoogle != nil {
		ways = append(ways, code(fmt.Sprintf("gcloud iam workload-identity-pools update %s --location=global --project=%s --disabled", b.ToGoogle.Pool, b.Google.Project))+
			" stops every token of the pool")
	}
	return strings.Join(ways, "; ") + "."
}

func rights(out *strings.Builder, title string, list []string) {
	if len(list) == 0 {
		fmt.Fprintf(out, "%s: nothing.\n", title)
		return
	}
	fmt.Fprintf(out, "%s:\n\n", title)
	for _, r := range list {
		fmt.Fprintf(out, "- %s\n", r)
	}
	out.WriteString("\n")
}

func awsRights(r spec.Role) []string {
	var list []string
	for _, arn := range r.ManagedPolicies {
		list = append(list, code(arn))
	}
	if len(r.InlinePolicy) > 0 {
		list = append(list, "what its inline policy says: "+code(string(r.InlinePolicy)))
	}
	if r.PermissionsBoundary != "" && len(list) > 0 {
		list = append(list, "never more than the boundary "+code(r.PermissionsBoundary))
	}
	return list
}

func googleRights(grants []spec.Grant) []string {
	list := make([]string, 0, len(grants))
	for _, g := range grants {
		line := code(g.Role)
		if g.Condition != nil {
			line += " while " + code(g.Condition.Expression)
		}
		list = append(list, line)
	}
	return list
}

func hours(r spec.Role) string {
	return strings.TrimSuffix(strings.TrimSuffix(r.MaxSession.String(), "0s"), "0m")
}

// code fences text that somebody else may have chosen, so that it stays text: the fence is longer than any run of
// backticks inside.
func code(text string) string {
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	pad := ""
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		pad = " "
	}
	return fence + pad + oneLine(text) + pad + fence
}

// cell keeps text inside its table cell, and text.
func cell(text string) string {
	return strings.NewReplacer("|", "\\|", "<", "&lt;").Replace(oneLine(text))
}

func oneLine(text string) string { return strings.NewReplacer("\n", " ", "\r", " ").Replace(text) }
