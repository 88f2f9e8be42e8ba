package mailin

import (
	"bytes"
	"io"
	"strings"
)

const (
	maxReport     = 256 << 10 // bytes of its fields
	maxRecipients = 100
)

// A Report is what a mail server says became of a mail of ours.
type Report struct {
	Original  string // Message-ID of that mail, if the report has it
	Statuses  []Status
	Complaint []string // addresses whose owner calls it unwanted
}

// A Status is what became of a mail on its way to one recipient.
type Status struct {
	Address string // that the mail was sent to, as the report has it
	Action  string // "failed", "delayed", "delivered", "relayed", "expanded"
	Code    string // "5.1.1", or empty
}

// Failed reports whether the mail was given up.
func (s Status) Failed() bool { return s.Action == "failed" }

// Permanent reports whether it would fail again.
func (s Status) Permanent() bool { return s.Failed() && !strings.HasPrefix(s.Code, "4.") }

// reportKinds are parts with what became of recipients, and originalKinds those with
// the mail that it is about.
var (
	reportKinds   = map[string]bool{"message/delivery-status": true, "message/global-delivery-status": true, "message/feedback-report": true}
	originalKinds = map[string]bool{
		"message/rfc822": true, "text/rfc822-headers": true, "message/rfc822-headers": true, "message/global": true, "message/global-headers": true,
	}
)

func (r *reader) report(kind string, content io.Reader) error {
	data, err := io.ReadAll(io.LimitReader(content, maxReport))
	if err != nil {
		return err
	}
	if r.m.Report == nil {
		r.m.Report = &Report{}
	}
	for _, fields := range groups(data) {
		if kind == "message/feedback-report" {
			r.m.Report.complain(fields)
		} else {
			r.m.Report.status(fields)
		}
	}
	return nil
}

// groups reads the groups of fields that a report consists of.
func groups(data []byte) (list []Header) {
	in := newSource(bytes.NewReader(data), int64(len(data)))
	for in.err == nil && len(list) <= maxRecipients {
		if h, _ := in.header(); len(h) > 0 {
			list = append(list, h)
		}
	}
	return list
}

func (r *Report) status(fields Header) {
	address := typed(fields.Value("final-recipient"))
	if a := typed(fields.Value("original-recipient")); a != "" {
		address = a // where it went in the end may be another's
	}
	if address == "" {
		return
	}
	code, _, _ := strings.Cut(strings.TrimSpace(fields.Value("status")), " ")
	if strings.Trim(code, "0123456789.") != "" || len(code) > 12 {
		code = ""
	}
	r.Statuses = append(r.Statuses, Status{address, strings.ToLower(strings.TrimSpace(fields.Value("action"))), code})
}

func (r *Report) complain(fields Header) {
	if !strings.EqualFold(strings.TrimSpace(fields.Value("feedback-type")), "abuse") {
		return
	}
	for _, to := range fields.All("original-rcpt-to") {
		if a := typed("rfc822;" + to); a != "" {
			r.Complaint = append(r.Complaint, a)
		}
	}
}

// typed returns the address of "rfc822; ann@example.com".
func typed(field string) string {
	kind, address, ok := strings.Cut(field, ";")
	if k := strings.ToLower(strings.TrimSpace(kind)); !ok || k != "rfc822" && k != "utf-8" {
		return ""
	}
	return strings.Trim(strings.TrimSpace(address), "<>")
}
