package aws

import (
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// session is what a session token holds, sealed: STS remembers none of the sessions it gave out.
type session struct {
	KeyID    string            `json:"k"`
	Secret   string            `json:"s"`
	Account  string            `json:"a"`
	Role     string            `json:"r,omitempty"` // lower-case name; else a user's session
	User     string            `json:"u,omitempty"`
	ID       string            `json:"i"` // of the role or user: a re-created one is another
	Name     string            `json:"n,omitempty"`
	Issued   time.Time         `json:"t"`
	Expires  time.Time         `json:"x"`
	Policies []string          `json:"p,omitempty"` // session policy documents
	Managed  []string          `json:"m,omitempty"` // session policy ARNs
	Tags     []world.Tag       `json:"g,omitempty"`
	Source   string            `json:"o,omitempty"` // source identity
	Claims   map[string]string `json:"c,omitempty"` // condition keys that stay from a web identity
	Instance string            `json:"e,omitempty"` // ARN of the instance it was delivered to
	Chained  bool              `json:"h,omitempty"` // got by AssumeRole
}

// issue gives a session its keys and seals it.
func (c *Cloud) issue(ses *session, now time.Time, life time.Duration) (token string, err error) {
	ses.KeyID = "ASIA" + keyLetters(16)
	ses.Secret = world.NewSecretKey()
	ses.Issued, ses.Expires = now.Truncate(time.Second), now.Add(life).Truncate(time.Second)
	c.world.Issued(ses.Secret)
	return c.world.Seal("session", ses)
}

// keyLetters are random: temporary keys come in numbers that no seed need reproduce.
func keyLetters(n int) string {
	letters := strings.ToUpper(strings.NewReplacer("-", "2", "_", "7", "0", "3", "1", "4", "8", "5", "9", "6").Replace(world.Random(n)))
	return letters[:n]
}

// principal finds who a session is, if its role or user still stands. What it may do changes as late as readers see a
// change: enforcement is eventually consistent.
func (s *session) principal(state *world.State, now time.Time, partition string) (principal, bool) {
	account, ok := state.AWS.Accounts[s.Account]
	if !ok {
		return principal{}, false
	}
	if s.Role == "" {
		user, ok := account.Users.Seen(s.User, now)
		who := userPrincipal(s.Account, user, partition)
		who.session = s
		return who, ok && user.ID == s.ID
	}
	role, ok := account.Roles.Seen(s.Role, now)
	if !ok || role.ID != s.ID {
		return principal{}, false
	}
	arn := sessionARN(partition, s.Account, role.Name, s.Name)
	return principal{
		Account: s.Account, ARN: arn, UserID: role.ID + ":" + s.Name, entity: role.Entity, role: true, session: s,
		arns: []string{arn, iamARN(partition, s.Account, "role", role.Path, role.Name)},
	}, true
}

// sessionARN drops the role's path, as AWS does.
func sessionARN(partition, account, role, name string) string {
	return "arn:" + partition + ":sts::" + account + ":assumed-role/" + role + "/" + name
}

func (s *session) facts(f judge.Facts) {
	f.Set("aws:TokenIssueTime", s.Issued.Format(time.RFC3339))
	f.Set("aws:MultiFactorAuthPresent", "false")
	if s.Source != "" {
		f.Set("aws:SourceIdentity", s.Source)
	}
	for _, tag := range s.Tags {
		f.Set("aws:PrincipalTag/"+tag.Key, tag.Value)
	}
	for key, value := range s.Claims {
		f.Set(key, value)
	}
	if s.Instance != "" {
		f.Set("ec2:SourceInstanceARN", s.Instance)
	}
}

// credentials is the Credentials element of the STS calls.
func (s *session) credentials(token string) wire.Node {
	return wire.El("Credentials",
		wire.Text("AccessKeyId", s.KeyID),
		wire.Text("SecretAccessKey", s.Secret),
		wire.Text("SessionToken", token),
		wire.Time("Expiration", s.Expires))
}
