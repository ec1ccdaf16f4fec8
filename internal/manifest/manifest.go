// Package manifest is what a service says of itself: the file NAME.json in
// /etc/services, read strictly, checked completely and ordered.
//
//	{
//	  "description": "time from the network",
//	  "exec": ["ntpd", "-n"],
//	  "user": "ntp",
//	  "wants": ["network"],
//	  "ready": {"notify": true},
//	  "sandbox": {"capabilities": ["CAP_SYS_TIME"]}
//	}
//
// Parse reads one file and returns it with every default filled in, or every
// problem it has with file, line and column. Load reads a folder; a bad file
// costs its own service and no other. What Load returns is a Set, which
// knows the order of things: who needs whom, who can never start and why, who
// goes first and who goes last. Diff compares two versions of a manifest and
// knows which differences need a restart.
//
// Everything here is pure: no process is started and no clock is read, so the
// supervisor on the device and "svc check" on a developer's computer come to
// the same conclusions.
//
// # Names
//
// A service is called as its file without .json, or without .service.json as
// the file is called beside a program's source: ^[a-z0-9][a-z0-9._@-]{0,63}$.
//
// # What a dependency means
//
//	requires   B starts with this service, first, and must be ready: if B can't
//	           start, this one doesn't either
//	wants      B starts with this service, first, unless it is disabled; if B
//	           fails, is disabled or has no manifest, this one starts all the same
//	after      if B starts too, then first; nothing more
//
// Requires and wants order as well: that is what people expect who write them
// and forget after, and a service that needs B but starts beside it is a race.
// There is no way to have one without the other.
//
// # Limits
//
// A file has at most 64 KiB and nests at most 32 deep. A set of 10,000
// services is no problem; no function here recurses over services.
//
// # Files
//
//	/etc/services/NAME.json          one service
//	docs/reference/manifest.md       every key, made from the comments in this package
//	docs/reference/manifest.schema.json    the same for editors
//
// # Links
//
// systemd.service(5), systemd.time(7) and dinit-service(5) for the same ideas
// elsewhere; capabilities(7), cgroups(7), landlock(7), signal(7).
//
// # Bugs
//
// What only the machine knows is not checked: that the program, the user and
// the seccomp profile exist. Calendar times can't say "the last day of the
// month", and around a change to or from summer time may come an hour off or
// once too few: the device lives in UTC.
//
// Next in the tour: none
package manifest

// A Manifest describes one service. Only exec is needed.
type Manifest struct {
	// The name of the service: that of the file without .json.
	Name string `json:"-"`

	// What the service is, for lists: one line, at most 200 bytes.
	Description string `json:"description,omitempty" schema:"max=200"`

	// What kind of service it is. A daemon runs until it is stopped. A oneshot
	// runs to its end, and is up from then on if its exit status was 0. A timer
	// runs to its end again and again, at the times that timer says.
	Kind Kind `json:"kind"`

	// The program and its arguments. The program is an absolute path, or a plain
	// name for a program in /bin. No shell is involved.
	Exec []string `json:"exec" schema:"required,min=1"`

	// Environment variables, beside PATH, HOME, USER and those that init sets
	// itself (NOTIFY_SOCKET, LISTEN_*, WATCHDOG_*).
	Env map[string]string `json:"env,omitempty"`

	// The user it runs as: a name or a number.
	User string `json:"user" schema:"format=user"`

	// The group it runs as: a name or a number. Absent: the user's own group.
	Group string `json:"group,omitempty" schema:"format=user"`

	// Supplementary groups: names or numbers. Only these; none of the user's.
	Groups []string `json:"groups,omitempty" schema:"format=user,unique"`

	// The folder it starts in: an absolute path.
	Dir string `json:"dir" schema:"format=path"`

	// The bits that new files do not get, in octal.
	Umask Mode `json:"umask"`

	// Services that start first if they start at all.
	After []string `json:"after,omitempty" schema:"format=name,unique"`

	// Services that start with this one, first, and without which it can't start.
	Requires []string `json:"requires,omitempty" schema:"format=name,unique"`

	// Services that start with this one, first, if they are there and enabled.
	Wants []string `json:"wants,omitempty" schema:"format=name,unique"`

	// Whether it starts at boot. If not, it still starts on request, or when a
	// service that requires it does.
	Enabled bool `json:"enabled"`

	// Whether the machine is broken without it: while a critical service is
	// not healthy the hardware watchdog is not fed, and an update is not kept.
	Critical bool `json:"critical,omitempty"`

	// What happens when it ends by itself.
	Restart Restart `json:"restart"`

	// How it is known to be ready. At most one way; without any, a daemon is
	// ready as soon as its program runs.
	Ready Ready `json:"ready"`

	// How it is known to be well while it runs. At most one way. A daemon that
	// fails is restarted.
	Health Health `json:"health"`

	// The longest time between two signs of life (WATCHDOG=1 on the notify
	// socket) before the daemon counts as hung and is restarted. 0s: no watch.
	Watchdog Duration `json:"watchdog,omitempty"`

	// How it is stopped.
	Stop Stop `json:"stop"`

	// How it is told to read its configuration again. Absent: it is restarted.
	Reload Reload `json:"reload"`

	// Commands before and after the start and the stop.
	Hooks Hooks `json:"hooks,omitzero"`

	// The most it may use of the machine.
	Limits Limits `json:"limits"`

	// What it may see and do.
	Sandbox Sandbox `json:"sandbox"`

	// Sockets that init opens and hands over as descriptors 3 and up, in this
	// order (LISTEN_FDS): they are open before the daemon and through restarts.
	Sockets []Socket `json:"sockets,omitempty"`

	// When a timer runs.
	Timer Timer `json:"timer,omitzero"`

	// What must be so for it to start at all. All of it; else it is skipped.
	Conditions Conditions `json:"conditions,omitzero"`
}
