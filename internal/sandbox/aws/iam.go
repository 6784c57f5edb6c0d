package aws

import (
	"slices"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
)

// iamOperations lists what IAM answers, by kind of thing.
func iamOperations() []operation {
	return slices.Concat(
		roleOperations(), entityOperations(roles), entityOperations(users), userOperations(), groupOperations(), profileOperations(),
		providerOperations(), policyOperations(), accountOperations(), aliasOperations(), absentOperations(), simulateOperations(), outboundOperations(),
	)
}

// iam fills in the service.
func iam(ops ...operation) []operation {
	for i := range ops {
		ops[i].service = "iam"
	}
	return ops
}

func noSuch(message string) error { return wire.AWSError("NoSuchEntity", message) }

func exists(message string) error { return wire.AWSError("EntityAlreadyExists", message) }

func limit(message string) error { return wire.AWSError("LimitExceeded", message) }

func conflict(message string) error { return wire.AWSError("DeleteConflict", message) }

func malformed(err error) error { return wire.AWSError("MalformedPolicyDocument", err.Error()) }
