package chart

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A svg is a drawing in Scalable Vector Graphics (W3C SVG 1.1) under way.
// Every length is a whole number of pixels, so that no rounding of a
// processor shows.
type svg struct{ strings.Builder }

func (s *svg) f(format string, args ...any) { fmt.Fprintf(&s.Builder, format, args...) }

// style holds the colours, of day and night, and the fonts. The classes good,
// busy, warn, bad and idle are those of lookOf; kernel, stage, service, shell
// and other are kinds of spans.
const style = `<style>
text { font-family: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; font-size: 11px; fill: #66707c }
.name { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 13px; fill: #1d232b }
.title { font-size: 17px; font-weight: 600; fill: #1d232b }
.mid { text-anchor: middle } .end { text-anchor: end }
.page { fill: #ffffff }
.box { stroke-width: 1.4 }
.edge { fill: none; stroke: #9aa4b0; stroke-width: 1.5 }
.tip { fill: #9aa4b0 }
.wants { stroke-dasharray: 7 4 } .after { stroke-dasharray: 1 5; stroke-linecap: round }
.back { stroke: #d03c3c } .tip.back { fill: #d03c3c; stroke: none }
.good .box { fill: #ecf8f1; stroke: #2b9a5b } .good .sign { fill: #2b9a5b; stroke: #2b9a5b }
.busy .box { fill: #eaf2fd; stroke: #2f74d0 } .busy .sign { fill: #2f74d0; stroke: #2f74d0 }
.warn .box { fill: #fff6e0; stroke: #c28400 } .warn .sign { fill: #c28400; stroke: #c28400 }
.bad .box { fill: #fdecec; stroke: #d03c3c } .bad .sign { fill: #d03c3c; stroke: #d03c3c }
.idle .box { fill: #f4f5f7; stroke: #9aa4b0 } .idle .sign { fill: #7d8794; stroke: #7d8794 }
.sign { stroke-width: 1.6; stroke-linejoin: round } .sign.hollow { fill: none }
.mark { fill: none; stroke: #ffffff; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round }
.grid { stroke: #e7eaee; stroke-width: 1 } .stripe { fill: #f7f8fa }
.kernel { fill: #7857c9 } .stage { fill: #158b99 } .service { fill: #2f74d0 } .shell { fill: #2b9a5b } .other { fill: #7d8794 } .failed { fill: #d03c3c }
.runs { opacity: 0.22 } .open { fill-opacity: 0.3; stroke: #2f74d0; stroke-dasharray: 4 3 }
.gap { fill: #d03c3c; opacity: 0.1 } .gaptext { fill: #d03c3c }
@media (prefers-color-scheme: dark) {
text { fill: #98a3b1 } .name, .title { fill: #e8ecf1 } .page { fill: #14181e }
.edge { stroke: #5d6875 } .tip { fill: #5d6875 } .back { stroke: #ef6a6a } .tip.back { fill: #ef6a6a }
.good .box { fill: #14291e; stroke: #35b06c } .busy .box { fill: #14243a; stroke: #5595ea } .warn .box { fill: #30260f; stroke: #dba52e }
.bad .box { fill: #351a1c; stroke: #ef6a6a } .idle .box { fill: #1e242c; stroke: #5d6875 }
.grid { stroke: #29313b } .stripe { fill: #181d24 } .gap { opacity: 0.25 } .gaptext { fill: #ef6a6a }
.kernel { fill: #9d80e8 } .stage { fill: #2fb3c2 } .service { fill: #5595ea } .shell { fill: #35b06c } .failed { fill: #ef6a6a }
}
</style>
`

// open begins a drawing. title and about are what a screen reader says.
func (s *svg) open(width, height int, title, about string) {
	s.f(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img">`+"\n", width, height, width, height)
	s.f("<title>%s</title>\n<desc>%s</desc>\n", escape(title), escape(about))
	s.WriteString(style)
	s.f(`<rect class="page" width="%d" height="%d"/>`+"\n", width, height)
	s.f(`<text class="title" x="%d" y="34">%s</text>`+"\n", margin, escape(title))
	s.f(`<text x="%d" y="53">%s</text>`+"\n", margin, escape(about))
}

func (s *svg) close() []byte {
	s.WriteString("</svg>\n")
	return []byte(s.String())
}

const (
	margin  = 24
	heading = 76 // the height of title and about
)

// escape makes text fit between tags and in attributes. What XML 1.0 cannot
// hold at all becomes U+FFFD.
func escape(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case r == '&':
			out.WriteString("&amp;")
		case r == '<':
			out.WriteString("&lt;")
		case r == '>':
			out.WriteString("&gt;")
		case r == '"':
			out.WriteString("&quot;")
		case r < ' ' || r >= 0x7f && r < 0xa0 || r == 0xfffe || r == 0xffff:
			out.WriteRune(utf8.RuneError)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// nameWidth is how wide a name is: every character of the fonts of that class
// is six tenths of its height.
func nameWidth(text string) int { return utf8.RuneCountInString(text) * 79 / 10 }

// textWidth is a safe guess of how wide other text is.
func textWidth(text string) int { return utf8.RuneCountInString(text) * 66 / 10 }

// sign draws the sign of a state around a point.
func (s *svg) sign(kind sign, x, y int) {
	s.f(`<g transform="translate(%d %d)">`, x, y)
	const ring = `<circle class="sign hollow" r="7"/>`
	switch kind {
	case signCheck:
		s.WriteString(`<circle class="sign" r="7"/><path class="mark" d="M-3.2 .3L-.9 2.7L3.4-2.6"/>`)
	case signDone:
		s.WriteString(ring + `<path class="sign hollow" d="M-3.2 .3L-.9 2.7L3.4-2.6"/>`)
	case signPlay:
		s.WriteString(`<path class="sign" d="M-4.5-6.5L6.5 0L-4.5 6.5Z"/>`)
	case signWait:
		s.WriteString(ring + `<path class="sign" d="M-2-2.8V2.8M2-2.8V2.8"/>`)
	case signRetry:
		s.WriteString(`<path class="sign" d="M0-8L8 0L0 8L-8 0Z"/><path class="mark" d="M0-3.6V.6M0 3.5V3.6"/>`)
	case signCross:
		s.WriteString(`<path class="sign" d="M-3-7H3L7-3V3L3 7H-3L-7 3V-3Z"/><path class="mark" d="M-2.7-2.7L2.7 2.7M2.7-2.7L-2.7 2.7"/>`)
	case signStop:
		s.WriteString(`<rect class="sign" x="-5" y="-5" width="10" height="10" rx="1.5"/>`)
	case signAbsent:
		s.WriteString(`<circle class="sign hollow" r="7" stroke-dasharray="2.8 2.6"/><path class="sign" d="M-2.3-2.3L2.3 2.3M2.3-2.3L-2.3 2.3"/>`)
	default:
		s.WriteString(ring + `<circle class="sign" r="1"/>`)
	}
	s.WriteString("</g>")
}
