package aws

import "github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"

// absentOperations answer about what the sandbox's accounts do not have, so that clients that take stock of an account, or
// tidy a user up before they delete it, can go on.
func absentOperations() []operation {
	user := func(c *call) error { _, err := c.user(); return err }
	account := func(*call) error { return nil }
	return append(iam(
		operation{action: "ListSAMLProviders", read: func(*call) (result, error) { return nodes(wire.El("SAMLProviderList")) }},
		operation{action: "ListServerCertificates", read: none(account, "ServerCertificateMetadataList")},
		operation{action: "ListVirtualMFADevices", read: none(account, "VirtualMFADevices")},
		operation{action: "GetAccountPasswordPolicy", read: noPasswordPolicy},
	), iam(
		operation{action: "ListMFADevices", read: none(user, "MFADevices"), resource: userOrSelf},
		operation{action: "ListSigningCertificates", read: none(user, "Certificates"), resource: userOrSelf},
		operation{action: "ListSSHPublicKeys", read: none(user, "SSHPublicKeys"), resource: userOrSelf},
		operation{action: "ListServiceSpecificCredentials", read: none(user, "ServiceSpecificCredentials"), resource: userOrSelf},
		operation{action: "GetLoginProfile", read: noPassword, resource: userOrSelf},
		operation{action: "DeleteLoginProfile", write: noPassword, resource: userOrSelf},
	)...)
}

// none answers an empty list once its owner is found.
func none(owner func(*call) error, list string) func(*call) (result, error) {
	return func(c *call) (result, error) {
		if err := owner(c); err != nil {
			return result{}, err
		}
		return nodes(wire.El(list), wire.Flag("IsTruncated", false))
	}
}

func noPassword(c *call) (result, error) {
	user, err := c.user()
	if err != nil {
		return result{}, err
	}
	return result{}, noSuch("Login Profile for User " + user.Name + " cannot be found.")
}

func noPasswordPolicy(c *call) (result, error) {
	return result{}, noSuch("The Password Policy with domain name " + c.account.ID + " cannot be found.")
}
