package artifact

import (
	"fmt"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// Shell writes the bridge as gcloud and aws lines that may be run twice: what is there is brought to what the file asks,
// what is not is made, and what bears another mark stops the script.
func Shell(in Input) (File, error) {
	const kind = "shell"
	if err := adoptsNothing(kind, in.Bridge); err != nil {
		return File{}, err
	}
	s := &script{b: in.Bridge}
	s.head()
	s.project()
	if in.Bridge.ToAWS != nil {
		s.toAWS()
	}
	if in.Bridge.ToGoogle != nil {
		s.toGoogle()
	}
	s.line("")
	s.line("printf '%%s\\n' %s", shellWord("bridge "+in.Bridge.Name+" is in place; prove it with: drawbridge verify --borrow"))
	return File{
		Path: "bridge.sh", Kind: kind, For: "operator", Where: "where gcloud and aws are installed and signed in",
		Command: "bash bridge.sh", Bytes: []byte(s.out.String()),
	}, nil
}

// script is a shell script in the making. Every value goes through shellWord.
type script struct {
	b   spec.Bridge
	out strings.Builder
}

func (s *script) line(format string, args ...any) { fmt.Fprintf(&s.out, format+"\n", args...) }

// title begins a part with what it makes and why.
func (s *script) title(format string, args ...any) {
	s.line("")
	s.line("# "+strings.ReplaceAll(format, "\n", " "), args...)
}

// run is one command, a flag to each line.
func (s *script) run(indent string, words ...string) {
	s.line("%s%s", indent, s.command(indent, words...))
}

// command is words as one command; a word beginning with $ is one of the script's own variables.
func (s *script) command(indent string, words ...string) string {
	var out strings.Builder
	for i, w := range words {
		switch {
		case i == 0:
		case strings.HasPrefix(w, "--"):
			out.WriteString(" \\\n" + indent + "  ")
		default:
			out.WriteString(" ")
		}
		out.WriteString(w)
	}
	return out.String()
}

func (s *script) head() {
	b := s.b
	s.out.WriteString(`#!/usr/bin/env bash
# A bridge between one Google Cloud project and one AWS account, without keys. It may be run again at any time.
# Texts in single quotes are data and are meant to stay as they are.
# shellcheck disable=SC2016
set -euo pipefail

stop() {
  printf 'stopped: %s\n' "$1" >&2
  exit 1
}

# What was made a moment ago is not known everywhere at once.
retry() {
  local tries=1
  until "$@"; do
    if [ "$tries" -ge 10 ]; then
      return 1
    fi
    tries=$((tries + 1))
    sleep 3
  done
}

# found says whether a command that describes something succeeds.
found() { "$@" >/dev/null 2>&1; }

`)
	s.line("project=%s", shellWord(b.Google.Project))
	s.line("account=%s", shellWord(b.AWS.Account))
	s.line("mark=%s", shellWord(b.Mark()))
	s.line("description=%s", shellWord(b.Description()))
	s.line("export AWS_REGION=%[1]s AWS_DEFAULT_REGION=%[1]s AWS_PAGER=''", shellWord(b.AWS.Region))
	s.out.WriteString(`
[ "$(aws sts get-caller-identity --query Account --output text)" = "$account" ] || stop "aws is not signed in to account $account"
number=$(gcloud projects describe "$project" --format='value(projectNumber)')
[ -n "$number" ] || stop "gcloud cannot see project $project"
`)
}

func (s *script) project() {
	s.title("The APIs that the bridge calls. They are never turned off again.")
	words := []string{"gcloud services enable", "--project=\"$project\"", "--quiet"}
	for _, api := range s.b.APIs() {
		words = append(words, shellWord(api))
	}
	s.run("", words...)
}

// account makes a service account and puts its number into a variable, once it is seen.
func (s *script) serviceAccount(variable, id, email, direction string) {
	s.title("Service account %s.", email)
	s.line("email=%s", shellWord(email))
	s.line(`if found gcloud iam service-accounts describe "$email" --project="$project"; then`)
	s.line(`  seen=$(gcloud iam service-accounts describe "$email" --project="$project" --format='value(description)')`)
	s.line(`  case " $seen " in *" $description "*) ;; *) stop "service account $email was not made by this bridge" ;; esac`)
	s.line(`  gcloud iam service-accounts enable "$email" --project="$project" --quiet`)
	s.line("else")
	s.run("  ", "gcloud iam service-accounts create", shellWord(id), `--project="$project"`,
		"--display-name="+shellWord(steps.AccountDisplayName(s.b, direction)), `--description="$description"`)
	s.line("fi")
	s.line(`retry found gcloud iam service-accounts describe "$email" --project="$project"`)
	if variable != "" {
		s.line(`%s=$(gcloud iam service-accounts describe "$email" --project="$project" --format='value(uniqueId)')`, variable)
	}
}
