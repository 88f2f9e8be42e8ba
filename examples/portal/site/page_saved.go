package site

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

const articleRef = "article/"

// titles says what things on people's lists are called, for those who may see
// them.
func (s *Site) titles(ctx context.Context, by profile.Actor, refs []string) (map[string]string, error) {
	out := map[string]string{}
	var ids []string
	for _, ref := range refs {
		kind, name, _ := strings.Cut(ref, "/")
		switch kind {
		case "article":
			ids = append(ids, name)
		case "search":
			query, _ := url.ParseQuery(name)
			out[ref] = query.Get("q")
		case "category", "kind":
			if f, err := s.followedThing(ctx, by, ref); err == nil {
				out[ref] = f.Title
			} else if !errors.Is(err, kb.ErrNotFound) {
				return nil, err
			}
		}
	}
	entries, err := s.library.Entries(ctx, by, ids, s.readersLanguage(ctx, by))
	for _, e := range entries {
		out[articleRef+e.Article] = e.Title
	}
	return out, err
}

// readersLanguage is the language of the page, and without one the reader's.
func (s *Site) readersLanguage(ctx context.Context, by profile.Actor) string {
	if v := visitOf(ctx); v != nil {
		return string(v.Wanted)
	}
	return s.readersLocale(by.Locale)
}

type savedBody struct {
	Favourites, Viewed []kb.Entry
	Follows            []followRow
	Things             []thingRow // categories and types that they follow
	Searches           []savedSearch
}

// A followRow is an article that somebody follows, and the form that says how
// closely.
type followRow struct {
	kb.Entry
	Action, Back string
	Level        input
}

// saved shows people what they put aside, follow and looked at.
func (s *Site) saved(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	var b savedBody
	var follows []kb.Entry
	for list, at := range map[string]*[]kb.Entry{
		profile.ListFavourites: &b.Favourites, profile.ListFollows: &follows, profile.ListViewed: &b.Viewed,
	} {
		var err error
		if *at, err = s.onShelf(r.Context(), v, list); err != nil {
			return err
		}
	}
	levels, err := s.levels(r.Context(), v)
	if err != nil {
		return err
	}
	if b.Searches, err = s.savedSearches(r.Context(), v); err != nil {
		return err
	}
	if b.Things, err = s.followedThings(r.Context(), v); err != nil {
		return err
	}
	for i, e := range follows {
		b.Follows = append(b.Follows, followRow{
			Entry: e, Action: v.link("/articles/" + escape(e.Slug) + "/keep"), Back: v.link("/account/saved"), Level: levelInput(v, i, levels[articleRef+e.Article]),
		})
	}
	p := s.newPage(r, v.P.T("saved.title"))
	p.NoIndex, p.Body, p.Crumbs = true, b, s.accountCrumbs(v)
	return s.show(w, r, http.StatusOK, "saved", p)
}

// levelInput asks how closely an article is followed. Forms of one page need
// ids of their own.
func levelInput(v *visit, n int, level string) input {
	in := input{Name: "level", Row: n + 1, Label: v.P.T("saved.level"), Kind: "select", Value: level}
	for _, l := range []string{profile.LevelAll, profile.LevelImportant, profile.LevelNone} {
		in.Choices = append(in.Choices, option{l, v.P.T("saved.level_" + l)})
	}
	return in
}

// levels says how closely the visitor follows the newest of what they follow.
func (s *Site) levels(ctx context.Context, v *visit) (map[string]string, error) {
	items, _, err := s.people.Shelf(ctx, v.By, profile.ShelfQuery{List: profile.ListFollows, Limit: 50})
	out := map[string]string{}
	for _, item := range items {
		out[item.Ref] = item.Level
	}
	return out, err
}

// onShelf returns the newest articles on one of the visitor's lists.
func (s *Site) onShelf(ctx context.Context, v *visit, list string) ([]kb.Entry, error) {
	items, _, err := s.people.Shelf(ctx, v.By, profile.ShelfQuery{List: list, Limit: 50})
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, item := range items {
		if id, ok := strings.CutPrefix(item.Ref, articleRef); ok {
			ids = append(ids, id)
		}
	}
	return s.library.Entries(ctx, v.By, ids, string(v.Wanted))
}

// A keeping is what a reader has done with an article.
type keeping struct {
	Action            string
	Favourite, Follow bool
}

// keepingOf returns what the visitor has done with an article, or nil for those
// who cannot.
func (s *Site) keepingOf(ctx context.Context, v *visit, a kb.Page) (*keeping, error) {
	if v.By.Anonymous() || v.By.Viewer != "" {
		return nil, nil
	}
	items, _, err := s.people.Shelf(ctx, v.By, profile.ShelfQuery{Ref: articleRef + a.Article})
	if err != nil {
		return nil, err
	}
	k := &keeping{Action: v.link("/articles/" + escape(a.Slug) + "/keep")}
	for _, item := range items {
		k.Favourite = k.Favourite || item.List == profile.ListFavourites
		k.Follow = k.Follow || item.List == profile.ListFollows && item.Level != profile.LevelNone
	}
	return k, nil
}

// keep puts an article on one of the visitor's lists or takes it off.
func (s *Site) keep(w http.ResponseWriter, r *http.Request) error {
	found, moved, err := s.findArticle(w, r)
	if err != nil || moved {
		return err
	}
	v := visitOf(r.Context())
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	list, ref := r.PostFormValue("list"), articleRef+found.ID
	if list != profile.ListFavourites && list != profile.ListFollows {
		return errs.Field("list", "error.field.choice", map[string]any{"choices": "empty"})
	}
	if v.Query.Get("off") != "" {
		err = s.people.Unshelve(r.Context(), v.By, list, ref)
	} else {
		_, err = s.people.Shelve(r.Context(), v.By, profile.ShelfItem{List: list, Ref: ref, Title: found.ID, Level: r.PostFormValue("level")})
	}
	if err != nil {
		return err
	}
	back := v.link("/articles/" + escape(found.Slug))
	if path := r.PostFormValue("return_to"); path != "" {
		back = valid.ReturnPath(path)
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
	return nil
}

// A viewing is somebody who looked at an article.
type viewing struct {
	by  profile.Actor
	ref string
}

// mostViewings is how many views wait to be noted; more are not.
const mostViewings = 1000

// looked notes that somebody looked at an article, without making them wait.
func (s *Site) looked(by profile.Actor, article string) {
	if by.Anonymous() || by.Viewer != "" {
		return
	}
	select {
	case s.viewings <- viewing{by, articleRef + article}:
	default:
	}
}

// noteViewings puts what was looked at on people's lists, until ctx is done.
func (s *Site) noteViewings(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case one := <-s.viewings:
			if _, err := s.people.Shelve(ctx, one.by, profile.ShelfItem{List: profile.ListViewed, Ref: one.ref, Title: one.ref}); err != nil && ctx.Err() == nil {
				s.cfg.Log.WarnContext(ctx, "view not noted", "err", err)
			}
		}
	}
}
