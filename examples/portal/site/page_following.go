package site

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// followingRoutes are about categories and types as something to follow, here
// or with a feed reader.
func (s *Site) followingRoutes() []route {
	return []route{
		{"POST /categories/{slug}/follow", "follow form", s.signedIn(s.followCategory)},
		{"GET /types/{kind}", "type", s.ofType},
		{"POST /types/{kind}/follow", "follow form", s.signedIn(s.followType)},
		{"GET /categories/{slug}/feed.atom", "feed", s.categoryFeed},
		{"GET /types/{kind}/feed.atom", "feed", s.typeFeed},
	}
}

// A followed is a category or a type as something to follow.
type followable struct {
	Ref, Title, Locale string
	Path               string // of its page, without the language
}

// followedThing returns what a reference names, if by may see it. A type of which
// they see nothing is not there.
func (s *Site) followedThing(ctx context.Context, by profile.Actor, ref string) (followable, error) {
	kind, id, _ := strings.Cut(ref, "/")
	if kind == "category" {
		place, err := s.library.Category(ctx, by, id, s.readersLanguage(ctx, by))
		return followable{Ref: ref, Title: place.Title, Locale: place.Locale, Path: "/categories/" + escape(place.Slug)}, err
	}
	if !slices.ContainsFunc(s.library.Types(), func(t kb.Type) bool { return string(t.Kind) == id }) {
		return followable{}, profile.ErrNotFound
	}
	some, _, err := s.library.Articles(ctx, by, kb.Query{Kinds: []kb.Kind{kb.Kind(id)}, Limit: 1})
	if err == nil && len(some) == 0 {
		err = profile.ErrNotFound
	}
	in := i18n.Locale(s.readersLanguage(ctx, by))
	return followable{Ref: ref, Title: s.kindName(in, id), Path: "/types/" + escape(id)}, err
}

// categoryAt returns the category in a request's path as something to follow.
func (s *Site) categoryAt(r *http.Request) (followable, kb.Found, error) {
	v := visitOf(r.Context())
	slug, err := web.PathValue(r, "slug")
	if err != nil {
		return followable{}, kb.Found{}, err
	}
	found, err := s.library.FindCategory(r.Context(), v.By, string(v.Wanted), slug)
	if err != nil {
		return followable{}, kb.Found{}, err
	}
	f, err := s.followedThing(r.Context(), v.By, categoryRef+found.ID)
	return f, found, err
}

// typeAt returns the type in a request's path.
func (s *Site) typeAt(r *http.Request) (followable, error) {
	kind, err := web.PathValue(r, "kind")
	if err != nil {
		return followable{}, err
	}
	return s.followedThing(r.Context(), visitOf(r.Context()).By, typeRef+kind)
}

// A followForm is the button below a title.
type followForm struct {
	Action    string
	Following bool
	Feed      string // address for feed readers
	OwnFeed   string // where those who are signed in get one of what they see, or empty
}

// followFormOf returns the form of something to follow. Those who cannot follow
// get no Action.
func (s *Site) followFormOf(ctx context.Context, v *visit, f followable) (followForm, error) {
	form := followForm{Feed: v.link(f.Path + "/feed.atom")}
	if v.By.Anonymous() || v.By.Viewer != "" {
		return form, nil
	}
	form.Action, form.OwnFeed = v.link(f.Path+"/follow"), v.link("/account/feeds")+"?of="+url.QueryEscape(f.Ref)
	items, _, err := s.people.Shelf(ctx, v.By, profile.ShelfQuery{List: profile.ListFollows, Ref: f.Ref})
	for _, item := range items {
		form.Following = item.Level != profile.LevelNone
	}
	return form, err
}

func (s *Site) followCategory(w http.ResponseWriter, r *http.Request) error {
	f, _, err := s.categoryAt(r)
	if err != nil {
		return err
	}
	return s.follows(w, r, f)
}

func (s *Site) followType(w http.ResponseWriter, r *http.Request) error {
	f, err := s.typeAt(r)
	if err != nil {
		return err
	}
	return s.follows(w, r, f)
}

// follows has a visitor follow something from now on, closely or not, or no more.
func (s *Site) follows(w http.ResponseWriter, r *http.Request, f followable) error {
	v := visitOf(r.Context())
	err := r.ParseForm()
	if err != nil {
		return errs.Invalid
	}
	if v.Query.Get("off") != "" {
		err = s.people.Unshelve(r.Context(), v.By, profile.ListFollows, f.Ref)
	} else {
		_, err = s.people.Shelve(r.Context(), v.By, profile.ShelfItem{List: profile.ListFollows, Ref: f.Ref, Title: f.Ref, Level: r.PostFormValue("level")})
	}
	if err != nil {
		return err
	}
	back := v.link(f.Path)
	if path := r.PostFormValue("return_to"); path != "" {
		back = valid.ReturnPath(path)
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
	return nil
}

type typeBody struct {
	Articles    []kb.Entry
	Follow      followForm
	First, Next string
}

// ofType lists what there is of a type, the newest first.
func (s *Site) ofType(w http.ResponseWriter, r *http.Request) error {
	f, err := s.typeAt(r)
	if err != nil {
		return err
	}
	v := visitOf(r.Context())
	kind := kb.Kind(strings.TrimPrefix(f.Ref, typeRef))
	after := v.Query.Get("after")
	articles, next, err := s.library.Articles(r.Context(), v.By, kb.Query{Kinds: []kb.Kind{kind}, Locale: string(v.Wanted), Order: kb.OrderUpdated, After: after, Limit: 30})
	if err != nil {
		return err
	}
	b := typeBody{Articles: articles}
	if b.Follow, err = s.followFormOf(r.Context(), v, f); err != nil {
		return err
	}
	p := s.newPage(r, f.Title)
	p.Crumbs, p.Feed = s.crumbs(v), &feedLink{f.Title, b.Follow.Feed}
	if next != "" {
		b.Next = p.With("after", next)
	}
	if after != "" {
		b.First, p.NoIndex = p.With("after", ""), true
	}
	p.Body = b
	return s.show(w, r, http.StatusOK, "type", p)
}

// thingRow is a category or a type that somebody follows.
type thingRow struct {
	followable
	Type         bool
	Href         string
	Action, Back string
	Level        input
}

// followedThings returns the categories and types among what somebody follows.
func (s *Site) followedThings(ctx context.Context, v *visit) (rows []thingRow, err error) {
	for item, err := range s.people.AllShelf(ctx, v.By, profile.ShelfQuery{List: profile.ListFollows}) {
		if err != nil {
			return nil, err
		}
		isType := strings.HasPrefix(item.Ref, typeRef)
		if !isType && !strings.HasPrefix(item.Ref, categoryRef) {
			continue
		}
		f, err := s.followedThing(ctx, v.By, item.Ref)
		if errors.Is(err, kb.ErrNotFound) {
			continue // it was closed between the two
		}
		if err != nil {
			return nil, err
		}
		row := thingRow{followable: f, Type: isType, Href: v.link(f.Path), Action: v.link(f.Path + "/follow"), Back: v.link("/account/saved")}
		row.Level = levelInput(v, firstThing+len(rows), item.Level)
		rows = append(rows, row)
	}
	return rows, nil
}

// firstThing keeps the ids of forms for categories and types apart from those for
// articles.
const firstThing = 1000
