package main

import (
	"context"
	"errors"
	"path/filepath"
	"regexp"
	"time"

	"github.com/spf13/cobra"

	"github.com/drawbridge-cloud/drawbridge/internal/credential"
)

type credentialProcessOptions struct {
	crossing
	force bool
	write string
	once  bool
}

func newCredentialProcess(s streams) *cobra.Command {
	o := &credentialProcessOptions{crossing: crossing{cloudCommand: cloudCommand{streams: s}}}
	c := &cobra.Command{
		Use:   "credential-process",
		Short: "Print AWS credentials for AWS SDKs on a Google workload",
		Long: `Print AWS credentials for AWS SDKs on a Google workload, as credential_process of an AWS profile wants them.

The ID token comes from the metadata server; with --impersonate-service-account EMAIL it is minted of that account with
your own sign-in. Sessions are kept in a cache of one's own (0600) and renewed while 15 minutes are left.

Where a program can run no process, --write PROFILE keeps a session in that profile of the shared credentials file instead:
it stays until it is interrupted (exit code 0) and writes the next one ahead of the end. With --once it writes and ends; a
timer that runs that every ten minutes does the same. Other profiles are not touched, and one with keys of its own is refused.`,
		Example: "  drawbridge credential-process -f bridge.yaml\n" +
			"  drawbridge credential-process --role arn:aws:iam::123456789012:role/drawbridge/ci --audience https://sts.amazonaws.com/123456789012/ci\n" +
			"  drawbridge credential-process --write ci\n  drawbridge credential-process --write ci --once",
		Args: nothing,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return o.on(c, func(ctx context.Context, at *site) error { return runCredentialProcess(ctx, o, at) })
		},
	}
	o.bind(c)
	c.Flags().BoolVar(&o.force, "force", false, "print credentials to a terminal too")
	c.Flags().StringVar(&o.write, "write", "", "keep this `PROFILE` of the shared credentials file fresh until interrupted, and print nothing")
	c.Flags().BoolVar(&o.once, "once", false, "with --write: write once and end")
	return c
}

var profileName = regexp.MustCompile(`^[\w.@/+:-]{1,128}$`)

func (o *credentialProcessOptions) check() error {
	switch {
	case o.once && o.write == "":
		return usage("--once goes with --write", "add --write PROFILE, or leave --once out")
	case o.write != "" && !profileName.MatchString(o.write):
		return usage("--write "+o.write+" is no name of a profile", "use letters, digits and _.@/+:-")
	case o.write == "" && o.outTerminal && !o.force:
		return onTerminal("credential-process")
	}
	return o.checkNames()
}

// onTerminal refuses to show credentials to whoever looks at a screen.
func onTerminal(command string) error {
	return &usageError{
		what: "stdout is a terminal, and " + command + " prints credentials", why: "they would stay in its history",
		do: []string{"let a program read them", "or, if you mean it: --force"},
	}
}

func runCredentialProcess(ctx context.Context, o *credentialProcessOptions, at *site) error {
	source, _, err := o.toAWS(at)
	if err != nil {
		return err
	}
	if o.write != "" && !o.once {
		return o.keep(ctx, source, at.sharedCredentials())
	}
	got, err := source.Get(ctx)
	if err != nil {
		return err
	}
	if o.write != "" {
		return credential.WriteProfile(at.sharedCredentials(), o.write, got)
	}
	data, err := credential.ProcessDocument(got, source.Wanted.RoleARN)
	if err != nil {
		return err
	}
	o.told.printed = true
	_, err = o.out.Write(data)
	return err
}

// keep writes session after session and says so. To be interrupted is its only end, and no failure.
func (o *credentialProcessOptions) keep(ctx context.Context, source credential.AWS, path string) error {
	p := o.progress()
	err := credential.KeepProfile(ctx, source, path, o.write, func(until time.Time, err error) {
		if err != nil {
			p.line("%s %s", p.bad("not renewed:"), accountOf(err).message)
		}
		p.line("profile %s of %s: good until %s", o.write, path, until.UTC().Format(time.RFC3339))
	})
	if _, stopped := errors.AsType[*signalError](context.Cause(ctx)); stopped && ctx.Err() != nil {
		return nil
	}
	return err
}

// sharedCredentials is the file that AWS's tools share.
func (at *site) sharedCredentials() string {
	if f := at.env("AWS_SHARED_CREDENTIALS_FILE"); f != "" {
		return f
	}
	return filepath.Join(first(at.env("HOME"), at.env("USERPROFILE")), ".aws", "credentials")
}
