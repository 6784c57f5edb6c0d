package google

import (
	"slices"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

type instanceJSON struct {
	Kind              string                `json:"kind,omitempty"`
	ID                string                `json:"id,omitempty"`
	CreationTimestamp string                `json:"creationTimestamp,omitempty"`
	Name              string                `json:"name,omitempty"`
	Description       string                `json:"description,omitempty"`
	MachineType       string                `json:"machineType,omitempty"`
	Status            string                `json:"status,omitempty"`
	Zone              string                `json:"zone,omitempty"`
	Labels            map[string]string     `json:"labels,omitempty"`
	LabelFingerprint  string                `json:"labelFingerprint,omitempty"`
	Metadata          *metadataJSON         `json:"metadata,omitempty"`
	NetworkInterfaces []networkJSON         `json:"networkInterfaces,omitempty"`
	Disks             []diskJSON            `json:"disks,omitempty"`
	ServiceAccounts   []instanceAccountJSON `json:"serviceAccounts,omitempty"`
	SelfLink          string                `json:"selfLink,omitempty"`
	Tags              map[string]any        `json:"tags,omitempty"`
	Scheduling        map[string]any        `json:"scheduling,omitempty"`
	ShieldedConfig    map[string]any        `json:"shieldedInstanceConfig,omitempty"`
	DeletionProtect   bool                  `json:"deletionProtection,omitempty"`
	CanIPForward      bool                  `json:"canIpForward,omitempty"`
}

type instanceAccountJSON struct {
	Email  string   `json:"email"`
	Scopes []string `json:"scopes"`
}

type metadataJSON struct {
	Kind        string             `json:"kind,omitempty"`
	Fingerprint string             `json:"fingerprint,omitempty"`
	Items       []metadataItemJSON `json:"items,omitempty"`
}

type metadataItemJSON struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

type networkJSON struct {
	Kind          string       `json:"kind,omitempty"`
	Name          string       `json:"name,omitempty"`
	Network       string       `json:"network,omitempty"`
	Subnetwork    string       `json:"subnetwork,omitempty"`
	NetworkIP     string       `json:"networkIP,omitempty"`
	StackType     string       `json:"stackType,omitempty"`
	AccessConfigs []accessJSON `json:"accessConfigs,omitempty"`
}

type accessJSON struct {
	Kind        string `json:"kind,omitempty"`
	Type        string `json:"type,omitempty"`
	Name        string `json:"name,omitempty"`
	NatIP       string `json:"natIP,omitempty"`
	NetworkTier string `json:"networkTier,omitempty"`
}

type diskJSON struct {
	Kind             string          `json:"kind,omitempty"`
	Type             string          `json:"type,omitempty"`
	Mode             string          `json:"mode,omitempty"`
	Source           string          `json:"source,omitempty"`
	DeviceName       string          `json:"deviceName,omitempty"`
	Boot             bool            `json:"boot,omitempty"`
	AutoDelete       bool            `json:"autoDelete,omitempty"`
	DiskSizeGb       string          `json:"diskSizeGb,omitempty"`
	InitializeParams *initializeJSON `json:"initializeParams,omitempty"`
}

type initializeJSON struct {
	SourceImage string            `json:"sourceImage,omitempty"`
	DiskSizeGb  string            `json:"diskSizeGb,omitempty"`
	DiskType    string            `json:"diskType,omitempty"`
	DiskName    string            `json:"diskName,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
}

func (q *call) instanceView(i *world.ComputeInstance) instanceJSON {
	zone := "projects/" + q.project.ID + "/zones/" + i.Zone
	nic := networkJSON{
		Kind: "compute#networkInterface", Name: "nic0", NetworkIP: i.InternalIP, StackType: "IPV4_ONLY",
		Network: q.link("projects/" + q.project.ID + "/global/networks/" + i.Network),
	}
	if i.ExternalIP != "" {
		nic.AccessConfigs = []accessJSON{{Kind: "compute#accessConfig", Type: "ONE_TO_ONE_NAT", Name: "External NAT", NatIP: i.ExternalIP, NetworkTier: "PREMIUM"}}
	}
	out := instanceJSON{
		Kind: "compute#instance", ID: i.ID, CreationTimestamp: i.Created.Format("2006-01-02T15:04:05.000-07:00"), Name: i.Name,
		Description: i.Description, MachineType: q.link(zone + "/machineTypes/" + i.MachineType), Status: "RUNNING", Zone: q.link(zone),
		Labels: i.Labels, LabelFingerprint: "42WmSpB8rSM=", NetworkInterfaces: []networkJSON{nic}, SelfLink: q.link(q.instancePath(i.Zone, i.Name)),
		Disks:    []diskJSON{{Kind: "compute#attachedDisk", Type: "PERSISTENT", Mode: "READ_WRITE", Boot: true, AutoDelete: true, DeviceName: "persistent-disk-0", DiskSizeGb: i.DiskGB, Source: q.link(zone + "/disks/" + i.Name)}},
		Metadata: &metadataJSON{Kind: "compute#metadata", Fingerprint: "sNTBcLkAJrA="},
	}
	if i.Account != "" {
		out.ServiceAccounts = []instanceAccountJSON{{i.Account, i.Scopes}}
	}
	for _, key := range slices.Sorted(mapKeys(i.Metadata)) {
		out.Metadata.Items = append(out.Metadata.Items, metadataItemJSON{key, i.Metadata[key]})
	}
	return out
}

func mapKeys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for key := range m {
			if !yield(key) {
				return
			}
		}
	}
}
