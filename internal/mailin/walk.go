package mailin

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
)

// A reader reads a mail part by part.
type reader struct {
	opts   Options
	src    *source
	m      *Message
	pieces []*piece
	parts  int
	kept   int    // bytes of text
	about  string // Message-ID of the mail that a report has in it
}

// A piece is a text, in one form or two of which either will do.
type piece struct{ plain, html strings.Builder }

// A place is the multipart that a part is in.
type place struct {
	piece  *piece // that all text in it is of
	report bool   // it is a mail server's report
}

func (r *reader) fault(f Fault) {
	if !slices.Contains(r.m.Faults, f) {
		r.m.Faults = append(r.m.Faults, f)
	}
}

// entity reads what a header stands before.
func (r *reader) entity(h Header, depth int, in *place) error {
	kind, params := mediaType(h.Value("content-type"))
	if !strings.HasPrefix(kind, "multipart/") {
		return r.leaf(h, kind, params, in)
	}
	switch bound := strings.TrimRight(params["boundary"], " "); {
	case bound == "" || len(bound) > 200:
		r.fault(FaultMIME)
		return r.leaf(h, "text/plain", nil, in)
	case depth >= r.opts.MaxDepth:
		r.fault(FaultDepth)
		return r.leaf(h, kind, params, in)
	default:
		return r.multi(kind, bound, depth, in)
	}
}

func (r *reader) multi(kind, bound string, depth int, in *place) error {
	at := place{}
	if in != nil {
		at = *in
	}
	at.report = at.report || kind == "multipart/report"
	if kind == "multipart/alternative" && at.piece == nil {
		at.piece = r.piece()
	}
	level := len(r.src.bounds)
	r.src.bounds = append(r.src.bounds, bound)
	defer func() { r.src.bounds = r.src.bounds[:level] }()

	before, err := r.preamble()
	if err != nil {
		return err
	}
	found := false
	for r.src.hit == level && !r.src.last {
		if r.parts++; r.parts > r.opts.MaxParts {
			r.fault(FaultParts)
			r.src.resume()
			r.src.bounds = r.src.bounds[:level]
			return r.src.drain()
		}
		found = true
		if err := r.part(depth, &at); err != nil {
			return err
		}
	}
	if !found {
		r.fault(FaultMIME)
		r.write(&at, "text/plain", before, "")
	}
	if r.src.hit == level {
		r.src.resume()
		r.src.bounds = r.src.bounds[:level]
		return r.src.drain()
	}
	r.fault(FaultMIME)
	return nil
}

// preamble reads what stands before the first part: nothing, unless there is none.
func (r *reader) preamble() ([]byte, error) {
	before, err := io.ReadAll(io.LimitReader(r.src, int64(r.opts.MaxText)))
	if err != nil {
		return nil, err
	}
	return before, r.src.drain()
}

func (r *reader) part(depth int, in *place) error {
	r.src.resume()
	h, whole := r.src.header()
	if !whole {
		r.fault(FaultHeader)
	}
	if err := r.entity(h, depth+1, in); err != nil {
		return err
	}
	return r.src.drain()
}

// leaf reads a part that has none in it.
func (r *reader) leaf(h Header, kind string, params map[string]string, in *place) error {
	content := decoder(r.src, h.Value("content-transfer-encoding"))
	how, named := disposition(h.Value("content-disposition"))
	name := named["filename"]
	if name == "" {
		name = params["name"]
	}
	report := in != nil && in.report
	switch {
	case (kind == "text/plain" || kind == "text/html") && how != "attachment" && name == "":
		return r.body(in, kind, params["charset"], content)
	case report && reportKinds[kind]:
		return r.report(kind, content)
	case report && originalKinds[kind]:
		return r.original(h, kind, how, name, content)
	}
	return r.attachment(h, kind, how, name, content)
}

// body keeps the text of a part.
func (r *reader) body(in *place, kind, charset string, content io.Reader) error {
	left := r.opts.MaxText - r.kept
	data, err := io.ReadAll(io.LimitReader(content, int64(left)+1))
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if len(data) > left {
		data = data[:left]
		r.fault(FaultText)
	}
	r.write(in, kind, data, charset)
	return nil
}

func (r *reader) write(in *place, kind string, data []byte, charset string) {
	r.kept += len(data)
	read := func() (string, bool) { return letters(data, charset) }
	if kind == "text/html" && charset == "" {
		read = func() (string, bool) { return pageLetters(data) }
	}
	text, right := read()
	if !right {
		r.fault(FaultCharset)
	}
	var p *piece
	if in != nil && in.piece != nil {
		p = in.piece
	} else {
		p = r.piece()
	}
	if kind == "text/html" {
		p.html.WriteString(text)
	} else {
		p.plain.WriteString(clean(text))
	}
}

func (r *reader) piece() *piece {
	p := &piece{}
	r.pieces = append(r.pieces, p)
	return p
}

// text joins the pieces of a mail.
func (r *reader) text() (text, html string) {
	var texts, pages []string
	for _, p := range r.pieces {
		plain := p.plain.String()
		if strings.TrimSpace(plain) == "" && p.html.Len() > 0 {
			plain = textOf(p.html.String())
		}
		if plain = strings.Trim(plain, "\n"); strings.TrimSpace(plain) != "" {
			texts = append(texts, plain)
		}
		if p.html.Len() > 0 {
			pages = append(pages, strings.ToValidUTF8(p.html.String(), "\uFFFD"))
		}
	}
	return strings.Join(texts, "\n\n"), strings.Join(pages, "\n")
}

// attachment hands on the content of a file.
func (r *reader) attachment(h Header, kind, how, name string, content io.Reader) error {
	a := Attachment{
		Type:      kind,
		ContentID: first(ids(h.Value("content-id"))),
		Inline:    how == "inline" || how == "" && h.has("content-id"),
	}
	a.Name = SafeName(decoded(name), kind, len(r.m.Attachments)+1)
	counted := &counter{r: content}
	if r.opts.Attachment != nil {
		if err := r.opts.Attachment(a, counted); err != nil {
			return err
		}
	}
	if _, err := io.Copy(io.Discard, counted); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	a.Size = counted.n
	r.m.Attachments = append(r.m.Attachments, a)
	return nil
}

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// original keeps the mail that a report is about, and learns which it is.
func (r *reader) original(h Header, kind, how, name string, content io.Reader) error {
	in := bufio.NewReaderSize(content, 64<<10)
	start, _ := in.Peek(64 << 10)
	head, _ := newSource(bytes.NewReader(start), int64(len(start))).header()
	r.about = first(ids(head.Value("message-id")))
	return r.attachment(h, kind, how, name, in)
}
