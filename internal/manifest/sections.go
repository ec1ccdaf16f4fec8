package manifest

// Ready is how a daemon is known to be ready.
type Ready struct {
	// It says READY=1 on the socket in NOTIFY_SOCKET, as for sd_notify(3).
	Notify bool `json:"notify,omitempty"`

	// It writes a newline to this descriptor, as s6 has it. 3 or more, and
	// above the sockets handed over.
	FD int `json:"fd,omitempty" schema:"min=0,max=1023"`

	// This TCP address accepts a connection: IP:PORT.
	TCP string `json:"tcp,omitempty" schema:"format=address"`

	// This Unix socket accepts a connection: an absolute path.
	Unix string `json:"unix,omitempty" schema:"format=path"`

	// This page answers with a status from 200 to 399: http://IP:PORT/PATH.
	HTTP string `json:"http,omitempty" schema:"format=http"`

	// This file is there: an absolute path.
	File string `json:"file,omitempty" schema:"format=path"`

	// This command ends with status 0. It runs as the service does.
	Exec []string `json:"exec,omitempty"`

	// How long it may take to become ready; for a oneshot, to end. Then the start
	// has failed. 0s: for ever, which is the default for a oneshot.
	Timeout Duration `json:"timeout"`
}

// Health is how a running daemon is known to be well.
type Health struct {
	// This TCP address accepts a connection: IP:PORT.
	TCP string `json:"tcp,omitempty" schema:"format=address"`

	// This Unix socket accepts a connection: an absolute path.
	Unix string `json:"unix,omitempty" schema:"format=path"`

	// This page answers with a status from 200 to 399: http://IP:PORT/PATH.
	HTTP string `json:"http,omitempty" schema:"format=http"`

	// This file is there: an absolute path.
	File string `json:"file,omitempty" schema:"format=path"`

	// This command ends with status 0. It runs as the service does.
	Exec []string `json:"exec,omitempty"`

	// The time from the end of one probe to the beginning of the next.
	Interval Duration `json:"interval"`

	// How long a probe may take before it counts as failed.
	Timeout Duration `json:"timeout"`

	// How many probes must fail in a row.
	Failures int `json:"failures" schema:"min=1,max=1000"`
}

// Stop is how a service is stopped.
type Stop struct {
	// The signal that asks the main process to end, as in signal(7).
	Signal Signal `json:"signal"`

	// How long it may take. Then every process of the service is killed.
	Timeout Duration `json:"timeout"`
}

// Reload is how a service is told to read its configuration again.
type Reload struct {
	// By this signal to the main process. Not together with exec.
	Signal Signal `json:"signal,omitempty"`

	// By this command. It runs as the service does. Not together with signal.
	Exec []string `json:"exec,omitempty"`

	// How long the command may take. Then it is killed and the reload has failed.
	Timeout Duration `json:"timeout"`
}

// Hooks are commands around the life of a service, run one after the other.
type Hooks struct {
	// Before the program starts. If one fails, the start has failed.
	BeforeStart []Hook `json:"before_start,omitempty"`

	// When the service is ready. If one fails, that is logged.
	AfterStart []Hook `json:"after_start,omitempty"`

	// Before the program is asked to end. If one fails, that is logged.
	BeforeStop []Hook `json:"before_stop,omitempty"`

	// When the program has ended, for whatever reason. If one fails, that is logged.
	AfterStop []Hook `json:"after_stop,omitempty"`
}

// A Hook is one command, run as the service is: same user, same sandbox.
type Hook struct {
	// The program and its arguments, as for exec of the service.
	Exec []string `json:"exec" schema:"required,min=1"`

	// How long it may take. Then it is killed and has failed. Default: 30s,
	// which 0s stands for as well: no hook runs without a limit.
	Timeout Duration `json:"timeout"`
}

// Limits are the most that all processes of a service may use together, by
// cgroup v2, and that each may use, by setrlimit(2). 0 stands for no limit,
// unless a key says otherwise.
type Limits struct {
	// Memory at which the kernel kills the whole service (memory.max).
	Memory Size `json:"memory,omitempty"`

	// Memory from which on the kernel slows it down and takes pages back (memory.high).
	MemoryHigh Size `json:"memory_high,omitempty"`

	// Memory that the kernel leaves to it when others run short (memory.min).
	MemoryMin Size `json:"memory_min,omitempty"`

	// Processors, such as 0.5 (cpu.max).
	CPU float64 `json:"cpu,omitempty" schema:"min=0,max=4096"`

	// Its share of the processors when they are all busy, against 100 of others
	// (cpu.weight): 1 to 10000. 0 leaves the kernel's 100.
	CPUWeight int `json:"cpu_weight,omitempty" schema:"min=0,max=10000"`

	// Processes and threads together (pids.max). A fork bomb ends here.
	Pids int `json:"pids" schema:"min=0,max=4194304"`

	// Open files of each process (RLIMIT_NOFILE, soft and hard): 16 to 1048576.
	// Here 0 is no choice.
	NoFile int `json:"nofile" schema:"min=16,max=1048576"`

	// Size of a core dump (RLIMIT_CORE). Here 0 stands for none at all.
	Core Size `json:"core,omitempty"`

	// Memory that each process may lock (RLIMIT_MEMLOCK). 0 leaves the kernel's limit.
	MemLock Size `json:"memlock,omitempty"`

	// Its politeness, from -20 (takes all) to 19 (takes what is left), as for nice(2).
	Nice int `json:"nice,omitempty" schema:"min=-20,max=19"`

	// How much rather the kernel kills it when the whole machine is out of memory:
	// -1000 (never) to 1000 (first).
	OOMScoreAdjust int `json:"oom_score_adjust,omitempty" schema:"min=-1000,max=1000"`
}

// Sandbox is what a service may see and do. The defaults fit a program that
// serves the network from a port above 1023 and writes its own files.
type Sandbox struct {
	// Whether programs with the set-user-ID bit or file capabilities give it no
	// more than it has.
	NoNewPrivileges bool `json:"no_new_privileges"`

	// What it may do of what is root's alone, as in capabilities(7):
	// CAP_NET_BIND_SERVICE, or "all" and nothing else. The service has these whoever
	// its user is, and can't get others; that holds for root as well.
	Capabilities []string `json:"capabilities,omitempty" schema:"format=capability,unique"`

	// The list of system calls that it may make, by name: default, none (no
	// filter), or another of the image's profiles.
	Seccomp string `json:"seccomp" schema:"format=profile"`

	// What it has of its own instead of sharing it with the machine.
	Namespaces []Namespace `json:"namespaces,omitempty" schema:"unique"`

	// Paths that it may read and execute, with all below them, by landlock(7). With
	// this key or read_write, even with an empty list, it may touch no other path;
	// without both there is no such wall.
	ReadOnly []string `json:"read_only,omitzero" schema:"format=path,unique"`

	// Paths that it may read, write and execute, with all below them.
	ReadWrite []string `json:"read_write,omitzero" schema:"format=path,unique"`

	// Whether it has a /tmp and a /var/tmp of its own, empty at each start.
	PrivateTmp bool `json:"private_tmp,omitempty"`
}

// Landlock tells whether paths are walled off.
func (s Sandbox) Landlock() bool { return s.ReadOnly != nil || s.ReadWrite != nil }

// A Socket is one that init opens for a daemon.
type Socket struct {
	// What the daemon knows it by (LISTEN_FDNAMES): letters, digits and ._-
	Name string `json:"name" schema:"required,format=socket_name"`

	// Where it listens: tcp:IP:PORT, udp:IP:PORT or unix:/PATH.
	Listen string `json:"listen" schema:"required,format=listen"`

	// The mode of a Unix socket's file, in octal; it belongs to the service's user
	// and group. Default: 0660.
	Mode Mode `json:"mode,omitempty"`
}

// Conditions must all hold for a service to start.
type Conditions struct {
	// Each of these paths is there.
	PathExists []string `json:"path_exists,omitempty" schema:"format=path,unique"`

	// Each of these words is in /proc/cmdline: KEY or KEY=VALUE. A KEY alone is
	// also met by KEY=VALUE.
	KernelArgument []string `json:"kernel_argument,omitempty" schema:"format=argument,unique"`

	// The machine is one of these.
	Architecture []Architecture `json:"architecture,omitempty" schema:"unique"`

	// Whether init runs in a container: true only there, false only elsewhere.
	Container *bool `json:"container,omitempty"`
}
