package steps

import "github.com/drawbridge-cloud/drawbridge/internal/spec"

// outputs are the facts that people and files need, as far as they are known.
func outputs(w *World) map[string]string {
	b, out := w.Bridge, map[string]string{}
	put := func(name string, fact *Known[string]) (string, bool) {
		v, known := fact.Get()
		if known && v != "" {
			out[name] = v
		}
		return v, known && v != ""
	}
	number, numbered := put("projectNumber", &w.Facts.ProjectNumber)
	if b.ToAWS != nil {
		put("serviceAccountUniqueId", &w.Facts.ToAWSUniqueID)
		put("roleArn", &w.Facts.ToAWSRoleARN)
		put("vmId", &w.Facts.VMNumericID)
		out["serviceAccount"], out["audience"] = b.ToAWSEmail(), b.ToAWS.Audience
	}
	if b.ToGoogle == nil {
		return out
	}
	put("workloadRoleArn", &w.Facts.ToGoogleRoleARN)
	put("outboundIssuer", &w.Facts.OutboundIssuer)
	if b.ToGoogle.Access == spec.AccessImpersonate {
		put("workloadServiceAccountUniqueId", &w.Facts.ToGoogleUniqueID)
		out["workloadServiceAccount"] = b.ToGoogleEmail()
	}
	if numbered {
		out["pool"], out["provider"] = b.PoolName(number), b.ProviderName(number)
		out["providerAudience"], out["member"] = b.ProviderAudience(number), b.Member(number)
	}
	return out
}
