package chart

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Trace returns the boot in the Trace Event Format, which ui.perfetto.dev and
// chrome://tracing open. Every span has a row of its own; the time until it
// was ready lies in the span as another.
func (t Timeline) Trace() []byte {
	until := t.until()
	w := trace{}
	w.WriteString(`{"displayTimeUnit":"ms","traceEvents":[` + "\n")
	w.meta("process_name", 0, `"name":`+quote(t.title()))
	for i, s := range sorted(t.Spans) {
		row := i + 1
		w.meta("thread_name", row, `"name":`+quote(s.Name))
		w.meta("thread_sort_index", row, `"sort_index":`+strconv.Itoa(row))
		args := `"kind":` + quote(string(s.Kind))
		if s.Failed {
			args += `,"failed":true`
		}
		w.event(s.Name, string(s.Kind), row, s.Start, s.lasts(until), args)
		if s.Ready > 0 {
			w.event("getting ready", string(s.Kind), row, s.Start, s.busy(until), "")
		}
	}
	for _, g := range Gaps(t.Spans, markedGap) {
		w.event("unexplained", "gap", 0, g.Start, g.End, `"after":`+quote(g.After)+`,"before":`+quote(g.Before))
	}
	w.WriteString("\n]}\n")
	return []byte(w.String())
}

type trace struct{ strings.Builder }

// begin starts an event, on a line of its own.
func (w *trace) begin(phase, name string, row int) {
	if !strings.HasSuffix(w.String(), "[\n") {
		w.WriteString(",\n")
	}
	w.WriteString(`{"ph":"` + phase + `","name":` + quote(name) + `,"pid":1,"tid":` + strconv.Itoa(row))
}

func (w *trace) meta(name string, row int, args string) {
	w.begin("M", name, row)
	w.WriteString(`,"args":{` + args + "}}")
}

// event adds a complete event ("X"). Its times are in microseconds.
func (w *trace) event(name, category string, row int, start, end time.Duration, args string) {
	w.begin("X", name, row)
	w.WriteString(`,"cat":` + quote(category) + `,"ts":` + microseconds(start) + `,"dur":` + microseconds(end-start) + `,"args":{` + args + "}}")
}

func microseconds(d time.Duration) string { return strconv.FormatInt(d.Microseconds(), 10) }

// quote writes a string of JSON (RFC 8259, section 7).
func quote(text string) string {
	out := []byte{'"'}
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			out = append(out, '\\', byte(r))
		case r < ' ' || r == 0x7f:
			const hex = "0123456789abcdef"
			out = append(out, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			out = utf8.AppendRune(out, r) // what was no UTF-8 is U+FFFD by now
		}
	}
	return string(append(out, '"'))
}
