package spec

import "slices"

func inToGoogle(at func(*ToGoogle) any) func(*Bridge) any {
	return func(b *Bridge) any {
		if b.ToGoogle == nil {
			return nil
		}
		return at(b.ToGoogle)
	}
}

func inEKS(at func(*EKS) any) func(*Bridge) any {
	return inToGoogle(func(d *ToGoogle) any {
		if d.Role.EKS == nil {
			return nil
		}
		return at(d.Role.EKS)
	})
}

// toGoogleFields describe the role that reaches Google and where it runs.
func toGoogleFields() []Field {
	role := roleFields("toGoogle.role", inToGoogle(func(d *ToGoogle) any { return &d.Role.Role }))
	role[0].Required, role[0].Example = true, "report-reader"
	return slices.Concat([]Field{
		block("toGoogle", "an IAM role acts in Google Cloud",
			"AWS workloads reach Google with what AWS gives them anyway, in place of a key file. Leave the block out when nothing on AWS has to reach Google.",
			inToGoogle(func(d *ToGoogle) any { return d }),
			func(b *Bridge) {
				if b.ToGoogle == nil {
					b.ToGoogle = &ToGoogle{}
				}
			}),
		block("toGoogle.role", "the IAM role of the workload",
			"Google trusts the sessions of this one role. It needs no permission in AWS for that.",
			inToGoogle(func(d *ToGoogle) any { return &d.Role }), nil),
	}, role, runtimeFields(), eksFields())
}

func runtimeFields() []Field {
	return []Field{
		{
			Path: "toGoogle.role.runsOn", note: "only this AWS service may run with the role", Type: TypeText, Default: RunsOnEC2, Example: RunsOnEC2,
			Choices: []string{RunsOnEC2, RunsOnLambda, RunsOnECS, RunsOnEKS}, Title: "where the workload runs",
			Why: "Only this AWS service may run with the role. It also decides which files a workload needs, because Google's libraries find the role by themselves on EC2 and Lambda only.",
			at:  inToGoogle(func(d *ToGoogle) any { return &d.Role.RunsOn }),
		},
		{
			Path: "toGoogle.role.instanceProfile", note: "how an instance gets its role", Type: TypeBoolean, Example: "true", DefaultFrom: "true on ec2",
			Title: "make an instance profile",
			Why:   "An EC2 instance gets its role through a profile and nothing else. It has the name of the role.",
			derive: func(b Bridge) string {
				if b.ToGoogle.Role.RunsOn == RunsOnEC2 {
					return "true"
				}
				return ""
			},
			at: inToGoogle(func(d *ToGoogle) any { return &d.Role.InstanceProfile }),
		},
		{
			Path: "toGoogle.role.instance", note: "gets the profile without a restart", Type: TypeText, Example: "i-0123456789abcdef0",
			Limit: "an instance id, such as i-0123456789abcdef0", pattern: `^i-([0-9a-f]{8}|[0-9a-f]{17})$`, max: 19,
			Title: "running instance to attach the profile to",
			Why:   "The instance gets the role without a restart. One that has another profile is left alone.",
			at:    inToGoogle(func(d *ToGoogle) any { return &d.Role.Instance }),
		},
	}
}

func eksFields() []Field {
	return []Field{
		block("toGoogle.role.eks", "the Kubernetes account that runs with the role",
			"The role's trust names it by the tags of EKS Pod Identity. No other pod of the account can then use the role.",
			inEKS(func(e *EKS) any { return e }),
			func(b *Bridge) {
				if b.ToGoogle.Role.EKS == nil {
					b.ToGoogle.Role.EKS = &EKS{}
				}
			}),
		{
			Path: "toGoogle.role.eks.cluster", Type: TypeText, Required: true, Example: "prod",
			Limit:   "1 to 100 letters, digits, - and _, beginning with a letter or digit",
			pattern: `^[A-Za-z0-9][A-Za-z0-9_-]*$`, max: 100, Title: "cluster in the bridge's region", Why: whyPod,
			at: inEKS(func(e *EKS) any { return &e.Cluster }),
		},
		{
			Path: "toGoogle.role.eks.namespace", Type: TypeText, Required: true, Example: "reports",
			Limit: limitLabel, pattern: patternLabel, max: 63, Title: "namespace", Why: whyPod,
			at: inEKS(func(e *EKS) any { return &e.Namespace }),
		},
		{
			Path: "toGoogle.role.eks.serviceAccount", Type: TypeText, Required: true, Example: "reader",
			Limit: limitKubernetes, pattern: patternSubdomain, max: 253, Title: "Kubernetes account", Why: whyPod,
			at: inEKS(func(e *EKS) any { return &e.ServiceAccount }),
		},
	}
}

const whyPod = "Only this one Kubernetes account of this one cluster may run with the role. Without the pin every pod of every cluster of the account could be given it."
