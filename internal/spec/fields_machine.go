package spec

import (
	"slices"
	"strings"
)

const (
	patternResource    = `^[a-z]([a-z0-9-]*[a-z0-9])?$`
	patternZone        = `^[a-z]+-[a-z]+[0-9]+-(ai[0-9]+)?[a-z]$`
	patternMachine     = `^[a-z][a-z0-9-]*[a-z0-9]$`
	patternImage       = `^([a-z][a-z0-9-]*[a-z0-9]/)?[a-z]([a-z0-9-]*[a-z0-9])?$`
	patternLabel       = `^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`
	patternSubdomain   = `^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`
	limitLabel         = "1 to 63 characters of a-z, 0-9 and -, beginning and ending with a letter or digit"
	limitKubernetes    = "1 to 253 characters of a-z, 0-9, - and ., beginning and ending with a letter or digit"
	whyKubernetes      = "Only this one Kubernetes account of this one namespace may act as the service account. Others in the cluster stay out."
	limitResource      = "1 to 63 characters of a-z, 0-9 and -, beginning with a letter"
	defaultMachineType = "e2-small"
	defaultImage       = "debian-12"
)

func inVM(at func(*VM) any) func(*Bridge) any {
	return inToAWS(func(d *ToAWS) any {
		if d.VM == nil {
			return nil
		}
		return at(d.VM)
	})
}

func inGKE(at func(*GKE) any) func(*Bridge) any {
	return inToAWS(func(d *ToAWS) any {
		if d.GKE == nil {
			return nil
		}
		return at(d.GKE)
	})
}

// machineFields describe what runs as the service account.
func machineFields() []Field {
	return slices.Concat(vmFields(), shapeFields(), gkeFields())
}

func gkeFields() []Field {
	return []Field{
		block("toAWS.gke", "a Kubernetes account that acts as the service account",
			"Pods get the service account's tokens from GKE's metadata server, without a key. The cluster needs workload identity in this project.",
			inGKE(func(k *GKE) any { return k }),
			func(b *Bridge) {
				if b.ToAWS.GKE == nil {
					b.ToAWS.GKE = &GKE{}
				}
			}),
		{
			Path: "toAWS.gke.namespace", Type: TypeText, Required: true, Example: "ci",
			Limit: limitLabel, pattern: patternLabel, max: 63, Title: "namespace", Why: whyKubernetes,
			at: inGKE(func(k *GKE) any { return &k.Namespace }),
		},
		{
			Path: "toAWS.gke.serviceAccount", note: "only this Kubernetes account may act as it", Type: TypeText, Required: true, Example: "runner",
			Limit: limitKubernetes, pattern: patternSubdomain, max: 253, Title: "Kubernetes account", Why: whyKubernetes,
			at: inGKE(func(k *GKE) any { return &k.ServiceAccount }),
		},
	}
}

func vmFields() []Field {
	return []Field{
		block("toAWS.vm", "a Compute Engine VM that runs as the service account",
			"Whatever runs on the VM gets the account's tokens from the metadata server. Leave it out when the workload has a place to run.",
			inVM(func(v *VM) any { return v }),
			func(b *Bridge) {
				if b.ToAWS.VM == nil {
					b.ToAWS.VM = &VM{}
				}
			}),
		{
			Path: "toAWS.vm.name", Type: TypeText, Example: "ci-runner-1", DefaultFrom: "the id of the service account",
			Limit: limitResource, pattern: patternResource, max: 63, Title: "name of the VM",
			Why:    "A VM of that name that is not marked as ours is never touched. It is deleted only by name.",
			derive: func(b Bridge) string { return b.ToAWSAccountID() },
			at:     inVM(func(v *VM) any { return &v.Name }),
		},
		{
			Path: "toAWS.vm.zone", Type: TypeText, Required: true, Example: "australia-southeast1-a",
			Limit: "a zone of Google Cloud, such as europe-west1-b", pattern: patternZone, max: 63, Title: "zone",
			Why: "A VM lives in one zone and cannot be moved. One near the AWS region answers sooner.",
			at:  inVM(func(v *VM) any { return &v.Zone }),
		},
	}
}

// shapeFields are those of a VM that have defaults of their own.
func shapeFields() []Field {
	return []Field{
		{
			Path: "toAWS.vm.machineType", Type: TypeText, Default: defaultMachineType, Example: defaultMachineType,
			Limit: "a machine type, such as e2-small", pattern: patternMachine, max: 63, Title: "machine type",
			Why: "It sets size and price. The smallest ones are enough to try the bridge.",
			at:  inVM(func(v *VM) any { return &v.MachineType }),
		},
		{
			Path: "toAWS.vm.image", Type: TypeText, Default: defaultImage, Example: defaultImage,
			Limit:   "an image family that Google offers, such as debian-12, or PROJECT/FAMILY",
			pattern: patternImage, max: 94, check: checkImage, Title: "image family",
			Why: "The newest image of the family is taken when the VM is made. An existing VM is not replaced by a newer one.",
			at:  inVM(func(v *VM) any { return &v.Image }),
		},
		{
			Path: "toAWS.vm.network", Type: TypeText, Default: "default", Example: "default",
			Limit: limitResource, pattern: patternResource, max: 63, Title: "network",
			Why: "The VM has to reach AWS over it. Projects of some organisations have no network called default.",
			at:  inVM(func(v *VM) any { return &v.Network }),
		},
		{
			Path: "toAWS.vm.externalIP", note: "without it the VM needs Cloud NAT", Type: TypeBoolean, Default: "true", Example: "true", Title: "external address",
			Why: "Without an external address the VM needs Cloud NAT to reach AWS. With one it can be reached itself, as far as the firewall lets it.",
			at:  inVM(func(v *VM) any { return &v.ExternalIP }),
		},
	}
}

// SourceImage is the image as Compute Engine wants it: projects/P/global/images/family/F.
func (v VM) SourceImage() string {
	project, family, ok := strings.Cut(v.Image, "/")
	if !ok {
		project, family = imageProject(v.Image), v.Image
	}
	return "projects/" + project + "/global/images/family/" + family
}

// imageProject is the project that Google publishes a family in, "" when the family is not one of those.
func imageProject(family string) string {
	for _, known := range [][2]string{
		{"debian-", "debian-cloud"},
		{"ubuntu-", "ubuntu-os-cloud"},
		{"cos-", "cos-cloud"},
		{"rocky-linux-", "rocky-linux-cloud"},
		{"centos-stream-", "centos-cloud"},
		{"fedora-coreos-", "fedora-coreos-cloud"},
		{"rhel-", "rhel-cloud"},
		{"sles-", "suse-cloud"},
		{"windows-", "windows-cloud"},
	} {
		if strings.HasPrefix(family, known[0]) {
			return known[1]
		}
	}
	return ""
}

func checkImage(value string) string {
	if !strings.Contains(value, "/") && imageProject(value) == "" {
		return quote(value) + " is not a family that Google is known to offer; name its project too, as PROJECT/FAMILY"
	}
	return ""
}
