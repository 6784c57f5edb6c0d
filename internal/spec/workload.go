package spec

// OutboundPolicyName names the inline policy that lets the role ask AWS for a token meant for this provider.
const OutboundPolicyName = "drawbridge-outbound-token"

// OutboundSeconds is the longest life of a token that AWS issues to the role, and the life to ask for.
const OutboundSeconds = 300

// WorkloadTrust is the trust policy of the workload's role: the one AWS service that runs it, and on EKS only the one
// Kubernetes account of the one cluster, by the tags that Pod Identity puts on the session.
func (b Bridge) WorkloadTrust() Document {
	role := b.ToGoogle.Role
	s := Statement{
		Effect:    "Allow",
		Principal: map[string]Values{"Service": {b.workloadService()}},
		Action:    Values{"sts:AssumeRole"},
	}
	if role.RunsOn == RunsOnEKS && role.EKS != nil {
		s.Action = Values{"sts:AssumeRole", "sts:TagSession"}
		s.Condition = map[string]map[string]Values{"StringEquals": {
			"aws:RequestTag/eks-cluster-arn":            {b.EKSClusterARN()},
			"aws:RequestTag/kubernetes-namespace":       {role.EKS.Namespace},
			"aws:RequestTag/kubernetes-service-account": {role.EKS.ServiceAccount},
		}}
	}
	return policy(s)
}

// EKSClusterARN is the ARN of the cluster; it needs toGoogle.role.eks.
func (b Bridge) EKSClusterARN() string {
	return "arn:" + b.Partition() + ":eks:" + b.AWS.Region + ":" + b.AWS.Account + ":cluster/" + b.ToGoogle.Role.EKS.Cluster
}

// workloadService is the service principal that assumes the role. In China EC2 alone carries the partition's suffix.
func (b Bridge) workloadService() string {
	switch b.ToGoogle.Role.RunsOn {
	case RunsOnLambda:
		return "lambda.amazonaws.com"
	case RunsOnECS:
		return "ecs-tasks.amazonaws.com"
	case RunsOnEKS:
		return "pods.eks.amazonaws.com"
	}
	if b.Partition() == "aws-cn" {
		return "ec2.amazonaws.com.cn"
	}
	return "ec2.amazonaws.com"
}

// OutboundPolicy lets the role ask AWS for a token with this provider's audience and no other. The audience is a key of
// many values: ForAllValues keeps further audiences out and Null keeps an empty set from passing.
func (b Bridge) OutboundPolicy(number string) Document {
	const audience = "sts:IdentityTokenAudience"
	return policy(Statement{
		Sid:      "OutboundToken",
		Effect:   "Allow",
		Action:   Values{"sts:GetWebIdentityToken"},
		Resource: Values{"*"},
		Condition: map[string]map[string]Values{
			"ForAllValues:StringEquals": {audience: {b.JWTAudience(number)}},
			"Null":                      {audience: {"false"}},
			"StringEquals":              {"sts:SigningAlgorithm": {"RS256"}},
			"NumericLessThanEquals":     {"sts:DurationSeconds": {"300"}},
		},
	})
}
