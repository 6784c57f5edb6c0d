# Many bridges under one root: one file each in bridges/, which drawbridge writes and nobody edits. To add a bridge, write
# its file beside the others; to drop one, take its file away.
# A provider signs in to one AWS account, so every account needs a root of its own, with its bridges. One sign-in to
# Google serves any number of projects.
terraform {
  required_version = ">= 1.7.0, < 2.0.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, < 7.0.0"
    }
    google = {
      source  = "hashicorp/google"
      version = ">= 6.0.0, < 8.0.0"
    }
  }
}

variable "issuers" {
  type        = map(string)
  default     = {}
  description = "by bridge, for those with token: jwt: the token issuer of the AWS account; drawbridge fills in those that it knows"
}

locals {
  bridges = {
    for file in fileset("${path.module}/bridges", "*.json") :
    trimsuffix(file, ".json") => jsondecode(file("${path.module}/bridges/${file}"))
  }
  accounts = distinct([for bridge in local.bridges : bridge.account])
  regions  = distinct([for bridge in local.bridges : bridge.region])
}

provider "aws" {
  region              = local.regions[0]
  allowed_account_ids = local.accounts
}

provider "google" {}

module "google" {
  source   = "./google"
  for_each = local.bridges
  bridge   = each.value.google
  issuer   = lookup(var.issuers, each.key, each.value.issuer)
}

module "aws" {
  source         = "./aws"
  for_each       = local.bridges
  account        = each.value.account
  bridge         = each.value.aws
  unique_id      = module.google[each.key].unique_id
  project_number = module.google[each.key].project_number
}

output "role_arns" {
  value = { for called, half in module.aws : called => half.role_arns }
}

output "service_accounts" {
  value = { for called, half in module.google : called => half.service_accounts }
}
