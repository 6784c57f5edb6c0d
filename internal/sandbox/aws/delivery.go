package aws

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// delivery is credentials that AWS itself brings to a workload: to an instance, a container or a function. It is no
// role chaining.
type delivery struct{ ses session }

const deliveredFor = 6 * time.Hour

// delivered makes the document that instance metadata hands out.
func (c *Cloud) delivered(d *delivery) string {
	now := c.world.Now()
	token, err := c.issue(&d.ses, now, deliveredFor)
	if err != nil {
		return ""
	}
	return indented(map[string]string{
		"Code": "Success", "LastUpdated": stamp(now), "Type": "AWS-HMAC", "AccessKeyId": d.ses.KeyID,
		"SecretAccessKey": d.ses.Secret, "Token": token, "Expiration": stamp(d.ses.Expires),
	})
}

// containerPath is followed by the name of a role of the operator's account: the sandbox has no tasks or pods, so the
// address itself says whose credentials are wanted.
const containerPath = "/v2/credentials/"

// containerServices are those that bring credentials to containers. The role must trust one of them.
var containerServices = []string{"ecs-tasks.amazonaws.com", "pods.eks.amazonaws.com"}

func (c *Cloud) container(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, containerPath)
	keys, err := c.deliver(world.AccountID, name, "0acce55000000000000000000000task", podTags(r.Header.Get("Authorization")), containerServices)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		body, _ := json.Marshal(map[string]string{"code": "InvalidParameter", "message": err.Error()})
		_, _ = w.Write(body)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	body, _ := json.Marshal(map[string]string{
		"RoleArn": keys.RoleARN, "AccessKeyId": keys.ID, "SecretAccessKey": keys.Secret, "Token": keys.Token, "Expiration": stamp(keys.Expires),
	})
	_, _ = w.Write(body)
}

// podTags is what EKS puts on the session of a pod, which says who it is by its token: here CLUSTER-ARN/NAMESPACE/ACCOUNT.
func podTags(token string) map[string]string {
	words := strings.Split(token, "/") // the ARN holds one of its own
	if len(words) != 4 {
		return nil
	}
	return map[string]string{
		"eks-cluster-arn": words[0] + "/" + words[1], "kubernetes-namespace": words[2], "kubernetes-service-account": words[3],
	}
}

// Keys are temporary credentials of a workload.
type Keys struct {
	ID, Secret, Token string
	RoleARN           string
	Expires           time.Time
}

// Deliver gives a workload the credentials of a role, as EC2, Lambda or ECS would under a session name of theirs. With
// services given, the role must trust one of them.
func (c *Cloud) Deliver(account, role, sessionName string, services ...string) (Keys, error) {
	return c.deliver(account, role, sessionName, nil, services)
}

func (c *Cloud) deliver(account, role, sessionName string, tags map[string]string, services []string) (Keys, error) {
	var ses session
	var keys Keys
	err := error(wire.AWSError("NoSuchEntity", "no role "+role+" in account "+account))
	c.world.View(func(s *world.State, now time.Time) {
		a, ok := s.AWS.Accounts[account]
		if !ok {
			return
		}
		r, ok := a.Roles.Seen(strings.ToLower(role), now)
		if !ok {
			return
		}
		ses = session{Account: account, Role: strings.ToLower(r.Name), ID: r.ID, Name: sessionName}
		keys.RoleARN = iamARN("aws", account, "role", r.Path, r.Name)
		err = c.trustedByAny(&r, services, now, tags)
	})
	if err != nil {
		return keys, err
	}
	keys.Token, err = c.issue(&ses, c.world.Now(), deliveredFor)
	keys.ID, keys.Secret, keys.Expires = ses.KeyID, ses.Secret, ses.Expires
	return keys, err
}

func (c *Cloud) trustedByAny(role *world.Role, services []string, now time.Time, tags map[string]string) error {
	for _, service := range services {
		if c.trusts(role, service, now, tags) {
			return nil
		}
	}
	if len(services) == 0 {
		return nil
	}
	return fmt.Errorf("deliver credentials: role %s trusts none of %s", role.Name, strings.Join(services, ", "))
}
