package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// site is where a run takes place: the environment as the clouds' clients shall see it, and what has to be closed.
// Nothing behind it knows whether the sandbox is there.
type site struct {
	streams
	flags  *cloudFlags
	env    func(string) string
	laid   map[string]string // what the sandbox laid over the environment
	log    io.Writer
	closes []func() error

	profile string // of one account among many; "" for the one that the flags and the environment name
}

// openSite starts the sandbox if it was asked for, and the log.
func openSite(ctx context.Context, s streams, f *cloudFlags) (*site, error) {
	at := &site{streams: s, flags: f, env: s.env}
	if f.reach.log != "" {
		file, err := os.OpenFile(f.reach.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, &usageError{what: "open --log: " + err.Error(), err: err, do: []string{"name a file you may write"}}
		}
		at.log = file
		at.closes = append(at.closes, file.Close)
	}
	if f.sandbox.on {
		if err := at.startSandbox(ctx); err != nil {
			at.close()
			return nil, err
		}
	}
	return at, nil
}

func (at *site) startSandbox(ctx context.Context) error {
	// Not the run's context: what was borrowed is still returned after an interruption.
	server, err := sandbox.Start(context.WithoutCancel(ctx), at.flags.sandbox.options())
	if err != nil {
		return knobError(err, "")
	}
	at.closes = append(at.closes, server.Close)
	at.laid = server.Environ()
	at.env = overlay(at.streams.env, at.laid)
	return nil
}

func (k knobs) options() sandbox.Options {
	return sandbox.Options{
		StateFile: k.state, Latency: k.latency, Lag: k.lag, Seed: k.seed,
		AsVM: k.asVM, AsInstance: k.asInstance, Faults: k.faults,
	}
}

// overlay lays the sandbox's variables over the environment. Whatever else could sign us in or lead elsewhere is hidden:
// nothing of the real clouds may leak into the sandbox, nor the other way.
func overlay(env func(string) string, with map[string]string) func(string) string {
	return func(name string) string {
		if v, ok := with[name]; ok {
			return v
		}
		if leadsElsewhere(name) {
			return ""
		}
		return env(name)
	}
}

func leadsElsewhere(name string) bool {
	switch strings.ToUpper(name) {
	case "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "SSL_CERT_FILE":
		return true
	}
	for _, prefix := range []string{"AWS_", "CLOUDSDK_", "GOOGLE_", "GCE_METADATA_", "DRAWBRIDGE_GOOGLE_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// environment is env as a list, for a command that is run.
func (at *site) environment() []string {
	if at.laid == nil {
		return at.environ
	}
	var out []string
	for _, v := range at.environ {
		if name, _, _ := strings.Cut(v, "="); !leadsElsewhere(name) {
			out = append(out, v)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(at.laid)) {
		out = append(out, name+"="+at.laid[name])
	}
	return out
}

// options is how the clouds of a bridge are opened.
func (at *site) options(b spec.Bridge) cloud.Options {
	r := at.flags.reach
	o := cloud.Options{
		Env: at.env, Project: b.Google.Project, Account: b.AWS.Account, Region: b.AWS.Region,
		Impersonate: r.impersonate, AllowEndpoint: r.endpoints,
		Log: at.log, UserAgent: "drawbridge/" + versionName(), Now: at.now,
	}
	o.Profile = r.profile // the sandbox has profiles of its own, and refused others
	if at.profile != "" {
		o.Profile = at.profile
	}
	return o
}

// anyBridge is enough of a bridge to ask who we are: that is the same in every region, so any will do.
func (at *site) anyBridge() spec.Bridge {
	r := at.flags.reach
	return spec.Bridge{
		Google: spec.Google{Project: first(r.project, at.env("GOOGLE_CLOUD_PROJECT"))},
		AWS:    spec.AWS{Region: first(r.region, at.env("AWS_REGION"), at.env("AWS_DEFAULT_REGION"), "us-east-1")},
	}
}

// close undoes openSite, in reverse.
func (at *site) close() {
	for _, v := range slices.Backward(at.closes) {
		if err := v(); err != nil {
			newPrinter(at.err, at.streams, true, false).line("warning: %s", err)
		}
	}
	at.closes = nil
}

// home is where journals and generated files are kept.
func (at *site) home() (string, error) {
	if dir := at.env("DRAWBRIDGE_HOME"); dir != "" {
		return dir, nil
	}
	if dir := at.env("XDG_STATE_HOME"); dir != "" {
		return filepath.Join(dir, "drawbridge"), nil
	}
	if dir := at.env("LOCALAPPDATA"); dir != "" {
		return filepath.Join(dir, "drawbridge"), nil
	}
	if dir := at.env("HOME"); dir != "" {
		return filepath.Join(dir, ".local", "state", "drawbridge"), nil
	}
	return "", fmt.Errorf("find a place for the journal: none of DRAWBRIDGE_HOME, XDG_STATE_HOME and HOME is set")
}
