package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/drawbridge-cloud/drawbridge/internal/credential"
)

type execOptions struct {
	crossing
	to   choice
	argv []string
}

func newExec(s streams) *cobra.Command {
	o := &execOptions{crossing: crossing{cloudCommand: cloudCommand{streams: s}}}
	c := &cobra.Command{
		Use:   "exec [--to aws|google] -- CMD [ARG...]",
		Short: "Run a command with fresh credentials of the other cloud",
		Long: `Run a command with fresh credentials of the other cloud in its environment.

To AWS, the command finds a container's credentials on loopback, which every AWS SDK renews by itself. To Google, it finds
a credential configuration that asks drawbridge for each new subject token, in a file of its own that goes with it: every
library of Google's reads it first. Credentials that would win over them are taken out of its environment. Signals and the
exit code are passed on.

Exit codes: the command's own; 125 when drawbridge failed, 126 when the command cannot be run, 127 when there is none.`,
		Example: "  drawbridge exec -- aws sts get-caller-identity\n  drawbridge exec --to google -- gcloud projects describe acme-build",
		Args: func(_ *cobra.Command, args []string) error {
			if o.argv = args; len(args) == 0 {
				return &ownError{usage("exec what?", "write the command behind --: drawbridge exec -- CMD")}
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error {
			err := o.checkNames()
			if err == nil {
				err = o.on(c, func(ctx context.Context, at *site) error { return runExec(ctx, o, at) })
			}
			if _, child := errors.AsType[*childError](err); err == nil || child {
				return err
			}
			return &ownError{err}
		},
	}
	o.bind(c)
	o.to = choice{allowed: []string{"aws", "google"}}
	c.Flags().Var(&o.to, "to", "the other cloud (default the bridge's only direction)")
	c.Flags().SetInterspersed(false)
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return &ownError{flagError(c, err)} })
	return c
}

// runExec gets the credentials first, so that what cannot work is said before the command begins.
func runExec(ctx context.Context, o *execOptions, at *site) error {
	to, err := o.direction()
	if err != nil {
		return err
	}
	if to == "google" {
		return o.inGoogle(ctx, at)
	}
	return o.inAWS(ctx, at)
}

// direction is --to, or the only one there is.
func (o *execOptions) direction() (string, error) {
	switch {
	case o.to.value != "":
		return o.to.value, nil
	case o.alone():
		return "aws", nil
	}
	b, err := o.file()
	switch {
	case err != nil:
		return "", err
	case b.ToGoogle == nil:
		return "aws", nil
	case b.ToAWS == nil:
		return "google", nil
	}
	return "", usage("bridge "+b.Name+" has both directions", "say which one: --to aws, or --to google")
}

func (o *execOptions) inAWS(ctx context.Context, at *site) error {
	source, b, err := o.toAWS(at)
	if err != nil {
		return err
	}
	e, err := credential.ServeAWS(ctx, source)
	if err != nil {
		return err
	}
	defer func() { _ = e.Close() }()
	return o.child(ctx, credential.AWSEnvironment(at.environment(), e, b.AWS.Region))
}

func (o *execOptions) inGoogle(ctx context.Context, at *site) error {
	way, err := o.toGoogle(ctx, at)
	if err != nil {
		return err
	}
	e, err := credential.ServeSubject(ctx, way.subject, way.kind)
	if err != nil {
		return err
	}
	defer func() { _ = e.Close() }()
	path, remove, err := credential.WriteConfig(way.config, e, at.passingPlaces())
	if err != nil {
		return err
	}
	defer func() { _ = remove() }()
	return o.child(ctx, credential.GoogleEnvironment(at.environment(), path, way.bridge.Google.Project))
}

// passingPlaces is where a file may lie that is worth nothing after this run: in memory where the system has a place for
// that, which a container without a writable disk has too.
func (at *site) passingPlaces() []string {
	var out []string
	if dir := at.env("XDG_RUNTIME_DIR"); dir != "" {
		out = append(out, dir)
	}
	if runtime.GOOS == "linux" {
		out = append(out, "/dev/shm")
	}
	return append(out, os.TempDir())
}

// child runs the command to its end and passes signals on, in the same process group: to its shell and its terminal the
// command is what was started. It does not begin when the run was told to end before.
func (o *execOptions) child(ctx context.Context, environ []string) error {
	c := exec.Command(o.argv[0], o.argv[1:]...) //nolint:gosec // running the user's command is what this is for
	c.Stdin, c.Stdout, c.Stderr, c.Env = o.in, o.out, o.err, environ
	o.told.printed = true
	caught := make(chan os.Signal, 8)
	signal.Notify(caught, passedOn()...)
	defer signal.Stop(caught)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := c.Start(); err != nil {
		return notRun(o.argv[0], err)
	}
	done := make(chan struct{})
	go passOn(c.Process, caught, done)
	err := c.Wait()
	close(done)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return &childError{code: exitOf(exit.ProcessState)}
	}
	return err
}

func passOn(p *os.Process, caught <-chan os.Signal, done <-chan struct{}) {
	for {
		select {
		case s := <-caught:
			if !typed(s) || !inForeground() {
				_ = p.Signal(s)
			}
		case <-done:
			return
		}
	}
}

// notRun tells a command that is not there from one that cannot be run, as env does.
func notRun(name string, err error) error {
	code := exitCode(126)
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		code = 127
	}
	return &childError{code: code, err: usage("run "+name+": "+reason(err), "name a program that is on the PATH")}
}
