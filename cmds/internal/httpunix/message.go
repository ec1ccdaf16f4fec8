package httpunix

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A refusal is a request that is answered with an error right away.
type refusal struct {
	status int
	text   string // ASCII without quotes
}

func (r refusal) Error() string { return r.text }

func bad(text string) error { return refusal{400, text} }

// readHead reads a first line and headers, each with its CR LF, and swallows
// the empty line that ends them (RFC 9112, section 2.1).
func readHead(in *bufio.Reader) ([]byte, error) {
	var head []byte
	for empty := 0; ; {
		line, err := in.ReadSlice('\n')
		if err == io.EOF && len(head)+len(line) > 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
		if len(head)+len(line) > maxHead || err != nil {
			if len(head) == 0 {
				return nil, refusal{414, "the first line is too long"}
			}
			return nil, refusal{431, "the headers are too long"}
		}
		if !bytes.HasSuffix(line, []byte("\r\n")) {
			return nil, bad("a line does not end in CR LF")
		}
		switch {
		case len(line) > 2:
			head = append(head, line...)
		case len(head) > 0:
			return head, nil
		case empty > 0: // one is forgiven (section 2.2)
			return nil, bad("it begins with empty lines")
		default:
			empty++
		}
	}
}

// parseRequest reads what readHead returns.
func parseRequest(head []byte) (*Request, error) {
	line, rest, _ := strings.Cut(string(head), "\r\n")
	r := &Request{}
	target, err := r.parseLine(line)
	if err != nil {
		return nil, err
	}
	if r.Header, err = parseFields(rest); err != nil {
		return nil, err
	}
	// Section 3.2: 400 where the host of a 1.1 request is missing or doubled.
	hosts := r.Header.values("Host")
	if len(hosts) > 1 || len(hosts) == 0 && r.minor > 0 || len(hosts) == 1 && strings.ContainsAny(hosts[0], " \t/?#@,") {
		return nil, bad("there must be one Host header")
	}
	if err := r.parseTarget(target); err != nil {
		return nil, err
	}
	if err := r.parseFraming(); err != nil {
		return nil, err
	}
	switch r.Method {
	case "GET", "POST", "DELETE":
		return r, nil
	}
	return nil, refusal{501, "methods are GET, POST and DELETE"}
}

// parseLine reads "GET /path HTTP/1.1" (section 3).
func (r *Request) parseLine(line string) (target string, err error) {
	parts := strings.Split(line, " ")
	if len(parts) != 3 || !isToken(parts[0]) || !isVisible(parts[1]) {
		return "", bad("the request line is not METHOD TARGET VERSION")
	}
	version := parts[2]
	if len(version) != len("HTTP/1.1") || version[:5] != "HTTP/" || !isDigit(version[5]) || version[6] != '.' || !isDigit(version[7]) {
		return "", bad("the version is not HTTP/1.1")
	}
	if version[5] != '1' {
		return "", refusal{505, "the version is not HTTP/1.1"}
	}
	r.Method = parts[0]
	r.minor = min(int(version[7]-'0'), 1)
	return parts[1], nil
}

// parseFields reads header fields (section 5).
func parseFields(text string) (Header, error) {
	var header Header
	for text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\r\n")
		name, value, found := strings.Cut(line, ":")
		// No space before the colon (5.1); none at the start either, which
		// would fold the line before (5.2).
		if !found || !isToken(name) {
			return nil, bad("a header line is not NAME: VALUE")
		}
		value = strings.Trim(value, " \t")
		for i := range len(value) {
			if c := value[i]; c < ' ' && c != '\t' || c == 0x7f {
				return nil, bad("a header has a control character")
			}
		}
		header = append(header, Field{name, value})
	}
	return header, nil
}

// parseFraming finds out how long the body is (section 6.3) and what becomes
// of the connection (9.3).
func (r *Request) parseFraming() error {
	r.closing = r.minor == 0 || r.Header.has("Connection", "close")
	codings, lengths := r.Header.values("Transfer-Encoding"), r.Header.values("Content-Length")
	switch {
	case len(codings) > 0 && (len(lengths) > 0 || r.minor == 0):
		return bad("Transfer-Encoding and Content-Length exclude each other")
	case len(codings) == 1 && strings.EqualFold(codings[0], "chunked"):
		return refusal{411, "chunks are not accepted: send a Content-Length"}
	case len(codings) > 0:
		return refusal{501, "transfer codings are not known"}
	case len(lengths) > 1:
		return bad("there are two Content-Lengths")
	case len(lengths) == 1:
		n, err := parseLength(lengths[0])
		if err != nil {
			return err
		}
		if n > maxBody {
			return refusal{413, "the body is longer than 64 KiB"}
		}
		r.length = int(n)
	}
	if expect := r.Header.Get("Expect"); expect != "" && r.minor > 0 && !strings.EqualFold(expect, "100-continue") {
		return refusal{417, "the expectation is not known"}
	}
	return nil
}

func parseLength(text string) (int64, error) {
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil && !errors.Is(err, strconv.ErrRange) || !isDigit(text[0]) {
		return 0, bad("the Content-Length is no number")
	}
	return int64(n), nil // the largest one if it is out of range
}

// parseTarget parts and decodes "/path?query", or "http://host/path?query" as
// a proxy would be sent it (section 3.2).
func (r *Request) parseTarget(target string) error {
	if len(target) > 7 && strings.EqualFold(target[:7], "http://") {
		i := strings.IndexAny(target[7:], "/?")
		if i < 0 || !isAuthority(target[7:7+i]) {
			return bad("the target is not http://HOST/PATH")
		}
		target = target[7+i:]
	}
	path, query, _ := strings.Cut(target, "?")
	if path == "" || path[0] != '/' || strings.Contains(target, "#") {
		return bad("the target does not begin with /")
	}
	// A slash that is not to part the path would be lost by decoding it.
	if strings.Contains(strings.ToUpper(path), "%2F") {
		return bad("the path has an encoded slash")
	}
	var err error
	if r.Path, err = unescape(path, false); err != nil {
		return err
	}
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, err1 := unescape(name, true)
		value, err2 := unescape(value, true)
		if err := errors.Join(err1, err2); err != nil {
			return bad("the query is badly encoded")
		}
		r.query = append(r.query, Field{name, value})
	}
	return nil
}

// unescape decodes %XX, and + as forms have it (RFC 3986, section 2.1). What
// comes out is UTF-8 without control characters.
func unescape(text string, form bool) (string, error) {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '%':
			if len(text) < i+3 {
				return "", bad("the path is badly encoded")
			}
			n, err := strconv.ParseUint(text[i+1:i+3], 16, 8)
			if err != nil || n < ' ' || n == 0x7f {
				return "", bad("the path is badly encoded")
			}
			c = byte(n)
			i += 2
		case c == '+' && form:
			c = ' '
		}
		out = append(out, c)
	}
	if !utf8.Valid(out) {
		return "", bad("the path is no UTF-8")
	}
	return string(out), nil
}

// Escape encodes text for one part of a path or a query.
func Escape(text string) string {
	const hex = "0123456789ABCDEF"
	out := make([]byte, 0, len(text))
	for i := range len(text) {
		c := text[i]
		if isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("-._~@:", c) >= 0 {
			out = append(out, c)
		} else {
			out = append(out, '%', hex[c>>4], hex[c&15])
		}
	}
	return string(out)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isToken reports whether text is a token of RFC 9110, section 5.6.2.
func isToken(text string) bool {
	for i := range len(text) {
		c := text[i]
		if !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'z') && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return text != ""
}

// isAuthority reports whether text is HOST or HOST:PORT with a plain host.
func isAuthority(text string) bool {
	host, port, found := strings.Cut(text, ":")
	for i := range len(host) {
		if c := host[i]; !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'z') && c != '.' && c != '-' {
			return false
		}
	}
	_, err := strconv.ParseUint(port, 10, 16)
	return host != "" && (!found || err == nil)
}

func isVisible(text string) bool {
	for i := range len(text) {
		if c := text[i]; c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return text != ""
}
