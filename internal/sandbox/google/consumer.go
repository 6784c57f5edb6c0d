package google

import (
	"fmt"
	"net/http"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// titles are the names of APIs as SERVICE_DISABLED messages print them.
func title(service string) string {
	switch service {
	case "iam.googleapis.com":
		return "Identity and Access Management (IAM) API"
	case "iamcredentials.googleapis.com":
		return "IAM Service Account Credentials API"
	case "sts.googleapis.com":
		return "Security Token Service API"
	case "cloudresourcemanager.googleapis.com":
		return "Cloud Resource Manager API"
	case "serviceusage.googleapis.com":
		return "Service Usage API"
	case billing:
		return "Cloud Billing API"
	case "compute.googleapis.com":
		return "Compute Engine API"
	case "orgpolicy.googleapis.com":
		return "Organization Policy API"
	case "webrisk.googleapis.com":
		return "Web Risk API"
	}
	return service
}

// checkConsumers refuses a call whose API is off in the project it is about, or in the quota project it names.
func (q *call) checkConsumers() error {
	if err := q.checkQuotaProject(); err != nil {
		return err
	}
	return q.enabled(q.project)
}

// checkQuotaProject judges X-Goog-User-Project: it must exist, the caller must be allowed to use it, and the API must
// be on in it.
func (q *call) checkQuotaProject() error {
	name := q.r.Header.Get("X-Goog-User-Project")
	if name == "" {
		return nil
	}
	p := q.projectNamed(name)
	if p == nil || !q.may("serviceusage.services.use", q.onProject(p)) {
		return forbidden("Caller does not have required permission to use project %s. Grant the caller the roles/serviceusage.serviceUsageConsumer role, or a custom role with the serviceusage.services.use permission, by visiting https://console.developers.google.com/iam-admin/iam/project?project=%s and then retry. Propagation of the new permission may take a few minutes.", name, name).
			With(wire.Help("Google developer console IAM admin", "https://console.developers.google.com/iam-admin/iam/project?project="+name)).
			With(wire.ErrorInfo("USER_PROJECT_DENIED", "googleapis.com", map[string]string{"service": q.route.service, "consumer": "projects/" + name}))
	}
	return q.enabled(p)
}

// enabled refuses with SERVICE_DISABLED when the route's API is off in p.
func (q *call) enabled(p *world.Project) error {
	if p == nil || q.route.service == "" || q.serviceOn(p, q.route.service) {
		return nil
	}
	return serviceDisabled(q.route.service, p.Number)
}

func (q *call) serviceOn(p *world.Project, service string) bool {
	s, ok := p.Services[service]
	return ok && s.Seen(q.now, q.lag)
}

func serviceDisabled(service, number string) *wire.GoogleError {
	url := fmt.Sprintf("https://console.developers.google.com/apis/api/%s/overview?project=%s", service, number)
	e := failure(http.StatusForbidden, "PERMISSION_DENIED",
		"%s has not been used in project %s before or it is disabled. Enable it by visiting %s then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.",
		title(service), number, url)
	e.Legacy = "accessNotConfigured"
	return e.With(wire.Help("Google developers console API activation", url)).
		With(wire.ErrorInfo("SERVICE_DISABLED", "googleapis.com", map[string]string{
			"service": service, "serviceTitle": title(service), "consumer": "projects/" + number, "containerInfo": number, "activationUrl": url,
		}))
}
