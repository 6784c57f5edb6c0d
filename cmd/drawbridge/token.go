package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/credential"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

type tokenOptions struct {
	crossing
	force bool
}

func newToken(s streams) *cobra.Command {
	o := &tokenOptions{crossing: crossing{cloudCommand: cloudCommand{streams: s}}}
	c := &cobra.Command{
		Use:   "token",
		Short: "Print a subject token for Google's client libraries on an AWS workload",
		Long: `Print a subject token for Google's client libraries on an AWS workload, as their executable source wants it.

AWS issues the token about the role that the workload runs with. The libraries start the program themselves, when the
variable GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES is 1, and say which audience and which output file.`,
		Example: "  drawbridge token --role arn:aws:iam::123456789012:role/drawbridge/reader --audience https://iam.googleapis.com/projects/...\n" +
			"  drawbridge token -f bridge.yaml",
		Args: nothing,
		RunE: func(c *cobra.Command, _ []string) error {
			if o.outTerminal && !o.force {
				return onTerminal("token")
			}
			if err := o.checkNames(); err != nil {
				return err
			}
			return o.on(c, func(ctx context.Context, at *site) error { return runToken(ctx, o, at) })
		},
	}
	o.bind(c)
	c.Flags().BoolVar(&o.force, "force", false, "print the token to a terminal too")
	return c
}

// runToken answers failures too in the form that the libraries read, and still fails.
func runToken(ctx context.Context, o *tokenOptions, at *site) error {
	data, err := o.document(ctx, at)
	if err != nil {
		if failure, ferr := credential.ExecutableFailure(err); ferr == nil && !unusable(err) {
			o.told.printed = true
			_, _ = o.out.Write(failure)
		}
		return err
	}
	if file := at.env("GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE"); file != "" {
		if err := credential.WriteOutput(file, data); err != nil {
			return err
		}
	}
	o.told.printed = true
	_, err = o.out.Write(data)
	return err
}

func (o *tokenOptions) document(ctx context.Context, at *site) ([]byte, error) {
	s, err := o.toGoogle(ctx, at)
	if err != nil {
		return nil, err
	}
	if s.kind != cloud.JWT {
		return nil, usage("the provider of this bridge takes signed requests, which no executable source can give",
			"use the file of drawbridge generate credential-config", "or run the command under drawbridge exec --to google")
	}
	t, err := s.subject.JWT(ctx)
	if err != nil {
		return nil, err
	}
	return credential.ExecutableDocument(t)
}

// wayToGoogle is the source of subject tokens for workloads on AWS.
type wayToGoogle struct {
	bridge  spec.Bridge
	subject credential.Subject
	google  *cloud.Google
	config  credential.Config
	kind    string // cloud.JWT or cloud.AWS4Request
}

// toGoogle opens the clouds as the workload and settles the audience.
func (o *crossing) toGoogle(ctx context.Context, at *site) (*wayToGoogle, error) {
	b, err := o.bridgeToGoogle(at)
	if err != nil {
		return nil, err
	}
	w := &wayToGoogle{bridge: b, kind: cloud.AWS4Request}
	if !o.alone() && b.ToGoogle.Token == spec.TokenJWT || o.alone() && strings.HasPrefix(o.audience, "https:") {
		w.kind = cloud.JWT
	}
	options := at.options(b)
	options.Impersonate, options.Env = "", at.workloadEnv()
	g, a, err := cloud.Open(ctx, options)
	if err != nil {
		return nil, endpointUsage(err)
	}
	w.google = g
	provider, err := o.providerAudience(ctx, at, w)
	if err != nil {
		return nil, err
	}
	w.subject = credential.Subject{RoleARN: o.role, Audience: provider, AWS: a, Env: options.Env, Profile: options.Profile}
	w.config = credential.Config{Audience: provider, Type: w.kind, Email: o.cloud.reach.impersonate, Google: g.Endpoints}
	if w.kind == cloud.JWT {
		w.subject.Audience = "https:" + provider
	}
	if !o.alone() {
		w.subject.RoleARN, w.config.Email = b.ToGoogleRoleARN(), b.ToGoogleEmail()
	}
	return w, nil
}

func (o *crossing) bridgeToGoogle(at *site) (spec.Bridge, error) {
	if o.alone() {
		return o.roleAlone(at), nil
	}
	b, err := o.file()
	if err == nil && b.ToGoogle == nil {
		err = usage("bridge "+b.Name+" has no toGoogle direction", "run this for a bridge from AWS to Google")
	}
	return b, err
}

// workloadEnv hides a person's profiles, unless one was asked for.
func (at *site) workloadEnv() func(string) string {
	if at.flags.reach.profile != "" {
		return at.env
	}
	return credential.WorkloadEnv(at.env)
}

// providerAudience is the provider's full name, beginning with //iam.googleapis.com/: as asked for, as Google's library
// says, or looked up with whoever is signed in.
func (o *crossing) providerAudience(ctx context.Context, at *site, w *wayToGoogle) (string, error) {
	said := strings.TrimPrefix(first(o.audience, at.env("GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE")), "https:")
	switch {
	case said != "" && !strings.HasPrefix(said, "//iam.googleapis.com/projects/"):
		return "", usage("--audience "+said+" is no provider of Google's", "write //iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER")
	case said != "":
		return said, nil
	case o.alone():
		return "", usage("--role needs --audience", "name the provider: --audience //iam.googleapis.com/projects/NUMBER/...")
	}
	number, err := credential.ProjectNumber(ctx, w.google, w.bridge.Google.Project)
	if err != nil {
		return "", errors.Join(usage("the project's number is not known here", "name the provider: --audience //iam.googleapis.com/projects/NUMBER/..."), err)
	}
	return w.bridge.ProviderAudience(number), nil
}
