package mailin

import (
	"io"
	"net/mail"
	"strings"
	"time"
)

// Options adjust how mail is read. The zero value is ready to use.
type Options struct {
	MaxSize  int64 // bytes of a mail; 0 means 50 MiB
	MaxText  int   // bytes of its text that are kept; 0 means 1 MiB
	MaxParts int   // that are read; 0 means 200
	MaxDepth int   // of parts in parts; what is deeper is an attachment; 0 means 20

	// Attachment is given the content of each attachment as the mail is read; what
	// it leaves unread is skipped. Its error ends the reading. Nil skips them all.
	Attachment func(a Attachment, content io.Reader) error

	// Servers are those whose Authentication-Results are believed, by the name
	// that they write into them (RFC 8601 calls it authserv-id). They have to
	// take out what others wrote in their name. Nil means that nobody is believed.
	Servers []string

	// Ours reports whether an address, in small letters, is one that we receive at,
	// and Sent whether a Message-ID is of a mail that we sent: such mails have come
	// back to where they began. Nil means that none is.
	Ours func(email string) bool
	Sent func(id string) bool
}

func (o *Options) orDefaults() Options {
	var out Options
	if o != nil {
		out = *o
	}
	out.MaxSize = or(out.MaxSize, 50<<20)
	out.MaxText = or(out.MaxText, 1<<20)
	out.MaxParts = or(out.MaxParts, 200)
	out.MaxDepth = or(out.MaxDepth, 20)
	if out.Ours == nil {
		out.Ours = func(string) bool { return false }
	}
	if out.Sent == nil {
		out.Sent = func(string) bool { return false }
	}
	return out
}

func or[T int | int64](n, otherwise T) T {
	if n == 0 {
		return otherwise
	}
	return n
}

// A Message is a mail that was read.
type Message struct {
	Header Header

	From    Address // the zero Address if there is none, or several, or it is none that can be
	To, Cc  []Address
	ReplyTo []Address

	Subject    string
	Date       time.Time // as the sender's clock says; zero if it does not
	ID         string    // of the mail, without angle brackets
	InReplyTo  string
	References []string // IDs of the mails before, the oldest first

	Text     string    // as it was written, with quotes and signature
	HTML     string    // as it was sent, if it was: never to be shown as it is
	Passages []Passage // Text, taken apart

	Attachments []Attachment

	Kind           Kind
	Why            string // the header, or whatever else, that says so
	Report         *Report
	Authentication Authentication

	Faults []Fault // what is wrong with it
}

// A Fault is something wrong with a mail.
type Fault string

// What may be wrong.
const (
	FaultHeader  Fault = "header"  // lines of a header that are none, or are too many
	FaultFrom    Fault = "from"    // no sender, or more than one, or none that can be
	FaultAddress Fault = "address" // recipients that cannot be, which are left out
	FaultCharset Fault = "charset" // text in letters that are unknown or other than it says
	FaultMIME    Fault = "mime"    // parts that do not begin or end as they should
	FaultDepth   Fault = "depth"   // parts in parts in parts; the inner ones are attachments
	FaultParts   Fault = "parts"   // more parts than are read
	FaultText    Fault = "text"    // more text than is kept
)

// An Attachment is a file that came with a mail.
type Attachment struct {
	Name      string // safe as a name, and never empty; not unlike those of others
	Type      string // as the sender says
	ContentID string // by which the HTML names it, without angle brackets
	Inline    bool   // it is to be seen within the text
	Size      int64  // bytes; 0 until its content was read
}

// Read reads a mail.
func Read(raw io.Reader, opts *Options) (*Message, error) {
	r := &reader{opts: opts.orDefaults(), m: &Message{}}
	r.src = newSource(raw, r.opts.MaxSize)
	head, whole := r.src.header()
	if !whole {
		r.fault(FaultHeader)
	}
	r.m.Header = head
	r.envelope(head)
	if err := r.entity(head, 0, nil); err != nil {
		return nil, err
	}
	if err := r.src.drain(); err != nil {
		return nil, err
	}
	r.finish()
	return r.m, nil
}

// finish makes of what was read what depends on all of it.
func (r *reader) finish() {
	m := r.m
	m.Text, m.HTML = r.text()
	forwarded := forwards(m.Subject)
	m.Passages = Split(m.Text, Hints{Sender: m.From.Name, Forwarded: forwarded})
	if m.Report != nil {
		m.Report.Original = r.about
	}
	m.Authentication = authentication(m.Header, r.opts.Servers)
	m.Kind, m.Why = r.kind()
}

// envelope reads what the header says of the mail itself.
func (r *reader) envelope(h Header) {
	m := r.m
	whole := true
	from := h.All("from")
	if len(from) == 1 {
		if list, ok := addresses(from[0]); ok && len(list) == 1 {
			m.From = list[0]
		}
	}
	if m.From.Email == "" {
		r.fault(FaultFrom)
	}
	for name, list := range map[string]*[]Address{"to": &m.To, "cc": &m.Cc, "reply-to": &m.ReplyTo} {
		for _, value := range h.All(name) {
			found, ok := addresses(value)
			*list, whole = append(*list, found[:min(len(found), maxAddresses-min(len(*list), maxAddresses))]...), whole && ok
		}
	}
	if !whole {
		r.fault(FaultAddress)
	}
	m.Subject = decoded(h.Value("subject"))
	if at, err := mail.ParseDate(h.Value("date")); err == nil {
		m.Date = at.UTC().Truncate(time.Microsecond)
	}
	m.ID = first(ids(h.Value("message-id")))
	m.InReplyTo = first(ids(h.Value("in-reply-to")))
	m.References = ids(strings.Join(h.All("references"), " "))
}

const (
	maxIDs = 100 // of References, the newest
	maxID  = 250
)

// ids reads what is in angle brackets.
func ids(value string) (list []string) {
	for piece := range strings.SplitSeq(value, "<") {
		id, _, ok := strings.Cut(piece, ">")
		if id = strings.TrimSpace(id); ok && id != "" && len(id) <= maxID && ascii(id) && !strings.ContainsAny(id, " \t") {
			list = append(list, id)
		}
	}
	return list[max(0, len(list)-maxIDs):]
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// Addressees returns everybody a mail is for, in To and Cc, each once.
func (m *Message) Addressees() (list []Address) {
	seen := map[string]bool{}
	for _, a := range append(append([]Address(nil), m.To...), m.Cc...) {
		if !seen[a.Key()] {
			seen[a.Key()] = true
			list = append(list, a)
		}
	}
	return list
}

// Reply returns what the person wrote, without what they quoted and how they
// signed. Answers between the lines of a quote have the lines they answer, and
// what was forwarded is there whole. It is empty only if Text is.
func (m *Message) Reply() string { return Reply(m.Passages) }
