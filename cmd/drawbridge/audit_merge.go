package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/audit"
)

// mergeFiles puts the results of earlier runs together. No cloud is asked.
func (o *auditOptions) mergeFiles() error {
	paths, err := o.resultFiles()
	if err != nil {
		return err
	}
	var parts []auditDocument
	for _, path := range paths {
		d, err := readResult(path)
		if err != nil {
			return err
		}
		parts = append(parts, d)
	}
	if err := sameRun(paths, parts); err != nil {
		return err
	}
	documents := make([]audit.Document, len(parts))
	for i, d := range parts {
		documents[i] = d.Document
		h := &o.told.heading
		h.Operator = operator{first(h.Operator.Google, d.Operator.Google), first(h.Operator.AWS, d.Operator.AWS)}
		h.Endpoints = d.Endpoints
		if d.Endpoints != "real" {
			o.told.place = "NOT THE REAL CLOUDS"
		}
	}
	merged := audit.Merge(documents)
	o.told.heading.Bridge = plural(merged.Summary.Bridges, "bridge", "bridges")
	known, err := o.readBaseline()
	if err != nil {
		return err
	}
	return o.answer(o.accept(known, merged))
}

// resultFiles are the files of --merge and those of its directories, in order.
func (o *auditOptions) resultFiles() ([]string, error) {
	var out []string
	for _, path := range append(slices.Clone(o.merge), o.targets...) {
		if at, err := os.Stat(path); err != nil || !at.IsDir() {
			out = append(out, filepath.Clean(path))
			continue
		}
		inside, err := filepath.Glob(filepath.Join(globWord(path), "*.json"))
		if err != nil || len(inside) == 0 {
			return nil, usage("there is no result in "+path, "name the JSON results of earlier audits, or a directory of them")
		}
		out = append(out, inside...)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// globWord keeps the name of a directory from being a pattern.
func globWord(s string) string {
	return strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(s)
}

func readResult(path string) (auditDocument, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return auditDocument{}, &usageError{what: "read " + path + ": " + reason(err), do: []string{"name the JSON results of earlier audits"}, err: err}
	}
	var d auditDocument
	if err := json.Unmarshal(data, &d); err != nil || d.Schema != "drawbridge.audit/v1" {
		return auditDocument{}, usage(path+" is no result of an audit in JSON", "make it with: drawbridge audit --format json")
	}
	return d, nil
}

// sameRun refuses parts that make no whole: of different rules, of different clouds, or with a bridge twice.
func sameRun(paths []string, parts []auditDocument) error {
	seen := map[string]string{}
	for i, d := range parts {
		if d.Version != parts[0].Version {
			return usage(fmt.Sprintf("%s was made by drawbridge %s and %s by %s, whose rules may differ", paths[0], parts[0].Version, paths[i], d.Version), "run every part with one version")
		}
		if d.Endpoints != parts[0].Endpoints {
			return usage(fmt.Sprintf("%s is of %s endpoints and %s of %s ones", paths[0], parts[0].Endpoints, paths[i], d.Endpoints), "merge results of the same clouds")
		}
		for _, b := range d.Bridges {
			if other, twice := seen[b]; twice {
				return usage("bridge "+b+" is in "+other+" and in "+paths[i], "name every part once")
			}
			seen[b] = paths[i]
		}
	}
	return nil
}
