package supervisor

import (
	"fmt"
	"strings"

	"github.com/vole-linux/vole/cmds/internal/cgroup"
)

// metrics is the text that Prometheus reads (its "text-based format").
func (s *Supervisor) metrics() string {
	var b strings.Builder
	family := func(name, kind, help string, value func(v *service) (float64, bool)) {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
		for _, service := range s.names {
			if x, found := value(s.services[service]); found {
				fmt.Fprintf(&b, "%s{service=%q} %g\n", name, service, x)
			}
		}
	}
	family("init_service_up", "gauge", "Whether the service is ready.", func(v *service) (float64, bool) {
		if v.state.there() {
			return 1, true
		}
		return 0, true
	})
	family("init_service_restarts_total", "counter", "How often it was started again by itself.", func(v *service) (float64, bool) {
		return float64(v.restarts), true
	})
	family("init_service_start_seconds", "gauge", "From its latest start until it was ready.", func(v *service) (float64, bool) {
		return (v.ready - v.began).Seconds(), v.ready != 0
	})
	family("init_service_memory_bytes", "gauge", "Memory of its cgroup.", func(v *service) (float64, bool) {
		u, found := s.usage(v)
		return float64(u.Memory), found
	})
	family("init_service_cpu_seconds_total", "counter", "Processor time of its cgroup since its latest start.", func(v *service) (float64, bool) {
		u, found := s.usage(v)
		return u.CPU.Seconds(), found
	})
	family("init_service_processes", "gauge", "Processes and threads of its cgroup.", func(v *service) (float64, bool) {
		u, found := s.usage(v)
		return float64(u.Pids), found
	})
	family("init_service_last_exit_cpu_seconds", "gauge", "Processor time of its program that ended last.", func(v *service) (float64, bool) {
		if v.last == nil {
			return 0, false
		}
		return (v.last.User + v.last.System).Seconds(), true
	})
	family("init_service_last_exit_status", "gauge", "How its program ended last, as wait4(2) has it.", func(v *service) (float64, bool) {
		if v.last == nil {
			return 0, false
		}
		return float64(v.last.Status), true
	})
	s.states(&b)
	fmt.Fprintf(&b, "# HELP init_boot_seconds From the start of the kernel until the boot was complete.\n# TYPE init_boot_seconds gauge\ninit_boot_seconds %g\n", s.booted.Seconds())
	return b.String()
}

// states is a series for each state, with 1 where the service is.
func (s *Supervisor) states(b *strings.Builder) {
	b.WriteString("# HELP init_service_state The state of the service: 1 where it is.\n# TYPE init_service_state gauge\n")
	for _, name := range s.names {
		fmt.Fprintf(b, "init_service_state{service=%q,state=%q} 1\n", name, s.services[name].state)
	}
}

func (s *Supervisor) usage(v *service) (cgroup.Usage, bool) {
	if v.group == nil {
		return cgroup.Usage{}, false
	}
	u, err := v.group.Usage()
	return u, err == nil
}
