package aws

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// awsPolicy is a managed policy of AWS's own. Long ones are cut to the services that the sandbox has.
type awsPolicy struct {
	id       string
	document string
}

// madeByAWS is when AWS is said to have written its policies.
var madeByAWS = time.Date(2015, 2, 6, 18, 40, 0, 0, time.UTC)

func (p awsPolicy) policy(path, name string) world.ManagedPolicy {
	return world.ManagedPolicy{
		Name: name, Path: path, ID: p.id, Created: madeByAWS, Updated: madeByAWS, Default: "v1",
		Versions: []world.PolicyVersion{{ID: "v1", Document: p.document, Created: madeByAWS}},
	}
}

// listPolicies answers AWS's policies and the account's own, as Scope, OnlyAttached, PolicyUsageFilter and PathPrefix ask.
func listPolicies(c *call) (result, error) {
	var all []wire.Node
	add := func(arn string, p world.ManagedPolicy) {
		if strings.HasPrefix(p.Path, c.params.Get("PathPrefix")) && c.usageWanted(arn) {
			all = append(all, c.policyNodeAt(arn, p, false))
		}
	}
	if c.params.Get("Scope") != "AWS" {
		for _, p := range c.account.Policies.AllSeen(c.now) {
			add(c.iamARN("policy", p.Path, p.Name), p)
		}
	}
	if c.params.Get("Scope") != "Local" {
		for _, full := range slices.Sorted(maps.Keys(awsManaged())) {
			at := strings.LastIndexByte(full, '/') + 1
			add("arn:"+c.partition+":iam::aws:policy/"+full, awsManaged()[full].policy("/"+full[:at], full[at:]))
		}
	}
	some, paging, err := page(c, all, 100)
	if err != nil {
		return result{}, err
	}
	return nodes(append([]wire.Node{wire.List("Policies", "member", some...)}, paging...)...)
}

func (c *call) usageWanted(arn string) bool {
	attached, bounded := c.holders(arn)
	if c.params.Get("OnlyAttached") == "true" && len(attached) == 0 {
		return false
	}
	switch c.params.Get("PolicyUsageFilter") {
	case "PermissionsPolicy":
		return len(attached) > 0
	case "PermissionsBoundary":
		return len(bounded) > 0
	}
	return true
}

const allow = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":`

const readIAM = `"iam:Get*","iam:List*","iam:SimulatePrincipalPolicy","iam:SimulateCustomPolicy","iam:GenerateCredentialReport"`

const lambdaLogs = `"logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"`

const ssmCore = `"ssm:DescribeAssociation","ssm:GetDeployablePatchSnapshotForInstance","ssm:GetDocument","ssm:DescribeDocument","ssm:GetManifest",` +
	`"ssm:GetParameter","ssm:GetParameters","ssm:ListAssociations","ssm:ListInstanceAssociations","ssm:PutInventory","ssm:PutComplianceItems",` +
	`"ssm:PutConfigurePackageResult","ssm:UpdateAssociationStatus","ssm:UpdateInstanceAssociationStatus","ssm:UpdateInstanceInformation",` +
	`"ssmmessages:CreateControlChannel","ssmmessages:CreateDataChannel","ssmmessages:OpenControlChannel","ssmmessages:OpenDataChannel",` +
	`"ec2messages:AcknowledgeMessage","ec2messages:DeleteMessage","ec2messages:FailMessage","ec2messages:GetEndpoint","ec2messages:GetMessages","ec2messages:SendReply"`

// awsManaged are AWS's own policies by path and name. One that is missing here cannot be attached.
var awsManaged = sync.OnceValue(func() map[string]awsPolicy {
	return map[string]awsPolicy{
		"AdministratorAccess":          {"ANPAIWMBCKSKIEE64ZLYK", allow + `"*","Resource":"*"}]}`},
		"PowerUserAccess":              {"ANPAJYRXTHIB4FOVS3ZXS", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"Resource":"*"},{"Effect":"Allow","Action":["iam:CreateServiceLinkedRole","iam:DeleteServiceLinkedRole","iam:ListRoles","organizations:DescribeOrganization"],"Resource":"*"}]}`},
		"ReadOnlyAccess":               {"ANPAILL3HVNFSB6DCOWYQ", allow + `["ec2:Describe*","ec2:Get*","s3:Get*","s3:List*","sqs:Get*","sqs:List*","sqs:Receive*","logs:Get*","logs:Describe*","lambda:Get*","lambda:List*","sts:GetAccessKeyInfo","sts:GetSessionToken","organizations:Describe*","organizations:List*",` + readIAM + `],"Resource":"*"}]}`},
		"SecurityAudit":                {"ANPAIX2T3QCXHR2OGGCTO", allow + `["ec2:Describe*","s3:GetBucket*","s3:ListAllMyBuckets","sqs:GetQueueAttributes","sqs:ListQueues","access-analyzer:Get*","access-analyzer:List*","organizations:Describe*","organizations:List*",` + readIAM + `],"Resource":"*"}]}`},
		"IAMFullAccess":                {"ANPAI7XKCFMBPM3QQRRVQ", allow + `["iam:*","organizations:DescribeAccount","organizations:ListPolicies"],"Resource":"*"}]}`},
		"IAMReadOnlyAccess":            {"ANPAJKSO7NDY4T57MWDSQ", allow + `[` + readIAM + `],"Resource":"*"}]}`},
		"AmazonSQSFullAccess":          {"ANPAI65L554VRJ33ECQS6", allow + `["sqs:*"],"Resource":"*"}]}`},
		"AmazonSQSReadOnlyAccess":      {"ANPAIUGSSQY362XGCM6KW", allow + `["sqs:GetQueueAttributes","sqs:GetQueueUrl","sqs:ListQueues","sqs:ListDeadLetterSourceQueues"],"Resource":"*"}]}`},
		"AmazonS3FullAccess":           {"ANPAIFIR6V6BVTRAHWINE", allow + `["s3:*","s3-object-lambda:*"],"Resource":"*"}]}`},
		"AmazonS3ReadOnlyAccess":       {"ANPAIZTJ4DXE7G6AGAE6M", allow + `["s3:Get*","s3:List*","s3:Describe*"],"Resource":"*"}]}`},
		"AmazonEC2FullAccess":          {"ANPAI3VAJF5ZCRZ7MCQE6", allow + `"ec2:*","Resource":"*"}]}`},
		"AmazonEC2ReadOnlyAccess":      {"ANPAIGDT4SV4GSETWTBZK", allow + `["ec2:Describe*","ec2:Get*"],"Resource":"*"}]}`},
		"AmazonDynamoDBFullAccess":     {"ANPAINUGF2JSOSUY76KYA", allow + `["dynamodb:*"],"Resource":"*"}]}`},
		"AmazonSSMManagedInstanceCore": {"ANPAIXSHM2BNB2D3AXXRU", allow + `[` + ssmCore + `],"Resource":"*"}]}`},
		"CloudWatchAgentServerPolicy":  {"ANPAIGOPKN7KRDAKTLG4I", allow + `["cloudwatch:PutMetricData","ec2:DescribeVolumes","ec2:DescribeTags",` + lambdaLogs + `],"Resource":"*"}]}`},
		"job-function/ViewOnlyAccess":  {"ANPAID22R6XPJATWOFDK6", allow + `["ec2:Describe*","iam:List*","iam:GetAccountSummary","s3:List*","sqs:ListQueues"],"Resource":"*"}]}`},

		"service-role/AWSLambdaBasicExecutionRole":         {"ANPAJNCQGXC42545SKXIK", allow + `[` + lambdaLogs + `],"Resource":"*"}]}`},
		"service-role/AWSLambdaVPCAccessExecutionRole":     {"ANPAJVTME3YLVNL72YR2K", allow + `[` + lambdaLogs + `,"ec2:CreateNetworkInterface","ec2:DescribeNetworkInterfaces","ec2:DeleteNetworkInterface"],"Resource":"*"}]}`},
		"service-role/AWSLambdaSQSQueueExecutionRole":      {"ANPAJFWJZI6JNND4TSELK", allow + `[` + lambdaLogs + `,"sqs:ReceiveMessage","sqs:DeleteMessage","sqs:GetQueueAttributes"],"Resource":"*"}]}`},
		"service-role/AmazonECSTaskExecutionRolePolicy":    {"ANPAJG4T4G4PV56DE72PY", allow + `["ecr:GetAuthorizationToken","ecr:BatchCheckLayerAvailability","ecr:GetDownloadUrlForLayer","ecr:BatchGetImage","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}]}`},
		"service-role/AmazonEC2ContainerServiceforEC2Role": {"ANPAJLYJCVHC7TQHCSQDS", allow + `["ec2:DescribeTags","ecs:*","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}]}`},
		"AmazonEC2ContainerRegistryReadOnly":               {"ANPAIFYZPA37OOHVIH7KQ", allow + `["ecr:GetAuthorizationToken","ecr:BatchCheckLayerAvailability","ecr:GetDownloadUrlForLayer","ecr:BatchGetImage"],"Resource":"*"}]}`},
		"AmazonEKSWorkerNodePolicy":                        {"ANPAI7J3IDQVMAUZ62VEE", allow + `["ec2:Describe*","eks:DescribeCluster"],"Resource":"*"}]}`},
	}
})
