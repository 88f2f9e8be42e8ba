package mailprofile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/textproto"
	"strings"

	"github.com/stoa-go/stoa/profile"
)

// Limits of what a report is read from.
const (
	maxReport     = 1 << 20 // bytes
	maxParts      = 20
	maxRecipients = 100
)

// ParseReport reads what a mail server sends back: a delivery status message
// (RFC 3464), or the report of a complaint (RFC 5965). It returns what became of
// each recipient whose mail did not arrive; delays and successes are no bounces.
// A mail that is neither is profile.ErrInvalid.
//
// Anybody can send such a mail. Hand to [profile.Bounces] only what came to an
// address that nobody can guess, or from a server that checks.
func ParseReport(r io.Reader) ([]profile.BounceReport, error) {
	m, err := mail.ReadMessage(bufio.NewReader(io.LimitReader(r, maxReport)))
	if err != nil {
		return nil, errNoReport()
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" || params["boundary"] == "" {
		return nil, errNoReport()
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	var found []profile.BounceReport
	known, original := false, ""
	for range maxParts {
		p, err := parts.NextPart()
		if err != nil {
			break // the end, or what was cut off: what was read so far counts
		}
		kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		switch kind {
		case "message/delivery-status", "message/global-delivery-status":
			found, known = append(found, statuses(p)...), true
		case "message/feedback-report":
			found, known = append(found, complaints(p)...), true
		case "message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/global-headers":
			original = messageID(p)
		}
	}
	if !known {
		return nil, errNoReport()
	}
	if original == "" {
		original = strings.Trim(m.Header.Get("Message-Id"), "<> ")
	}
	for i := range found {
		found[i].Key = clipKey(original)
	}
	return found, nil
}

func errNoReport() error {
	return fmt.Errorf("mail report: no delivery status and no complaint: %w", profile.ErrInvalid)
}

// groups reads the groups of fields that a report consists of.
func groups(r io.Reader) (list []textproto.MIMEHeader) {
	in := textproto.NewReader(bufio.NewReader(r))
	for range maxRecipients + 1 {
		fields, err := in.ReadMIMEHeader()
		if len(fields) > 0 {
			list = append(list, fields)
		}
		if err != nil {
			break
		}
	}
	return list
}

// statuses are those of the recipients that were given up.
func statuses(r io.Reader) (found []profile.BounceReport) {
	for _, fields := range groups(r) {
		address := typed(fields.Get("Final-Recipient"))
		if a := typed(fields.Get("Original-Recipient")); a != "" {
			address = a // where it went in the end may be another's
		}
		status := digits(strings.TrimSpace(strings.SplitN(fields.Get("Status"), " ", 2)[0]))
		if address == "" || !strings.EqualFold(strings.TrimSpace(fields.Get("Action")), "failed") {
			continue
		}
		found = append(found, profile.BounceReport{Address: address, Kind: kindOf(status), Status: status})
	}
	return found
}

// kindOf says what a status means for the address: only what says that there is
// no such mailbox is for good. A full one may be emptied, and a refusal for what
// was written says nothing of the address.
func kindOf(status string) profile.Bounce {
	if strings.HasPrefix(status, "5.1.") || status == "5.2.1" || status == "5.0.0" {
		return profile.BounceHard
	}
	return profile.BounceSoft
}

func complaints(r io.Reader) (found []profile.BounceReport) {
	for _, fields := range groups(r) {
		if !strings.EqualFold(strings.TrimSpace(fields.Get("Feedback-Type")), "abuse") {
			continue
		}
		for _, address := range fields["Original-Rcpt-To"] {
			found = append(found, profile.BounceReport{Address: typed("rfc822;" + address), Kind: profile.BounceComplaint})
		}
	}
	return found
}

// typed returns the address of "rfc822; ann@example.com".
func typed(field string) string {
	kind, address, ok := strings.Cut(field, ";")
	if k := strings.ToLower(strings.TrimSpace(kind)); !ok || k != "rfc822" && k != "utf-8" {
		return ""
	}
	return strings.Trim(strings.TrimSpace(address), "<>")
}

// messageID is that of the mail that a report is about.
func messageID(r io.Reader) string {
	fields, err := textproto.NewReader(bufio.NewReader(r)).ReadMIMEHeader()
	if err != nil && !errors.Is(err, io.EOF) && len(fields) == 0 {
		return ""
	}
	return strings.Trim(fields.Get("Message-Id"), "<> ")
}

func clipKey(key string) string {
	if len(key) > 200 {
		key = key[:200]
	}
	return profile.OneLine(key)
}
