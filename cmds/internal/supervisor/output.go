package supervisor

import (
	"os"

	"github.com/vole-linux/vole/cmds/internal/wire"
)

// What a service prints goes through a pipe whose reading end process 1 keeps:
// so nothing is lost, and no service is hurt, while there is no supervisor.

// listenTo listens to what a process prints.
func (s *Supervisor) listenTo(p *process, f *os.File) {
	name := outputName(p.v.m.Name, p.id)
	s.Process1.Send(wire.Packet{Kind: wire.Keep, Text: []string{name}, Files: []int{int(f.Fd())}})
	s.listenAgain(p.v, f, name)
}

// listenAgain listens to a pipe that process 1 has kept.
func (s *Supervisor) listenAgain(v *service, f *os.File, name string) {
	if s.Lines == nil {
		f.Close()
		return
	}
	err := s.Lines.Add(v.m.Name, f, func() {
		s.post(func() { s.Process1.Send(wire.Packet{Kind: wire.Drop, Text: []string{name}}) })
	})
	if err != nil {
		s.warn("cannot listen to %s: %v", v.m.Name, err)
	}
}
