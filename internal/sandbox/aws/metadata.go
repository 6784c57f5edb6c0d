package aws

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// Names of the calls that are not an API's.
const (
	issuerCall    = "aws.issuer.Get"
	imdsTokenCall = "aws.imds.Token"
	imdsCall      = "aws.imds.Get"
	containerCall = "aws.container.Credentials"
)

// local serves what is not an API: the metadata of an instance and the credentials of a container.
func (c *Cloud) local(r *http.Request) (string, http.HandlerFunc, bool) {
	switch {
	case strings.HasSuffix(hostOf(r), issuerSuffix):
		return issuerCall, c.issuer, true
	case r.URL.Path == "/latest/api/token":
		return imdsTokenCall, c.metadataToken, true
	case strings.HasPrefix(r.URL.Path, "/latest/meta-data"), strings.HasPrefix(r.URL.Path, "/latest/dynamic"):
		return imdsCall, c.metadata, true
	case strings.HasPrefix(r.URL.Path, containerPath):
		return containerCall, c.container, true
	}
	return "", nil, false
}

// ticket is what a session token of the metadata service holds, sealed.
type ticket struct {
	Until time.Time
}

// metadataToken is IMDSv2's first step. A request that came through a proxy gets none, and neither does one without a
// lifetime of one second to six hours, or one from further away than the instance's hop limit.
func (c *Cloud) metadataToken(w http.ResponseWriter, r *http.Request) {
	const header = "X-Aws-Ec2-Metadata-Token-Ttl-Seconds"
	if r.Method != http.MethodPut {
		metadataError(w, http.StatusMethodNotAllowed)
		return
	}
	if r.Header.Get("X-Forwarded-For") != "" {
		metadataError(w, http.StatusForbidden)
		return
	}
	seconds, err := strconv.Atoi(r.Header.Get(header))
	if err != nil || seconds < 1 || seconds > 21600 {
		metadataError(w, http.StatusBadRequest)
		return
	}
	if c.lost() {
		<-r.Context().Done() // the reply never arrives: whoever asked gives up, as in a container of a real instance
		panic(http.ErrAbortHandler)
	}
	token, err := c.world.Seal("imds", ticket{c.world.Now().Add(time.Duration(seconds) * time.Second)})
	if err != nil {
		metadataError(w, http.StatusInternalServerError)
		return
	}
	w.Header().Set(header, strconv.Itoa(seconds))
	w.Header().Set("Content-Type", "text/plain")
	_, _ = w.Write([]byte(token))
}

// lost tells whether a reply with a token dies on its way: the instance lets it travel fewer hops than the client is away.
// Only the replies with tokens are limited.
func (c *Cloud) lost() (lost bool) {
	c.world.View(func(s *world.State, now time.Time) {
		here := c.here(s, now)
		lost = here != nil && c.Hops > here.instance.HopLimit
	})
	return lost
}

func metadataError(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	_, _ = w.Write([]byte("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n<html><head><title>" + strconv.Itoa(status) + " - " +
		http.StatusText(status) + "</title></head><body><h1>" + strconv.Itoa(status) + " - " + http.StatusText(status) + "</h1></body></html>\n"))
}

// metadata answers for one instance: the one named in the options, else the one that was given a profile last.
func (c *Cloud) metadata(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		metadataError(w, http.StatusMethodNotAllowed)
		return
	}
	var leaf leaf
	status := http.StatusNotFound
	c.world.View(func(s *world.State, now time.Time) {
		here := c.here(s, now)
		switch {
		case here == nil:
		case !c.admits(r, here.instance, now):
			status = http.StatusUnauthorized
		default:
			leaf = here.leaf(strings.Trim(strings.TrimPrefix(r.URL.Path, "/latest"), "/"))
		}
	})
	text := leaf.text
	if leaf.credentials != nil {
		text = c.delivered(leaf.credentials)
	}
	if text == "" {
		metadataError(w, status)
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	w.Header().Set("Server", "EC2ws")
	_, _ = w.Write([]byte(text))
}

func (c *Cloud) admits(r *http.Request, i *world.Instance, now time.Time) bool {
	token := r.Header.Get("X-Aws-Ec2-Metadata-Token")
	if token == "" {
		return i.Tokens != "required"
	}
	var t ticket
	return c.world.Open("imds", token, &t) == nil && now.Before(t.Until)
}

// place is an instance with its account and what its profile gives it.
type place struct {
	cloud    *Cloud
	account  *world.Account
	instance *world.Instance
	profile  *world.InstanceProfile
	role     *world.Role
	now      time.Time
}

// leaf is one answer of the metadata service: a text, or credentials yet to be made outside the state.
type leaf struct {
	text        string
	credentials *delivery
}

// here finds whose metadata is served.
func (c *Cloud) here(s *world.State, now time.Time) *place {
	var best *place
	for _, number := range []string{world.AccountID, world.LegacyAccountID} {
		account, ok := s.AWS.Accounts[number]
		if !ok {
			continue
		}
		for _, i := range account.Instances {
			if i.State != "running" || c.AsInstance != "" && i.ID != c.AsInstance {
				continue
			}
			if best == nil || later(i, best.instance) {
				best = &place{cloud: c, account: account, instance: i, now: now}
			}
		}
	}
	if best != nil {
		best.fill()
	}
	return best
}

func later(a, b *world.Instance) bool {
	rank := func(i *world.Instance) int64 {
		if i.Association == nil {
			return -1
		}
		return int64(i.Association.Serial) //nolint:gosec // a counter of ids
	}
	if rank(a) != rank(b) {
		return rank(a) > rank(b)
	}
	return a.ID < b.ID
}

// fill follows the association to the profile and its role. A profile that was made anew is not the one meant.
func (p *place) fill() {
	a := p.instance.Association
	if a == nil || p.now.Before(a.Settles) == (a.State == "associating") {
		return
	}
	profile, ok := p.account.Profiles.Seen(a.Profile, p.now)
	if !ok || profile.ID != a.ProfileID {
		return
	}
	p.profile = &profile
	if role, ok := p.account.Roles.Seen(profile.Role, p.now); ok {
		p.role = &role
	}
}

func (p *place) leaf(path string) leaf {
	i := p.instance
	switch path {
	case "meta-data":
		return leaf{text: "ami-id\niam/\ninstance-id\ninstance-type\nlocal-ipv4\nplacement/\nservices/"}
	case "meta-data/ami-id":
		return leaf{text: i.Image}
	case "meta-data/instance-id":
		return leaf{text: i.ID}
	case "meta-data/instance-type":
		return leaf{text: i.Type}
	case "meta-data/local-ipv4":
		return leaf{text: i.PrivateIP}
	case "meta-data/placement":
		return leaf{text: "availability-zone\nregion"}
	case "meta-data/placement/availability-zone":
		return leaf{text: i.Zone}
	case "meta-data/placement/region":
		return leaf{text: i.Region}
	case "meta-data/services/domain":
		return leaf{text: "amazonaws.com"}
	case "meta-data/services/partition":
		return leaf{text: partitionOf(i.Region)}
	case "meta-data/iam", "meta-data/iam/info", "meta-data/iam/security-credentials":
		return p.iam(path)
	case "dynamic/instance-identity/document":
		return leaf{text: p.identityDocument()}
	}
	if name, ok := strings.CutPrefix(path, "meta-data/iam/security-credentials/"); ok {
		return p.credentials(name)
	}
	return leaf{}
}

func (p *place) iam(path string) leaf {
	switch {
	case p.profile == nil:
		return leaf{}
	case path == "meta-data/iam":
		return leaf{text: "info\nsecurity-credentials/"}
	case path == "meta-data/iam/info":
		info := map[string]string{
			"Code": "Success", "LastUpdated": stamp(p.now), "InstanceProfileId": p.profile.ID,
			"InstanceProfileArn": iamARN(partitionOf(p.instance.Region), p.account.ID, "instance-profile", p.profile.Path, p.profile.Name),
		}
		if p.role == nil {
			info["Code"], info["Message"] = "InstanceProfileNotFound", "The instance profile does not contain a role."
		}
		return leaf{text: indented(info)}
	case p.role == nil:
		return leaf{}
	}
	return leaf{text: p.role.Name}
}

func (p *place) identityDocument() string {
	i := p.instance
	return indented(map[string]any{
		"accountId": p.account.ID, "architecture": "x86_64", "availabilityZone": i.Zone, "imageId": i.Image, "instanceId": i.ID,
		"instanceType": i.Type, "pendingTime": stamp(i.Launched), "privateIp": i.PrivateIP, "region": i.Region, "version": "2017-09-30",
	})
}

func (p *place) credentials(name string) leaf {
	if p.role == nil || p.role.Name != name {
		return leaf{}
	}
	if !p.cloud.trusts(p.role, "ec2.amazonaws.com", p.now, nil) {
		return leaf{text: indented(map[string]string{
			"Code": "AssumeRoleUnauthorizedAccess", "LastUpdated": stamp(p.now),
			"Message": "EC2 cannot assume the role " + name + ". Please see documentation at https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html#troubleshoot_iam-ec2_errors-info-doc.",
		})}
	}
	arn := "arn:" + partitionOf(p.instance.Region) + ":ec2:" + p.instance.Region + ":" + p.account.ID + ":instance/" + p.instance.ID
	return leaf{credentials: &delivery{ses: session{
		Account: p.account.ID, Role: strings.ToLower(p.role.Name), ID: p.role.ID, Name: p.instance.ID, Instance: arn,
	}}}
}

// trusts says whether a service may assume a role, with the tags that it puts on the session.
func (c *Cloud) trusts(role *world.Role, service string, now time.Time, tags map[string]string) bool {
	facts := judge.Facts{}
	for key, value := range tags {
		facts.Set("aws:RequestTag/"+key, value)
	}
	facts.Set("aws:CurrentTime", now.Format(time.RFC3339))
	access := judge.Access{Action: "sts:AssumeRole", Resource: "*", Facts: facts}
	names := []string{service, service + ".cn"}
	return slices.ContainsFunc(names, func(name string) bool {
		effect, _ := judge.Trust(access, c.documents.parse(role.Trust), judge.Party{Service: name}, nil)
		return effect == judge.Allow
	})
}

func indented(v any) string {
	text, _ := json.MarshalIndent(v, "", "  ")
	return string(text)
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
