package site

import (
	"errors"
	"net/http"

	"github.com/stoa-go/stoa/profile"
)

// The page at the end of the link in each mail. Mail programs post to it without
// showing it (RFC 8058); people are asked first, since programs that look for
// malware open every link. Nobody needs to sign in: holding the link is enough
// to be left alone, and for nothing else.

type unsubscribeBody struct {
	Title, Text string
	What        string // which messages; empty means all on the channel
	Action      string // where the form goes; empty if there is nothing to ask
}

func (s *Site) unsubscribePage(w http.ResponseWriter, r *http.Request) error {
	token := visitOf(r.Context()).Query.Get("token")
	u, err := s.notifier.Unsubscription(token)
	if err != nil {
		return s.showUnsubscribe(w, r, http.StatusBadRequest, "notice.stop.bad.title", unsubscribeBody{Text: "notice.stop.bad"})
	}
	b := unsubscribeBody{Text: "notice.stop.all", Action: visitOf(r.Context()).link("/unsubscribe") + "?" + r.URL.RawQuery}
	if u.Kind != "" {
		b.Text, b.What = "notice.stop.one", s.kindTitle(r, u.Kind)
	}
	return s.showUnsubscribe(w, r, http.StatusOK, "notice.stop.title", b)
}

func (s *Site) unsubscribe(w http.ResponseWriter, r *http.Request) error {
	err := s.notifier.Unsubscribe(r.Context(), visitOf(r.Context()).Query.Get("token"))
	switch {
	case errors.Is(err, profile.ErrInvalid):
		return s.showUnsubscribe(w, r, http.StatusBadRequest, "notice.stop.bad.title", unsubscribeBody{Text: "notice.stop.bad"})
	case err != nil:
		return err
	}
	return s.showUnsubscribe(w, r, http.StatusOK, "notice.stop.done.title", unsubscribeBody{Text: "notice.stop.done"})
}

func (s *Site) showUnsubscribe(w http.ResponseWriter, r *http.Request, status int, title string, b unsubscribeBody) error {
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Cache-Control", "no-store")
	p := s.newPage(r, visitOf(r.Context()).P.T(title))
	p.NoIndex, p.Body = true, b
	return s.show(w, r, status, "unsubscribe", p)
}

// kindTitle says what notices of a kind are about, or nothing of one that is
// not sent any more.
func (s *Site) kindTitle(r *http.Request, kind string) string {
	if key := "notices.kind." + kind; visitOf(r.Context()).P.Has(key) {
		return visitOf(r.Context()).P.T(key)
	}
	return ""
}
