package qemu

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
)

// A QMP is a connection to QEMU's machine protocol: JSON objects, one a line
// (https://www.qemu.org/docs/master/interop/qmp-spec.html). QEMU greets, the
// client asks for qmp_capabilities once, then commands and events flow.
//
// One goroutine reads; it gives each answer to the command that waits for it
// and keeps events. mu guards waiting, events and next; send guards the writer.
type QMP struct {
	conn io.ReadWriteCloser
	send sync.Mutex

	mu      sync.Mutex
	next    int
	waiting map[int]chan answer
	events  []string
	ready   bool
	gone    chan struct{} // closed when the connection has ended
}

// An answer of QEMU to a command, or its greeting, or an event.
type answer struct {
	ID     *int            `json:"id"`
	Return json.RawMessage `json:"return"`
	Error  *struct {
		Class string `json:"class"`
		Desc  string `json:"desc"`
	} `json:"error"`
	Event string `json:"event"`
}

// NewQMP starts to read from conn.
func NewQMP(conn io.ReadWriteCloser) *QMP {
	q := &QMP{conn: conn, waiting: map[int]chan answer{}, gone: make(chan struct{})}
	go q.receive()
	return q
}

func (q *QMP) receive() {
	defer close(q.gone)
	in := json.NewDecoder(q.conn)
	for {
		var a answer
		if in.Decode(&a) != nil {
			return // the connection ended; what follows is the same for every error
		}
		q.mu.Lock()
		if a.Event != "" {
			q.events = append(q.events, a.Event)
		}
		if a.ID != nil && q.waiting[*a.ID] != nil {
			q.waiting[*a.ID] <- a // holds one
			delete(q.waiting, *a.ID)
		}
		q.mu.Unlock()
	}
}

// Execute runs a command with arguments, which may be nil, and decodes what it
// returns into result, unless that is nil.
func (q *QMP) Execute(ctx context.Context, command string, arguments, result any) error {
	if err := q.open(ctx); err != nil {
		return err
	}
	return q.execute(ctx, command, arguments, result)
}

// open negotiates, once. Two callers at once negotiate twice at worst, and
// QEMU's complaint about the second is not passed on.
func (q *QMP) open(ctx context.Context) error {
	q.mu.Lock()
	ready := q.ready
	q.ready = true
	q.mu.Unlock()
	if ready {
		return nil
	}
	return q.execute(ctx, "qmp_capabilities", nil, nil)
}

func (q *QMP) execute(ctx context.Context, command string, arguments, result any) error {
	q.mu.Lock()
	q.next++
	id := q.next
	reply := make(chan answer, 1)
	q.waiting[id] = reply
	q.mu.Unlock()
	message := map[string]any{"execute": command, "id": id}
	if arguments != nil {
		message["arguments"] = arguments
	}
	q.send.Lock()
	err := json.NewEncoder(q.conn).Encode(message)
	q.send.Unlock()
	if err != nil {
		return fmt.Errorf("cannot ask QEMU for %s: %w", command, err)
	}
	select {
	case a := <-reply:
		return a.decode(command, result)
	case <-q.gone:
		return fmt.Errorf("cannot ask QEMU for %s: %w", command, errors.New("it has ended"))
	case <-ctx.Done():
		return fmt.Errorf("cannot ask QEMU for %s: %w", command, ctx.Err())
	}
}

func (a answer) decode(command string, result any) error {
	if a.Error != nil {
		return fmt.Errorf("QEMU refused %s: %s", command, a.Error.Desc)
	}
	if result == nil {
		return nil
	}
	if err := json.Unmarshal(a.Return, result); err != nil {
		return fmt.Errorf("cannot read QEMU's answer to %s: %w", command, err)
	}
	return nil
}

// Events returns the names of the events so far, such as SHUTDOWN.
func (q *QMP) Events() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return append([]string(nil), q.events...)
}

// Close ends the connection. The machine goes on.
func (q *QMP) Close() error { return q.conn.Close() }
