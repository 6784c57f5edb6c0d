package main

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// member is one bridge of a fleet.
type member struct {
	file   string
	bridge spec.Bridge
	name   string // what the report calls it: its name, or its mark where another bridge has that name
}

// members reads every bridge that the arguments name, in a fixed order, so that every shard parts the same list and calls
// each bridge the same.
func (o *auditOptions) members() ([]member, error) {
	files, err := o.fleetFiles()
	if err != nil {
		return nil, err
	}
	all := make([]member, len(files))
	names, marks := map[string]int{}, map[string]string{}
	for i, f := range files {
		data, err := o.readFile(f)
		if err != nil {
			return nil, err
		}
		b, err := spec.ParseWith(f, data, o.cloud.file.set)
		if err != nil {
			return nil, err
		}
		if other, twice := marks[b.Mark()]; twice {
			return nil, usage(other+" and "+f+" are the same bridge, "+b.Mark(), "leave one of the two out, or give one another name")
		}
		marks[b.Mark()] = f
		names[b.Name]++
		all[i] = member{file: f, bridge: b, name: b.Name}
	}
	for i := range all {
		if names[all[i].name] > 1 {
			all[i].name = all[i].bridge.Mark()
		}
	}
	return all, nil
}

// fleetFiles are the arguments themselves, and the .yaml files below those that are directories.
func (o *auditOptions) fleetFiles() ([]string, error) {
	var all []string
	for _, target := range o.targets {
		err := filepath.WalkDir(target, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && (path == target || slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(path))) {
				all = append(all, filepath.Clean(path))
			}
			return err
		})
		if err != nil {
			return nil, &usageError{what: "read " + target + ": " + reason(err), do: []string{"name a directory or a bridge file"}, err: err}
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) == 0 {
		return nil, usage("there is no bridge in "+strings.Join(o.targets, ", "), "name a directory with .yaml files")
	}
	return all, nil
}

// part is what one machine of several looks at: every count-th bridge from index on.
func part(all []member, index, count int) []member {
	var mine []member
	for i, m := range all {
		if i%count == index {
			mine = append(mine, m)
		}
	}
	return mine
}

// shardOf reads --shard, else what the platforms that run many copies of a job say.
func shardOf(flag string, env func(string) string) (index, count int, err error) {
	text, from := flag, "--shard"
	if text == "" {
		for _, v := range [][2]string{
			{"JOB_COMPLETION_INDEX", "DRAWBRIDGE_SHARDS"}, // Kubernetes does not say how many there are
			{"CLOUD_RUN_TASK_INDEX", "CLOUD_RUN_TASK_COUNT"},
			{"AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE"},
		} {
			if i := env(v[0]); i != "" {
				text, from = i+"/"+first(env(v[1]), env("DRAWBRIDGE_SHARDS")), v[0]+" and "+v[1]
				break
			}
		}
	}
	if text == "" {
		return 0, 1, nil
	}
	i, n, _ := strings.Cut(text, "/")
	index, errI := strconv.Atoi(i)
	count, errN := strconv.Atoi(n)
	if errI != nil || errN != nil || index < 0 || count < 1 || index >= count {
		return 0, 0, usage(fmt.Sprintf("%s gives %q, which is no part I/N with I from 0 to N-1", from, text), "pass --shard, such as --shard 0/4, or set DRAWBRIDGE_SHARDS beside the index")
	}
	return index, count, nil
}
