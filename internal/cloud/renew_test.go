package cloud

import "testing"

func TestASessionsNameIsPartOfWhoItIsUnlessAnSDKMadeItUp(t *testing.T) {
	session := func(role, name string) Caller {
		return Caller{ARN: "arn:aws:sts::123456789012:assumed-role/" + role + "/" + name, Account: "123456789012", UserID: "AROA" + role + ":" + name}
	}
	user := func(id string) Caller {
		return Caller{ARN: "arn:aws:iam::123456789012:user/operator", Account: "123456789012", UserID: "AIDA" + id}
	}
	for name, c := range map[string]struct {
		was, is Caller
		same    bool
	}{
		"one user":                        {user("1"), user("1"), true},
		"a user that was made again":      {user("1"), user("2"), false},
		"a person of Identity Center":     {session("ADMIN", "a@acme.example"), session("ADMIN", "a@acme.example"), true},
		"another person":                  {session("ADMIN", "a@acme.example"), session("ADMIN", "b@acme.example"), false},
		"people who are numbers":          {session("ADMIN", "1001"), session("ADMIN", "1002"), false},
		"a person with another role":      {session("ADMIN", "a@acme.example"), session("READER", "a@acme.example"), false},
		"a role that an SDK assumed":      {session("ADMIN", "aws-go-sdk-1700000000000000000"), session("ADMIN", "aws-go-sdk-1700000000000000001"), true},
		"another role that an SDK took":   {session("ADMIN", "aws-go-sdk-1700000000000000000"), session("READER", "aws-go-sdk-1700000000000000000"), false},
		"a web identity without a name":   {session("CI", "1700000000000000000"), session("CI", "1700000000000000001"), true},
		"a name that looks made up, once": {session("ADMIN", "a@acme.example"), session("ADMIN", "aws-go-sdk-1700000000000000000"), false},
	} {
		if got := samePrincipal(c.was, c.is); got != c.same {
			t.Errorf("%s: got same %v, want %v", name, got, c.same)
		}
	}
}
