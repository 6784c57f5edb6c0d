package google

const billing = "cloudbilling.googleapis.com"

// billingRoutes has the one call that Terraform's data source of a project makes. It goes on when the API is off, as it is
// in the seeded projects.
func billingRoutes() []route {
	return of(billing, get("v1/projects/{project}/billingInfo", "cloudbilling.projects.getBillingInfo", (*call).billingInfo))
}

func (q *call) billingInfo() (any, error) {
	if err := q.needThis("resourcemanager.projects.get"); err != nil {
		return nil, err
	}
	return map[string]any{
		"name": "projects/" + q.project.ID + "/billingInfo", "projectId": q.project.ID,
		"billingAccountName": "billingAccounts/0ACCE5-0ACCE5-0ACCE5", "billingEnabled": true,
	}, nil
}
