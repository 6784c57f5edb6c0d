package spec

import (
	"slices"
	"strconv"
	"strings"
)

// The levels of Standing.
const (
	StandingOK      = "ok"
	StandingWarn    = "warn"
	StandingBlocked = "blocked"
)

// partition is one separate copy of AWS: its regions, names and endpoints share nothing with the others.
type partition struct {
	id        string
	areas     []string // the words that its regions begin with
	dnsSuffix string
	standing  string
	why       string
}

// partitions lists those whose names we can derive. The isolated ones (aws-iso and its kin) are left out because nothing
// outside can reach them.
func partitions() [4]partition {
	return [4]partition{
		{"aws", []string{"us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx"}, "amazonaws.com", StandingOK, ""},
		{
			"aws-us-gov",
			[]string{"us-gov"},
			"amazonaws.com", StandingWarn,
			"it is not documented that Google and AWS GovCloud accept each other's identities; the proof will tell",
		},
		{
			"aws-cn",
			[]string{"cn"},
			"amazonaws.com.cn", StandingBlocked,
			"there is no evidence that Google and the AWS partition in China accept each other's identities",
		},
		{
			"aws-eusc",
			[]string{"eusc-de"},
			"amazonaws.eu", StandingBlocked,
			"there is no evidence that Google and the AWS European Sovereign Cloud accept each other's identities",
		},
	}
}

// partitionOf finds the partition of a region, which reads AREA-DIRECTION-NUMBER.
func partitionOf(region string) (partition, bool) {
	words := strings.Split(region, "-")
	if len(words) < 3 || !compass(words[len(words)-2]) {
		return partition{}, false
	}
	if n, err := strconv.Atoi(words[len(words)-1]); err != nil || n < 1 || n > 99 {
		return partition{}, false
	}
	area := strings.Join(words[:len(words)-2], "-")
	for _, p := range partitions() {
		if slices.Contains(p.areas, area) {
			return p, true
		}
	}
	return partition{}, false
}

// compass keeps us-gov-1 and us-iso-1 from passing for regions of "us".
func compass(direction string) bool {
	return slices.ContainsFunc([]string{"north", "south", "east", "west", "central"}, func(d string) bool {
		return strings.HasPrefix(direction, d)
	})
}

// Partition is the first word of every ARN of the account: aws, aws-us-gov, aws-cn or aws-eusc. It follows from the
// region; a region that Parse would refuse gives "aws".
func (b Bridge) Partition() string {
	if p, ok := partitionOf(b.AWS.Region); ok {
		return p.id
	}
	return "aws"
}

// DNSSuffix is the domain that the partition's endpoints end in, such as amazonaws.com.cn.
func (b Bridge) DNSSuffix() string {
	if p, ok := partitionOf(b.AWS.Region); ok {
		return p.dnsSuffix
	}
	return "amazonaws.com"
}

// Standing says whether a bridge into this partition can work: StandingOK, StandingWarn (it may, and the reason belongs in
// preflight, review and proof) or StandingBlocked (no change may be made), each with the reason in one lower-case clause.
func (b Bridge) Standing() (level, why string) {
	p, ok := partitionOf(b.AWS.Region)
	if !ok {
		return StandingBlocked, "the region belongs to no known partition"
	}
	return p.standing, p.why
}
