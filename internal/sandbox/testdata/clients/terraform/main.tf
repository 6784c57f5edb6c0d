# What a bridge has in AWS, with the stock provider: made, not changed by a second plan, taken away.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {}

data "aws_caller_identity" "operator" {}
data "aws_partition" "here" {}

resource "aws_iam_policy" "limit" {
  name = "tf-limit"
  path = "/drawbridge/"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
  })
}

resource "aws_iam_role" "inbound" {
  name                 = "tf-inbound"
  path                 = "/drawbridge/"
  max_session_duration = 3600
  permissions_boundary = aws_iam_policy.limit.arn
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "GoogleServiceAccount"
      Effect    = "Allow"
      Principal = { Federated = "accounts.google.com" }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = { StringEquals = {
        "accounts.google.com:aud"  = "104512345678901234567"
        "accounts.google.com:oaud" = "https://sts.amazonaws.com/${data.aws_caller_identity.operator.account_id}/tf-inbound"
        "accounts.google.com:sub"  = "104512345678901234567"
      } }
    }]
  })
  tags = { "drawbridge:bridge" = "tf/acme-build/123456789012" }
}

resource "aws_iam_role_policy" "queue" {
  name = "queue"
  role = aws_iam_role.inbound.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = "arn:${data.aws_partition.here.partition}:sqs:*:*:jobs" }]
  })
}

resource "aws_iam_role_policy_attachment" "read" {
  role       = aws_iam_role.inbound.name
  policy_arn = "arn:${data.aws_partition.here.partition}:iam::aws:policy/ReadOnlyAccess"
}

resource "aws_iam_role" "workload" {
  name = "tf-workload"
  path = "/drawbridge/"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_instance_profile" "workload" {
  name = "tf-workload"
  path = "/drawbridge/"
  role = aws_iam_role.workload.name
}

resource "aws_iam_openid_connect_provider" "google" {
  url            = "https://accounts.google.com"
  client_id_list = ["104512345678901234567"]
}

output "role" { value = aws_iam_role.inbound.arn }
