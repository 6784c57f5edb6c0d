package spec

import (
	"slices"
	"strings"
)

// markKey is the AWS tag that carries the mark, and the word in front of it in Google descriptions.
const markKey = "drawbridge:bridge"

// Mark tells whose a thing is: NAME/PROJECT/ACCOUNT. The same name with another project or account is somebody else's.
func (b Bridge) Mark() string {
	return b.Name + "/" + b.Google.Project + "/" + b.AWS.Account
}

// Description is the mark as Google resources carry it: drawbridge:bridge=NAME/PROJECT/ACCOUNT, at most 256 bytes.
func (b Bridge) Description() string { return markKey + "=" + b.Mark() }

// Tags is the mark as AWS resources carry it; the map is the caller's own.
func (b Bridge) Tags() map[string]string { return map[string]string{markKey: b.Mark()} }

// Labels is the mark as a Compute Engine instance carries it, where a value may hold neither / nor upper case.
func (b Bridge) Labels() map[string]string {
	return map[string]string{"drawbridge-bridge": b.Name, "drawbridge-account": b.AWS.Account}
}

// Adopts reports whether the file allows the existing thing behind a field, such as toGoogle.role, to be taken over.
func (b Bridge) Adopts(field string) bool { return slices.Contains(b.Adopt, field) }

// APIs lists every Google API that the wanted directions need, with google.apis, sorted and without doubles.
func (b Bridge) APIs() []string {
	apis := []string{
		"cloudresourcemanager.googleapis.com",
		"iam.googleapis.com",
		"iamcredentials.googleapis.com",
		"serviceusage.googleapis.com",
	}
	if b.ToGoogle != nil {
		apis = append(apis, "sts.googleapis.com")
	}
	if b.ToAWS != nil && b.ToAWS.VM != nil {
		apis = append(apis, "compute.googleapis.com")
	}
	apis = append(apis, b.Google.APIs...)
	slices.Sort(apis)
	return slices.Compact(apis)
}

// email turns an account id into the e-mail of a service account of the bridge's project; a full e-mail stays as it is.
// A domain-scoped project example.com:p gives ID@p.example.com.iam.gserviceaccount.com.
func (b Bridge) email(account string) string {
	if strings.Contains(account, "@") {
		return account
	}
	return account + "@" + projectDomain(b.Google.Project) + emailSuffix
}

const emailSuffix = ".iam.gserviceaccount.com"

func projectDomain(project string) string {
	if domain, id, ok := strings.Cut(project, ":"); ok {
		return id + "." + domain
	}
	return project
}

// accountProject is the project that the service account of an e-mail lives in.
func (b Bridge) accountProject(email string) string {
	_, host, _ := strings.Cut(email, "@")
	domain := strings.TrimSuffix(host, emailSuffix)
	if domain == projectDomain(b.Google.Project) {
		return b.Google.Project
	}
	if id, rest, ok := strings.Cut(domain, "."); ok {
		return rest + ":" + id
	}
	return domain
}

// arn builds an ARN of the bridge's partition and account in a service without regions.
func (b Bridge) arn(service, resource string) string {
	return "arn:" + b.Partition() + ":" + service + "::" + b.AWS.Account + ":" + resource
}

func (b Bridge) roleARN(r Role) string { return b.arn("iam", "role"+r.Path+r.Name) }

// sessionPrefix is how the ARN of every session of a role begins: the path is dropped, and the closing slash keeps
// role "app" from standing for "app-admin".
func (b Bridge) sessionPrefix(r Role) string { return b.arn("sts", "assumed-role/"+r.Name+"/") }
