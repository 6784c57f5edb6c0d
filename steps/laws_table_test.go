package steps

import "slices"

// The bridges that between them want every plank.
const (
	head = "version: 1\nname: crossing\ngoogle: {project: acme-build}\naws: {account: \"123456789012\", region: eu-west-1}\n"

	toAWSFile = head + `toAWS:
  serviceAccount: runner
  role:
    name: runner
    maxSession: 2h
    managedPolicies: [arn:aws:iam::aws:policy/ReadOnlyAccess]
    inlinePolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: sqs:SendMessage, Resource: "*"}]}
  vm: {name: runner-1, zone: australia-southeast1-a}
  gke: {namespace: ci, serviceAccount: runner}
`
	explicitFile = head + "toAWS:\n  serviceAccount: runner\n  role: {name: runner}\n  provider: explicit\n"

	toGoogleFile = head + `toGoogle:
  role:
    name: reader
    managedPolicies: [arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore]
  grants:
    - roles/storage.objectViewer
    - {role: roles/browser, condition: {title: until spring, expression: 'request.time < timestamp("2030-03-01T00:00:00Z")'}}
`
	jwtFile = head + "toGoogle:\n  role: {name: reader, runsOn: ecs}\n  access: direct\n  grants: [roles/storage.objectViewer]\n"
)

func attachedFile(instance string) string {
	return head + "toGoogle:\n  role: {name: reader, instance: " + instance + "}\n  grants: [roles/browser]\n"
}

const (
	googleIAM = "google.iam.projects."
	pools     = googleIAM + "locations.workloadIdentityPools."
)

func laws() []law { return slices.Concat(lawsToAWS(), lawsOfTheWorkload(), lawsOfThePool()) }

func lawsToAWS() []law {
	return []law{
		{
			id: "google.apis", file: toAWSFile, write: "google.serviceusage.services.enable",
			remove: func(r *rig) { r.disable("iamcredentials.googleapis.com") }, removed: Update,
		},
		{
			id: "google.service-account.to-aws", file: toAWSFile, write: googleIAM + "serviceAccounts.create",
			tamper: func(r *rig) { r.disableAccount("runner") }, tampered: Update,
			remove: func(r *rig) { r.deleteAccount("runner") }, removed: Restore,
			foreign: func(r *rig) { r.createAccount("runner") },
		},
		{
			id: "aws.oidc-provider", file: explicitFile, write: "aws.iam.CreateOpenIDConnectProvider",
			tamper: func(r *rig) { r.emptyProvider() }, tampered: Update,
			foreign: func(r *rig) { r.createProvider() },
		},
		{
			id: "aws.role.to-aws", file: toAWSFile, write: "aws.iam.CreateRole",
			tamper: func(r *rig) { r.trust("runner", `{"AWS":"arn:aws:iam::210987654321:root"}`) }, tampered: Update,
			remove: func(r *rig) { r.deleteRole("runner") }, removed: Create,
			foreign: func(r *rig) { r.createRole("runner") },
		},
		{
			id: "aws.role-policies.to-aws", file: toAWSFile, write: "aws.iam.AttachRolePolicy",
			tamper: func(r *rig) { r.attach("runner", "arn:aws:iam::aws:policy/AdministratorAccess") }, tampered: Keep, // not ours
			remove: func(r *rig) { r.stripRole("runner") }, removed: Create,
		},
		{
			id: "google.vm", file: toAWSFile, write: "google.compute.instances.insert",
			remove: func(r *rig) { r.deleteVM("runner-1") }, removed: Create,
			foreign: func(r *rig) { r.createVM("runner-1") },
		},
		{
			id: "google.gke-binding", file: toAWSFile, write: googleIAM + "serviceAccounts.setIamPolicy",
			remove: func(r *rig) { r.clearPolicy("runner") }, removed: Create,
		},
	}
}

func lawsOfTheWorkload() []law {
	return []law{
		{
			id: "aws.outbound-federation", file: jwtFile, write: "aws.iam.EnableOutboundWebIdentityFederation",
			remove: func(r *rig) { r.disableOutbound() }, removed: Create,
		},
		{
			id: "aws.role.to-google", file: toGoogleFile, write: "aws.iam.CreateRole",
			tamper: func(r *rig) { r.trust("reader", `{"Service":"lambda.amazonaws.com"}`) }, tampered: Update,
			foreign: func(r *rig) { r.createRole("reader") },
		},
		{
			id: "aws.role-policies.to-google", file: jwtFile, write: "aws.iam.PutRolePolicy",
			tamper: func(r *rig) { r.widenOutbound("reader") }, tampered: Update,
			remove: func(r *rig) { r.stripRole("reader") }, removed: Create,
		},
		{
			id: "aws.instance-profile", file: toGoogleFile, write: "aws.iam.CreateInstanceProfile",
			tamper: func(r *rig) { r.emptyProfile("reader") }, tampered: Update,
			remove: func(r *rig) { r.deleteProfile("reader") }, removed: Create,
			foreign: func(r *rig) { r.createProfile("reader") },
		},
		{
			id: "aws.instance-profile-association", setup: func(r *rig) { r.file(attachedFile(r.runInstance())) }, file: toGoogleFile,
			write:  "aws.ec2.AssociateIamInstanceProfile",
			remove: func(r *rig) { r.disassociate() }, removed: Create,
			foreign: func(r *rig) { r.associateOther() },
		},
	}
}

func lawsOfThePool() []law {
	return []law{
		{
			id: "google.pool", file: toGoogleFile, write: pools + "create",
			tamper: func(r *rig) { r.disablePool("crossing") }, tampered: Update,
			remove: func(r *rig) { r.deletePool("crossing") }, removed: Restore,
			foreign: func(r *rig) { r.createPool("crossing") },
		},
		{
			id: "google.provider", file: toGoogleFile, write: pools + "providers.create",
			tamper: func(r *rig) { r.openProvider("crossing", "aws-123456789012") }, tampered: Update,
			remove: func(r *rig) { r.deleteProvider("crossing", "aws-123456789012") }, removed: Restore,
		},
		{
			id: "google.service-account.to-google", file: toGoogleFile, write: googleIAM + "serviceAccounts.create",
			tamper: func(r *rig) { r.disableAccount("reader") }, tampered: Update,
			remove: func(r *rig) { r.deleteAccount("reader") }, removed: Create, // its mark cannot be read any more
			foreign: func(r *rig) { r.createAccount("reader") },
		},
		{
			id: "google.binding", file: toGoogleFile, write: googleIAM + "serviceAccounts.setIamPolicy",
			tamper: func(r *rig) { r.bindPool("reader") }, tampered: Keep, // not ours
			remove: func(r *rig) { r.clearPolicy("reader") }, removed: Create,
		},
		{
			id: "google.grants", file: toGoogleFile, write: "google.cloudresourcemanager.projects.setIamPolicy",
			tamper: func(r *rig) {
				r.must(r.server.Google().Tamper().Grant("acme-build", "roles/editor", r.account("reader")))
			},
			tampered: Keep, // not ours
			remove: func(r *rig) {
				r.must(r.server.Google().Tamper().Revoke("acme-build", "roles/storage.objectViewer", r.account("reader")))
				r.must(r.server.Google().Tamper().Revoke("acme-build", "roles/browser", r.account("reader")))
			},
			removed: Create,
		},
	}
}
