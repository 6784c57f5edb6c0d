package judge

import (
	"slices"
	"strings"
	"sync"
)

// permissionLines is every Google permission the sandbox knows, with alternatives in braces. What is not here is
// unknown, and an unknown name fails a whole testIamPermissions call.
const permissionLines = `
resourcemanager.projects.{get,getIamPolicy,setIamPolicy,update,delete,undelete,move,createBillingAssignment,deleteBillingAssignment,updateLiens}
resourcemanager.projects.{list,create}
resourcemanager.organizations.{get,getIamPolicy,setIamPolicy}
serviceusage.services.{get,list,enable,disable,use}
serviceusage.operations.{get,list,cancel,delete}
serviceusage.quotas.{get,update}
iam.serviceAccounts.{create,get,list,update,delete,undelete,enable,disable,getIamPolicy,setIamPolicy,actAs,getAccessToken,getOpenIdToken,implicitDelegation,signBlob,signJwt}
iam.serviceAccountKeys.{create,delete,get,list,enable,disable}
iam.roles.{create,delete,get,list,undelete,update}
iam.operations.{get,list}
iam.googleapis.com/workloadIdentityPools.{create,delete,get,list,undelete,update,getIamPolicy,setIamPolicy,getAttestationRules,setAttestationRules}
iam.googleapis.com/workloadIdentityPoolProviders.{create,delete,get,list,undelete,update}
iam.googleapis.com/workloadIdentityPoolProviderKeys.{create,delete,get,list,undelete}
iam.workloadIdentityPools.{createPolicyBinding,deletePolicyBinding,searchPolicyBindings,updatePolicyBinding}
orgpolicy.policy.{get,set}
orgpolicy.constraints.list
orgpolicy.policies.{list,create,delete,update}
compute.instances.{create,delete,get,list,start,stop,reset,use,setLabels,setMetadata,setServiceAccount,setTags,getSerialPortOutput,osLogin,osAdminLogin}
compute.disks.{create,delete,get,list,use,useReadOnly,setLabels}
compute.images.{create,delete,get,list,useReadOnly,getFromFamily}
compute.networks.{create,delete,get,list,use,useExternalIp}
compute.subnetworks.{create,delete,get,list,use,useExternalIp}
compute.firewalls.{create,delete,get,list,update}
compute.machineTypes.{get,list}
compute.zones.{get,list}
compute.regions.{get,list}
compute.projects.{get,setCommonInstanceMetadata}
compute.zoneOperations.{get,list,delete}
compute.globalOperations.{get,list,delete}
storage.buckets.{create,list}
storage.buckets.{delete,get,getIamPolicy,setIamPolicy,update}
storage.objects.{create,delete,get,list,update,getIamPolicy,setIamPolicy}
logging.logEntries.{create,list}
logging.logs.{list,delete}
logging.privateLogEntries.list
monitoring.timeSeries.{create,list}
monitoring.metricDescriptors.{create,get,list}
pubsub.topics.{create,delete,get,list,publish,attachSubscription}
pubsub.subscriptions.{create,delete,get,list,consume}
bigquery.jobs.{create,list}
bigquery.datasets.{create,get}
bigquery.tables.{create,get,getData,list,updateData}
secretmanager.versions.{access,add,get,list}
secretmanager.secrets.{create,delete,get,list}
cloudkms.cryptoKeyVersions.{useToDecrypt,useToEncrypt,useToSign}
cloudkms.cryptoKeys.{create,get,list}
run.services.{create,delete,get,list,update}
run.routes.invoke
container.clusters.{create,delete,get,list,update,getCredentials}
container.pods.{create,delete,get,list}
artifactregistry.repositories.{create,get,list,downloadArtifacts,uploadArtifacts}
cloudbuild.builds.{create,get,list}
aiplatform.endpoints.{get,list,predict}
`

// notOnProject cannot be asked about at a project: they live above or below it.
const notOnProject = `
resourcemanager.projects.{list,create}
resourcemanager.organizations.{get,getIamPolicy,setIamPolicy}
storage.buckets.{delete,get,getIamPolicy,setIamPolicy,update}
storage.objects.{getIamPolicy,setIamPolicy}
`

var knownPermissions = sync.OnceValue(func() []string { return expand(permissionLines) })

var projectPermissions = sync.OnceValue(func() []string { return without(knownPermissions(), expand(notOnProject)...) })

// Permissions lists every permission known, in canonical form and sorted.
func Permissions() []string { return slices.Clone(knownPermissions()) }

// TestableOn lists what may be asked about on a kind of resource: "projects", "serviceAccounts",
// "workloadIdentityPools" or "organizations".
func TestableOn(kind string) []string {
	switch kind {
	case "serviceAccounts":
		return matching(projectPermissions(), "iam.serviceAccounts.", "iam.serviceAccountKeys.")
	case "workloadIdentityPools":
		return matching(projectPermissions(), "iam.googleapis.com/workloadIdentityPool")
	case "organizations":
		return Permissions()
	}
	return slices.Clone(projectPermissions())
}

func matching(list []string, prefixes ...string) []string {
	var out []string
	for _, name := range list {
		if slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) }) {
			out = append(out, name)
		}
	}
	return out
}

// expand turns lines such as "a.b.{c,d}" into the names they stand for, sorted.
func expand(lines string) []string {
	var out []string
	for line := range strings.FieldsSeq(lines) {
		stem, verbs, ok := strings.Cut(line, "{")
		if !ok {
			out = append(out, line)
			continue
		}
		for verb := range strings.SplitSeq(strings.TrimSuffix(verbs, "}"), ",") {
			out = append(out, stem+verb)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func without(list []string, drop ...string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(name string) bool { return slices.Contains(drop, name) })
}
