package manifest

// A ProbeKind is a way to find out about a service.
type ProbeKind string

// The kinds of probes, called as their keys. ProbeNone is none at all.
const (
	ProbeNone   ProbeKind = ""
	ProbeNotify ProbeKind = "notify"
	ProbeFD     ProbeKind = "fd"
	ProbeTCP    ProbeKind = "tcp"
	ProbeUnix   ProbeKind = "unix"
	ProbeHTTP   ProbeKind = "http"
	ProbeFile   ProbeKind = "file"
	ProbeExec   ProbeKind = "exec"
)

// A Probe is the one way that a Ready or a Health has.
type Probe struct {
	Kind   ProbeKind
	Target string   // of tcp, unix, http and file
	FD     int      // of fd
	Exec   []string // of exec
}

// Probe returns the way that r has. Of several, which Parse refuses, it is the
// first.
func (r Ready) Probe() Probe { return first(r.probes()) }

// Probe returns the way that h has, as Ready.Probe does.
func (h Health) Probe() Probe { return first(h.probes()) }

func first(probes []Probe) Probe {
	if len(probes) == 0 {
		return Probe{}
	}
	return probes[0]
}

// probes are all that r has.
func (r Ready) probes() []Probe {
	var all []Probe
	if r.Notify {
		all = append(all, Probe{Kind: ProbeNotify})
	}
	if r.FD != 0 {
		all = append(all, Probe{Kind: ProbeFD, FD: r.FD})
	}
	return append(all, targets(r.TCP, r.Unix, r.HTTP, r.File, r.Exec)...)
}

// probes are all that h has.
func (h Health) probes() []Probe { return targets(h.TCP, h.Unix, h.HTTP, h.File, h.Exec) }

func targets(tcp, unix, http, file string, exec []string) []Probe {
	var all []Probe
	for _, p := range []Probe{{Kind: ProbeTCP, Target: tcp}, {Kind: ProbeUnix, Target: unix}, {Kind: ProbeHTTP, Target: http}, {Kind: ProbeFile, Target: file}} {
		if p.Target != "" {
			all = append(all, p)
		}
	}
	if len(exec) > 0 {
		all = append(all, Probe{Kind: ProbeExec, Exec: exec})
	}
	return all
}
