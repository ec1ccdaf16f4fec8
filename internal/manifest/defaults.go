package manifest

import "time"

// Defaults returns what a manifest of a kind says when it is silent. Here are
// all defaults but those inside lists, which are in fillLists.
func Defaults(kind Kind) Manifest {
	m := Manifest{
		Kind:    kind,
		User:    "root",
		Dir:     "/",
		Umask:   0o022,
		Enabled: true,
		Restart: Restart{
			Policy:   RestartAlways,
			Delay:    Duration(500 * time.Millisecond),
			MaxDelay: Duration(30 * time.Second),
			Jitter:   0.1,
			Reset:    Duration(30 * time.Second),
			Window:   Duration(10 * time.Minute),
			GiveUp:   GiveUpNothing,
		},
		Ready:  Ready{Timeout: Duration(30 * time.Second)},
		Health: Health{Interval: Duration(10 * time.Second), Timeout: Duration(5 * time.Second), Failures: 3},
		Stop:   Stop{Signal: "TERM", Timeout: Duration(10 * time.Second)},
		Reload: Reload{Timeout: Duration(30 * time.Second)},
		Limits: Limits{Pids: 512, NoFile: 4096},
		Sandbox: Sandbox{
			NoNewPrivileges: true,
			Seccomp:         "default",
		},
	}
	if kind != KindDaemon { // these end by themselves, when they are done
		m.Restart.Policy = RestartNo
		m.Ready.Timeout = 0
	}
	return m
}

// fillLists gives the elements of lists their defaults. A list can't be filled
// before it is read.
func (m *Manifest) fillLists() {
	for _, hooks := range [][]Hook{m.Hooks.BeforeStart, m.Hooks.AfterStart, m.Hooks.BeforeStop, m.Hooks.AfterStop} {
		for i := range hooks {
			if hooks[i].Timeout == 0 {
				hooks[i].Timeout = Duration(30 * time.Second)
			}
		}
	}
	for i := range m.Sockets {
		if socket := &m.Sockets[i]; socket.Mode == 0 && socket.isUnix() {
			socket.Mode = 0o660
		}
	}
}
