"""Asks the sandbox and moto_server the same things and compares the keys of the answers.

The sandbox is where the environment points; moto is at the address given. A key that only one of them has is a difference,
unless it is listed below with the reason. Prints one line per call; exits 1 when any differs.
"""
import json
import sys

import boto3
from botocore.client import Config
from botocore.exceptions import ClientError

once = Config(retries={"max_attempts": 1, "mode": "standard"})
EC2 = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
ROOT = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "sts:AssumeRole"}]})
READ = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})

# What differs, and who is right according to the service model and the documentation.
KNOWN = {
    "iam.create_role": {"Role.RoleLastUsed": "IAM tells the last use in GetRole and the authorization details only"},
    "iam.create_policy": {"Policy.PermissionsBoundaryUsageCount": "IAM counts from the start"},
    "iam.create_instance_profile": {"InstanceProfile.Tags": "IAM leaves an empty list out"},
    "iam.get_instance_profile": {
        "InstanceProfile.Tags": "IAM leaves an empty list out",
        "InstanceProfile.Roles.RoleLastUsed": "as above", "InstanceProfile.Roles.Tags": "IAM tells tags where the role itself is asked for",
        "InstanceProfile.Roles.Tags.Key": "as above", "InstanceProfile.Roles.Tags.Value": "as above"},
    "iam.get_open_id_connect_provider": {"Tags": "IAM leaves an empty list out"},
    "sts.assume_role": {"PackedPolicySize": "STS tells it of sessions with policies or tags"},
    "iam.list_account_aliases": {"IsTruncated": "IAM always says it"},
    "iam.get_group": {"IsTruncated": "as above"}, "iam.list_groups": {"IsTruncated": "as above"}, "iam.list_group_policies": {"IsTruncated": "as above"},
}


def keys(value, path=""):
    """The paths of a reply, with lists looked through."""
    if isinstance(value, dict):
        out = set()
        for name, below in value.items():
            if name == "ResponseMetadata":
                continue
            out |= {(path + "." + name).lstrip(".")} | keys(below, path + "." + name)
        return out
    if isinstance(value, list):
        return set().union(*(keys(v, path) for v in value)) if value else set()
    return set()


class Side:
    def __init__(self, **where):
        session = boto3.Session(**({"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"} if where else {}))
        self.clients = {n: session.client(n, config=once, **where) for n in ("iam", "sts", "ec2")}

    def ask(self, service, operation, arguments):
        try:
            return getattr(self.clients[service], operation)(**arguments)
        except ClientError as error:
            return {"Error": {"Code": error.response["Error"]["Code"]}, "Status": error.response["ResponseMetadata"]["HTTPStatusCode"]}


ROLE = "arn:aws:iam::123456789012:role/shapes/py"
POLICY = "arn:aws:iam::123456789012:policy/own"
PROVIDER = "arn:aws:iam::123456789012:oidc-provider/accounts.google.com"
CALLS = [
    ("sts", "get_caller_identity", {}),
    ("iam", "create_role", dict(RoleName="py", Path="/shapes/", AssumeRolePolicyDocument=ROOT, MaxSessionDuration=3600, Tags=[{"Key": "k", "Value": "v"}])),
    ("iam", "get_role", dict(RoleName="py")),
    ("iam", "list_roles", dict(PathPrefix="/shapes/")),
    ("iam", "create_role", dict(RoleName="py", AssumeRolePolicyDocument=EC2)),
    ("iam", "get_role", dict(RoleName="none")),
    ("iam", "list_role_tags", dict(RoleName="py")),
    ("iam", "put_role_policy", dict(RoleName="py", PolicyName="p", PolicyDocument=READ)),
    ("iam", "get_role_policy", dict(RoleName="py", PolicyName="p")),
    ("iam", "get_role_policy", dict(RoleName="py", PolicyName="none")),
    ("iam", "list_role_policies", dict(RoleName="py")),
    ("iam", "create_user", dict(UserName="member")),
    ("iam", "create_group", dict(GroupName="readers", Path="/team/")),
    ("iam", "create_group", dict(GroupName="readers")),
    ("iam", "add_user_to_group", dict(GroupName="readers", UserName="member")),
    ("iam", "get_group", dict(GroupName="readers")),
    ("iam", "get_group", dict(GroupName="none")),
    ("iam", "list_groups", dict(PathPrefix="/team/")),
    ("iam", "list_groups_for_user", dict(UserName="member")),
    ("iam", "put_group_policy", dict(GroupName="readers", PolicyName="p", PolicyDocument=READ)),
    ("iam", "get_group_policy", dict(GroupName="readers", PolicyName="p")),
    ("iam", "list_group_policies", dict(GroupName="readers")),
    ("iam", "create_policy", dict(PolicyName="own", PolicyDocument=READ)),
    ("iam", "attach_group_policy", dict(GroupName="readers", PolicyArn=POLICY)),
    ("iam", "list_attached_group_policies", dict(GroupName="readers")),
    ("iam", "list_entities_for_policy", dict(PolicyArn=POLICY, EntityFilter="Group")),
    ("iam", "remove_user_from_group", dict(GroupName="readers", UserName="member")),
    ("iam", "get_policy_version", dict(PolicyArn=POLICY, VersionId="v1")),
    ("iam", "attach_role_policy", dict(RoleName="py", PolicyArn=POLICY)),
    ("iam", "list_attached_role_policies", dict(RoleName="py")),
    ("iam", "create_instance_profile", dict(InstanceProfileName="py")),
    ("iam", "add_role_to_instance_profile", dict(InstanceProfileName="py", RoleName="py")),
    ("iam", "get_instance_profile", dict(InstanceProfileName="py")),
    ("iam", "create_open_id_connect_provider", dict(Url="https://accounts.google.com", ClientIDList=["1"], ThumbprintList=["a" * 40])),
    ("iam", "get_open_id_connect_provider", dict(OpenIDConnectProviderArn=PROVIDER)),
    ("iam", "list_open_id_connect_providers", {}),
    ("sts", "assume_role", dict(RoleArn=ROLE, RoleSessionName="s1")),
    ("iam", "delete_role", dict(RoleName="py")),
    ("iam", "list_account_aliases", {}),
    ("ec2", "describe_instances", dict(InstanceIds=["i-00000000000000000"])),
    ("ec2", "describe_regions", {}),
    ("ec2", "describe_iam_instance_profile_associations", dict(Filters=[{"Name": "instance-id", "Values": ["i-00000000000000000"]}])),
]

here, moto = Side(), Side(endpoint_url=sys.argv[1])
differ = 0
for service, operation, arguments in CALLS:
    name = service + "." + operation
    ours, theirs = here.ask(service, operation, arguments), moto.ask(service, operation, arguments)
    both = keys(ours) ^ keys(theirs)
    unknown = sorted(both - set(KNOWN.get(name, {})))
    same_error = ours.get("Error") == theirs.get("Error") and ours.get("Status") == theirs.get("Status")
    ok = not unknown and same_error
    differ += not ok
    detail = "" if ok else "only here %s, only moto %s, errors %s %s" % (
        sorted(set(unknown) & keys(ours)), sorted(set(unknown) & keys(theirs)), ours.get("Error"), theirs.get("Error"))
    print("ok  " if ok else "FAIL", name, detail)
print("%d calls, %d differ" % (len(CALLS), differ))
sys.exit(differ > 0)
