package supervisor

import (
	"sync"
	"time"

	"github.com/vole-linux/vole/cmds/internal/control"
)

// maxEvents is how many events are remembered; a boot of a hundred services
// has some four hundred.
const maxEvents = 4096

// An eventLog remembers events and wakes those who follow. Followers are other
// goroutines than Run's.
type eventLog struct {
	mu    sync.Mutex
	all   []control.Event // guarded by mu; the latest maxEvents
	seq   int             // guarded by mu
	grown chan struct{}   // guarded by mu; closed, and replaced, by add
}

func newEventLog() *eventLog { return &eventLog{grown: make(chan struct{})} }

func (l *eventLog) add(when time.Duration, service, what, why string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq++
	l.all = append(l.all, control.Event{Seq: l.seq, When: when, Service: service, What: what, Why: why})
	if len(l.all) > maxEvents {
		l.all = append([]control.Event(nil), l.all[maxEvents/2:]...)
	}
	close(l.grown)
	l.grown = make(chan struct{})
}

// since returns the events after seq, and a channel that is closed when there
// are more.
func (l *eventLog) since(seq int) ([]control.Event, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	first := len(l.all)
	for first > 0 && l.all[first-1].Seq > seq {
		first--
	}
	return append([]control.Event(nil), l.all[first:]...), l.grown
}
