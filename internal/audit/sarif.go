package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// SARIF writes the findings and the drift as SARIF 2.1.0, for code scanning. Resources of clouds are no files, so each
// stands as a logical location.
func SARIF(h Heading, d Document) ([]byte, error) {
	results := []any{}
	for _, f := range d.Findings {
		results = append(results, sarifResult(f.ID, f.Severity, f.Title+". "+f.Evidence+"\n\nFix: "+f.Fix+"\n"+f.Command, f.Resource, f.Key()))
	}
	for _, c := range d.Drift {
		results = append(results, sarifResult("drift", Medium, c.Reason+"\n"+c.Command, c.ID, "drift "+c.ID+" "+c.Reason))
	}
	var missed []any
	for _, n := range d.NotEvaluated {
		missed = append(missed, map[string]any{
			"descriptor": map[string]any{"id": n.ID}, "level": "note", "message": map[string]any{"text": "not evaluated: " + n.Reason},
		})
	}
	invocation := map[string]any{"executionSuccessful": true, "endTimeUtc": h.At.Format("2006-01-02T15:04:05Z")}
	if len(missed) > 0 {
		invocation["toolConfigurationNotifications"] = missed
	}
	out := map[string]any{
		"$schema": "https://json.schemastore.org/sarif-2.1.0.json",
		"version": "2.1.0",
		"runs": []any{map[string]any{
			"tool": map[string]any{"driver": map[string]any{
				"name": "drawbridge", "semanticVersion": semantic(h.Version), "informationUri": "https://github.com/drawbridge-cloud/drawbridge", "rules": sarifRules(),
			}},
			"invocations": []any{invocation},
			"results":     results,
		}},
	}
	data, err := json.MarshalIndent(out, "", "  ")
	return append(explain.EscapeJSON(data), '\n'), err
}

// semantic keeps a version that is none, as that of a build without one, from failing the schema's consumers.
func semantic(v string) string {
	if v == "" || v[0] < '0' || v[0] > '9' {
		return "0.0.0"
	}
	return v
}

func sarifRules() []any {
	out := []any{map[string]any{
		"id": "drift", "shortDescription": map[string]any{"text": "the clouds differ from the bridge"},
		"defaultConfiguration": map[string]any{"level": "warning"},
	}}
	for _, r := range Rules() {
		out = append(out, map[string]any{
			"id": r.ID, "shortDescription": map[string]any{"text": r.Title}, "helpUri": r.Reference,
			"defaultConfiguration": map[string]any{"level": sarifLevel(r.Severity)},
			"properties":           map[string]any{"security-severity": score(r.Severity), "tags": []string{"security", r.Cloud()}},
		})
	}
	return out
}

func sarifResult(id string, s Severity, text, resource, key string) map[string]any {
	sum := sha256.Sum256([]byte(key))
	return map[string]any{
		"ruleId": id, "level": sarifLevel(s), "message": map[string]any{"text": text},
		"locations":           []any{map[string]any{"logicalLocations": []any{map[string]any{"fullyQualifiedName": resource, "kind": "resource"}}}},
		"partialFingerprints": map[string]any{"drawbridge/v1": hex.EncodeToString(sum[:16])},
		"properties":          map[string]any{"security-severity": score(s)},
	}
}

func sarifLevel(s Severity) string {
	switch s {
	case Critical, High:
		return "error"
	case Medium:
		return "warning"
	case Low, Info:
	}
	return "note"
}

// score is how code scanning sorts.
func score(s Severity) string {
	return map[Severity]string{Critical: "9.5", High: "8.0", Medium: "5.5", Low: "2.5", Info: "0.0"}[s]
}
