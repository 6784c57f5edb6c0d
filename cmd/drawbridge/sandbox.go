package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

type sandboxOptions struct {
	streams
	knobs
	proxy bool
}

func newSandbox(s streams) *cobra.Command {
	o := &sandboxOptions{streams: s}
	c := &cobra.Command{
		Use:   "sandbox",
		Short: "Serve both clouds on loopback until interrupted",
		Long: `Serve both clouds on loopback until interrupted (exit code 0). The first line says where, the next ones are the
exports that point drawbridge, aws, gcloud, Terraform and the client libraries at it, then comes "ready".

The sandbox is strict: it checks signatures, evaluates policies and refuses what the real clouds refuse.

With --proxy it listens as an HTTP(S) proxy and puts the clouds behind their real names: programs keep their real addresses,
unedited files included. Its certificate authority is good for a day and for the clouds' domains; every other host is refused.`,
		Example: "  drawbridge sandbox > sandbox.env &\n  until grep -qs ^ready sandbox.env; do sleep 0.1; done; eval \"$(grep ^export sandbox.env)\"\n" +
			"  drawbridge sandbox --proxy\n  drawbridge sandbox --sandbox-state world.json --fault aws.iam.CreateRole=Throttling*2",
		Args: nothing,
		RunE: func(c *cobra.Command, _ []string) error { return runSandbox(c.Context(), o) },
	}
	o.bind(c)
	c.Flags().BoolVar(&o.proxy, "proxy", false, "be a proxy before the clouds' real names, instead of an endpoint")
	return c
}

func runSandbox(ctx context.Context, o *sandboxOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	options := o.options()
	options.Proxy = o.proxy
	server, err := sandbox.Start(context.WithoutCancel(ctx), options)
	if err != nil {
		return knobError(err, "")
	}
	o.told.printed = true
	_, err = fmt.Fprint(o.out, announcement(server))
	if err == nil {
		<-ctx.Done()
	}
	return errors.Join(err, server.Close())
}

// announcement is written at once, so that a reader that waits for "ready" has seen everything before it.
func announcement(server *sandbox.Server) string {
	var out strings.Builder
	fmt.Fprintf(&out, "listening on %s\n", server.URL())
	for _, e := range server.Exports() {
		fmt.Fprintf(&out, "export %s=%s\n", e.Name, shellQuoted(e.Value))
	}
	out.WriteString("ready\n")
	return out.String()
}

// shellQuoted makes one word of any text for a POSIX shell; plain words stay plain.
func shellQuoted(s string) string {
	plain := s != "" && strings.IndexFunc(s, func(r rune) bool {
		return !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:@,+%", r)
	}) < 0
	if plain {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
