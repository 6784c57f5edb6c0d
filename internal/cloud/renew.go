package cloud

import (
	"errors"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// anotherPrincipal is the Code of a Problem of a sign-in that was renewed as somebody else.
const anotherPrincipal = "another-principal"

// refuseOther refuses credentials that appeared in the middle of a run and are somebody else's: what is being done was
// shown to was and agreed to by was. An empty is stands for one that the cloud does not tell.
func refuseOther(side, was, is string) error {
	if is == "" {
		is = "somebody that " + side + " does not name"
	}
	if was == "" {
		was = "somebody that " + side + " does not name"
	}
	return &explain.Problem{
		Op: "sign in to " + side + " again", Kind: explain.Expired, Code: anotherPrincipal, Who: "you", Final: true,
		Reason: clean("this run was begun by " + was + ", and the credentials are of " + is + " now: nothing is done as somebody who did not agree to it"),
		Do: []string{
			clean("sign in as " + was + " and run the same command again: it goes on where it stopped"),
			clean("or run the same command again to look at the changes and agree to them as " + is),
		},
	}
}

// refused reports whether err is the answer of refuseOther.
func refused(err error) bool {
	p, ok := errors.AsType[*explain.Problem](err)
	return ok && p.Code == anotherPrincipal
}
