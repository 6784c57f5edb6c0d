package steps

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"google.golang.org/api/compute/v1"
	"google.golang.org/api/iam/v1"
	"google.golang.org/api/serviceusage/v1"
)

// What another administrator does by hand, with the same SDKs.

func (r *rig) account(id string) string {
	return "serviceAccount:" + id + "@acme-build.iam.gserviceaccount.com"
}

func (r *rig) accountName(id string) string {
	return accountName("acme-build", id+"@acme-build.iam.gserviceaccount.com")
}

func (r *rig) disable(api string) {
	_, err := r.google.Services.Services.Disable("projects/acme-build/services/"+api, &serviceusage.DisableServiceRequest{}).Do()
	r.must(err)
}

func (r *rig) createAccount(id string) {
	_, err := r.google.IAM.Projects.ServiceAccounts.Create("projects/acme-build", &iam.CreateServiceAccountRequest{AccountId: id}).Do()
	r.must(err)
}

func (r *rig) disableAccount(id string) {
	_, err := r.google.IAM.Projects.ServiceAccounts.Disable(r.accountName(id), &iam.DisableServiceAccountRequest{}).Do()
	r.must(err)
}

func (r *rig) deleteAccount(id string) {
	_, err := r.google.IAM.Projects.ServiceAccounts.Delete(r.accountName(id)).Do()
	r.must(err)
}

func (r *rig) clearPolicy(id string) {
	p, err := r.google.IAM.Projects.ServiceAccounts.GetIamPolicy(r.accountName(id)).Do()
	r.must(err)
	p.Bindings, p.ForceSendFields = nil, []string{"Bindings"}
	_, err = r.google.IAM.Projects.ServiceAccounts.SetIamPolicy(r.accountName(id), &iam.SetIamPolicyRequest{Policy: p}).Do()
	r.must(err)
}

// bindPool lets a whole pool act as an account.
func (r *rig) bindPool(id string) {
	p, err := r.google.IAM.Projects.ServiceAccounts.GetIamPolicy(r.accountName(id)).Do()
	r.must(err)
	add(p, workloadUser("principalSet://iam.googleapis.com/"+r.bridge.PoolName("512345678901")+"/*"))
	_, err = r.google.IAM.Projects.ServiceAccounts.SetIamPolicy(r.accountName(id), &iam.SetIamPolicyRequest{Policy: p}).Do()
	r.must(err)
}

func (r *rig) poolName(id string) string {
	return "projects/acme-build/locations/global/workloadIdentityPools/" + id
}

func (r *rig) createPool(id string) {
	api := r.google.IAM.Projects.Locations.WorkloadIdentityPools
	_, err := api.Create("projects/acme-build/locations/global", &iam.WorkloadIdentityPool{}).WorkloadIdentityPoolId(id).Do()
	r.must(err)
}

func (r *rig) disablePool(id string) {
	_, err := r.google.IAM.Projects.Locations.WorkloadIdentityPools.Patch(r.poolName(id), &iam.WorkloadIdentityPool{Disabled: true}).UpdateMask("disabled").Do()
	r.must(err)
}

func (r *rig) deletePool(id string) {
	_, err := r.google.IAM.Projects.Locations.WorkloadIdentityPools.Delete(r.poolName(id)).Do()
	r.must(err)
}

func (r *rig) openProvider(pool, id string) {
	api := r.google.IAM.Projects.Locations.WorkloadIdentityPools.Providers
	p := &iam.WorkloadIdentityPoolProvider{ForceSendFields: []string{"AttributeCondition"}}
	_, err := api.Patch(r.poolName(pool)+"/providers/"+id, p).UpdateMask("attributeCondition").Do()
	r.must(err)
}

func (r *rig) deleteProvider(pool, id string) {
	_, err := r.google.IAM.Projects.Locations.WorkloadIdentityPools.Providers.Delete(r.poolName(pool) + "/providers/" + id).Do()
	r.must(err)
}

func (r *rig) createVM(name string) {
	_, err := r.google.Compute.Instances.Insert("acme-build", "australia-southeast1-a", &compute.Instance{
		Name: name, MachineType: "zones/australia-southeast1-a/machineTypes/e2-small",
		Disks:             []*compute.AttachedDisk{{Boot: true, InitializeParams: &compute.AttachedDiskInitializeParams{SourceImage: sourceImage("debian-12")}}},
		NetworkInterfaces: []*compute.NetworkInterface{{Network: "global/networks/default"}},
	}).Do()
	r.must(err)
}

func (r *rig) deleteVM(name string) {
	_, err := r.google.Compute.Instances.Delete("acme-build", "australia-southeast1-a", name).Do()
	r.must(err)
}

func (r *rig) createRole(name string) {
	_, err := r.aws.IAM.CreateRole(r.Context(), &awsiam.CreateRoleInput{
		RoleName: &name, AssumeRolePolicyDocument: aws.String(trustOf(`{"Service":"ec2.amazonaws.com"}`)), Path: aws.String("/drawbridge/"),
	})
	r.must(err)
}

func trustOf(principal string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":%s,"Action":"sts:AssumeRole"}]}`, principal)
}

func (r *rig) trust(name, principal string) {
	_, err := r.aws.IAM.UpdateAssumeRolePolicy(r.Context(), &awsiam.UpdateAssumeRolePolicyInput{RoleName: &name, PolicyDocument: aws.String(trustOf(principal))})
	r.must(err)
}

func (r *rig) attach(name, arn string) {
	_, err := r.aws.IAM.AttachRolePolicy(r.Context(), &awsiam.AttachRolePolicyInput{RoleName: &name, PolicyArn: &arn})
	r.must(err)
}

func (r *rig) stripRole(name string) {
	have, err := readPolicies(r.Context(), r.world(), name)
	r.must(err)
	r.must(strip(r.Context(), r.world(), name, have.Attached, sortedKeys(have.Inline)))
}

func (r *rig) widenOutbound(name string) {
	doc := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:GetWebIdentityToken","Resource":"*"}]}`
	r.must(putInline(r.Context(), r.world(), name, "drawbridge-outbound-token", doc))
}

func (r *rig) deleteRole(name string) {
	r.stripRole(name)
	_, err := r.aws.IAM.DeleteRole(r.Context(), &awsiam.DeleteRoleInput{RoleName: &name})
	r.must(err)
}

func (r *rig) createProvider() {
	_, err := r.aws.IAM.CreateOpenIDConnectProvider(r.Context(), &awsiam.CreateOpenIDConnectProviderInput{Url: aws.String("https://accounts.google.com"), ClientIDList: []string{"somebody"}})
	r.must(err)
}

func (r *rig) emptyProvider() {
	p, err := readGoogleProvider(r.Context(), r.world())
	r.must(err)
	for _, id := range p.ClientIDs {
		_, err := r.aws.IAM.RemoveClientIDFromOpenIDConnectProvider(r.Context(), &awsiam.RemoveClientIDFromOpenIDConnectProviderInput{OpenIDConnectProviderArn: &p.ARN, ClientID: &id})
		r.must(err)
	}
}

func (r *rig) disableOutbound() {
	_, err := r.aws.IAM.DisableOutboundWebIdentityFederation(r.Context(), &awsiam.DisableOutboundWebIdentityFederationInput{})
	r.must(err)
}

func (r *rig) createProfile(name string) {
	_, err := r.aws.IAM.CreateInstanceProfile(r.Context(), &awsiam.CreateInstanceProfileInput{InstanceProfileName: &name})
	r.must(err)
}

func (r *rig) emptyProfile(name string) {
	_, err := r.aws.IAM.RemoveRoleFromInstanceProfile(r.Context(), &awsiam.RemoveRoleFromInstanceProfileInput{InstanceProfileName: &name, RoleName: &name})
	r.must(err)
}

func (r *rig) deleteProfile(name string) {
	r.emptyProfile(name)
	_, err := r.aws.IAM.DeleteInstanceProfile(r.Context(), &awsiam.DeleteInstanceProfileInput{InstanceProfileName: &name})
	r.must(err)
}

func (r *rig) runInstance() string {
	out, err := r.aws.EC2.RunInstances(r.Context(), &ec2.RunInstancesInput{ImageId: aws.String("ami-0abcdef1234567890"), MinCount: aws.Int32(1), MaxCount: aws.Int32(1), InstanceType: ec2types.InstanceTypeT3Small})
	r.must(err)
	return *out.Instances[0].InstanceId
}

func (r *rig) disassociate() {
	list, err := readAssociations(r.Context(), r.world())
	r.must(err)
	for _, a := range list {
		_, err := r.aws.EC2.DisassociateIamInstanceProfile(r.Context(), &ec2.DisassociateIamInstanceProfileInput{AssociationId: &a.ID})
		r.must(err)
	}
}

func (r *rig) associateOther() {
	r.createProfile("other")
	r.createRole("other")
	_, err := r.aws.IAM.AddRoleToInstanceProfile(r.Context(), &awsiam.AddRoleToInstanceProfileInput{InstanceProfileName: aws.String("other"), RoleName: aws.String("other")})
	r.must(err)
	id := r.bridge.ToGoogle.Role.Instance
	_, err = r.aws.EC2.AssociateIamInstanceProfile(r.Context(), &ec2.AssociateIamInstanceProfileInput{
		InstanceId: &id, IamInstanceProfile: &ec2types.IamInstanceProfileSpecification{Name: aws.String("other")},
	})
	r.must(err)
}

func (r *rig) associate(instance, profile string) {
	_, err := r.aws.EC2.AssociateIamInstanceProfile(r.Context(), &ec2.AssociateIamInstanceProfileInput{
		InstanceId: &instance, IamInstanceProfile: &ec2types.IamInstanceProfileSpecification{Name: &profile},
	})
	r.must(err)
}

func (r *rig) createVMAs(name, account string) {
	_, err := r.google.Compute.Instances.Insert("acme-build", "australia-southeast1-a", &compute.Instance{
		Name: name, MachineType: "zones/australia-southeast1-a/machineTypes/e2-small",
		Disks:             []*compute.AttachedDisk{{Boot: true, InitializeParams: &compute.AttachedDiskInitializeParams{SourceImage: sourceImage("debian-12")}}},
		NetworkInterfaces: []*compute.NetworkInterface{{Network: "global/networks/default"}},
		ServiceAccounts:   []*compute.ServiceAccount{{Email: account + "@acme-build.iam.gserviceaccount.com", Scopes: []string{"https://www.googleapis.com/auth/cloud-platform"}}},
	}).Do()
	r.must(err)
}

func (r *rig) createOIDC(pool, id string) {
	_, err := r.google.IAM.Projects.Locations.WorkloadIdentityPools.Providers.Create(r.poolName(pool), &iam.WorkloadIdentityPoolProvider{
		Oidc:             &iam.Oidc{IssuerUri: "https://token.actions.githubusercontent.com"},
		AttributeMapping: map[string]string{"google.subject": "assertion.sub"}, AttributeCondition: "assertion.repository_owner == 'acme'",
	}).WorkloadIdentityPoolProviderId(id).Do()
	r.must(err)
}
