package cloud

import "strings"

// googleServices are Google's endpoints and the variables that move them: gcloud's own names, and one of ours for
// token information, which gcloud cannot move.
func googleServices(e *GoogleEndpoints) []struct {
	field              *string
	variable, standard string
} {
	const override = "CLOUDSDK_API_ENDPOINT_OVERRIDES_"
	return []struct {
		field              *string
		variable, standard string
	}{
		{&e.IAM, override + "IAM", "https://iam.googleapis.com/"},
		{&e.IAMCredentials, override + "IAMCREDENTIALS", "https://iamcredentials.googleapis.com/"},
		{&e.STS, override + "STS", "https://sts.googleapis.com/"},
		{&e.CloudResourceManager, override + "CLOUDRESOURCEMANAGER", "https://cloudresourcemanager.googleapis.com/"},
		{&e.ServiceUsage, override + "SERVICEUSAGE", "https://serviceusage.googleapis.com/"},
		{&e.OrgPolicy, override + "ORGPOLICY", "https://orgpolicy.googleapis.com/"},
		{&e.Compute, override + "COMPUTE", "https://compute.googleapis.com/compute/v1/"},
		{&e.OAuth2, "DRAWBRIDGE_GOOGLE_OAUTH2_ENDPOINT", "https://oauth2.googleapis.com/"},
	}
}

// googleEndpoints reads every endpoint of Google from the environment.
func googleEndpoints(env func(string) string, r rules) (GoogleEndpoints, []endpoint, error) {
	var e GoogleEndpoints
	var all []endpoint
	for _, s := range googleServices(&e) {
		value, variable := s.standard, ""
		if v := env(s.variable); v != "" {
			value, variable = v, s.variable
		}
		ep, err := r.check(variable, value)
		if err != nil {
			return e, nil, err
		}
		if s.field == &e.Compute && !strings.HasSuffix(ep.url, "compute/v1/") {
			ep.url += "compute/v1/"
		}
		*s.field = ep.url
		all = append(all, ep)
	}
	metadata, err := googleMetadata(env, r)
	e.Metadata = metadata
	return e, all, err
}

// googleMetadata is the metadata server, which is neither real nor not: only a virtual machine has one.
func googleMetadata(env func(string) string, r rules) (string, error) {
	const variable = "GCE_METADATA_HOST"
	host := env(variable)
	if host == "" {
		return "http://metadata.google.internal/", nil
	}
	return metadataEndpoint(variable, "http://"+host, r)
}

// metadataEndpoint accepts the well-known addresses, loopback and allowed hosts: what it answers are credentials, and
// what it is asked tells who wants them.
func metadataEndpoint(variable, value string, r rules) (string, error) {
	u, err := parseEndpoint(variable, value)
	if err != nil {
		return "", err
	}
	if host := u.Hostname(); !loopback(host) && !metadataHost(host) && !allowedHost(r.allow, u.Host) {
		return "", refuse(variable, u, u.Host+" is not a metadata server that can be trusted",
			"unset "+variable, "or, if you trust that host, pass --allow-endpoint "+u.Host)
	}
	return u.String(), nil
}
