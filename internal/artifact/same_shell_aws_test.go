package artifact_test

import (
	"strings"
	"testing"
)

// awsCall adds what a call of aws makes.
func awsCall(t *testing.T, out resources, command []string) {
	t.Helper()
	words, set := flags(command)
	role := func() map[string]string { return thing(out, "role "+set["--role-name"]) }
	switch call := strings.Join(words, " "); call {
	case "iam create-role":
		p := role()
		p["path"], p["description"], p["session"] = set["--path"], set["--description"], set["--max-session-duration"]
		p["trust"], p["boundary"], p["tags"] = sorted(t, set["--assume-role-policy-document"]), set["--permissions-boundary"], markIn(t, set)
		p["managed"] += ""
	case "iam attach-role-policy":
		role()["managed"] = strings.TrimPrefix(role()["managed"]+" "+set["--policy-arn"], " ")
	case "iam put-role-policy":
		role()["inline:"+set["--policy-name"]] = sorted(t, set["--policy-document"])
	case "iam create-open-id-connect-provider":
		out["provider "+set["--url"]] = map[string]string{"clients": set["--client-id-list"], "tags": markIn(t, set)}
	case "iam create-instance-profile":
		p := thing(out, "profile "+set["--instance-profile-name"])
		p["path"], p["tags"] = set["--path"], markIn(t, set)
	case "iam add-role-to-instance-profile":
		thing(out, "profile "+set["--instance-profile-name"])["role"] = set["--role-name"]
	case "ec2 associate-iam-instance-profile":
		out["association "+set["--instance-id"]] = map[string]string{"profile": strings.TrimPrefix(set["--iam-instance-profile"], "Name=")}
	case "iam enable-outbound-web-identity-federation":
		out["outbound "] = map[string]string{}
	case "iam wait role-exists", "iam wait instance-profile-exists":
	default:
		t.Errorf("the script calls aws %s", call)
	}
}

func markIn(t *testing.T, set map[string]string) string {
	t.Helper()
	mark, ok := strings.CutPrefix(set["--tags"], "Key=drawbridge:bridge,Value=")
	if !ok {
		t.Errorf("got tags %q, want the bridge's mark", set["--tags"])
	}
	return mark
}
