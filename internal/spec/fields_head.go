package spec

import (
	"slices"
	"strings"
)

const (
	patternName    = `^[a-z][a-z0-9-]*$`
	patternProject = `^([a-z0-9][a-z0-9.-]*[a-z0-9]:)?[a-z][a-z0-9-]*[a-z0-9]$`
	patternAccount = `^[0-9]*$`
	patternAPI     = `^[a-z][a-z0-9-]*(\.[a-z0-9-]+)*\.googleapis\.com$`
	patternRegion  = `^[a-z]+(-[a-z]+)+-[0-9]+$`
)

// headFields name the bridge and the two places it joins.
func headFields() []Field {
	return slices.Concat(nameFields(), googleFields(), awsFields(), []Field{{
		Path: "adopt", note: "what may be taken over when it exists", Type: TypeTexts, Choices: adoptable(), Example: "toAWS.serviceAccount",
		Title: "what may be taken over when it exists",
		Why:   "A thing that exists and is not marked as ours is never touched unless it is named here. On what is adopted only our own statement, bindings and client ids are added.",
		at:    func(b *Bridge) any { return &b.Adopt },
	}})
}

func nameFields() []Field {
	return []Field{
		{
			Path: "version", Type: TypeInteger, Required: true, Example: "1",
			Limit: "1", Title: "version of the file's form",
			Why: "It tells which form of bridge.yaml this is, so that a newer one is never read by older rules. There is only 1 so far.",
			at:  func(b *Bridge) any { return &b.Version },
		},
		{
			Path: "name", note: "everything it makes is marked NAME/PROJECT/ACCOUNT", Type: TypeText, Required: true, Example: "ci-to-sqs",
			Limit: "2 to 31 characters of a-z, 0-9 and -, beginning with a letter", pattern: patternName, min: 2, max: 31,
			Title: "name of the bridge",
			Why: "Everything the bridge makes carries NAME/PROJECT/ACCOUNT, so that it is recognised later, by anybody and from any machine. " +
				"A second bridge of the same name between the same two places would be taken for this one.",
			at: func(b *Bridge) any { return &b.Name },
		},
	}
}

func googleFields() []Field {
	return []Field{
		block("google", "the Google Cloud side",
			"One bridge reaches one project. Another project needs a bridge of its own.", nil, nil),
		{
			Path: "google.project", Type: TypeText, Required: true, Example: "acme-build",
			Limit:   "a project id: 6 to 30 characters of a-z, 0-9 and -, beginning with a letter",
			pattern: patternProject, min: 6, max: 100, check: checkProject, Title: "project id",
			Why: "The service account, the pool and the grants live in this project. Give its id: its number, which members and audiences need, is looked up.",
			at:  func(b *Bridge) any { return &b.Google.Project },
		},
		{
			Path: "google.apis", note: "enabled besides those that are needed", Type: TypeTexts, Example: "webrisk.googleapis.com",
			Limit: "the name of a Google API, such as webrisk.googleapis.com", pattern: patternAPI, max: 253, Title: "APIs to enable besides those needed",
			Why: "A call to an API that is not enabled in the project is refused, whatever the roles. Those that the directions need are enabled anyway, and none is ever switched off.",
			at:  func(b *Bridge) any { return &b.Google.APIs },
		},
	}
}

func awsFields() []Field {
	return []Field{
		block("aws", "the AWS side",
			"One bridge reaches one account. Another account needs a bridge of its own.", nil, nil),
		{
			Path: "aws.account", note: "Google trusts this account, no other", Type: TypeText, Required: true, Example: "123456789012",
			Limit: "12 digits", pattern: patternAccount, min: 12, max: 12, Title: "account number",
			Why: "Roles are made in this account and Google is told to trust no other. Before the first change AWS has to answer with the same number.",
			at:  func(b *Bridge) any { return &b.AWS.Account },
		},
		{
			Path: "aws.region", note: "tokens are exchanged at its endpoint", Type: TypeText, Required: true, Example: "ap-southeast-2",
			Limit: "a region of AWS, such as eu-west-1", pattern: patternRegion, max: 40, check: checkRegion, Title: "region",
			Why: "Tokens are exchanged at the region's own endpoint, and the partition in every ARN follows from it. Roles themselves are the same in all regions of the account.",
			at:  func(b *Bridge) any { return &b.AWS.Region },
		},
	}
}

// adoptable lists what Bridge.Adopt may name.
func adoptable() []string {
	return []string{
		"toAWS.serviceAccount", "toAWS.role", "toAWS.provider", "toAWS.vm",
		"toGoogle.role", "toGoogle.role.instanceProfile", "toGoogle.pool", "toGoogle.provider", "toGoogle.serviceAccount",
	}
}

// block is a field that only holds others. Without at it is always there inside its parent.
func block(path, title, why string, at func(*Bridge) any, open func(*Bridge)) Field {
	if at == nil {
		at = func(b *Bridge) any { return b }
	}
	if open == nil {
		open = func(*Bridge) {}
	}
	return Field{Path: path, Type: TypeBlock, Title: title, Why: why, at: at, open: open}
}

func checkProject(value string) string {
	_, id, scoped := strings.Cut(value, ":")
	if !scoped {
		id = value
	}
	if len(id) < 6 || len(id) > 30 {
		return quote(value) + " must be a project id of 6 to 30 characters"
	}
	if strings.HasPrefix(value, "google") || strings.Contains(value, "..") {
		return quote(value) + " cannot be the id of a project"
	}
	return ""
}

func checkRegion(value string) string {
	if _, ok := partitionOf(value); !ok {
		return quote(value) + " belongs to no partition of AWS that can be reached (aws, aws-us-gov, aws-cn, aws-eusc)"
	}
	return ""
}
