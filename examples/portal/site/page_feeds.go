package site

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// A feed of one's own has a secret address, as feed readers sign in nowhere. It
// holds what its owner may see whenever it is read. The address ends with the
// owner's sessions when all of them end, with the owner, and after a year.

const (
	feedPurpose = "feed"
	feedsPath   = "/feeds/"
	feedOf      = "of" // reference of what it is of, if it is not of everything
	feedLife    = 365 * 24 * time.Hour
	mostFeeds   = 30
)

type feedsBody struct {
	Form   *sheet
	Made   *input // the address that was just made, shown this once
	Rows   []feedRow
	Notice string // message key of what has just happened, or empty
}

type feedRow struct {
	profile.Link
	Thing followable // without a title if its owner no longer sees it
	End   string     // address that takes it back
}

type feedForm struct {
	of, address string
	faults      map[string]string
}

// feedList shows somebody their feeds, and offers another one.
func (s *Site) feedList(w http.ResponseWriter, r *http.Request) error {
	return s.showFeeds(w, r, http.StatusOK, feedForm{of: visitOf(r.Context()).Query.Get(feedOf)})
}

func (s *Site) showFeeds(w http.ResponseWriter, r *http.Request, status int, form feedForm) error {
	ctx, v := r.Context(), visitOf(r.Context())
	of := input{Name: feedOf, Label: v.P.T("feeds.of"), Kind: "select", Value: form.of}
	var err error
	if of.Choices, err = s.feedChoices(ctx, v); err != nil {
		return err
	}
	b := feedsBody{Form: &sheet{Action: v.link("/account/feeds"), Submit: v.P.T("feeds.make"), Basics: []input{of}, Hidden: []option{{"key", s.memory.formKey}}, Wrong: len(form.faults) > 0}}
	b.Form.Faults = note(form.faults, b.Form.Basics)
	if form.address != "" {
		b.Made = &input{Name: "feed", Label: v.P.T("feeds.address"), Hint: v.P.T("feeds.address_note"), Kind: "url", Value: form.address, Fixed: true}
	}
	if v.Query.Get("done") == "ended" && b.Made == nil {
		b.Notice = "feeds.ended"
	}
	list, err := s.feedsOf(ctx, v.By.ID)
	if err != nil {
		return err
	}
	for _, l := range list {
		f, err := s.fedThing(ctx, v, l.Data[feedOf])
		if err != nil && !errors.Is(err, kb.ErrNotFound) {
			return err
		}
		b.Rows = append(b.Rows, feedRow{l, f, v.link("/account/feeds/" + escape(l.ID) + "/end")})
	}
	p := s.newPage(r, v.P.T("feeds.title"))
	p.NoIndex, p.Body, p.Crumbs = true, b, s.accountCrumbs(v)
	return s.show(w, r, status, "feeds", p)
}

// feedsOf returns the feeds of a person that can be read, the newest first.
func (s *Site) feedsOf(ctx context.Context, person string) ([]profile.Link, error) {
	list, err := s.linking.List(ctx, profile.LinkQuery{Purpose: feedPurpose, MadeBy: person, Open: true})
	return slices.DeleteFunc(list, func(l profile.Link) bool { return !l.Live(s.cfg.Now()) }), err
}

// feedChoices are everything, and the categories and types that a visitor sees.
func (s *Site) feedChoices(ctx context.Context, v *visit) ([]option, error) {
	out := []option{{"", v.P.T("feeds.everything")}}
	places, err := s.library.Categories(ctx, v.By, string(v.Wanted))
	if err != nil {
		return nil, err
	}
	for _, place := range places {
		out = append(out, option{categoryRef + place.ID, v.P.T("feeds.category", "title", place.Title)})
	}
	for _, t := range s.library.Types() {
		f, err := s.followedThing(ctx, v.By, typeRef+string(t.Kind))
		if errors.Is(err, kb.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, option{f.Ref, v.P.T("feeds.type", "title", f.Title)})
	}
	return out, nil
}

// fedThing returns what a feed is of, if the visitor sees it.
func (s *Site) fedThing(ctx context.Context, v *visit, ref string) (followable, error) {
	if ref == "" {
		return followable{Title: v.P.T("feeds.everything"), Path: "/"}, nil
	}
	return s.followedThing(ctx, v.By, ref)
}

// makeFeed makes a feed and shows its address this once. A form that is sent
// again gets another address in the place of the first, which nobody can say
// again.
func (s *Site) makeFeed(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	ctx, v := r.Context(), visitOf(r.Context())
	form := feedForm{of: r.PostFormValue(feedOf)}
	token, err := s.feedAddress(ctx, v, form.of, r.PostFormValue("key"))
	if wrong, isFields := errors.AsType[errs.Fields](err); isFields {
		form.faults = v.P.Fields(wrong)
		return s.showFeeds(w, r, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	form.address = v.Origin + v.link(feedsPath+token)
	return s.showFeeds(w, r, http.StatusOK, form)
}

func (s *Site) feedAddress(ctx context.Context, v *visit, of, key string) (token string, err error) {
	_, err = s.fedThing(ctx, v, of)
	if errors.Is(err, kb.ErrNotFound) {
		return "", errs.Field(feedOf, "error.field.choice", map[string]any{"choices": ""})
	}
	if err != nil {
		return "", err
	}
	d := profile.LinkDraft{Purpose: feedPurpose, Subject: "feed/" + idem.ID("site.feed", v.By.ID, key), Unsent: true, For: feedLife}
	if of != "" {
		d.Data = map[string]string{feedOf: of}
	}
	list, err := s.feedsOf(ctx, v.By.ID)
	if err != nil {
		return "", err
	}
	if len(list) >= mostFeeds && !slices.ContainsFunc(list, func(l profile.Link) bool { return l.Subject == d.Subject }) {
		return "", errs.Field(feedOf, "feeds.too_many", map[string]any{"max": mostFeeds})
	}
	token, _, err = s.linking.Make(ctx, v.By, d)
	return token, err
}

// endFeed takes a feed back. One that is not theirs or has ended is left alone.
func (s *Site) endFeed(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	v := visitOf(r.Context())
	if err == nil {
		_, err = s.linking.Revoke(r.Context(), v.By, profile.LinkQuery{ID: id, Purpose: feedPurpose, MadeBy: v.By.ID})
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, v.link("/account/feeds")+"?done=ended", http.StatusSeeOther)
	return nil
}

// endFeeds takes all feeds of a person back.
func (s *Site) endFeeds(ctx context.Context, by profile.Actor, person string) error {
	_, err := s.linking.Revoke(ctx, by, profile.LinkQuery{Purpose: feedPurpose, MadeBy: person})
	return err
}

// ownFeed writes what somebody has a secret address for, as they see it now. What
// they may see no longer was never there. The address itself is nowhere in it.
func (s *Site) ownFeed(w http.ResponseWriter, r *http.Request) error {
	web.NoStore(w)
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("X-Robots-Tag", "noindex, nofollow")
	token, err := web.PathValue(r, "token")
	if err != nil {
		return err
	}
	ctx := r.Context()
	l, err := s.linking.Peek(ctx, feedPurpose, token)
	var by profile.Actor
	if err == nil {
		by, err = s.people.ActorSince(ctx, l.MadeBy, l.MadeAt)
	}
	if errors.Is(err, profile.ErrGone) || errors.Is(err, profile.ErrNotFound) {
		return profile.ErrNotFound
	}
	if err != nil {
		return err
	}
	v := *visitOf(ctx)
	v.By = s.at(by, v.Brand)
	f, err := s.fedThing(ctx, &v, l.Data[feedOf])
	if err != nil {
		return err
	}
	entries, err := s.fed(ctx, &v, f)
	if err != nil {
		return err
	}
	data, err := s.atom(ctx, &v, atomFeed{Title: f.Title, ID: "urn:stoa:" + strings.ReplaceAll(l.Subject, "/", ":") + ":" + string(v.Wanted)}, f.Path, entries)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", atomType+"; charset=utf-8")
	_, err = w.Write(data)
	return err
}
