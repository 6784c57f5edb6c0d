package sandbox_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/smithy-go"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

func TestDroppedCallsHaveHappened(t *testing.T) {
	s := start(t, sandbox.Options{Faults: []string{"aws.iam.CreateRole=drop*1"}})
	_, err := iamOf(s).CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("lost"), AssumeRolePolicyDocument: aws.String(ec2Trust)})
	var api smithy.APIError
	if err == nil || errors.As(err, &api) {
		t.Fatalf("got %v, want a broken connection", err)
	}
	must(iamOf(s).GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("lost")}))(t)
}

func TestRefusedCallsHaveNot(t *testing.T) {
	s := start(t, sandbox.Options{Faults: []string{"aws.iam.CreateRole=refuse*1"}})
	if _, err := iamOf(s).CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("kept"), AssumeRolePolicyDocument: aws.String(ec2Trust)}); err == nil {
		t.Fatal("got an answer, want a broken connection")
	}
	_, err := iamOf(s).GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("kept")})
	refusedWith(t, err, "NoSuchEntity")
}

func TestFaultsRunOut(t *testing.T) {
	s := start(t, sandbox.Options{Faults: []string{"aws.sts.GetCallerIdentity=Throttling*2"}})
	for range 2 {
		_, err := stsOf(s).GetCallerIdentity(t.Context(), nil)
		refusedWith(t, err, "Throttling")
	}
	must(stsOf(s).GetCallerIdentity(t.Context(), nil))(t)
	var names []string
	for _, c := range s.Calls() {
		names = append(names, c.Name)
	}
	if want := slices.Repeat([]string{"aws.sts.GetCallerIdentity"}, 3); !slices.Equal(names, want) {
		t.Errorf("calls: got %v, want %v", names, want)
	}
}

func TestUnreadableFaultIsSaid(t *testing.T) {
	_, err := sandbox.Start(t.Context(), sandbox.Options{Faults: []string{"iam.CreateRole"}})
	if err == nil || !strings.Contains(err.Error(), "CALL=ERROR") {
		t.Errorf("got %v, want the syntax", err)
	}
}

func TestLagShowsTheOldStateFirst(t *testing.T) {
	s := start(t, sandbox.Options{Lag: time.Minute})
	newRole(t, s, "slow", ec2Trust)
	get := func() error {
		_, err := iamOf(s).GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("slow")})
		return err
	}
	refusedWith(t, get(), "NoSuchEntity")
	must(iamOf(s).PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: aws.String("slow"), PolicyName: aws.String("p"), PolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`)}))(t) // a write finds it
	s.World().Advance(2 * time.Minute)
	if err := get(); err != nil {
		t.Errorf("later: got %v", err)
	}
}

func TestStateOutlivesTheProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	s := start(t, sandbox.Options{StateFile: path})
	newRole(t, s, "kept", ec2Trust)
	_, err := sandbox.Start(t.Context(), sandbox.Options{StateFile: path})
	if err == nil || !strings.Contains(err.Error(), "pid") {
		t.Errorf("second holder: got %v, want the first one's pid", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if mode := must(os.Stat(path))(t).Mode().Perm(); mode != 0o600 {
		t.Errorf("mode: got %o, want 600", mode)
	}
	again := start(t, sandbox.Options{StateFile: path})
	must(iamOf(again).GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("kept")}))(t)
}

func TestForeignStateIsRefused(t *testing.T) {
	for name, content := range map[string]string{"it is damaged": `{"version":1,`, "version 99": `{"version":99}`} {
		path := filepath.Join(t.TempDir(), "state.json")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := sandbox.Start(t.Context(), sandbox.Options{StateFile: path})
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want %q in it", err, name)
		}
	}
}

func TestSecretsHoldWhatWasIssued(t *testing.T) {
	s := start(t, sandbox.Options{})
	_, secret := s.World().OperatorKey()
	token := idToken(t, s, nil)
	for _, want := range []string{secret, token, s.Environ()["GOOGLE_OAUTH_ACCESS_TOKEN"]} {
		if !slices.Contains(s.Secrets(), want) {
			t.Error("a credential is missing from Secrets")
		}
	}
}

// madeUnder is what a few calls name by themselves: every kind of id that the clouds make up.
func madeUnder(t *testing.T, seed uint64) []string {
	t.Helper()
	s := start(t, sandbox.Options{Seed: seed})
	role := newRole(t, s, "seeded", ec2Trust)
	key := must(iamOf(s).CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("seeded")}))(t).User
	run := must(ec2Of(s).RunInstances(t.Context(), &ec2.RunInstancesInput{ImageId: aws.String("ami-0acce5500000000a1"), MinCount: aws.Int32(1), MaxCount: aws.Int32(1)}))(t)
	account := send(t, http.MethodPost, s.URL()+"/v1/projects/acme-build/serviceAccounts", map[string]string{"Authorization": "Bearer " + s.World().OperatorToken()}, `{"accountId":"seeded"}`)
	pool := send(t, http.MethodPost, s.URL()+"/v1/projects/acme-build/locations/global/workloadIdentityPools?workloadIdentityPoolId=seeded",
		map[string]string{"Authorization": "Bearer " + s.World().OperatorToken()}, `{}`)
	return []string{*role.RoleId, *key.UserId, *run.Instances[0].InstanceId, account.body, pool.body}
}

func TestSeedReproducesEveryID(t *testing.T) {
	one, same, other := madeUnder(t, 7), madeUnder(t, 7), madeUnder(t, 8)
	if !slices.Equal(one, same) {
		t.Errorf("seed 7 gave\n%v\nand then\n%v", one, same)
	}
	for i := range one {
		if one[i] == other[i] {
			t.Errorf("seeds 7 and 8 both gave %s", one[i])
		}
	}
}

func TestTokenForMetadataTravelsOnlySoFar(t *testing.T) {
	for hops, want := range map[int]bool{1: true, 2: true, 3: false} {
		s := start(t, sandbox.Options{AsInstance: "i-0acce550000000002", Hops: hops})
		ctx, stop := context.WithTimeout(t.Context(), 200*time.Millisecond)
		r := must(http.NewRequestWithContext(ctx, http.MethodPut, s.URL()+"/latest/api/token", nil))(t)
		r.Header.Set("X-aws-ec2-metadata-token-ttl-seconds", "60")
		res, err := http.DefaultClient.Do(r)
		if err == nil {
			_ = res.Body.Close()
		}
		stop()
		if got := err == nil; got != want {
			t.Errorf("%d hops away, limit 2: answered is %v, want %v (%v)", hops, got, want, err)
		}
	}
}

func TestKnobsThatNameNothingAreRefusedWithWhatThereIs(t *testing.T) {
	for name, tc := range map[string]struct {
		o     sandbox.Options
		known string
	}{
		"a call of AWS":         {sandbox.Options{Faults: []string{"aws.iam.CreatRole=Throttling"}}, "aws.iam.CreateRole"},
		"a call of Google":      {sandbox.Options{Faults: []string{"google.iam.serviceAccounts.create=409"}}, "google.iam.projects.serviceAccounts.create"},
		"a service":             {sandbox.Options{Faults: []string{"aws.s3.*=500"}}, "aws.sqs.*"},
		"a status of Google's":  {sandbox.Options{Faults: []string{"google.sts.token=Throttling"}}, "RESOURCE_EXHAUSTED"},
		"a status of no error":  {sandbox.Options{Faults: []string{"aws.sts.AssumeRole=200"}}, "400 to 599"},
		"a code of AWS's":       {sandbox.Options{Faults: []string{"aws.sts.AssumeRole=throttling"}}, "Throttling"},
		"a virtual machine":     {sandbox.Options{AsVM: "nowhere"}, "none yet"},
		"an instance":           {sandbox.Options{AsInstance: "i-00000000000000000"}, "i-0acce550000000001"},
		"a quota":               {sandbox.Options{Quotas: map[string]int{"aws.RoleQuota": 1}}, "aws.RolesQuota"},
		"a quota below nothing": {sandbox.Options{Quotas: map[string]int{"aws.RolesQuota": -1}}, "aws.RolesQuota"},
	} {
		_, err := sandbox.Start(t.Context(), tc.o)
		var knob *sandbox.KnobError
		if !errors.As(err, &knob) || !slices.Contains(knob.Known, tc.known) && !strings.Contains(err.Error(), tc.known) {
			t.Errorf("%s: got %v, want it refused with %s", name, err, tc.known)
		}
	}
	for _, good := range []string{"aws.*=500", "aws.iam.*=Throttling", "google.metadata.token=503", "aws.imds.Token=hang", "google.iam.projects.*=UNAVAILABLE*2"} {
		if err := sandbox.CheckFaults(good); err != nil {
			t.Errorf("%s: got %v, want it taken", good, err)
		}
	}
}

func TestSettleLetsWhatWasWrittenLand(t *testing.T) {
	now := time.Now()
	s := start(t, sandbox.Options{Lag: time.Hour, Now: func() time.Time { return now }}) // longer than a signature is good for
	operator := map[string]string{"Authorization": "Bearer " + s.World().OperatorToken()}
	accounts := s.URL() + "/v1/projects/acme-build/serviceAccounts"
	seen := func(name string) (account int, role error) {
		_, role = iamOf(s).GetRole(t.Context(), &iam.GetRoleInput{RoleName: &name})
		return send(t, http.MethodGet, accounts+"/"+name+"@acme-build.iam.gserviceaccount.com", operator, "").status, role
	}
	write := func(name string) {
		newRole(t, s, name, ec2Trust)
		if got := send(t, http.MethodPost, accounts, operator, `{"accountId":"`+name+`"}`); got.status != http.StatusOK {
			t.Fatalf("create %s: got %d %s", name, got.status, got.body)
		}
		account, role := seen(name)
		if refusedWith(t, role, "NoSuchEntity"); account != http.StatusNotFound {
			t.Errorf("%s: got %d at once, want 404", name, account)
		}
	}
	write("slow-one")
	if err := s.World().Settle(); err != nil {
		t.Fatal(err)
	}
	if account, role := seen("slow-one"); role != nil || account != http.StatusOK {
		t.Errorf("settled: got %v and %d, want both seen", role, account)
	}
	write("slow-two") // lags again
}
