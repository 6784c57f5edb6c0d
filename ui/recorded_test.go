package ui

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/verify"
)

// recorded is an engine that answers with what a run on the sandbox answered. Its knobs are the ways in which it can go
// differently; the zero value is a walk where everything works.
type recorded struct {
	pace      time.Duration // between events
	signedOut bool          // AWS is not signed in
	blocked   bool          // a role of somebody else's stands in the way
	recreated bool          // the service account was made anew
	warned    bool          // preflight warns
	stopped   bool          // preflight blocks
	fails     bool          // a step fails
	refused   bool          // the proof to AWS is refused
	standing  bool          // nothing to change
	mu        *sync.Mutex   // of one engine: scenes are copied
	consents  []steps.Consent
	adopted   [][]string
	saves     int
	applies   int
	writes    int
	lent      []bool
	hold      chan struct{} // not nil: a step waits for it, whatever happens to the context
}

var recordedAt = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

func (r *recorded) engine() Engine {
	r.mu = &sync.Mutex{}
	return Engine{
		SignIn: r.signIn, Preflight: r.preflight, Plan: r.plan, Apply: r.apply, BorrowPlan: r.borrowPlan,
		Proofs: r.proofs, Files: r.files,
		Save: func(context.Context, spec.Bridge) (string, error) { r.saves++; return "bridge.yaml", nil },
		Write: func(_ context.Context, files []artifact.File, dir string) ([]string, error) {
			r.writes++
			var out []string
			for _, f := range files {
				out = append(out, dir+"/"+f.Path)
			}
			return out, nil
		},
		Export: func(context.Context, spec.Bridge, steps.Plan) (string, error) { return "acme-build.plan.json", nil },
		List:   r.list,
	}
}

func (r *recorded) now() time.Time {
	if r.pace == 0 {
		return recordedAt
	}
	return time.Now()
}

func (r *recorded) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(r.pace):
		return nil
	}
}

func (r *recorded) signIn(ctx context.Context) Sides {
	_ = r.wait(ctx)
	s := Sides{
		Google: Side{
			Principal: "user:operator@acme.example", Source: "application default credentials", Place: "acme-build",
			Number: "512345678901", Name: "Acme Build",
		},
		AWS: Side{
			Principal: "arn:aws:iam::123456789012:user/operator", Source: "profile acme-admin", Place: "123456789012",
			Name: "acme-prod", Region: "ap-southeast-2",
		},
	}
	if r.signedOut {
		s.AWS = Side{Err: errors.New("sign in to AWS: the session of profile acme-admin has expired"), Command: "aws sso login --profile acme-admin"}
	}
	return s
}

func (r *recorded) preflight(ctx context.Context, b spec.Bridge) (steps.PreflightReport, error) {
	_ = r.wait(ctx)
	var out steps.PreflightReport
	for _, t := range []string{"sign-in", "permissions", "APIs", "names", "clock"} {
		out.Checks = append(out.Checks,
			steps.Check{ID: "google." + t, Cloud: "google", Title: t, Outcome: steps.CheckOK},
			steps.Check{ID: "aws." + t, Cloud: "aws", Title: t, Outcome: steps.CheckOK})
	}
	if r.warned {
		out.Checks = append(out.Checks, steps.Check{
			ID: "google.org-policy", Cloud: "google", Title: "organisation policy on pool providers", Outcome: steps.CheckWarn,
			Detail: "iam.workloadIdentityPoolAwsAccounts allows only listed accounts; we may not read the list.",
			Fix:    "ask the organisation's administrator whether account 123456789012 is on it",
		})
	}
	if r.stopped {
		out.Checks = append(out.Checks, steps.Check{
			ID: "aws.permissions.create-role", Cloud: "aws", Title: "permission iam:CreateRole", Outcome: steps.CheckBlocked,
			Detail: "the permissions boundary of user/operator does not allow iam:CreateRole.",
			Fix:    "have somebody with more rights apply the exported plan", Command: "drawbridge preflight --print-policy setup",
		})
	}
	return out, nil
}

func change(id, cloud, kind, name, title string, a steps.Action) steps.Change {
	return steps.Change{ID: id, Cloud: cloud, Kind: kind, Name: name, Title: title, Action: a, Scope: "bridge", Needs: []string{}}
}

// changes is a bridge both ways.
func (r *recorded) changes(b spec.Bridge) []steps.Change {
	var out []steps.Change
	add := func(c steps.Change) *steps.Change { out = append(out, c); return &out[len(out)-1] }
	project := add(change("google.project", "google", "project", b.Google.Project, "project "+b.Google.Project, steps.Keep))
	project.Scope = "project"
	apis := add(change("google.apis", "google", "apis", "apis", "APIs sts, iamcredentials, iam", steps.Create))
	apis.Scope, apis.Reason = "project", "both directions call them"
	if b.ToAWS != nil {
		add(change("google.service-account.to-aws", "google", "service-account", b.ToAWS.ServiceAccount, "service account "+b.ToAWS.ServiceAccount, steps.Create)).
			Command = "gcloud iam service-accounts create " + b.ToAWS.ServiceAccount + " --project=" + b.Google.Project
		role := add(change("aws.role.to-aws", "aws", "role", b.ToAWS.Role.Name, "role "+b.ToAWS.Role.Path+b.ToAWS.Role.Name, steps.Create))
		role.Command = "aws iam create-role --role-name " + b.ToAWS.Role.Name + " --path " + b.ToAWS.Role.Path + " --assume-role-policy-document file://trust.json"
		role.Reason = "the service account assumes it"
		role.Fields = []steps.Field{
			{Path: "maxSessionDuration", After: "1h"},
			{Path: "assumeRolePolicyDocument", After: string(b.Trust("(known after apply)").JSON())},
		}
		if r.blocked && !slices.Contains(b.Adopt, "toAWS.role") {
			role.Action, role.Reason, role.Allow = steps.Blocked, "it exists and was not made by this bridge: adopt it with a, or choose another name", "toAWS.role"
		}
		if r.blocked && slices.Contains(b.Adopt, "toAWS.role") {
			role.Action, role.Reason = steps.Adopt, "exists; only our own trust statement is added"
			role.Fields[1].Before = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": []\n}"
		}
	}
	if b.ToGoogle != nil {
		g := b.ToGoogle
		add(change("aws.role.to-google", "aws", "role", g.Role.Name, "role "+g.Role.Path+g.Role.Name, steps.Create))
		add(change("aws.instance-profile", "aws", "instance-profile", g.Role.Name, "instance profile "+g.Role.Name, steps.Create))
		pool := add(change("google.pool", "google", "pool", g.Pool, "pool "+g.Pool, steps.Restore))
		pool.Reason = "deleted 3 days ago with our mark; comes back empty"
		add(change("google.provider", "google", "provider", g.Provider, "provider "+g.Provider, steps.Create)).
			Fields = []steps.Field{{Path: "attributeCondition", After: b.Condition()}, {Path: "aws.accountId", After: b.AWS.Account}}
		add(change("google.service-account.to-google", "google", "service-account", g.ServiceAccount, "service account "+g.ServiceAccount, steps.Create))
		add(change("google.binding", "google", "binding", "roles/iam.workloadIdentityUser", "binding workloadIdentityUser", steps.Create)).
			Fields = []steps.Field{{Path: "member", After: b.Member("512345678901")}}
	}
	return out
}

func (r *recorded) plan(ctx context.Context, b spec.Bridge, consent steps.Consent, sink steps.Sink) (steps.Plan, error) {
	r.mu.Lock() // a look ahead that was called off may still be on its way
	r.consents, r.adopted = append(r.consents, consent), append(r.adopted, b.Adopt)
	r.mu.Unlock()
	var p steps.Plan
	for _, c := range r.changes(b) {
		if err := r.wait(ctx); err != nil {
			return p, err
		}
		switch {
		case r.standing || r.applies > 0 && c.ID != "aws.role.to-google":
			c.Action, c.Reason = steps.Keep, ""
		case r.recreated && consent.AcceptAccount == "" && c.ID == "aws.role.to-aws":
			c.Action, c.Reason, c.Accept = steps.Blocked, "account re-created: the role trusts 104290111, the live account is 118820222", "118820222"
		}
		p.Changes = append(p.Changes, c)
		count(&p.Summary, c.Action)
		sink(steps.Event{Time: recordedAt, Step: c.ID, Kind: steps.Planned, Action: c.Action})
	}
	return p, nil
}

func count(s *steps.Summary, a steps.Action) {
	for action, n := range map[steps.Action]*int{
		steps.Create: &s.Create, steps.Update: &s.Update, steps.Adopt: &s.Adopt, steps.Restore: &s.Restore,
		steps.Keep: &s.Keep, steps.Remove: &s.Remove, steps.Blocked: &s.Blocked,
	} {
		if action == a {
			*n++
		}
	}
}

func (r *recorded) apply(ctx context.Context, b spec.Bridge, p steps.Plan, sink steps.Sink) (steps.Result, error) {
	r.applies++
	var out steps.Result
	failed := false
	for i, c := range p.Changes {
		at := recordedAt.Add(time.Duration(i) * time.Second)
		res := steps.StepResult{ID: c.ID, Action: c.Action, Outcome: steps.OutcomeDone, Calls: 2, DurationMs: 400}
		switch {
		case c.Action == steps.Keep:
			res.Outcome = steps.OutcomeKept
			out.Summary.Kept++
		case ctx.Err() != nil:
			res.Outcome, res.Reason = steps.OutcomeSkipped, "stopped"
			out.Summary.Skipped++
			sink(steps.Event{Time: at, Step: c.ID, Kind: steps.Skipped, Message: "stopped"})
		case r.fails && c.ID == "aws.role.to-google":
			failed = true
			res = refusedRole(b, c)
			out.Summary.Failed++
			sink(steps.Event{Time: at, Step: c.ID, Kind: steps.Failed, Message: res.Reason})
		case failed && c.Cloud == "aws":
			res.Outcome, res.Reason = steps.OutcomeSkipped, "it needs aws.role.to-google"
			out.Summary.Skipped++
			sink(steps.Event{Time: at, Step: c.ID, Kind: steps.Skipped, Message: res.Reason})
		default:
			sink(steps.Event{Time: r.now(), Step: c.ID, Kind: steps.Started})
			_ = r.wait(ctx)
			if r.hold != nil {
				<-r.hold
			}
			if c.Kind == "role" {
				sink(steps.Event{
					Time: r.now(), Step: c.ID, Kind: steps.Waiting, Message: "IAM to show the role", Seen: 2, Want: 3,
					Since: r.now().Add(-6 * time.Second), Until: r.now().Add(114 * time.Second),
				})
				_ = r.wait(ctx)
				_ = r.wait(ctx)
			}
			sink(steps.Event{Time: r.now(), Step: c.ID, Kind: steps.Done})
			out.Summary.Done++
		}
		out.Steps = append(out.Steps, res)
	}
	return out, ctx.Err()
}

func refusedRole(b spec.Bridge, c steps.Change) steps.StepResult {
	return steps.StepResult{
		ID: c.ID, Action: c.Action, Outcome: steps.OutcomeFailed, Calls: 1, DurationMs: 400,
		Reason: "create role: you may not iam:CreateRole on this path",
		Problem: &explain.Problem{
			Op: "create role " + b.ToGoogle.Role.Name, Kind: explain.Denied, Code: "AccessDenied", Permission: "iam:CreateRole",
			Reason: "not authorized to perform iam:CreateRole because no identity-based policy allows it", Who: "an administrator of the account",
			Do: []string{"ask for iam:CreateRole on role/drawbridge/*", "or export the plan for somebody who has it"},
		},
	}
}

func (r *recorded) borrowPlan(ctx context.Context, b spec.Bridge, o verify.Options) ([]steps.Change, error) {
	_ = r.wait(ctx)
	after := steps.Unknown{After: "borrowing: 15 minutes later"}
	var out []steps.Change
	if b.ToAWS != nil {
		c := change("google.borrow.to-aws", "google", "borrow", b.ToAWSEmail(), "borrow roles/iam.serviceAccountOpenIdTokenCreator", steps.Create)
		c.Reason = "an ID token of the account proves the way to AWS; removed right after, expires after 15 minutes"
		c.Fields = []steps.Field{{Path: "role", After: "roles/iam.serviceAccountOpenIdTokenCreator"}, {Path: "member", After: "user:operator@acme.example"}, {Path: "condition.expression", After: after}}
		c.Command = "gcloud iam service-accounts add-iam-policy-binding " + b.ToAWSEmail() + " --member=user:operator@acme.example --role=roles/iam.serviceAccountOpenIdTokenCreator"
		out = append(out, c)
	}
	if b.ToGoogle != nil {
		c := change("aws.borrow.to-google", "aws", "borrow", b.ToGoogle.Role.Name, "borrow a trust statement", steps.Create)
		c.Reason = "a session of the role proves the way to Google; removed right after, expires after 15 minutes"
		c.Fields = []steps.Field{{Path: "sid", After: "DrawbridgeBorrow…"}, {Path: "principal", After: "arn:aws:iam::123456789012:user/operator"}, {Path: "condition", After: after}}
		out = append(out, c)
	}
	return out, nil
}

func (r *recorded) list(ctx context.Context, _ spec.Bridge, path string, page func([]Choice)) error {
	_ = r.wait(ctx)
	page([]Choice{
		{Value: "acme-build", Title: "Acme Build"},
		{Value: "acme-legacy", Title: "Acme Legacy\x1b[31m"},
		{Value: "ci-runner", Title: "CI runner", Note: "exists, would be adopted", Adopt: true},
	})
	return nil
}

func (r *recorded) files(context.Context, spec.Bridge) ([]artifact.File, error) {
	return []artifact.File{
		{
			Path: "credential-config.json", Kind: "credential-config", For: "workload",
			Where: "On the EC2 instance, anywhere the workload can read it.", Command: "export GOOGLE_APPLICATION_CREDENTIALS=credential-config.json",
			Bytes: []byte("{\n  \"type\": \"external_account\",\n  \"audience\": \"//iam.googleapis.com/projects/512345678901/locations/global/workloadIdentityPools/acme-build/providers/aws-123456789012\"\n}\n"),
		},
		{
			Path: "aws-config", Kind: "aws-config", For: "workload", Where: "On the VM, as ~/.aws/config of the user that the workload runs as.",
			Command: "aws --profile drawbridge sts get-caller-identity", Bytes: []byte("[profile drawbridge]\ncredential_process = drawbridge credential-process -f bridge.yaml\n"),
		},
		{Path: "report.md", Kind: "report", For: "operator", Where: "Wherever the people who own both sides read it.", Bytes: []byte("# acme-build\n")},
	}, nil
}
