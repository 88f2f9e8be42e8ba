package kb_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/memkb"
	"github.com/stoa-go/stoa/profile"
)

// The people of these tests.
var (
	anyone     = profile.Actor{}
	ann        = profile.Actor{ID: "ann", Account: "acme", Roles: []profile.Role{profile.RoleCustomer}}
	partner    = profile.Actor{ID: "pat", Roles: []profile.Role{profile.RolePartner}, Segments: []string{"partner"}}
	agent      = profile.Actor{ID: "gus", Roles: []profile.Role{profile.RoleAgent}}
	author     = profile.Actor{ID: "ines", Roles: []profile.Role{profile.RoleAuthor}}
	other      = profile.Actor{ID: "omar", Roles: []profile.Role{profile.RoleAuthor}}
	translator = profile.Actor{ID: "taro", Roles: []profile.Role{profile.RoleTranslator}}
	reviewer   = profile.Actor{ID: "rosa", Roles: []profile.Role{profile.RoleReviewer}}
	admin      = profile.Actor{ID: "root", Roles: []profile.Role{profile.RoleAdmin}}
)

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// A world is a library in memory with what tests need around it.
type world struct {
	*kb.Library
	t      testing.TB
	store  kb.Store
	events *recorder
	now    time.Time
}

func newWorld(t testing.TB) *world { return newWorldOn(t, memkb.New()) }

func newWorldOn(t testing.TB, store kb.Store) *world {
	w := &world{t: t, store: store, events: &recorder{}, now: start}
	w.Library = kb.NewLibrary(store, w.options())
	return w
}

func (w *world) options() *kb.Options {
	return &kb.Options{
		Events: w.events, Now: func() time.Time { return w.now }, Locales: []string{"en", "de"},
		Secret: []byte("0123456789abcdef"),
	}
}

// again returns another library over the same store, as a second instance of a
// program has it.
func (w *world) again() *kb.Library { return kb.NewLibrary(w.store, w.options()) }

func (w *world) ctx() context.Context { return w.t.Context() }

// tick moves the clock.
func (w *world) tick() { w.now = w.now.Add(time.Minute) }

// place saves a category for an audience.
func (w *world) place(id, parent string, audience ...string) kb.Category {
	w.t.Helper()
	c, err := w.SaveCategory(w.ctx(), admin, kb.Category{
		ID: id, Parent: parent, Audience: profile.NewAudience(audience...),
		Labels: map[string]kb.Label{"en": {Title: "Category " + id}, "de": {Title: "Kategorie " + id}},
	})
	require.NoError(w.t, err)
	return c
}

// draft returns a draft about a topic in a category.
func draft(topic, category string, audience ...string) kb.Draft {
	return kb.Draft{
		Text: kb.Text{Title: "About " + topic, Summary: "On " + topic, Body: "All of " + topic + "."},
		Meta: kb.Meta{Category: category, Kind: kb.KindHowTo, Audience: profile.NewAudience(audience...)},
		Key:  "draft " + topic,
	}
}

// write creates an article that nobody is shown yet.
func (w *world) write(d kb.Draft) kb.Article {
	w.t.Helper()
	a, err := w.Create(w.ctx(), reviewer, d)
	require.NoError(w.t, err)
	return a
}

// show creates an article and publishes it.
func (w *world) show(d kb.Draft) kb.Article {
	w.t.Helper()
	return w.publish(w.write(d), "en")
}

func (w *world) publish(a kb.Article, locale string) kb.Article {
	w.t.Helper()
	a, err := w.Publish(w.ctx(), reviewer, a.ID, locale, a.Version)
	require.NoError(w.t, err)
	return a
}

// translate adds a text in a language and publishes it.
func (w *world) translate(a kb.Article, locale, title string) kb.Article {
	w.t.Helper()
	a, err := w.Edit(w.ctx(), reviewer, a.ID, locale, a.Version, kb.Text{Title: title, Body: "Text von " + title})
	require.NoError(w.t, err)
	return w.publish(a, locale)
}

// edit saves and publishes a new body.
func (w *world) edit(a kb.Article, body string) kb.Article {
	w.t.Helper()
	a, err := w.Edit(w.ctx(), reviewer, a.ID, "en", a.Version, kb.Text{Title: a.Translations[0].Title, Body: body})
	require.NoError(w.t, err)
	return w.publish(a, "en")
}

// arrange changes what languages share.
func (w *world) arrange(a kb.Article, change func(*kb.Meta)) kb.Article {
	w.t.Helper()
	m := kb.Meta{
		Category: a.Category, Kind: a.Kind, Audience: a.Audience, Products: a.Products, Tags: a.Tags,
		Related: a.Related, Order: a.Order, Owner: a.Owner,
	}
	change(&m)
	a, err := w.Arrange(w.ctx(), reviewer, a.ID, a.Version, m)
	require.NoError(w.t, err)
	return a
}

// reads returns the page of an article as by sees it.
func (w *world) reads(by profile.Actor, id string) kb.Page {
	w.t.Helper()
	p, err := w.Article(w.ctx(), by, id, "en")
	require.NoError(w.t, err)
	return p
}

// sees reports whether by can read an article, and that all ways to it agree.
func (w *world) sees(by profile.Actor, a kb.Article) bool {
	w.t.Helper()
	_, err := w.Article(w.ctx(), by, a.ID, "en")
	if err != nil {
		require.ErrorIs(w.t, err, kb.ErrNotFound)
	}
	seen := err == nil
	for _, t := range a.Translations {
		_, err = w.Find(w.ctx(), by, "en", t.Slug)
		require.Equal(w.t, seen, err == nil, "Find %v", err)
	}
	entries, err := w.Entries(w.ctx(), by, []string{a.ID}, "en")
	require.NoError(w.t, err)
	require.Equal(w.t, seen, len(entries) == 1, "Entries")
	_, err = w.Version(w.ctx(), by, a.ID)
	require.Equal(w.t, seen, err == nil, "Version")
	_, err = w.Rate(w.ctx(), by, kb.Opinion{Article: a.ID, Helpful: true, Key: a.ID})
	require.Equal(w.t, seen, err == nil, "Rate")
	for _, q := range []kb.Query{{}, {Category: a.Category}, {Order: kb.OrderUpdated}} {
		listed := false
		for e, err := range w.All(w.ctx(), by, q) {
			require.NoError(w.t, err)
			listed = listed || e.Article == a.ID
		}
		require.Equal(w.t, seen, listed, "All %+v", q)
	}
	return seen
}

func titles(entries []kb.Entry) []string {
	out := []string{}
	for _, e := range entries {
		out = append(out, e.Title)
	}
	return out
}

// A recorder keeps what it is told.
type recorder struct {
	mu   sync.Mutex
	list []analytics.Event
}

func (r *recorder) Record(_ context.Context, e analytics.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, e)
}

// take returns the names and subjects of what was recorded, and forgets them.
func (r *recorder) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := []string{}
	for _, e := range r.list {
		out = append(out, fmt.Sprintf("%s %s by %s", e.Name, e.Subject, e.User))
	}
	r.list = nil
	return out
}

// eventsAbout returns the events with a name.
func (r *recorder) named(name string) []analytics.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.list), func(e analytics.Event) bool { return e.Name != name })
}
