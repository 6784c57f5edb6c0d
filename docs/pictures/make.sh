#!/bin/sh
# Make the pictures of the README and the docs from the real program: it is run in a real terminal (tmux) on its sandbox,
# keys are typed, and what the terminal shows becomes an SVG, once on a dark and once on a light background.
#
#   docs/pictures/make.sh [DIR]     # default: docs/pictures
#   docs/pictures/make.sh --check   # writes nothing; exits with 1 and names the pictures that are no longer the program's
#
# Needs go and tmux. The same program gives the same pictures: the sandbox is seeded, and what differs
# from run to run (durations, the time of day, the port, the number of a fresh account) is written the same way each time.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
out=${1:-docs/pictures}
check=false
if [ "$out" = --check ]; then
	check=true
	out=$work/pictures
fi
socket=drawbridge-pictures-$$
runs=0
trap 'tmux -L "$socket" kill-server 2>/dev/null || true; rm -rf "$work"' EXIT INT TERM
mkdir -p "$out"
go build -o "$work/drawbridge" ./cmd/drawbridge
go build -o "$work/svg" ./docs/pictures

# begin THEME WIDTH HEIGHT: the wizard on an empty desk.
begin() {
	paper='fg=#e8eaed,bg=#1b1d21'
	if [ "$1" = light ]; then paper='fg=#202124,bg=#ffffff'; fi
	rm -rf "$work/desk"
	mkdir "$work/desk"
	tmux -L "$socket" kill-server 2>/dev/null || true
	runs=$((runs + 1))
	socket=drawbridge-pictures-$$-$runs
	printf 'set-option -g window-style "%s"\n' "$paper" >"$work/tmux.conf"
	tmux -L "$socket" -f "$work/tmux.conf" new-session -d -x "$2" -y "$3" -c "$work/desk" \
		"env -i PATH=/usr/bin:/bin HOME=$work/desk LANG=C.UTF-8 TERM=xterm-256color COLORTERM=truecolor DRAWBRIDGE_HOME=$work/desk/home \
		$work/drawbridge --sandbox --seed 1; sleep 60"
}

# await TEXT: until the terminal shows it.
await() {
	tries=0
	until tmux -L "$socket" capture-pane -p | grep -qF -- "$1"; do
		tries=$((tries + 1))
		if [ "$tries" -gt 300 ]; then
			echo "waited in vain for: $1" >&2
			tmux -L "$socket" capture-pane -p >&2
			exit 1
		fi
		sleep 0.1
	done
	sleep 0.4 # the last frame
}

press() { for key in "$@"; do tmux -L "$socket" send-keys "$key"; sleep 0.2; done; }

# shoot NAME THEME TITLE: once the screen stands still.
shoot() {
	before=
	now=$(tmux -L "$socket" capture-pane -e -p)
	until [ "$now" = "$before" ]; do
		sleep 0.5
		before=$now
		now=$(tmux -L "$socket" capture-pane -e -p)
	done
	printf '%s\n' "$now" | "$work/svg" -theme "$2" -title "$3" >"$out/$1-$2.svg"
}

for theme in dark light; do
	begin "$theme" 100 28
	await 'What should reach what'
	await 'operator@acme.example'
	shoot connect "$theme" 'The first screen: both sign-ins, and which way the bridge goes'
	press Enter
	await 'nothing in the way'
	shoot google "$theme" 'The fields on the side of Google Cloud, each with its default'
	press Enter
	await 'what is assumed'
	press Enter
	await 'Preflight'
	await 'to create'
	shoot review "$theme" 'The review: every change in both clouds, before anything is changed'
	press Enter
	await 'Apply '
	press y
	await 'The bridge stands.'
	press Left Up Up Up Up Up Up Up Up # the cursor stays where work was done last, and that differs from run to run
	shoot apply "$theme" 'Apply: both clouds side by side'
	press Enter
	await 'lend it and prove'
	press y
	await 'Doors that stay shut'
	await 'next: files'
	shoot verify "$theme" 'Both directions proven, hop by hop, and the doors that stay shut'
	press Enter
	await 'files chosen'
	shoot files "$theme" 'The files that workloads, pipelines and operators use'
	begin "$theme" 140 38
	await 'What should reach what'
	await 'operator@acme.example'
	press Enter
	await 'nothing in the way'
	press Enter Tab Tab
	await 'nothing in the way'
	shoot preview "$theme" 'On a wide terminal: what the answers make, beside them'
done

if "$check"; then
	stale=0
	for picture in "$out"/*.svg; do
		cmp -s "$picture" "docs/pictures/$(basename "$picture")" || { echo "stale: docs/pictures/$(basename "$picture")" >&2; stale=1; }
	done
	[ "$stale" = 0 ] || echo "the program looks different now: run docs/pictures/make.sh and look at what it made" >&2
	exit "$stale"
fi
