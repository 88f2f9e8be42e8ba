package profile

import (
	"bytes"
	"errors"
	"html/template"
	"net/http"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
)

type wireNotice struct {
	ID    string    `json:"id" doc:"The notice's id."`
	Kind  string    `json:"kind" doc:"What happened, such as article.updated."`
	Title string    `json:"title" doc:"One line in the reader's language."`
	Body  string    `json:"body" doc:"What stands below it, or empty."`
	URL   string    `json:"url" doc:"Where to read on."`
	At    time.Time `json:"at" doc:"When it happened."`
	Read  bool      `json:"read" doc:"Whether they have read it."`
}

type wireNotices struct {
	Notices []wireNotice `json:"notices" doc:"The newest first."`
	Next    string       `json:"next" doc:"Where the next page begins, empty on the last."`
}

type wireUnread struct {
	Unread int    `json:"unread" doc:"How many notices are not read, 100 at most."`
	More   bool   `json:"more" doc:"Whether there are more than were counted."`
	State  string `json:"state" doc:"Changes whenever the notices do."`
}

type noticeParams struct {
	After  string `query:"after" max:"1024" doc:"The next of the page before."`
	Limit  int    `query:"limit" default:"50" clamp:"1,200" doc:"How many, 200 at most."`
	Unread bool   `query:"unread" doc:"Only those that are not read."`
}

type noticeRead struct {
	ID    string    `json:"id,omitempty" doc:"This notice."`
	Until time.Time `json:"until,omitzero" doc:"All that happened up to this time, that of the newest one on the page."`
}

type unsubParams struct {
	Token string `query:"token" max:"1024" doc:"What the link in the message carries."`
}

// Handler serves the JSON API of notices under any prefix:
//
//	GET  /me/notices               what is new for who is asking
//	GET  /me/notices/unread        how many they have not read
//	POST /me/notices/read          they have read one, or all up to a time
//	GET  /me/notices/unsubscribe   a page that asks whether to end messages
//	POST /me/notices/unsubscribe   ends them, without a sign-in
func (n *Notifier) Handler() http.Handler { return n.API().Handler() }

// API returns the operations that Handler serves, to be documented together
// with those of other capabilities.
func (n *Notifier) API() *web.API {
	api := web.NewAPI("notices", n.opts.Logger)
	const self = "everybody signed in, about themselves"
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/me/notices", Name: "profile.notices", Summary: "What is new for who is asking",
		Policy: self, Params: noticeParams{}, Out: wireNotices{},
	}, n.serveInbox)
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/me/notices/unread", Name: "profile.notices.unread", Summary: "How many notices are not read",
		Policy: self, Out: wireUnread{},
	}, n.serveUnread)
	api.Handle(web.Op{
		Method: http.MethodPost, Path: "/me/notices/read", Name: "profile.notices.read", Summary: "Notices were read",
		Policy: self, In: noticeRead{}, Out: wireUnread{},
	}, n.serveRead)
	const holder = "whoever holds the link of a message"
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/me/notices/unsubscribe", Name: "profile.notices.unsubscription",
		Summary: "A page that asks whether to end messages; it changes nothing", Policy: holder, Public: true,
		Params: unsubParams{}, Produces: "text/html",
	}, n.serveUnsubscription)
	api.Handle(web.Op{
		Method: http.MethodPost, Path: "/me/notices/unsubscribe", Name: "profile.notices.unsubscribe",
		Summary: "Ends messages with one click (RFC 8058)", Policy: holder, Public: true,
		Params: unsubParams{}, Consumes: "application/x-www-form-urlencoded", Produces: "text/html",
	}, n.serveUnsubscribe)
	return api
}

func (n *Notifier) serveInbox(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[noticeParams](r)
	if err != nil {
		return err
	}
	items, next, err := n.Inbox(r.Context(), FromContext(r.Context()), NoticeQuery{After: p.After, Limit: p.Limit, Unread: p.Unread})
	if err != nil {
		return err
	}
	out := wireNotices{Notices: []wireNotice{}, Next: next}
	for _, i := range items {
		out.Notices = append(out.Notices, wireNotice{ID: i.ID, Kind: i.Kind, Title: i.Title, Body: i.Body, URL: i.URL, At: i.At, Read: i.Read})
	}
	return web.JSON(w, r, http.StatusOK, out)
}

func (n *Notifier) serveUnread(w http.ResponseWriter, r *http.Request) error {
	by := FromContext(r.Context())
	if by.Anonymous() {
		return ErrForbidden
	}
	count, more, err := n.Unread(r.Context(), by)
	if err != nil {
		return err
	}
	state, err := n.State(r.Context(), by)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, wireUnread{Unread: count, More: more, State: state})
}

func (n *Notifier) serveRead(w http.ResponseWriter, r *http.Request) error {
	by := FromContext(r.Context())
	if by.Anonymous() {
		return ErrForbidden
	}
	in, err := web.Decode[noticeRead](w, r, 0)
	if err != nil {
		return err
	}
	switch {
	case (in.ID == "") == in.Until.IsZero():
		return errs.Field("id", "error.field.required", nil)
	case in.ID != "":
		err = n.MarkRead(r.Context(), by, in.ID)
	default:
		_, err = n.MarkAllRead(r.Context(), by, in.Until)
	}
	if err != nil {
		return err
	}
	return n.serveUnread(w, r)
}

// stopPage needs no styles and no scripts: it has to work wherever it is
// mounted and for people who are not signed in.
var stopPage = template.Must(template.New("").Parse(`<!doctype html>
<html lang="{{.Locale}}" dir="auto"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{{.Title}}</title></head>
<body><main><h1>{{.Title}}</h1><p>{{.Text}}</p>
{{with .Button}}<form method="post"><button type="submit">{{.}}</button></form>
{{end}}</main></body></html>
`))

// serveUnsubscription asks first: mail scanners follow every link.
func (n *Notifier) serveUnsubscription(w http.ResponseWriter, r *http.Request) error {
	u, locale, err := n.asked(r)
	switch {
	case err != nil:
		return n.stop(w, http.StatusBadRequest, locale, "bad.title", "bad", "")
	case u.Kind == "":
		return n.stop(w, http.StatusOK, locale, "title", "all", "button")
	}
	return n.stop(w, http.StatusOK, locale, "title", "one", "button")
}

func (n *Notifier) serveUnsubscribe(w http.ResponseWriter, r *http.Request) error {
	_, locale, err := n.asked(r)
	if err == nil {
		err = n.Unsubscribe(r.Context(), r.URL.Query().Get("token"))
	}
	switch {
	case errors.Is(err, ErrInvalid):
		return n.stop(w, http.StatusBadRequest, locale, "bad.title", "bad", "")
	case err != nil:
		return err
	}
	return n.stop(w, http.StatusOK, locale, "done.title", "done", "")
}

// asked returns what a request is about, and the language of its reader.
func (n *Notifier) asked(r *http.Request) (Unsubscription, string, error) {
	p, err := web.Query[unsubParams](r)
	if err != nil {
		return Unsubscription{}, n.opts.Locale, ErrInvalid
	}
	u, err := n.Unsubscription(p.Token)
	if err != nil {
		return u, n.opts.Locale, err
	}
	to, err := n.people.Actor(r.Context(), u.Person)
	if err != nil {
		return u, n.opts.Locale, nil // whether they are there is nobody's business
	}
	return u, n.localeOf(to), nil
}

func (n *Notifier) stop(w http.ResponseWriter, status int, locale, title, text, button string) error {
	say := func(key string) string {
		if key == "" {
			return ""
		}
		return n.text(locale, "notice.stop."+key, nil)
	}
	var page bytes.Buffer
	err := stopPage.Execute(&page, map[string]string{"Locale": locale, "Title": say(title), "Text": say(text), "Button": say(button)})
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	web.NoStore(w)
	w.WriteHeader(status)
	_, err = w.Write(page.Bytes())
	return err
}
