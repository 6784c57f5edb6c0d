package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/audit"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// found is an answer with something of everything.
func found() audit.Document {
	drift := change("google.provider", google, "provider", "aws-1", "provider aws-123456789012", steps.Update)
	drift.Reason = "the condition was widened"
	drift.Fields = []steps.Field{{Path: "attributeCondition", Before: "true", After: "assertion.arn == 'x'"}}
	one := func(id string, s audit.Severity, cloud, resource, title string) audit.Finding {
		return audit.Finding{
			ID: id, Severity: s, Cloud: cloud, Resource: resource, Title: title, Evidence: "StringLike sub = *", Fix: "name the account by its number",
			Command:  "aws iam update-assume-role-policy --role-name ci-runner --policy-document file://trust.json",
			Document: "{\n  \"Version\": \"2012-10-17\"\n}", Reference: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html",
		}
	}
	open := []audit.Finding{
		one("AWS-T04", audit.Critical, aws, "arn:aws:iam::123456789012:role/drawbridge/ci-runner", "everybody at Google can assume the role"),
		one("AWS-R02", audit.Medium, aws, "role longs-for-ever", "sessions last long"),
		one("GCP-PRJ-02", audit.Low, google, "project acme-build", "the organisation does not say which accounts may be trusted"),
	}
	for i := range 3 {
		open = append(open, one("GCP-SA-01", audit.High, google, fmt.Sprintf("service account sa-%d@acme-build.iam.gserviceaccount.com", i), "the account has a key"))
	}
	accepted := []audit.Finding{one("AWS-K01", audit.High, aws, "user/legacy", "a key that the bridge makes unnecessary is still active")}
	unread := []audit.NotEvaluated{{ID: "GCP-PRJ-07", Severity: audit.Low, Reason: "missing permission resourcemanager.projects.get"}}
	trusts := []audit.Trust{
		{Direction: toAWS, From: "ci-runner@acme-build.iam.gserviceaccount.com", Through: "GoogleServiceAccount", To: "arn:aws:iam::123456789012:role/drawbridge/ci-runner", Worst: "critical"},
		{Direction: toGoogle, From: "arn:aws:sts::123456789012:assumed-role/reporter", Through: "pool acme", To: "service account reporter@acme-build.iam.gserviceaccount.com", Dangling: "pool acme has no provider that can be used"},
	}
	return audit.NewDocument([]steps.Change{drift}, open, accepted, unread, trusts, 1)
}

// auditAt sits before an audit whose answer is there.
func auditAt(t *testing.T, d audit.Document, width, height int) *driver {
	t.Helper()
	e := Engine{Audit: func(_ context.Context, tell func(Progress)) (audit.Document, error) {
		tell(Progress{Doing: "comparing both clouds with the bridge", Seen: 3})
		tell(Progress{Doing: "asking every rule"})
		return d, nil
	}}
	return auditWith(t, e, width, height)
}

func auditWith(t *testing.T, e Engine, width, height int) *driver {
	t.Helper()
	dr := drive(t, e, Options{}, width, height)
	dr.m.survey.subject = "acme-build"
	at, begin := newFindings(dr.m.walk)
	dr.m.at = at
	dr.run(begin)
	dr.until("the answer", func() bool { return len(dr.m.calls) == 0 })
	return dr
}

func TestAnAuditShowsDriftThenFindingsWorstFirst(t *testing.T) {
	for _, size := range []box{{80, 24}, {120, 40}} {
		d := auditAt(t, found(), size.w, size.h)
		golden(t, fmt.Sprintf("audit-%dx%d", size.w, size.h), d.text())
	}
	lane := findings{}.lane(auditAt(t, found(), 80, 24).m.walk, google)
	if len(lane) != 3 || lane[0].drift == nil || lane[1].list[0].Severity != audit.High || len(lane[1].list) != 3 {
		t.Errorf("got %+v, want drift, three of one rule folded, one low", lane)
	}
}

func TestARuleIsUnfoldedIntoItsFindings(t *testing.T) {
	d := auditAt(t, found(), 80, 30)
	d.press("down").shows("x3", "space unfold").press("space").shows("sa-0", "sa-1")
	d.press("space")
	if strings.Contains(d.text(), "sa-1@") {
		t.Errorf("still unfolded:\n%s", d.text())
	}
}

func TestAFindingSaysWhatWasSeenAndHowToCloseIt(t *testing.T) {
	d := auditAt(t, found(), 80, 40)
	d.press("right", "enter").shows("AWS-T04", "StringLike sub = *", "name the account by its number", "As a command", "update-assume-role-policy", "As a document", "docs.aws.amazon.com")
}

func TestAnAuditIsFilteredBySeverity(t *testing.T) {
	d := auditAt(t, found(), 80, 24)
	for _, want := range []string{"from low", "from medium", "from high", "from critical", "Audit acme-build"} {
		d.press("s").shows(want)
		if gone := strings.Contains(d.text(), "sessions last long"); gone == (want == "from high" || want == "from critical") {
			t.Errorf("severity %s shows the medium finding: %v\n%s", want, gone, d.text())
		}
	}
}

func TestAnAuditSaysWhoGetsInAndWhatItCouldNotSay(t *testing.T) {
	d := auditAt(t, found(), 80, 24)
	d.press("w").shows("critical", "pool acme has no provider that can be used").press("esc")
	d.press("n").shows("GCP-PRJ-07", "missing permission").press("esc")
	d.press("a").shows("AWS-K01", "user/legacy").press("esc")
	d.key("q")
	d.until("the end", func() bool { return d.quit })
}

func TestAnAuditThatFailedIsReadAgain(t *testing.T) {
	tries := 0
	d := auditWith(t, Engine{Audit: func(context.Context, func(Progress)) (audit.Document, error) {
		if tries++; tries == 1 {
			return audit.Document{}, &explain.Problem{Op: "list roles", Kind: explain.Denied, Reason: "not allowed"}
		}
		return found(), nil
	}}, 80, 24)
	d.shows("not allowed", "r read again").press("r").shows("everybody at Google can assume the")
}

func TestInputThatCannotBeUsedEndsTheAuditAtOnce(t *testing.T) {
	d := auditWith(t, Engine{Audit: func(context.Context, func(Progress)) (audit.Document, error) {
		return audit.Document{}, errors.New("no project is named")
	}}, 80, 24)
	d.until("the end", func() bool { return d.quit })
}

func TestLeavingAnAuditWaitsForTheReadingToStop(t *testing.T) {
	for _, k := range []string{"q", "esc", "ctrl+c"} {
		stopped := make(chan struct{})
		d := drive(t, Engine{Audit: func(ctx context.Context, tell func(Progress)) (audit.Document, error) {
			tell(Progress{Doing: "reading project acme-build"})
			<-ctx.Done()
			close(stopped)
			return audit.Document{}, ctx.Err()
		}}, Options{}, 80, 24)
		at, begin := newFindings(d.m.walk)
		d.m.at = at
		d.run(begin)
		d.until("the first word", func() bool { return len(d.m.survey.doing) > 0 })
		d.shows("reading project acme-build")
		d.key(k)
		d.until("the end", func() bool { return d.quit })
		select {
		case <-stopped:
		default:
			t.Errorf("%s: the screen ended before the reading did", k)
		}
	}
}
