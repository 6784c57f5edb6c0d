# The AWS half of one bridge. Everything that differs between bridges comes in; drawbridge derives it.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, < 7.0.0"
    }
  }
}

variable "account" {
  type        = string
  description = "AWS account that the bridge is for"
}

variable "bridge" {
  type        = any
  description = "what the bridge has in AWS, by kind of resource"
}

variable "unique_id" {
  type        = string
  default     = ""
  description = "number of the service account that comes in; e-mails can be made anew, numbers cannot"
}

variable "project_number" {
  type        = string
  default     = ""
  description = "number of the Google project, which a token's audience is written with"
}

data "aws_caller_identity" "here" {}

locals {
  known = { unique_id = var.unique_id, project_number = var.project_number }
}

resource "aws_iam_openid_connect_provider" "this" {
  for_each       = var.bridge.aws_iam_openid_connect_provider
  url            = each.value.url
  client_id_list = [var.unique_id]
  tags           = each.value.tags
}

resource "aws_iam_role" "this" {
  for_each             = var.bridge.aws_iam_role
  name                 = each.value.name
  path                 = each.value.path
  description          = each.value.description
  max_session_duration = each.value.max_session_duration
  permissions_boundary = each.value.permissions_boundary
  assume_role_policy   = join(lookup(local.known, each.value.needs, ""), each.value.trust)
  tags                 = each.value.tags
  depends_on           = [aws_iam_openid_connect_provider.this]

  lifecycle {
    precondition {
      condition     = data.aws_caller_identity.here.account_id == var.account
      error_message = "This bridge is for another AWS account: give each account a root of its own."
    }
  }
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each   = var.bridge.aws_iam_role_policy_attachment
  role       = aws_iam_role.this[each.value.role].name
  policy_arn = each.value.policy_arn
}

resource "aws_iam_role_policy" "this" {
  for_each = var.bridge.aws_iam_role_policy
  name     = each.value.name
  role     = aws_iam_role.this[each.value.role].name
  policy   = join(lookup(local.known, each.value.needs, ""), each.value.policy)
}

resource "aws_iam_instance_profile" "this" {
  for_each = var.bridge.aws_iam_instance_profile
  name     = each.value.name
  path     = each.value.path
  role     = aws_iam_role.this[each.value.role].name
  tags     = each.value.tags
}

output "role_arns" {
  value = { for called, role in aws_iam_role.this : called => role.arn }
}
