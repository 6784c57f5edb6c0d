package audit

import (
	"slices"
	"strings"
)

// hides says which rules a graver finding about the same thing makes superfluous.
func hides(id string) []string {
	if strings.HasPrefix(id, "AWS-T") {
		return append(hiddenStatements(id), "AWS-R08") // that the trust differs is said more exactly
	}
	switch id {
	case "AWS-P04":
		return []string{"AWS-R08"}
	case "GCP-TRUST-01":
		return []string{"GCP-TRUST-03", "GCP-SA-09"}
	case "GCP-TRUST-03", "GCP-TRUST-06", "GCP-TRUST-07", "GCP-TRUST-08", "GCP-TRUST-16", "GCP-TRUST-17", "GCP-TRUST-18", "GCP-TRUST-19":
		return []string{"GCP-SA-09"} // one of the several is the one that should not be there
	case "GCP-TRUST-14":
		return []string{"GCP-TRUST-22"}
	case "GCP-POOL-02":
		return []string{"GCP-TRUST-19"}
	case "GCP-SA-08":
		return []string{"AWS-T11", "AWS-R08"}
	case "GCP-SA-04":
		return []string{"GCP-SA-05"}
	}
	return nil
}

// hiddenStatements is what one finding about a statement says of the others.
func hiddenStatements(id string) []string {
	switch id {
	case "AWS-T01":
		return []string{"AWS-T02", "AWS-T03", "AWS-T16"}
	case "AWS-T02":
		return []string{"AWS-T07"}
	case "AWS-T04":
		return []string{"AWS-T02"} // the wildcard is why nothing is exact
	case "AWS-T05":
		return []string{"AWS-T02", "AWS-T03", "AWS-T16"} // the way round the guard is why nothing is exact
	case "AWS-T06":
		return []string{"AWS-T02"} // the client's audience is why no account is pinned
	case "AWS-T09":
		return []string{"AWS-T02"} // the e-mail stands where the number belongs
	case "AWS-T10":
		return []string{"AWS-T02", "AWS-T03"} // the key that is not read stands where one that is belongs
	}
	return nil
}

// hide leaves out what a graver, or the more telling, finding about the same thing implies.
func hide(findings []Finding) []Finding {
	var out []Finding
	for _, f := range findings {
		hidden := slices.ContainsFunc(findings, func(g Finding) bool {
			return slices.Contains(hides(g.ID), f.ID) && weightier(g, f) && related(f, g)
		})
		if !hidden {
			out = append(out, f)
		}
	}
	if out == nil {
		return []Finding{}
	}
	return out
}

// weightier keeps a milder finding from hiding a graver one.
func weightier(g, f Finding) bool { return g.Severity.Reaches(f.Severity) }

// related holds when two findings are about the same statement or, where they name none, share a subject.
func related(f, g Finding) bool {
	narrow := func(list []string) (out []string) {
		for _, a := range list {
			if strings.HasPrefix(a, "statement:") {
				out = append(out, a)
			}
		}
		return out
	}
	a, b := f.about, g.about
	if x, y := narrow(a), narrow(b); len(x) > 0 && len(y) > 0 {
		a, b = x, y
	}
	return slices.ContainsFunc(a, func(s string) bool { return s != "project" && s != "aws" && slices.Contains(b, s) })
}
