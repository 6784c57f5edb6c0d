package judge

import (
	"slices"
	"strings"
	"sync"
)

// Role is a predefined role: what people read, and what it grants.
type Role struct {
	Name, Title, Stage string
	Permissions        []string // canonical, sorted
}

// roleLines are the predefined roles, "role|stage|title|permissions". The basic roles are computed in basicRoles.
const roleLines = `
browser|GA|Browser|resourcemanager.projects.{get,getIamPolicy,list}
iam.workloadIdentityUser|GA|Workload Identity User|iam.serviceAccounts.{get,getAccessToken,getOpenIdToken,list}
iam.serviceAccountTokenCreator|GA|Service Account Token Creator|iam.serviceAccounts.{get,getAccessToken,getOpenIdToken,implicitDelegation,list,signBlob,signJwt} resourcemanager.projects.{get,list}
iam.serviceAccountOpenIdTokenCreator|GA|Service Account OpenID Connect Identity Token Creator|iam.serviceAccounts.getOpenIdToken
iam.serviceAccountUser|GA|Service Account User|iam.serviceAccounts.{actAs,get,list} resourcemanager.projects.{get,list}
iam.serviceAccountAdmin|GA|Service Account Admin|iam.serviceAccounts.{create,delete,disable,enable,get,getIamPolicy,list,setIamPolicy,undelete,update} resourcemanager.projects.{get,list}
iam.serviceAccountCreator|GA|Create Service Accounts|iam.serviceAccounts.{create,get,list} resourcemanager.projects.{get,list}
iam.serviceAccountDeleter|GA|Delete Service Accounts|iam.serviceAccounts.{delete,get,list} resourcemanager.projects.{get,list}
iam.serviceAccountViewer|GA|View Service Accounts|iam.serviceAccountKeys.{get,list} iam.serviceAccounts.{get,getIamPolicy,list} resourcemanager.projects.{get,list}
iam.serviceAccountKeyAdmin|GA|Service Account Key Admin|iam.serviceAccountKeys.{create,delete,disable,enable,get,list} iam.serviceAccounts.{get,list} resourcemanager.projects.{get,list}
iam.workloadIdentityPoolAdmin|BETA|IAM Workload Identity Pool Admin|iam.googleapis.com/workloadIdentityPools.{create,delete,get,list,undelete,update,getIamPolicy,setIamPolicy,getAttestationRules,setAttestationRules} iam.googleapis.com/workloadIdentityPoolProviders.{create,delete,get,list,undelete,update} iam.googleapis.com/workloadIdentityPoolProviderKeys.{create,delete,get,list,undelete} resourcemanager.projects.{get,list}
iam.workloadIdentityPoolViewer|BETA|IAM Workload Identity Pool Viewer|iam.googleapis.com/workloadIdentityPools.{get,list} iam.googleapis.com/workloadIdentityPoolProviders.{get,list} iam.googleapis.com/workloadIdentityPoolProviderKeys.{get,list} resourcemanager.projects.{get,list}
iam.admin|BETA|IAM Admin|iam.googleapis.com/workloadIdentityPools.{create,delete,get,list,undelete,update,getIamPolicy,setIamPolicy,getAttestationRules,setAttestationRules} iam.googleapis.com/workloadIdentityPoolProviders.{create,delete,get,list,undelete,update} iam.operations.{get,list} iam.roles.{create,delete,get,list,undelete,update} iam.serviceAccounts.{create,delete,disable,enable,get,getIamPolicy,list,setIamPolicy,undelete,update} iam.serviceAccountKeys.{create,delete,disable,enable,get,list} resourcemanager.projects.{get,getIamPolicy,list,setIamPolicy}
iam.securityAdmin|GA|Security Admin|iam.roles.{get,list} iam.serviceAccounts.{get,getIamPolicy,list,setIamPolicy} iam.serviceAccountKeys.{get,list} iam.googleapis.com/workloadIdentityPools.{list,getIamPolicy,setIamPolicy} iam.googleapis.com/workloadIdentityPoolProviders.list orgpolicy.policy.get resourcemanager.projects.{get,getIamPolicy,list,setIamPolicy} storage.buckets.{getIamPolicy,list,setIamPolicy}
iam.securityReviewer|GA|Security Reviewer|iam.roles.{get,list} iam.serviceAccounts.{get,getIamPolicy,list} iam.serviceAccountKeys.{get,list} iam.googleapis.com/workloadIdentityPools.{list,getIamPolicy} iam.googleapis.com/workloadIdentityPoolProviders.list resourcemanager.projects.{get,getIamPolicy,list} storage.buckets.{getIamPolicy,list}
iam.roleAdmin|GA|Role Administrator|iam.roles.{create,delete,get,list,undelete,update} resourcemanager.projects.{get,getIamPolicy}
iam.roleViewer|GA|Role Viewer|iam.roles.{get,list} resourcemanager.projects.{get,getIamPolicy}
resourcemanager.projectIamAdmin|GA|Project IAM Admin|resourcemanager.projects.{get,getIamPolicy,setIamPolicy}
serviceusage.serviceUsageAdmin|GA|Service Usage Admin|serviceusage.services.{get,list,enable,disable,use} serviceusage.operations.{get,list,cancel,delete} serviceusage.quotas.{get,update}
serviceusage.serviceUsageConsumer|GA|Service Usage Consumer|serviceusage.services.{get,list,use} serviceusage.operations.{get,list} serviceusage.quotas.get
serviceusage.serviceUsageViewer|GA|Service Usage Viewer|serviceusage.services.{get,list} serviceusage.operations.{get,list} serviceusage.quotas.get
orgpolicy.policyViewer|GA|Organization Policy Viewer|orgpolicy.constraints.list orgpolicy.policies.list orgpolicy.policy.get
orgpolicy.policyAdmin|GA|Organization Policy Administrator|orgpolicy.constraints.list orgpolicy.policies.{list,create,delete,update} orgpolicy.policy.{get,set}
compute.instanceAdmin|BETA|Compute Instance Admin (beta)|compute.instances.{create,delete,get,list,start,stop,reset,use,setLabels,setMetadata,setServiceAccount,setTags,getSerialPortOutput} compute.disks.{create,delete,get,list,use,useReadOnly,setLabels} compute.images.{get,list,useReadOnly,getFromFamily} compute.networks.{get,list,use,useExternalIp} compute.subnetworks.{get,list,use,useExternalIp} compute.machineTypes.{get,list} compute.zones.{get,list} compute.regions.{get,list} compute.projects.get compute.zoneOperations.{get,list} compute.globalOperations.{get,list} resourcemanager.projects.{get,list} serviceusage.services.{get,list}
compute.instanceAdmin.v1|GA|Compute Instance Admin (v1)|compute.instances.{create,delete,get,list,start,stop,reset,use,setLabels,setMetadata,setServiceAccount,setTags,getSerialPortOutput} compute.disks.{create,delete,get,list,use,useReadOnly,setLabels} compute.images.{create,delete,get,list,useReadOnly,getFromFamily} compute.networks.{get,list,use,useExternalIp} compute.subnetworks.{get,list,use,useExternalIp} compute.machineTypes.{get,list} compute.zones.{get,list} compute.regions.{get,list} compute.projects.{get,setCommonInstanceMetadata} compute.zoneOperations.{get,list,delete} compute.globalOperations.{get,list} resourcemanager.projects.{get,list} serviceusage.services.{get,list}
compute.viewer|GA|Compute Viewer|compute.instances.{get,list,getSerialPortOutput} compute.disks.{get,list} compute.images.{get,list,getFromFamily} compute.networks.{get,list} compute.subnetworks.{get,list} compute.machineTypes.{get,list} compute.zones.{get,list} compute.regions.{get,list} compute.projects.get compute.zoneOperations.{get,list} compute.globalOperations.{get,list} resourcemanager.projects.{get,list} serviceusage.services.{get,list}
compute.networkUser|GA|Compute Network User|compute.networks.{get,list,use,useExternalIp} compute.subnetworks.{get,list,use,useExternalIp} compute.zones.{get,list} compute.regions.{get,list} resourcemanager.projects.{get,list}
storage.objectViewer|GA|Storage Object Viewer|resourcemanager.projects.{get,list} storage.objects.{get,list}
storage.objectCreator|GA|Storage Object Creator|resourcemanager.projects.{get,list} storage.objects.create
storage.objectUser|GA|Storage Object User|resourcemanager.projects.{get,list} storage.objects.{create,delete,get,list,update}
storage.objectAdmin|GA|Storage Object Admin|resourcemanager.projects.{get,list} storage.objects.{create,delete,get,list,update,getIamPolicy,setIamPolicy}
storage.admin|GA|Storage Admin|resourcemanager.projects.{get,list} storage.buckets.{create,list,delete,get,getIamPolicy,setIamPolicy,update} storage.objects.{create,delete,get,list,update,getIamPolicy,setIamPolicy}
logging.viewer|GA|Logs Viewer|logging.logEntries.list logging.logs.list resourcemanager.projects.get
logging.privateLogViewer|GA|Private Logs Viewer|logging.logEntries.list logging.logs.list logging.privateLogEntries.list resourcemanager.projects.get
logging.logWriter|GA|Logs Writer|logging.logEntries.create
monitoring.viewer|GA|Monitoring Viewer|monitoring.timeSeries.list monitoring.metricDescriptors.{get,list} resourcemanager.projects.{get,list}
monitoring.metricWriter|GA|Monitoring Metric Writer|monitoring.timeSeries.create monitoring.metricDescriptors.{create,get,list}
pubsub.publisher|GA|Pub/Sub Publisher|pubsub.topics.publish
pubsub.subscriber|GA|Pub/Sub Subscriber|pubsub.subscriptions.consume pubsub.topics.attachSubscription
pubsub.viewer|GA|Pub/Sub Viewer|pubsub.subscriptions.{get,list} pubsub.topics.{get,list} resourcemanager.projects.{get,list}
bigquery.dataViewer|GA|BigQuery Data Viewer|bigquery.datasets.get bigquery.tables.{get,getData,list} resourcemanager.projects.{get,list}
bigquery.dataEditor|GA|BigQuery Data Editor|bigquery.datasets.{create,get} bigquery.tables.{create,get,getData,list,updateData} resourcemanager.projects.{get,list}
bigquery.jobUser|GA|BigQuery Job User|bigquery.jobs.create resourcemanager.projects.{get,list}
bigquery.user|GA|BigQuery User|bigquery.datasets.{create,get} bigquery.jobs.{create,list} bigquery.tables.list resourcemanager.projects.{get,list}
secretmanager.secretAccessor|GA|Secret Manager Secret Accessor|resourcemanager.projects.{get,list} secretmanager.versions.access
secretmanager.viewer|GA|Secret Manager Viewer|resourcemanager.projects.{get,list} secretmanager.secrets.{get,list} secretmanager.versions.{get,list}
cloudkms.cryptoKeyEncrypterDecrypter|GA|Cloud KMS CryptoKey Encrypter/Decrypter|cloudkms.cryptoKeyVersions.{useToDecrypt,useToEncrypt} resourcemanager.projects.get
run.viewer|GA|Cloud Run Viewer|resourcemanager.projects.{get,list} run.services.{get,list}
run.invoker|GA|Cloud Run Invoker|run.routes.invoke
run.developer|GA|Cloud Run Developer|resourcemanager.projects.{get,list} run.services.{create,delete,get,list,update}
container.viewer|GA|Kubernetes Engine Viewer|container.clusters.{get,list} container.pods.{get,list} resourcemanager.projects.{get,list}
container.clusterViewer|GA|Kubernetes Engine Cluster Viewer|container.clusters.{get,list} resourcemanager.projects.{get,list}
container.developer|GA|Kubernetes Engine Developer|container.clusters.{get,list,getCredentials} container.pods.{create,delete,get,list} resourcemanager.projects.{get,list}
artifactregistry.reader|GA|Artifact Registry Reader|artifactregistry.repositories.{get,list,downloadArtifacts}
artifactregistry.writer|GA|Artifact Registry Writer|artifactregistry.repositories.{get,list,downloadArtifacts,uploadArtifacts}
cloudbuild.builds.editor|GA|Cloud Build Editor|cloudbuild.builds.{create,get,list} resourcemanager.projects.{get,list}
aiplatform.user|GA|Vertex AI User|aiplatform.endpoints.{get,list,predict} resourcemanager.projects.{get,list}
`

// PredefinedRoles are the roles that every project has, by full name.
var PredefinedRoles = sync.OnceValue(func() map[string]Role {
	roles := basicRoles()
	for line := range strings.Lines(strings.TrimSpace(roleLines)) {
		part := strings.SplitN(strings.TrimSpace(line), "|", 4)
		name := "roles/" + part[0]
		roles[name] = Role{Name: name, Stage: part[1], Title: part[2], Permissions: expand(part[3])}
	}
	return roles
})

// basicRoles derives owner, editor and viewer from the list of permissions. An owner may hand out the minting of
// tokens but may not mint.
func basicRoles() map[string]Role {
	mint := expand("iam.serviceAccounts.{getAccessToken,getOpenIdToken,implicitDelegation,signBlob,signJwt}")
	orgOnly := expand("orgpolicy.policy.set orgpolicy.policies.{create,delete,update} resourcemanager.projects.{create,move} resourcemanager.organizations.{get,getIamPolicy,setIamPolicy} secretmanager.versions.access compute.instances.{osLogin,osAdminLogin}")
	objects := expand("storage.objects.{create,delete,get,list,update,getIamPolicy,setIamPolicy} storage.buckets.{delete,get,getIamPolicy,setIamPolicy,update} logging.privateLogEntries.list cloudkms.cryptoKeyVersions.{useToDecrypt,useToEncrypt,useToSign}")
	owner := without(without(knownPermissions(), mint...), orgOnly...)
	editor := without(slices.DeleteFunc(slices.Clone(owner), ownerOnly), objects...)
	viewer := slices.DeleteFunc(slices.Clone(editor), func(p string) bool { return !reads(p) })
	return map[string]Role{
		"roles/owner":  {Name: "roles/owner", Stage: "GA", Title: "Owner", Permissions: owner},
		"roles/editor": {Name: "roles/editor", Stage: "GA", Title: "Editor", Permissions: editor},
		"roles/viewer": {Name: "roles/viewer", Stage: "GA", Title: "Viewer", Permissions: viewer},
	}
}

// ownerOnly tells what an editor may not do: anybody's policy, pools, providers, roles and the project itself.
func ownerOnly(permission string) bool {
	switch {
	case strings.HasSuffix(permission, ".setIamPolicy"), strings.HasPrefix(permission, "run.routes."):
		return true
	case strings.Contains(permission, "/workloadIdentityPool"), strings.HasPrefix(permission, "iam.roles."), strings.HasPrefix(permission, "iam.workloadIdentityPools."),
		strings.HasPrefix(permission, "resourcemanager."):
		return !reads(permission)
	}
	return permission == "iam.serviceAccounts.undelete"
}

func reads(permission string) bool {
	verb := permission[strings.LastIndex(permission, ".")+1:]
	return slices.Contains([]string{"get", "list", "getIamPolicy", "getAttestationRules", "getFromFamily", "getSerialPortOutput"}, verb)
}
