package site

import (
	"net/http"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// noticeRoutes are about what people are told, and how.
func (s *Site) noticeRoutes() []route {
	reach := []route{}
	if s.push != nil {
		reach = []route{
			{"GET /push-worker.js", nothing + "fixed text", s.pushWorker},
			{"POST /account/preferences/webhooks", nothing + "one's own", s.signedIn(s.addWebhook)},
		}
	}
	return append(append(reach, s.phoneRoutes()...), []route{
		{"POST " + bouncesPath, nothing + "takes reports of mail servers", s.mailBounced},
		{"POST /account/preferences/mail", nothing + "one's own", s.signedIn(s.retryMail)},
		{"POST /account/preferences/remove", nothing + "one's own", s.signedIn(s.removeEndpoint)},
		{"GET /account/notices", "notices", s.signedIn(s.noticeList)},
		{"POST /account/notices", nothing + "one's own", s.signedIn(s.readNotices)},
		{"GET /account/notices/stream", nothing + "how many of one's own", s.noticeStream},
		{"GET /unsubscribe", nothing + "what a link ends", s.unsubscribePage},
		{"POST /unsubscribe", nothing + "what a link ends", s.unsubscribe},
	}...)
}

type noticesBody struct {
	Items  []profile.InboxItem
	Next   string
	Until  string // time of the newest, for "all read"
	Unread bool
}

// noticeList shows people what is new for them.
func (s *Site) noticeList(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	items, next, err := s.notifier.Inbox(r.Context(), v.By, profile.NoticeQuery{After: v.Query.Get("after"), Limit: 30})
	if err != nil {
		return err
	}
	b := noticesBody{Items: items}
	for i, item := range items {
		b.Unread = b.Unread || !item.Read
		// Whoever reads here is here, at whatever address that is.
		b.Items[i].URL = s.here(item.URL)
	}
	if len(items) > 0 {
		b.Until = items[0].At.Format(time.RFC3339Nano)
	}
	p := s.newPage(r, v.P.T("notices.title"))
	if next != "" {
		b.Next = p.With("after", next)
	}
	p.NoIndex, p.Body, p.Crumbs = true, b, s.accountCrumbs(v)
	return s.show(w, r, http.StatusOK, "notices", p)
}

// readNotices notes that somebody has read what was on the page.
func (s *Site) readNotices(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	until, err := time.Parse(time.RFC3339Nano, r.PostFormValue("until"))
	if err != nil {
		return errs.Field("until", "error.field.invalid", nil)
	}
	if _, err := s.notifier.MarkAllRead(r.Context(), v.By, until); err != nil {
		return err
	}
	http.Redirect(w, r, v.link("/account/notices"), http.StatusSeeOther)
	return nil
}
