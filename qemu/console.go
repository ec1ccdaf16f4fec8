package qemu

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
)

// A Console is a serial line with somebody at it who reads, waits for what
// matters and types. All that was ever printed is kept.
// mu guards text, read and grown.
type Console struct {
	keys  io.Writer
	ended chan struct{} // closed when the other side has hung up

	mu    sync.Mutex
	text  []byte
	read  int           // how much of text has been matched by Expect
	grown chan struct{} // closed, and replaced, when text grows
}

// NewConsole returns a Console that reads from screen and types into keys.
func NewConsole(screen io.Reader, keys io.Writer) *Console {
	c := &Console{keys: keys, ended: make(chan struct{}), grown: make(chan struct{})}
	go c.collect(screen)
	return c
}

func (c *Console) collect(screen io.Reader) {
	defer close(c.ended)
	buffer := make([]byte, 4096)
	for {
		n, err := screen.Read(buffer)
		c.mu.Lock()
		c.text = append(c.text, buffer[:n]...)
		close(c.grown)
		c.grown = make(chan struct{})
		c.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// Expect waits until what has been printed since the last match matches the
// regular expression (in multi-line mode, carriage returns removed) and
// returns the match with its groups. The error, when ctx or the machine ends
// first, shows the end of the transcript.
func (c *Console) Expect(ctx context.Context, pattern string) ([]string, error) {
	re, err := regexp.Compile("(?m)" + pattern)
	if err != nil {
		return nil, fmt.Errorf("cannot expect %q: %w", pattern, err)
	}
	for {
		match, grown := c.match(re)
		if match != nil {
			return match, nil
		}
		select {
		case <-grown:
		case <-c.ended:
			if match, _ := c.match(re); match != nil { // printed with the last breath
				return match, nil
			}
			return nil, fmt.Errorf("the machine went off before it printed %q\n%s", pattern, c.tail())
		case <-ctx.Done():
			return nil, fmt.Errorf("the machine did not print %q in time: %w\n%s", pattern, ctx.Err(), c.tail())
		}
	}
}

// match looks for re in the unread text and marks all up to its end as read.
func (c *Console) match(re *regexp.Regexp) ([]string, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	unread := string(c.text[c.read:])
	plain := strings.ReplaceAll(unread, "\r", "")
	at := re.FindStringSubmatchIndex(plain)
	if at == nil {
		return nil, c.grown
	}
	c.read += rawLength(unread, at[1])
	return re.FindStringSubmatch(plain), c.grown
}

// rawLength is the length of the part of raw that holds n bytes other than
// carriage returns.
func rawLength(raw string, n int) int {
	for i := range len(raw) {
		if n == 0 {
			return i
		}
		if raw[i] != '\r' {
			n--
		}
	}
	return len(raw)
}

// Send types text, as it is: end a line with "\n" yourself.
func (c *Console) Send(text string) error {
	if _, err := io.WriteString(c.keys, text); err != nil {
		return fmt.Errorf("cannot type %q: %w", text, err)
	}
	return nil
}

// Transcript returns all that was printed so far, without carriage returns.
func (c *Console) Transcript() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.ReplaceAll(string(c.text), "\r", "")
}

// tail is the end of the transcript, for errors.
func (c *Console) tail() string {
	text := c.Transcript()
	if len(text) > 1500 {
		text = "..." + text[len(text)-1500:]
	}
	return "--- console ---\n" + text + "\n---------------"
}
