package site

import (
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// guestRoutes are the pages of guests, and of those who let them in.
func (s *Site) guestRoutes() []route {
	return []route{
		{"GET /articles/{slug}/share", "share", s.signedIn(s.share)},
		{"POST /articles/{slug}/share", "share form", s.signedIn(s.makeShare)},
		{"POST /articles/{slug}/share/{id}/end", "share form", s.signedIn(s.endShare)},
		{"GET /links/{token}", nothing + "what the link's maker has lent to its holder", s.guestLink},
		{"POST /links/{token}", nothing + "leads to what was lent", s.useGuestLink},
		{"GET /shared", "shared", s.shared},
		{"GET /shared/media/{name}", "shared media", s.sharedMedia},
		{"POST /shared/leave", nothing + "ends a pass", s.leaveShared},
	}
}

// shareDays are for how long an article can be lent.
var shareDays = []int{1, 7, 30}

type shareBody struct {
	Article string
	Form    *sheet
	Made    *input // the link that was just made, shown this once
	Rows    []shareRow
	Ended   bool
}

type shareRow struct {
	profile.Link
	Maker string
	End   string // address that takes it back
}

type shareForm struct {
	address, days string
	faults        map[string]string
	link          string
}

// sharable returns the article in a request's path, if the visitor may let
// guests read it. To others there is nothing to share.
func (s *Site) sharable(w http.ResponseWriter, r *http.Request) (kb.Page, error) {
	found, moved, err := s.findArticle(w, r)
	if err == nil && moved {
		err = http.ErrAbortHandler
	}
	if err != nil {
		return kb.Page{}, err
	}
	v := visitOf(r.Context())
	a, err := s.library.Article(r.Context(), v.By, found.ID, string(v.Wanted))
	if err == nil && !sharing(v.By, a) {
		err = profile.ErrNotFound
	}
	return a, err
}

func (s *Site) share(w http.ResponseWriter, r *http.Request) error {
	a, err := s.sharable(w, r)
	if err != nil {
		return movedOr(err)
	}
	return s.showShare(w, r, http.StatusOK, a, shareForm{days: strconv.Itoa(shareDays[1])})
}

// movedOr forgives that a request was answered already.
func movedOr(err error) error {
	if errors.Is(err, http.ErrAbortHandler) {
		return nil
	}
	return err
}

func (s *Site) showShare(w http.ResponseWriter, r *http.Request, status int, a kb.Page, form shareForm) error {
	ctx, v := r.Context(), visitOf(r.Context())
	path := "/articles/" + escape(a.Slug) + "/share"
	days := input{Name: "days", Label: v.P.T("share.days"), Kind: "select", Value: form.days}
	for _, n := range shareDays {
		days.Choices = append(days.Choices, option{strconv.Itoa(n), v.P.T("share.for_days", "n", n)})
	}
	b := shareBody{Article: a.Title, Ended: v.Query.Get("done") == "ended" && form.link == "", Form: &sheet{
		Action: v.link(path), Submit: v.P.T("share.make"), Wrong: len(form.faults) > 0,
		Basics: []input{{Name: "address", Label: v.P.T("account.email"), Hint: v.P.T("share.address_note"), Kind: "email", Value: form.address, Required: true, Max: 254, Complete: "off"}, days},
	}}
	b.Form.Faults = note(form.faults, b.Form.Basics)
	if form.link != "" {
		b.Made = &input{Name: "link", Label: v.P.T("share.link"), Hint: v.P.T("share.link_note"), Kind: "url", Value: form.link, Fixed: true}
	}
	list, err := s.linking.List(ctx, profile.LinkQuery{Purpose: guestPurpose, Subject: guestSubject(a.Article), Open: true})
	if err != nil {
		return err
	}
	for _, l := range list {
		if !l.Live(s.cfg.Now()) {
			continue
		}
		maker, err := s.personName(ctx, v.By, l.MadeBy)
		if err != nil {
			return err
		}
		b.Rows = append(b.Rows, shareRow{l, maker, v.link(path + "/" + escape(l.ID) + "/end")})
	}
	web.NoStore(w)
	p := s.newPage(r, v.P.T("share.title"))
	p.NoIndex, p.Body = true, b
	p.Crumbs = append(s.crumbs(v, a.Categories...), crumb{Title: a.Title, Href: v.link("/articles/" + escape(a.Slug)), Locale: a.Locale})
	return s.show(w, r, status, "share", p)
}

// makeShare lends an article to an address, and shows the link this once.
func (s *Site) makeShare(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	a, err := s.sharable(w, r)
	if err != nil {
		return movedOr(err)
	}
	v := visitOf(r.Context())
	form := shareForm{address: r.PostFormValue("address"), days: r.PostFormValue("days")}
	n, err := strconv.Atoi(form.days)
	if err != nil || !slices.Contains(shareDays, n) {
		n = shareDays[0]
	}
	life := time.Duration(n) * 24 * time.Hour
	token, _, err := s.linking.Make(r.Context(), v.By, profile.LinkDraft{
		Purpose: guestPurpose, Subject: guestSubject(a.Article), Address: form.address, For: life, Uses: guestUses,
		Data: map[string]string{untilKey: s.cfg.Now().Add(life).UTC().Format(time.RFC3339)},
	})
	if wrong, isFields := errors.AsType[errs.Fields](err); isFields {
		form.faults = v.P.Fields(wrong)
		return s.showShare(w, r, http.StatusUnprocessableEntity, a, form)
	}
	if err != nil {
		return err
	}
	return s.showShare(w, r, http.StatusOK, a, shareForm{days: form.days, link: v.Origin + v.link("/links/"+token)})
}

// endShare takes a link back, and the passes that came from it.
func (s *Site) endShare(w http.ResponseWriter, r *http.Request) error {
	a, err := s.sharable(w, r)
	if err != nil {
		return movedOr(err)
	}
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	ctx, v := r.Context(), visitOf(r.Context())
	q := profile.LinkQuery{Purpose: guestPurpose, Subject: guestSubject(a.Article)}
	list, err := s.linking.List(ctx, profile.LinkQuery{ID: id, Purpose: q.Purpose, Subject: q.Subject})
	if err == nil && len(list) == 0 {
		err = profile.ErrNotFound
	}
	if err != nil {
		return err
	}
	q.Address = list[0].Address
	if _, err := s.linking.Revoke(ctx, v.By, q); err != nil {
		return err
	}
	http.Redirect(w, r, v.link("/articles/"+escape(a.Slug)+"/share")+"?done=ended", http.StatusSeeOther)
	return nil
}

// guestLink asks whether to go on. Programs that look for malware open every
// link in a mail, so that asking uses up nothing.
func (s *Site) guestLink(w http.ResponseWriter, r *http.Request) error {
	token, err := web.PathValue(r, "token")
	if err != nil {
		return err
	}
	v := visitOf(r.Context())
	l, err := s.linking.Peek(r.Context(), guestPurpose, token)
	if err != nil {
		return err
	}
	if _, _, err := s.lent(r.Context(), l, string(v.Wanted)); err != nil {
		return err
	}
	web.NoStore(w)
	w.Header().Set("Referrer-Policy", "no-referrer")
	p := s.newPage(r, v.P.T("guest.title"))
	p.NoIndex, p.Crumbs = true, s.crumbs(v)
	p.Body = &sheet{Action: v.link(v.Path), Submit: v.P.T("guest.go_on")}
	return s.show(w, r, http.StatusOK, "guest", p)
}

// useGuestLink lets a guest in.
func (s *Site) useGuestLink(w http.ResponseWriter, r *http.Request) error {
	token, err := web.PathValue(r, "token")
	if err == nil {
		_, err = s.linking.Enter(w, r, guestPurpose, token)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, visitOf(r.Context()).link("/shared"), http.StatusSeeOther)
	return nil
}

type sharedBody struct {
	Page  kb.Page
	Text  template.HTML
	Until time.Time
	Maker string
}

// shared shows a guest what was lent to them.
func (s *Site) shared(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visitOf(r.Context())
	l, err := s.passed(r)
	if err != nil {
		return err
	}
	a, by, err := s.lent(ctx, l, string(v.Wanted))
	if err != nil {
		return err
	}
	b := sharedBody{Page: a, Maker: by.Name}
	b.Until, _ = time.Parse(time.RFC3339, l.Data[untilKey])
	if b.Text, err = s.forGuest(ctx, v, s.lentText(v, a)); err != nil {
		return err
	}
	web.NoStore(w)
	p := s.newPage(r, a.Title)
	p.NoIndex, p.Body, p.Crumbs = true, b, s.crumbs(v)
	return s.show(w, r, http.StatusOK, "shared", p)
}

// lentText returns a text with the films that the fields of its article name.
func (s *Site) lentText(v *visit, a kb.Page) template.HTML {
	var text template.HTML
	for _, film := range s.filmsOf(v, a) {
		text += `<div class="player">` + film.Film + film.Said + `</div>`
	}
	return text + a.Text.HTML
}

// sharedMedia serves the pictures of what was lent, and no others.
func (s *Site) sharedMedia(w http.ResponseWriter, r *http.Request) error {
	name, err := web.PathValue(r, "name")
	if err != nil {
		return err
	}
	l, err := s.passed(r)
	if err != nil {
		return profile.ErrNotFound
	}
	v := visitOf(r.Context())
	a, by, err := s.lent(r.Context(), l, string(v.Wanted))
	if err == nil && !strings.Contains(string(s.lentText(v, a)), `"`+html.EscapeString(s.path(kb.Ref{Kind: "media", Slug: name}))+`"`) {
		err = profile.ErrNotFound
	}
	if err != nil {
		return err
	}
	return s.sendMedia(w, r, by, name)
}

// leaveShared ends the pass of a browser.
func (s *Site) leaveShared(w http.ResponseWriter, r *http.Request) error {
	if err := s.linking.Leave(w, r); err != nil {
		return err
	}
	w.Header().Set("Clear-Site-Data", `"cache"`)
	http.Redirect(w, r, visitOf(r.Context()).link("/"), http.StatusSeeOther)
	return nil
}
