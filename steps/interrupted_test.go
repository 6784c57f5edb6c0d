package steps

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

func TestWriteThatHangsIsGivenUpSoonAfterTheRunEnds(t *testing.T) {
	r := newRig(t, explicitFile, sandbox.Options{})
	p := r.plan(Present)
	r.fault("google.iam.projects.serviceAccounts.create=hang")
	ctx, cancel := context.WithCancel(r.calling())
	defer cancel()
	start := time.Now()
	res, err := r.graph().Apply(ctx, r.world(), p, ApplyOptions{Sink: func(e Event) {
		if e.Step == "google.service-account.to-aws" && e.Kind == Started {
			time.AfterFunc(50*time.Millisecond, cancel)
		}
	}})
	if took := time.Since(start); took > 15*time.Second {
		t.Errorf("it took %s to give up", took)
	}
	if err == nil {
		t.Fatal("got no error")
	}
	if s, _ := res.Step("google.service-account.to-aws"); s.Outcome != OutcomeFailed || !strings.Contains(s.Reason, "unknown") {
		t.Errorf("got %s %q, want failed, its effect unknown", s.Outcome, s.Reason)
	}
}

func TestCreateThatWasLostBeforeItsEffectIsMadeOnceMore(t *testing.T) {
	tests := []struct{ file, call string }{
		{toAWSFile, "aws.iam.CreateRole"},
		{explicitFile, "aws.iam.CreateOpenIDConnectProvider"},
		{toAWSFile, "google.compute.instances.insert"},
		{toGoogleFile, "aws.iam.CreateInstanceProfile"},
		{toGoogleFile, "google.iam.projects.serviceAccounts.create"},
		{toGoogleFile, pools + "create"},
		{toGoogleFile, pools + "providers.create"},
		{"", "aws.ec2.AssociateIamInstanceProfile"},
	}
	for _, tt := range tests {
		for _, fault := range []string{"refuse", "500"} {
			t.Run(tt.call+" "+fault, func(t *testing.T) {
				file := tt.file
				if file == "" {
					file = toGoogleFile
				}
				r := newRig(t, file, sandbox.Options{})
				if tt.file == "" {
					r.file(attachedFile(r.runInstance()))
				}
				p := r.plan(Present)
				r.fault(tt.call + "=" + fault + "*1")
				r.applyPlan(p)
				r.fault()
				r.wantKept(r.plan(Present))
			})
		}
	}
}
