"""Calls the sandbox with stock boto3 and compares every answer with what AWS documents.

Prints one line per call. Exits 1 when any differs. Needs the sandbox's exports in the environment.
"""
import json
import os
import sys
import urllib.parse

import boto3
import botocore
from botocore.client import Config
from botocore.exceptions import ClientError

once = Config(retries={"max_attempts": 1, "mode": "standard"}, parameter_validation=False)  # the sandbox must refuse by itself
session = boto3.Session()
iam = session.client("iam", config=once)
sts = session.client("sts", config=once)
ec2 = session.client("ec2", config=once)
sqs = session.client("sqs", config=once, endpoint_url=os.environ["AWS_ENDPOINT_URL"])
anonymous = session.client("sts", config=Config(signature_version=botocore.UNSIGNED, retries={"max_attempts": 1}, parameter_validation=False))

failures = calls = 0


def say(ok, name, detail=""):
    global failures, calls
    calls += 1
    failures += not ok
    print(("ok   " if ok else "FAIL ") + name, detail)


def good(call, *want, **arguments):
    """The call succeeds, and each wanted path (dots and numbers) is there, or has the value after '='."""
    name = call.__self__.meta.service_model.service_name + "." + call.__name__
    try:
        answer = call(**arguments)
    except ClientError as error:
        say(False, name, str(error))
        return {}
    for path in want:
        path, _, value = path.partition("=")
        found = answer
        try:
            for part in path.split("."):
                found = found[int(part)] if part.isdigit() else found[part]
        except (KeyError, IndexError, TypeError):
            say(False, name, path + " is missing")
            return answer
        if value and str(found) != value:
            say(False, name, "%s is %r, want %r" % (path, found, value))
            return answer
    if not answer["ResponseMetadata"].get("RequestId"):
        say(False, name, "no request id")
        return answer
    say(True, name)
    return answer


def bad(call, code, status, message="", **arguments):
    """The call fails with a code, a status and a part of the message."""
    name = call.__self__.meta.service_model.service_name + "." + call.__name__ + " " + code
    try:
        call(**arguments)
    except ClientError as error:
        got = error.response["Error"]
        http = error.response["ResponseMetadata"]["HTTPStatusCode"]
        say(got["Code"] == code and http == status and message in got["Message"], name,
            "" if got["Code"] == code and http == status and message in got["Message"] else "%s %d %s" % (got["Code"], http, got["Message"]))
        return
    say(False, name, "succeeded")


def doc(**statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


ACCOUNT = "123456789012"
EC2 = doc(Effect="Allow", Principal={"Service": "ec2.amazonaws.com"}, Action="sts:AssumeRole")
READ = doc(Effect="Allow", Action="s3:GetObject", Resource="*")
ROLE = "arn:aws:iam::" + ACCOUNT + ":role/drawbridge/py"

# who we are
good(sts.get_caller_identity, "Arn=arn:aws:iam::%s:user/operator" % ACCOUNT, "Account=" + ACCOUNT, "UserId")
good(sts.get_session_token, "Credentials.SessionToken", DurationSeconds=900)
good(sts.get_access_key_info, "Account=" + ACCOUNT, AccessKeyId=session.get_credentials().access_key)
good(iam.get_user, "User.UserName=operator")
good(iam.list_users, "Users.0.Arn", "IsTruncated=False")
good(iam.list_account_aliases, "AccountAliases.0=acme-prod")
good(iam.get_account_summary, "SummaryMap.AssumeRolePolicySizeQuota=2048", "SummaryMap.RolesQuota=1000")
good(iam.list_access_keys, "AccessKeyMetadata.0.Status=Active", UserName="operator")
good(iam.get_access_key_last_used, "UserName=operator", "AccessKeyLastUsed.ServiceName", AccessKeyId=session.get_credentials().access_key)

good(iam.create_account_alias, AccountAlias="acme-new")
good(iam.list_account_aliases, "AccountAliases.0=acme-new")
bad(iam.create_account_alias, "EntityAlreadyExists", 409, "already exists", AccountAlias="acme-legacy")
bad(iam.create_account_alias, "ValidationError", 400, "accountAlias", AccountAlias="Acme")
bad(iam.delete_account_alias, "NoSuchEntity", 404, "cannot be found", AccountAlias="acme-prod")
good(iam.delete_account_alias, AccountAlias="acme-new")
good(iam.create_account_alias, AccountAlias="acme-prod")
bad(iam.get_login_profile, "NoSuchEntity", 404, "Login Profile for User operator cannot be found.", UserName="operator")
bad(iam.get_account_password_policy, "NoSuchEntity", 404, "The Password Policy with domain name %s cannot be found." % ACCOUNT)
for empty in (iam.list_saml_providers, iam.list_server_certificates, iam.list_virtual_mfa_devices, iam.list_mfa_devices, iam.list_signing_certificates,
              iam.list_ssh_public_keys, iam.list_service_specific_credentials):
    good(empty)
good(iam.get_context_keys_for_custom_policy, "ContextKeyNames.0=aws:username", PolicyInputList=[doc(Effect="Allow", Action="*", Resource="*", Condition={"StringEquals": {"aws:username": "x"}})])
bad(iam.list_roles, "ValidationError", 400, "pathPrefix", PathPrefix="drawbridge/")

# roles
bad(iam.get_role, "NoSuchEntity", 404, "The role with name py cannot be found.", RoleName="py")
made = good(iam.create_role, "Role.Arn=" + ROLE, "Role.RoleId", "Role.CreateDate", "Role.Tags.0.Key=drawbridge:bridge", RoleName="py", Path="/drawbridge/",
            AssumeRolePolicyDocument=EC2, Description="made by boto3", MaxSessionDuration=7200, Tags=[{"Key": "drawbridge:bridge", "Value": "x/y/z"}])
got = good(iam.get_role, "Role.Description=made by boto3", "Role.MaxSessionDuration=7200", "Role.Tags.0.Value=x/y/z", "Role.RoleLastUsed", RoleName="py")
say(got.get("Role", {}).get("AssumeRolePolicyDocument") == json.loads(EC2), "the trust policy comes back as it was")
listed = good(iam.list_roles, "Roles.0.RoleName=py", PathPrefix="/drawbridge/")
say("Tags" not in listed["Roles"][0], "a list of roles leaves out tags")
bad(iam.create_role, "EntityAlreadyExists", 409, "Role with name PY already exists.", RoleName="PY", AssumeRolePolicyDocument=EC2)
bad(iam.create_role, "MalformedPolicyDocument", 400, "This policy contains invalid Json", RoleName="x", AssumeRolePolicyDocument="{")
bad(iam.create_role, "MalformedPolicyDocument", 400, "Has prohibited field Resource", RoleName="x",
    AssumeRolePolicyDocument=doc(Effect="Allow", Principal={"Service": "ec2.amazonaws.com"}, Action="sts:AssumeRole", Resource="*"))
bad(iam.create_role, "MalformedPolicyDocument", 400, "Invalid principal in policy", RoleName="x",
    AssumeRolePolicyDocument=doc(Effect="Allow", Principal={"AWS": "arn:aws:iam::%s:role/nobody" % ACCOUNT}, Action="sts:AssumeRole"))
bad(iam.create_role, "MalformedPolicyDocument", 400, "Federated principals must be valid domain names or SAML metadata ARNs", RoleName="x",
    AssumeRolePolicyDocument=doc(Effect="Allow", Principal={"Federated": "https://accounts.google.com"}, Action="sts:AssumeRoleWithWebIdentity"))
bad(iam.create_role, "ValidationError", 400, "roleName", RoleName="a b", AssumeRolePolicyDocument=EC2)
bad(iam.create_role, "ValidationError", 400, "maxSessionDuration", RoleName="x", AssumeRolePolicyDocument=EC2, MaxSessionDuration=43201)
bad(iam.create_role, "InvalidInput", 400, "aws:", RoleName="x", AssumeRolePolicyDocument=EC2, Tags=[{"Key": "aws:x", "Value": "y"}])
bad(iam.create_role, "InvalidInput", 400, "Duplicate tag keys", RoleName="x", AssumeRolePolicyDocument=EC2, Tags=[{"Key": "a", "Value": ""}, {"Key": "A", "Value": ""}])
bad(iam.create_role, "NoSuchEntity", 404, "does not exist", RoleName="x", AssumeRolePolicyDocument=EC2, PermissionsBoundary="arn:aws:iam::aws:policy/NoSuchPolicy")
bad(iam.create_role, "LimitExceeded", 409, "ACLSizePerRole", RoleName="x", AssumeRolePolicyDocument=doc(Effect="Allow", Principal={"Service": "ec2.amazonaws.com"},
    Action="sts:AssumeRole", Condition={"StringEquals": {"aws:userid": ["x" * 100] * 25}}))
good(iam.update_role, RoleName="py", Description="", MaxSessionDuration=3600)
got = good(iam.get_role, "Role.MaxSessionDuration=3600", RoleName="py")
say("Description" not in got["Role"], "a description can be cleared")
good(iam.update_role_description, "Role.Description=again", RoleName="py", Description="again")
bad(iam.update_role, "ValidationError", 400, "maxSessionDuration", RoleName="py", MaxSessionDuration=60)
good(iam.update_assume_role_policy, RoleName="py", PolicyDocument=EC2)
bad(iam.update_assume_role_policy, "NoSuchEntity", 404, "cannot be found", RoleName="nobody", PolicyDocument=EC2)
bad(iam.update_assume_role_policy, "MalformedPolicyDocument", 400, "Invalid Condition type", RoleName="py",
    PolicyDocument=doc(Effect="Allow", Principal={"Service": "ec2.amazonaws.com"}, Action="sts:AssumeRole", Condition={"StringEqual": {"a": "b"}}))
good(iam.tag_role, RoleName="py", Tags=[{"Key": "DRAWBRIDGE:BRIDGE", "Value": "new"}, {"Key": "more", "Value": ""}])
got = good(iam.list_role_tags, "Tags.0.Value=new", "Tags.1.Key=more", RoleName="py")
say(len(got["Tags"]) == 2, "tag keys of roles ignore letter case")
good(iam.untag_role, RoleName="py", TagKeys=["MORE"])
got = good(iam.list_role_tags, RoleName="py")
say(len(got["Tags"]) == 1, "untagging ignores letter case")

# policies of a role
good(iam.put_role_policy, RoleName="py", PolicyName="inline", PolicyDocument=READ)
got = good(iam.get_role_policy, "PolicyName=inline", RoleName="py", PolicyName="inline")
say(got["PolicyDocument"] == json.loads(READ), "an inline policy comes back as it was")
good(iam.list_role_policies, "PolicyNames.0=inline", RoleName="py")
bad(iam.put_role_policy, "MalformedPolicyDocument", 400, "Policy document should not specify a principal.", RoleName="py", PolicyName="p", PolicyDocument=EC2)
bad(iam.put_role_policy, "LimitExceeded", 409, "Maximum policy size of 10240 bytes exceeded for role py", RoleName="py", PolicyName="p",
    PolicyDocument=doc(Effect="Allow", Action="s3:*", Resource=["arn:aws:s3:::" + "x" * 100] * 90))
bad(iam.get_role_policy, "NoSuchEntity", 404, "The role policy with name none cannot be found.", RoleName="py", PolicyName="none")
bad(iam.delete_role_policy, "NoSuchEntity", 404, "cannot be found", RoleName="py", PolicyName="none")
SQS = "arn:aws:iam::aws:policy/AmazonSQSFullAccess"
good(iam.attach_role_policy, RoleName="py", PolicyArn=SQS)
good(iam.attach_role_policy, RoleName="py", PolicyArn=SQS)
got = good(iam.list_attached_role_policies, "AttachedPolicies.0.PolicyName=AmazonSQSFullAccess", RoleName="py")
say(len(got["AttachedPolicies"]) == 1, "attaching twice attaches once")
bad(iam.attach_role_policy, "NoSuchEntity", 404, "does not exist or is not attachable", RoleName="py", PolicyArn="arn:aws:iam::aws:policy/NoSuchPolicy")
bad(iam.attach_role_policy, "InvalidInput", 400, "ARN", RoleName="py", PolicyArn="not-an-arn-but-long-enough")
bad(iam.detach_role_policy, "NoSuchEntity", 404, "was not found", RoleName="py", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
bad(iam.delete_role, "DeleteConflict", 409, "must detach all policies first", RoleName="py")
good(iam.get_policy, "Policy.AttachmentCount=1", "Policy.DefaultVersionId", PolicyArn=SQS)
good(iam.list_entities_for_policy, "PolicyRoles.0.RoleName=py", PolicyArn=SQS)
good(iam.detach_role_policy, RoleName="py", PolicyArn=SQS)
bad(iam.delete_role, "DeleteConflict", 409, "must delete policies first", RoleName="py")
good(iam.delete_role_policy, RoleName="py", PolicyName="inline")

# managed policies with versions, and boundaries
own = good(iam.create_policy, "Policy.DefaultVersionId=v1", PolicyName="own", Path="/drawbridge/", PolicyDocument=READ)["Policy"]["Arn"]
bad(iam.create_policy, "EntityAlreadyExists", 409, "A policy called own already exists.", PolicyName="own", PolicyDocument=READ)
for n in range(2, 6):
    good(iam.create_policy_version, "PolicyVersion.VersionId=v%d" % n, PolicyArn=own, PolicyDocument=READ, SetAsDefault=n == 2)
bad(iam.create_policy_version, "LimitExceeded", 409, "up to 5 versions", PolicyArn=own, PolicyDocument=READ)
good(iam.get_policy_version, "PolicyVersion.Document.Version", PolicyArn=own, VersionId="v2")
good(iam.list_policy_versions, "Versions.0.VersionId=v5", PolicyArn=own)
bad(iam.delete_policy_version, "DeleteConflict", 409, "default version", PolicyArn=own, VersionId="v2")
good(iam.set_default_policy_version, PolicyArn=own, VersionId="v3")
bad(iam.delete_policy, "DeleteConflict", 409, "more than one version", PolicyArn=own)
for n in (1, 2, 4, 5):
    good(iam.delete_policy_version, PolicyArn=own, VersionId="v%d" % n)
good(iam.put_role_permissions_boundary, RoleName="py", PermissionsBoundary=own)
good(iam.get_role, "Role.PermissionsBoundary.PermissionsBoundaryArn=" + own, RoleName="py")
bad(iam.delete_policy, "DeleteConflict", 409, "attached to entities", PolicyArn=own)
good(iam.delete_role_permissions_boundary, RoleName="py")
bad(iam.delete_role_permissions_boundary, "NoSuchEntity", 404, "", RoleName="py")
good(iam.list_policies, "Policies.0.PolicyName=own", Scope="Local")
good(iam.delete_policy, PolicyArn=own)
bad(iam.get_policy, "NoSuchEntity", 404, "was not found", PolicyArn=own)

# instance profiles
good(iam.create_instance_profile, "InstanceProfile.Arn=arn:aws:iam::%s:instance-profile/drawbridge/py" % ACCOUNT, InstanceProfileName="py", Path="/drawbridge/")
bad(iam.create_instance_profile, "EntityAlreadyExists", 409, "Instance Profile py already exists.", InstanceProfileName="py")
good(iam.add_role_to_instance_profile, InstanceProfileName="py", RoleName="py")
bad(iam.add_role_to_instance_profile, "LimitExceeded", 409, "InstanceSessionsPerInstanceProfile", InstanceProfileName="py", RoleName="web-server")
good(iam.get_instance_profile, "InstanceProfile.Roles.0.RoleName=py", InstanceProfileName="py")
iam.get_waiter("instance_profile_exists").wait(InstanceProfileName="py", WaiterConfig={"Delay": 0, "MaxAttempts": 1})
good(iam.list_instance_profiles_for_role, "InstanceProfiles.0.InstanceProfileName=py", RoleName="py")
good(iam.list_instance_profiles, "InstanceProfiles.0.InstanceProfileName", PathPrefix="/drawbridge/")
bad(iam.delete_role, "DeleteConflict", 409, "must remove roles from instance profile first", RoleName="py")
bad(iam.delete_instance_profile, "DeleteConflict", 409, "must remove roles from instance profile first", InstanceProfileName="py")
bad(iam.get_instance_profile, "NoSuchEntity", 404, "Instance Profile none cannot be found.", InstanceProfileName="none")

# EC2
plain = "i-0acce550000000001"
good(ec2.describe_instances, "Reservations.0.Instances.0.State.Name=running", InstanceIds=[plain])
bad(ec2.describe_instances, "InvalidInstanceID.NotFound", 400, "does not exist", InstanceIds=["i-00000000000000000"])
bad(ec2.describe_instances, "InvalidInstanceID.Malformed", 400, "Invalid id", InstanceIds=["x"])
good(ec2.modify_instance_metadata_options, "InstanceMetadataOptions.HttpTokens=required", InstanceId=plain, HttpTokens="required", HttpPutResponseHopLimit=2)
bad(ec2.modify_instance_metadata_options, "InvalidParameterValue", 400, "httpTokens", InstanceId=plain, HttpTokens="maybe")
good(ec2.describe_instances, "Reservations.0.Instances.0.InstanceId=" + plain, Filters=[
    {"Name": "tag-key", "Values": ["Name"]}, {"Name": "tag:Name", "Values": ["rep*", "x"]}, {"Name": "metadata-options.http-tokens", "Values": ["required"]}])
got = good(ec2.describe_instances, Filters=[{"Name": "subnet-id", "Values": ["*"]}])
say(not got["Reservations"], "a filter on what machines lack is met by none")
bad(ec2.describe_instances, "InvalidParameterValue", 400, "The filter 'colour' is invalid", Filters=[{"Name": "colour", "Values": ["red"]}])
bad(ec2.describe_instances, "InvalidParameterValue", 400, "maxResults is invalid", MaxResults=1)
bad(ec2.describe_instances, "InvalidParameterCombination", 400, "cannot be used with the parameter maxResults", MaxResults=5, InstanceIds=[plain])
bad(ec2.describe_instances, "InvalidParameterValue", 400, "pagination token", NextToken="made up")
more = [good(ec2.run_instances, "Instances.0.InstanceId", ImageId="ami-0acce5500000000a1", MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"] for _ in range(4)]
got = good(ec2.describe_instances, "Reservations.4", "NextToken", MaxResults=5)
good(ec2.describe_instances, "Reservations.0", NextToken=got["NextToken"])
pages = list(ec2.get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 5}))
say([len(p["Reservations"]) for p in pages] == [5, 1], "six machines are a page of five and one of one")
bad(ec2.terminate_instances, "DryRunOperation", 412, "Request would have succeeded, but DryRun flag is set.", InstanceIds=more, DryRun=True)
good(ec2.terminate_instances, "TerminatingInstances.3", InstanceIds=more)
good(ec2.describe_regions, "Regions.0.RegionName")
good(ec2.describe_availability_zones, "AvailabilityZones.0.ZoneName=us-east-1a")
held = good(ec2.associate_iam_instance_profile, "IamInstanceProfileAssociation.State=associating", InstanceId=plain, IamInstanceProfile={"Name": "py"})
held = held["IamInstanceProfileAssociation"]["AssociationId"]
bad(ec2.associate_iam_instance_profile, "IncorrectState", 400, "existing association", InstanceId=plain, IamInstanceProfile={"Name": "py"})
bad(ec2.associate_iam_instance_profile, "InvalidParameterValue", 400, "Invalid IAM Instance Profile name", InstanceId=plain, IamInstanceProfile={"Name": "none"})
good(ec2.describe_iam_instance_profile_associations, "IamInstanceProfileAssociations.0.State=associated", AssociationIds=[held])
good(ec2.describe_instances, "Reservations.0.Instances.0.IamInstanceProfile.Arn", InstanceIds=[plain])
again = good(ec2.replace_iam_instance_profile_association, "IamInstanceProfileAssociation.State=associating", AssociationId=held, IamInstanceProfile={"Name": "web-server"})
good(ec2.disassociate_iam_instance_profile, "IamInstanceProfileAssociation.State=disassociating", AssociationId=again["IamInstanceProfileAssociation"]["AssociationId"])
bad(ec2.disassociate_iam_instance_profile, "InvalidAssociationID.NotFound", 400, "", AssociationId=held)
run = good(ec2.run_instances, "Instances.0.InstanceId", ImageId="ami-0acce5500000000a1", MinCount=1, MaxCount=1, InstanceType="t3.nano", IamInstanceProfile={"Name": "py"})
good(ec2.terminate_instances, "TerminatingInstances.0.CurrentState.Name=terminated", InstanceIds=[run["Instances"][0]["InstanceId"]])

# the way back
good(iam.remove_role_from_instance_profile, InstanceProfileName="py", RoleName="py")
bad(iam.remove_role_from_instance_profile, "NoSuchEntity", 404, "", InstanceProfileName="py", RoleName="py")
good(iam.delete_instance_profile, InstanceProfileName="py")

# OIDC providers
provider = good(iam.create_open_id_connect_provider, "OpenIDConnectProviderArn=arn:aws:iam::%s:oidc-provider/accounts.google.com" % ACCOUNT,
                Url="https://accounts.google.com", ClientIDList=["1"])["OpenIDConnectProviderArn"]
bad(iam.create_open_id_connect_provider, "EntityAlreadyExists", 409, "Provider with url https://accounts.google.com already exists.", Url="https://accounts.google.com")
bad(iam.create_open_id_connect_provider, "ValidationError", 400, "Invalid Open ID Connect Provider URL", Url="http://accounts.google.com")
good(iam.add_client_id_to_open_id_connect_provider, OpenIDConnectProviderArn=provider, ClientID="2")
good(iam.add_client_id_to_open_id_connect_provider, OpenIDConnectProviderArn=provider, ClientID="2")
got = good(iam.get_open_id_connect_provider, "Url=accounts.google.com", "ClientIDList.1=2", OpenIDConnectProviderArn=provider)
good(iam.remove_client_id_from_open_id_connect_provider, OpenIDConnectProviderArn=provider, ClientID="2")
good(iam.update_open_id_connect_provider_thumbprint, OpenIDConnectProviderArn=provider, ThumbprintList=["a" * 40])
bad(iam.update_open_id_connect_provider_thumbprint, "InvalidInput", 400, "at least one", OpenIDConnectProviderArn=provider, ThumbprintList=[])
good(iam.tag_open_id_connect_provider, OpenIDConnectProviderArn=provider, Tags=[{"Key": "k", "Value": "v"}])
good(iam.list_open_id_connect_provider_tags, "Tags.0.Key=k", OpenIDConnectProviderArn=provider)
good(iam.list_open_id_connect_providers, "OpenIDConnectProviderList.0.Arn=" + provider)
good(iam.delete_open_id_connect_provider, OpenIDConnectProviderArn=provider)
bad(iam.get_open_id_connect_provider, "NoSuchEntity", 404, "OpenIDConnect Provider not found for arn " + provider, OpenIDConnectProviderArn=provider)

# groups, and what a user may do through one
good(iam.create_group, "Group.Arn=arn:aws:iam::%s:group/team/readers" % ACCOUNT, "Group.GroupId", "Group.CreateDate", "Group.Path=/team/", GroupName="readers", Path="/team/")
bad(iam.create_group, "EntityAlreadyExists", 409, "Group with name Readers already exists.", GroupName="Readers")
bad(iam.create_group, "ValidationError", 400, "groupName", GroupName="a b")
bad(iam.get_group, "NoSuchEntity", 404, "The group with name none cannot be found.", GroupName="none")
good(iam.create_user, "User.UserId", UserName="member")
member = good(iam.create_access_key, "AccessKey.SecretAccessKey", UserName="member")["AccessKey"]
theirs = boto3.Session(member["AccessKeyId"], member["SecretAccessKey"], region_name="us-east-1").client("iam", config=once)
bad(theirs.list_roles, "AccessDenied", 403, "because no identity-based policy allows the iam:ListRoles action")
good(iam.put_group_policy, GroupName="readers", PolicyName="see", PolicyDocument=doc(Effect="Allow", Action="iam:ListRoles", Resource="*"))
good(iam.attach_group_policy, GroupName="readers", PolicyArn=SQS)
good(iam.add_user_to_group, GroupName="readers", UserName="member")
good(iam.add_user_to_group, GroupName="readers", UserName="member")
bad(iam.add_user_to_group, "NoSuchEntity", 404, "The user with name nobody cannot be found.", GroupName="readers", UserName="nobody")
good(theirs.list_roles, "Roles.0.Arn")
bad(theirs.list_users, "AccessDenied", 403, "because no identity-based policy allows the iam:ListUsers action")
for source in ("user/member", "group/team/readers"):
    good(iam.simulate_principal_policy, "EvaluationResults.0.EvalDecision=allowed", "EvaluationResults.1.EvalDecision=implicitDeny",
         PolicySourceArn="arn:aws:iam::%s:%s" % (ACCOUNT, source), ActionNames=["iam:ListRoles", "iam:ListUsers"])
good(iam.get_group, "Group.GroupName=readers", "Users.0.UserName=member", "IsTruncated=False", GroupName="readers")
good(iam.list_groups, "Groups.0.GroupName=readers", PathPrefix="/team/")
got = good(iam.list_groups, "IsTruncated=False", PathPrefix="/other/")
say(not got["Groups"], "the path prefix of groups holds")
good(iam.list_groups_for_user, "Groups.0.GroupName=readers", UserName="member")
good(iam.list_group_policies, "PolicyNames.0=see", GroupName="readers")
good(iam.get_group_policy, "PolicyDocument.Version", GroupName="readers", PolicyName="see")
bad(iam.get_group_policy, "NoSuchEntity", 404, "The group policy with name none cannot be found.", GroupName="readers", PolicyName="none")
good(iam.list_attached_group_policies, "AttachedPolicies.0.PolicyName=AmazonSQSFullAccess", GroupName="readers")
good(iam.list_entities_for_policy, "PolicyGroups.0.GroupName=readers", PolicyArn=SQS)
got = good(iam.list_entities_for_policy, PolicyArn=SQS, EntityFilter="Role")
say(not got["PolicyGroups"], "the filter of entities holds")
good(iam.get_account_summary, "SummaryMap.Groups=1", "SummaryMap.GroupsQuota=300", "SummaryMap.AttachedPoliciesPerGroupQuota=10")
got = good(iam.get_account_authorization_details, "GroupDetailList.0.GroupPolicyList.0.PolicyName=see", "GroupDetailList.0.AttachedManagedPolicies.0.PolicyArn=" + SQS, Filter=["Group", "User"])
say([u["GroupList"] for u in got["UserDetailList"] if u["UserName"] == "member"] == [["readers"]], "authorization details name the groups of a user")
bad(iam.delete_group, "DeleteConflict", 409, "must remove users from group first", GroupName="readers")
bad(iam.delete_user, "DeleteConflict", 409, "must delete access keys first", UserName="member")
good(iam.update_group, GroupName="readers", NewGroupName="watchers", NewPath="/")
good(theirs.list_roles, "Roles.0.Arn")
good(iam.get_group, "Group.Arn=arn:aws:iam::%s:group/watchers" % ACCOUNT, "Users.0.UserName=member", GroupName="watchers")
good(iam.delete_access_key, UserName="member", AccessKeyId=member["AccessKeyId"])
bad(iam.delete_user, "DeleteConflict", 409, "must remove users from group first", UserName="member")
good(iam.remove_user_from_group, GroupName="watchers", UserName="member")
bad(iam.remove_user_from_group, "NoSuchEntity", 404, "is not in group watchers", GroupName="watchers", UserName="member")
good(iam.delete_user, UserName="member")
bad(iam.delete_group, "DeleteConflict", 409, "must detach all policies first", GroupName="watchers")
good(iam.detach_group_policy, GroupName="watchers", PolicyArn=SQS)
bad(iam.delete_group, "DeleteConflict", 409, "must delete policies first", GroupName="watchers")
good(iam.delete_group_policy, GroupName="watchers", PolicyName="see")
good(iam.delete_group, GroupName="watchers")
got = good(iam.list_policies, "Policies.0.Arn=arn:aws:iam::aws:policy/AdministratorAccess", Scope="AWS", OnlyAttached=True)
say(all(p["AttachmentCount"] for p in got["Policies"]), "only attached policies are listed when asked")

# questions
good(iam.simulate_principal_policy, "EvaluationResults.0.EvalDecision=allowed", PolicySourceArn="arn:aws:iam::%s:user/operator" % ACCOUNT, ActionNames=["iam:CreateRole"])
bad(iam.simulate_principal_policy, "NoSuchEntity", 404, "", PolicySourceArn="arn:aws:iam::%s:user/nobody" % ACCOUNT, ActionNames=["iam:CreateRole"])
bad(iam.simulate_principal_policy, "InvalidInput", 400, "", PolicySourceArn="arn:aws:sts::%s:assumed-role/a/b" % ACCOUNT, ActionNames=["iam:CreateRole"])
good(iam.get_context_keys_for_principal_policy, "ContextKeyNames", PolicySourceArn="arn:aws:iam::%s:user/operator" % ACCOUNT)
got = good(iam.get_account_authorization_details, "RoleDetailList.0.AssumeRolePolicyDocument.Version", Filter=["Role"])
say(not got["UserDetailList"], "the filter of authorization details holds")
first = good(iam.list_roles, "IsTruncated=True", "Marker", MaxItems=1)
good(iam.list_roles, "Roles.0.RoleName", MaxItems=1, Marker=first["Marker"])
bad(iam.list_roles, "ValidationError", 400, "Marker", Marker="made up")

# assuming roles
bad(sts.assume_role, "AccessDenied", 403, "is not authorized to perform: sts:AssumeRole on resource: " + ROLE, RoleArn=ROLE, RoleSessionName="x1")
good(iam.update_assume_role_policy, RoleName="py", PolicyDocument=doc(Effect="Allow", Principal={"AWS": "arn:aws:iam::%s:root" % ACCOUNT}, Action="sts:AssumeRole"))
keys = good(sts.assume_role, "AssumedRoleUser.Arn=arn:aws:sts::%s:assumed-role/py/x1" % ACCOUNT, "Credentials.Expiration", RoleArn=ROLE, RoleSessionName="x1", DurationSeconds=900)["Credentials"]
bad(sts.assume_role, "ValidationError", 400, "exceeds the MaxSessionDuration", RoleArn=ROLE, RoleSessionName="x1", DurationSeconds=7200)
bad(sts.assume_role, "ValidationError", 400, "roleSessionName", RoleArn=ROLE, RoleSessionName="a b")
bad(sts.assume_role, "ValidationError", 400, "Request ARN is invalid", RoleArn="arn:aws:iam::%s:user/operator" % ACCOUNT, RoleSessionName="x1")
bad(sts.assume_role, "MalformedPolicyDocument", 400, "", RoleArn=ROLE, RoleSessionName="x1", Policy="{")
worker = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region_name="us-east-1")
wsts, wiam = worker.client("sts", config=once), worker.client("iam", config=once)
wsqs = worker.client("sqs", config=once, endpoint_url=os.environ["AWS_ENDPOINT_URL"])
good(wsts.get_caller_identity, "Arn=arn:aws:sts::%s:assumed-role/py/x1" % ACCOUNT)
bad(wiam.list_roles, "AccessDenied", 403, "because no identity-based policy allows the iam:ListRoles action")
bad(wsts.get_session_token, "AccessDenied", 403, "")
bad(boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], region_name="us-east-1").client("sts", config=once).get_caller_identity, "InvalidClientTokenId", 403, "invalid")
bad(boto3.Session("AKIAUNKNOWNUNKNOWN12", "x", region_name="us-east-1").client("iam", config=once).list_roles, "InvalidClientTokenId", 403, "invalid")
bad(boto3.Session("AKIAUNKNOWNUNKNOWN12", "x", region_name="us-east-1").client("ec2", config=once).describe_regions, "AuthFailure", 401, "not able to validate")
bad(anonymous.assume_role_with_web_identity, "InvalidIdentityToken", 400, "not a valid JWT", RoleArn=ROLE, RoleSessionName="x1", WebIdentityToken="nonsense")
bad(anonymous.assume_role_with_web_identity, "ValidationError", 400, "durationSeconds", RoleArn=ROLE, RoleSessionName="x1", WebIdentityToken="nonsense", DurationSeconds=60000)

# outbound federation
bad(iam.get_outbound_web_identity_federation_info, "FeatureDisabled", 404, "")
good(iam.enable_outbound_web_identity_federation, "IssuerIdentifier")
bad(iam.enable_outbound_web_identity_federation, "FeatureEnabled", 409, "")
good(iam.get_outbound_web_identity_federation_info, "JwtVendingEnabled=True")
good(sts.get_web_identity_token, "WebIdentityToken", "Expiration", Audience=["a"], SigningAlgorithm="RS256", DurationSeconds=60)
good(sts.get_web_identity_token, "WebIdentityToken", Audience=["a", "b"], SigningAlgorithm="ES384")
bad(wsts.get_web_identity_token, "AccessDenied", 403, "sts:GetWebIdentityToken", Audience=["a"], SigningAlgorithm="RS256")
good(iam.disable_outbound_web_identity_federation)
bad(sts.get_web_identity_token, "OutboundWebIdentityFederationDisabledException", 403, "", Audience=["a"], SigningAlgorithm="RS256")

# SQS
queue = good(sqs.create_queue, "QueueUrl", QueueName="jobs")["QueueUrl"]
good(sqs.get_queue_url, "QueueUrl=" + queue, QueueName="jobs")
good(sqs.list_queues, "QueueUrls.0=" + queue)
bad(sqs.get_queue_url, "AWS.SimpleQueueService.NonExistentQueue", 400, "does not exist", QueueName="none")
bad(wsqs.send_message, "AccessDenied", 403, "sqs:", QueueUrl=queue, MessageBody="no")
good(iam.put_role_policy, RoleName="py", PolicyName="send", PolicyDocument=doc(Effect="Allow", Action="sqs:SendMessage", Resource="arn:aws:sqs:us-east-1:%s:jobs" % ACCOUNT))
good(wsqs.send_message, "MessageId", "MD5OfMessageBody", QueueUrl=queue, MessageBody="hello")
bad(wsqs.receive_message, "AccessDenied", 403, "sqs:", QueueUrl=queue)
message = good(sqs.receive_message, "Messages.0.Body=hello", QueueUrl=queue)["Messages"][0]
good(sqs.delete_message, QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
good(sqs.get_queue_attributes, "Attributes.ApproximateNumberOfMessages=0", QueueUrl=queue, AttributeNames=["All"])
good(iam.delete_role_policy, RoleName="py", PolicyName="send")
good(iam.delete_role, RoleName="py")
bad(wsts.get_caller_identity, "InvalidClientTokenId", 403, "")

print("%d calls, %d differ" % (calls, failures))
sys.exit(failures > 0)
