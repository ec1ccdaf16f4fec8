package supervisor

import (
	"bytes"
	"fmt"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// What a person wants to see of a service that has failed.
const (
	keptLines   = 20
	longestLine = 512 // bytes; the rest of a line counts as another
)

// Lines collects what services print: the kernel's log gets all of it, and the
// last lines of each service are at hand. One goroutine listens to all, since
// a thousand services would be a thousand stacks.
type Lines struct {
	poll int // epoll(7)
	log  func(service, line string)

	mu      sync.Mutex
	outputs map[int32]*output   // guarded by mu; by descriptor
	last    map[string][]string // guarded by mu; by service
}

// An output is one pipe of one service.
type output struct {
	service string
	file    *os.File
	part    []byte // a line that is not complete
	ended   func() // called when nobody writes any more
}

// NewLines returns a collector that listens until the process ends.
func NewLines(log func(service, line string)) (*Lines, error) {
	poll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("cannot listen to services: %w", err)
	}
	l := &Lines{poll: poll, log: log, outputs: map[int32]*output{}, last: map[string][]string{}}
	go l.listen()
	return l, nil
}

// Add listens to a pipe, and calls ended when its last writer is gone.
func (l *Lines) Add(service string, file *os.File, ended func()) error {
	fd := int32(file.Fd())
	if err := unix.SetNonblock(int(fd), true); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.outputs[fd] = &output{service: service, file: file, ended: ended}
	return unix.EpollCtl(l.poll, unix.EPOLL_CTL_ADD, int(fd), &unix.EpollEvent{Events: unix.EPOLLIN, Fd: fd})
}

// Last returns the last lines of a service.
func (l *Lines) Last(service string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.last[service]...)
}

func (l *Lines) listen() {
	events := make([]unix.EpollEvent, 64)
	buffer := make([]byte, 16<<10)
	for {
		n, err := unix.EpollWait(l.poll, events, -1)
		if err != nil && err != syscall.EINTR {
			return
		}
		for _, e := range events[:max(0, n)] {
			l.read(e.Fd, buffer)
		}
	}
}

// read takes what is there: not more than a buffer, so that one service that
// floods does not silence the others.
func (l *Lines) read(fd int32, buffer []byte) {
	l.mu.Lock()
	o := l.outputs[fd]
	l.mu.Unlock()
	if o == nil {
		return
	}
	n, err := unix.Read(int(fd), buffer)
	if err == syscall.EAGAIN || err == syscall.EINTR {
		return
	}
	if n > 0 {
		l.take(o, buffer[:n])
		return
	}
	if len(o.part) > 0 {
		l.take(o, []byte("\n"))
	}
	l.mu.Lock()
	delete(l.outputs, fd)
	l.mu.Unlock()
	o.file.Close() // epoll forgets it
	o.ended()
}

// take cuts what was read into lines.
func (l *Lines) take(o *output, text []byte) {
	for len(text) > 0 {
		end := bytes.IndexByte(text, '\n')
		if end < 0 {
			o.part = append(o.part, text...)
			text = nil
		} else {
			o.part = append(o.part, text[:end]...)
			text = text[end+1:]
		}
		for len(o.part) > longestLine {
			l.line(o.service, string(o.part[:longestLine]))
			o.part = append(o.part[:0], o.part[longestLine:]...)
		}
		if end >= 0 {
			l.line(o.service, string(o.part))
			o.part = o.part[:0]
		}
	}
}

func (l *Lines) line(service, line string) {
	l.mu.Lock()
	last := append(l.last[service], line)
	l.last[service] = last[max(0, len(last)-keptLines):]
	l.mu.Unlock()
	l.log(service, line)
}
