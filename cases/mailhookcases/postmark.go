package mailhookcases

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/stoa-go/stoa/internal/mailin"
)

// NewPostmark returns a hook for inbound streams of Postmark that include the raw
// mail. Postmark signs nothing: Secrets are the passwords in the address that it
// calls, "https://postmark:SECRET@portal.example/hooks/mail".
func NewPostmark(receive Receive, o Options) (http.Handler, error) {
	return newHook(receive, o, http.StatusForbidden, postmark)
}

func postmark(h *hook, r *http.Request) (*mailin.Spool, Envelope, error) {
	if _, password, ok := r.BasicAuth(); !ok || !h.knows(password) {
		return nil, Envelope{}, errProof
	}
	var in struct {
		MessageID         string
		OriginalRecipient string
		RawEmail          string
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		if _, tooMuch := errors.AsType[*http.MaxBytesError](err); tooMuch {
			return nil, Envelope{}, err
		}
		return nil, Envelope{}, errors.Join(errForm, err)
	}
	if in.MessageID == "" || in.RawEmail == "" {
		return nil, Envelope{}, errForm
	}
	spool, err := h.spool(strings.NewReader(in.RawEmail))
	e := Envelope{Key: mailin.KeyOf("postmark", in.MessageID), Driver: "postmark"}
	if a, ok := mailin.ParseAddress(in.OriginalRecipient); ok {
		e.To = []string{a.Key()}
	}
	return spool, e, err
}
