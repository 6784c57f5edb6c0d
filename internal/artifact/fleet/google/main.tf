# The Google half of one bridge. Everything that differs between bridges comes in; drawbridge derives it. Members are
# additive: what others grant stays.
# A pool that was deleted keeps its id for 30 days: undelete it with gcloud and import it, since creating it fails.
terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.0.0, < 8.0.0"
    }
  }
}

variable "bridge" {
  type        = any
  description = "what the bridge has in Google Cloud, by kind of resource"
}

variable "issuer" {
  type        = string
  default     = ""
  description = "token issuer of the AWS account; the account-wide switch itself is never managed here"
}

resource "google_project_service" "this" {
  for_each           = var.bridge.google_project_service
  project            = var.bridge.project
  service            = each.value.service
  disable_on_destroy = false
}

resource "google_service_account" "this" {
  for_each     = var.bridge.google_service_account
  project      = var.bridge.project
  account_id   = each.value.account_id
  display_name = each.value.display_name
  description  = each.value.description
  depends_on   = [google_project_service.this]
}

resource "google_compute_instance" "this" {
  for_each     = var.bridge.google_compute_instance
  project      = var.bridge.project
  name         = each.value.name
  zone         = each.value.zone
  machine_type = each.value.machine_type
  labels       = each.value.labels

  boot_disk {
    initialize_params {
      image = each.value.image
    }
  }

  network_interface {
    network = each.value.network

    dynamic "access_config" {
      for_each = each.value.external_ip ? [1] : []
      content {}
    }
  }

  service_account {
    email  = google_service_account.this["to_aws"].email
    scopes = ["https://www.googleapis.com/auth/cloud-platform"]
  }

  # A newer image of its family does not replace it.
  lifecycle {
    ignore_changes = [boot_disk]
  }

  depends_on = [google_project_service.this]
}

resource "google_iam_workload_identity_pool" "this" {
  for_each                  = var.bridge.google_iam_workload_identity_pool
  project                   = var.bridge.project
  workload_identity_pool_id = each.value.workload_identity_pool_id
  display_name              = each.value.display_name
  description               = each.value.description
  depends_on                = [google_project_service.this]
}

resource "google_iam_workload_identity_pool_provider" "this" {
  for_each                           = var.bridge.google_iam_workload_identity_pool_provider
  project                            = var.bridge.project
  workload_identity_pool_id          = google_iam_workload_identity_pool.this["bridge"].workload_identity_pool_id
  workload_identity_pool_provider_id = each.value.workload_identity_pool_provider_id
  display_name                       = each.value.display_name
  description                        = each.value.description
  attribute_condition                = each.value.attribute_condition
  attribute_mapping                  = each.value.attribute_mapping

  dynamic "aws" {
    for_each = each.value.account_id != "" ? [each.value.account_id] : []
    content {
      account_id = aws.value
    }
  }

  dynamic "oidc" {
    for_each = each.value.account_id == "" ? [var.issuer] : []
    content {
      issuer_uri = oidc.value
    }
  }
}

locals {
  pool = try(google_iam_workload_identity_pool.this["bridge"].name, "")
}

resource "google_service_account_iam_member" "this" {
  for_each           = var.bridge.google_service_account_iam_member
  service_account_id = google_service_account.this[each.value.account].name
  role               = each.value.role
  member             = join(local.pool, each.value.member)
}

resource "google_project_iam_member" "this" {
  for_each = var.bridge.google_project_iam_member
  project  = var.bridge.project
  role     = each.value.role
  member   = each.value.account == "" ? join(local.pool, each.value.member) : google_service_account.this[each.value.account].member

  dynamic "condition" {
    for_each = each.value.condition
    content {
      title       = condition.value.title
      description = condition.value.description
      expression  = condition.value.expression
    }
  }
}

output "unique_id" {
  value = try(google_service_account.this["to_aws"].unique_id, "")
}

output "project_number" {
  value = try(split("/", local.pool)[1], "")
}

output "service_accounts" {
  value = { for called, account in google_service_account.this : called => account.email }
}
