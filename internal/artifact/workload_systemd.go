package artifact

// tokenFile is where the token is kept fresh. It is gone after a restart.
func (in Input) tokenFile() string { return "/run/drawbridge/" + in.Bridge.Name + ".jwt" }

// fetcher is the script that keeps it fresh. The metadata server gives it a token of the account that the machine runs as.
func (in Input) fetcher() string {
	b := in.Bridge
	return `#!/bin/bash
# Keeps ` + in.tokenFile() + ` fresh, from which AWS SDKs get sessions of ` + b.ToAWSRoleARN() + `.
# ` + ran(inBash, "on a machine of Google's") + `
# shellcheck disable=SC2016
set -euo pipefail
umask 077
file=${1:-` + in.tokenFile() + `}
curl --silent --show-error --fail --retry 5 --get --header 'Metadata-Flavor: Google' \
  --data-urlencode ` + shellWord("audience="+b.ToAWS.Audience) + ` --data-urlencode format=full \
  "http://${GCE_METADATA_HOST:-metadata.google.internal}/computeMetadata/v1/instance/service-accounts/default/identity" >"$file.new"
# No newline at the end: SDKs hand the bytes on as they are.
printf '%s' "$(cat "$file.new")" >"$file.whole"
rm "$file.new"
mv "$file.whole" "$file"
`
}

func (in Input) unit() string {
	b := in.Bridge
	return `# Not run: systemd-analyze verifies it in drawbridge's tests (` + inBash + `.txtar), which run the script that it starts.
# systemctl enable --now drawbridge-` + b.Name + `@USER.timer, with the user that the workload runs as.
[Unit]
Description=Fresh Google ID token for AWS, bridge ` + b.Name + `
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
User=%i
RuntimeDirectory=drawbridge
RuntimeDirectoryMode=0700
RuntimeDirectoryPreserve=yes
ExecStart=/usr/local/lib/drawbridge/` + b.Name + `-token
NoNewPrivileges=yes
ProtectSystem=strict
`
}

func (in Input) timer() string {
	return `# Not run: systemd-analyze verifies it in drawbridge's tests (` + inBash + `.txtar).
# A token lives an hour; SDKs read the file anew at each renewal.
[Unit]
Description=Renew the Google ID token for AWS, bridge ` + in.Bridge.Name + `

[Timer]
OnActiveSec=0
OnCalendar=*:0/10
AccuracySec=30s

[Install]
WantedBy=timers.target
`
}

// systemdFiles are paths on the machine, modes and texts.
func (in Input) systemdFiles() [][3]string {
	name := in.Bridge.Name
	return [][3]string{
		{"/usr/local/lib/drawbridge/" + name + "-token", "0755", in.fetcher()},
		{"/etc/systemd/system/drawbridge-" + name + "@.service", "0644", in.unit()},
		{"/etc/systemd/system/drawbridge-" + name + "@.timer", "0644", in.timer()},
	}
}

func (in Input) systemd() ([]File, error) {
	name := in.Bridge.Name
	parts := in.systemdFiles()
	return []File{
		workloadFile("systemd/"+name+"-token", "at "+parts[0][0]+", mode 0755", "sudo systemctl enable --now drawbridge-"+name+"@$USER.timer", []byte(parts[0][2])),
		workloadFile("systemd/drawbridge-"+name+"@.service", "at "+parts[1][0], "sudo systemctl daemon-reload", []byte(parts[1][2])),
		workloadFile("systemd/drawbridge-"+name+"@.timer", "at "+parts[2][0], "sudo systemctl daemon-reload", []byte(parts[2][2])),
	}, nil
}

// vm is the startup script of a machine: the token's timer and the profile, and nothing to install.
func (in Input) vm() ([]File, error) {
	b := in.Bridge
	s := newBoot("Startup script of bridge "+b.Name+": what runs here as "+b.ToAWSEmail()+" acts in AWS as "+b.ToAWSRoleARN()+", without a key.",
		ran(inBash, "on a machine of Google's, and its last lines, which start the timer"),
		"Profile "+b.Name+"-file needs nothing but this; profile "+b.Name+" needs drawbridge at "+in.program()+".")
	for _, f := range in.systemdFiles() {
		s.put(f[0], f[1], f[2])
	}
	s.put("/etc/drawbridge/aws-config", "0644", in.profiles())
	s.put("/etc/drawbridge/environment", "0644", "AWS_CONFIG_FILE=/etc/drawbridge/aws-config\nAWS_PROFILE="+b.Name+"-file\n")
	s.login()
	s.out.WriteString(`user=${DRAWBRIDGE_USER:-root} # whom the workload runs as
if [ -z "$root" ] && [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  systemctl enable --now ` + shellWord("drawbridge-"+b.Name+"@") + `"$user.timer"
fi
`)
	where, command := "as the machine's startup-script", "gcloud compute instances add-metadata VM --metadata-from-file=startup-script=workload/vm-startup.sh --project="+b.Google.Project
	if v := b.ToAWS.VM; v != nil {
		command = "gcloud compute instances add-metadata " + v.Name + " --zone=" + v.Zone + " --metadata-from-file=startup-script=workload/vm-startup.sh --project=" + b.Google.Project
	}
	return []File{workloadFile("vm-startup.sh", where, command, s.bytes())}, nil
}
