package steps

import (
	"context"
	"slices"
	"time"

	"google.golang.org/api/serviceusage/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// Apply turns on what the plan found off.
func (s apisStep) Apply(ctx context.Context, w *World, c Change) error {
	off, _ := c.Seen.([]string)
	for names := range slices.Chunk(off, 20) {
		if err := s.enable(ctx, w, names); err != nil {
			return err
		}
	}
	return s.answering(ctx, w, off)
}

// enable turns on up to 20 APIs and waits for the operation. batchEnable refuses a single name. Another activation in
// progress is waited out.
func (s apisStep) enable(ctx context.Context, w *World, names []string) error {
	parent, op := "projects/"+s.b.Google.Project, "turn on "+shortAPIs(names)
	var done *serviceusage.Operation
	wait := cloud.Wait{What: "other API activations to end", Retry: func(err error) bool { return explain.Is(err, explain.Pending, explain.Conflict) || lost(err) }}
	err := cloud.Until(ctx, wait, func(ctx context.Context) (err error) {
		done, err = write(ctx, op, func(ctx context.Context) (*serviceusage.Operation, error) {
			if len(names) == 1 {
				return w.Google.Services.Services.Enable(parent+"/services/"+names[0], &serviceusage.EnableServiceRequest{}).Context(ctx).Do()
			}
			return w.Google.Services.Services.BatchEnable(parent, &serviceusage.BatchEnableServicesRequest{ServiceIds: names}).Context(ctx).Do()
		})
		return err
	})
	if err != nil {
		return err
	}
	return s.finish(ctx, w, op, done)
}

func (s apisStep) finish(ctx context.Context, w *World, op string, o *serviceusage.Operation) error {
	return awaitOperation(ctx, op, operation{name: o.Name, done: o.Done, failure: o.Error}, func(ctx context.Context, name string) (operation, error) {
		o, err := w.Google.Services.Operations.Get(name).Context(ctx).Do()
		if err != nil {
			return operation{}, err
		}
		return operation{name: o.Name, done: o.Done, failure: o.Error}, nil
	})
}

// answering waits until the APIs that the next steps call answer: they do so minutes after the operation is done.
func (s apisStep) answering(ctx context.Context, w *World, names []string) error {
	if !slices.Contains(names, "iam.googleapis.com") {
		return nil
	}
	wait := cloud.Wait{
		What: "API iam.googleapis.com to answer", For: 5 * time.Minute,
		Retry: func(err error) bool { return explain.Is(err, explain.Disabled, explain.Denied) },
	}
	return cloud.Until(ctx, wait, func(ctx context.Context) error {
		_, err := w.Google.IAM.Projects.ServiceAccounts.List("projects/" + s.b.Google.Project).PageSize(1).Context(ctx).Do()
		return cloud.Problem("list service accounts", err)
	})
}
