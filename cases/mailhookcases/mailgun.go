package mailhookcases

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/mailin"
)

// mailgunWindow is how long Mailgun tries, and some.
const mailgunWindow = 12 * time.Hour

// NewMailgun returns a hook for routes of Mailgun whose address ends with "mime",
// so that they forward mails as they came. Secrets are signing keys.
//
// Mailgun signs a token and not the mail: the token is what the Key is made of, so
// that with one that was used already nobody can bring another mail.
func NewMailgun(receive Receive, o Options) (http.Handler, error) {
	return newHook(receive, o, http.StatusNotAcceptable, mailgun)
}

func mailgun(h *hook, r *http.Request) (*mailin.Spool, Envelope, error) {
	fields, spool, err := h.form(r)
	if err == nil && spool == nil {
		err = errForm
	}
	if err == nil && !h.mailgunSigned(fields) {
		err = errProof
	}
	if err != nil {
		if spool != nil {
			err = errors.Join(err, spool.Close())
		}
		return nil, Envelope{}, err
	}
	e := Envelope{Key: mailin.KeyOf("mailgun", fields["token"]), Driver: "mailgun", From: fields["sender"]}
	for to := range strings.SplitSeq(fields["recipient"], ",") {
		if a, ok := mailin.ParseAddress(to); ok {
			e.To = append(e.To, a.Key())
		}
	}
	return spool, e, nil
}

func (h *hook) mailgunSigned(fields map[string]string) bool {
	seconds, err := strconv.ParseInt(fields["timestamp"], 10, 64)
	given, bad := hex.DecodeString(fields["signature"])
	if err != nil || bad != nil || fields["token"] == "" || h.opts.Now().Sub(time.Unix(seconds, 0)).Abs() > mailgunWindow {
		return false
	}
	for _, secret := range h.opts.Secrets {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(fields["timestamp"] + fields["token"]))
		if hmac.Equal(given, mac.Sum(nil)) {
			return true
		}
	}
	return false
}

const (
	maxFields = 100
	maxField  = 16 << 10
)

// form reads the fields of a form, and the mail in one of them.
func (h *hook) form(r *http.Request) (fields map[string]string, spool *mailin.Spool, err error) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "multipart/form-data" {
		return h.plainForm(r)
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, nil, errors.Join(errForm, err)
	}
	fields = map[string]string{}
	for range maxFields {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return fields, spool, nil
		}
		if err != nil {
			return nil, spool, err
		}
		if p.FormName() == "body-mime" && spool == nil {
			if spool, err = h.spool(p); err != nil {
				return nil, nil, err
			}
			continue
		}
		value, err := io.ReadAll(io.LimitReader(p, maxField))
		if err != nil {
			return nil, spool, err
		}
		fields[p.FormName()] = string(value)
	}
	return nil, spool, errForm
}

// plainForm reads a form without files.
func (h *hook) plainForm(r *http.Request) (map[string]string, *mailin.Spool, error) {
	if err := r.ParseForm(); err != nil {
		return nil, nil, err
	}
	fields := map[string]string{}
	for _, name := range []string{"timestamp", "token", "signature", "sender", "recipient"} {
		fields[name] = r.PostForm.Get(name)
	}
	raw := r.PostForm["body-mime"]
	if len(raw) == 0 {
		return fields, nil, nil
	}
	spool, err := h.spool(strings.NewReader(raw[0]))
	return fields, spool, err
}
