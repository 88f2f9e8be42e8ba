package kb_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// fields returns the message keys of an error about fields.
func fields(t *testing.T, err error) map[string]string {
	t.Helper()
	require.ErrorIs(t, err, kb.ErrInvalid)
	f, ok := errors.AsType[errs.Fields](err)
	require.True(t, ok, "%v names no fields", err)
	out := map[string]string{}
	for name, m := range f {
		out[name] = m.Key
	}
	return out
}

func TestLifeOfAnArticle(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	w.events.take()
	a := w.write(draft("hubs", "c", "public"))
	require.False(t, w.sees(anyone, a), "a draft is invisible")
	require.False(t, w.sees(reviewer, a), "to its author as a reader, too")
	m, err := w.Manuscript(w.ctx(), reviewer, a.ID)
	require.NoError(t, err)
	require.Equal(t, a, m)

	w.tick()
	a = w.publish(a, "en")
	require.True(t, w.sees(anyone, a))
	p := w.reads(anyone, a.ID)
	require.Equal(t, "About hubs", p.Title)
	require.Contains(t, string(p.Text.HTML), "All of hubs.")
	require.Equal(t, w.now, p.PublishedAt)

	w.tick()
	a, err = w.Edit(w.ctx(), reviewer, a.ID, "en", a.Version, kb.Text{Title: "Better", Body: "Improved."})
	require.NoError(t, err)
	require.Equal(t, "About hubs", w.reads(anyone, a.ID).Title, "what is saved is not shown yet")
	a = w.publish(a, "en")
	p = w.reads(anyone, a.ID)
	require.Equal(t, []any{"Better", 2, w.now}, []any{p.Title, p.Revision, p.UpdatedAt})
	require.Equal(t, start.Add(time.Minute), p.PublishedAt)

	a, err = w.Archive(w.ctx(), reviewer, a.ID, "en", a.Version)
	require.NoError(t, err)
	require.False(t, w.sees(anyone, a))
	a = w.publish(a, "en")
	require.True(t, w.sees(anyone, a), "what is archived can be brought back")

	revisions, err := w.Revisions(w.ctx(), reviewer, a.ID, "en", 0, 0)
	require.NoError(t, err)
	require.Len(t, revisions, 2)
	rev, err := w.Revision(w.ctx(), reviewer, a.ID, "en", 1)
	require.NoError(t, err)
	require.Equal(t, "All of hubs.", rev.Body)
	newest, err := w.Revision(w.ctx(), reviewer, a.ID, "en", 0)
	require.NoError(t, err)
	require.Equal(t, "Improved.", newest.Body)
}

func TestEventsNameTheirSubject(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	require.Equal(t, []string{"category.saved category/c by root"}, w.events.take())
	a := w.show(draft("hubs", "c", "public"))
	a = w.edit(a, "More.")
	a = w.arrange(a, func(m *kb.Meta) { m.Tags = []string{"hub"} })
	w.reads(ann, a.ID)
	_, err := w.Rate(w.ctx(), ann, kb.Opinion{Article: a.ID, Reason: kb.ReasonUnclear})
	require.NoError(t, err)
	_, err = w.Archive(w.ctx(), reviewer, a.ID, "en", a.Version)
	require.NoError(t, err)
	s := " article/" + a.ID + " by "
	require.Equal(t, []string{
		"article.created" + s + "rosa", "article.published" + s + "rosa", "article.edited" + s + "rosa", "article.published" + s + "rosa",
		"article.arranged" + s + "rosa", "article.viewed" + s + "ann", "article.rated" + s + "ann", "article.archived" + s + "rosa",
	}, w.events.take())
}

func TestPublishingWhatIsLiveChangesNothing(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	a := w.show(draft("hubs", "c", "public"))
	w.events.take()
	w.tick()
	b, err := w.Publish(w.ctx(), reviewer, a.ID, "en", a.Version)
	require.NoError(t, err)
	require.Equal(t, a, b)
	b = w.arrange(a, func(*kb.Meta) {})
	require.Equal(t, a, b)
	a, err = w.Archive(w.ctx(), reviewer, a.ID, "en", a.Version)
	require.NoError(t, err)
	w.tick()
	b, err = w.Archive(w.ctx(), reviewer, a.ID, "en", a.Version)
	require.NoError(t, err)
	require.Equal(t, a, b)
	require.Len(t, w.events.take(), 1)
}

func TestVersionsMustMatch(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	a := w.show(draft("hubs", "c", "public"))
	text := kb.Text{Title: "T", Body: "B"}
	meta := kb.Meta{Category: "c", Kind: kb.KindFAQ, Audience: profile.Public()}
	for _, version := range []int{0, a.Version - 1, a.Version + 1, 99} {
		_, err := w.Edit(w.ctx(), reviewer, a.ID, "en", version, text)
		require.ErrorIs(t, err, kb.ErrConflict)
		_, err = w.Arrange(w.ctx(), reviewer, a.ID, version, meta)
		require.ErrorIs(t, err, kb.ErrConflict)
		_, err = w.Archive(w.ctx(), reviewer, a.ID, "en", version)
		require.ErrorIs(t, err, kb.ErrConflict)
	}
	_, err := w.Edit(w.ctx(), reviewer, a.ID, "en", a.Version, text)
	require.NoError(t, err)
	_, err = w.Edit(w.ctx(), author, a.ID, "en", a.Version, text)
	require.ErrorIs(t, err, kb.ErrConflict, "the same text by somebody else is another edit")
	_, err = w.Publish(w.ctx(), reviewer, a.ID, "en", a.Version)
	require.ErrorIs(t, err, kb.ErrConflict)
}

// TestAnswersThatWereLost repeats each change as a caller does who never got
// the answer.
func TestAnswersThatWereLost(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	d := draft("hubs", "c", "public")
	a := w.write(d)
	require.Equal(t, a, w.write(d), "the same key and draft is the same article")
	d.Title = "Something else"
	_, err := w.Create(w.ctx(), reviewer, d)
	require.ErrorIs(t, err, kb.ErrConflict)
	d.Key = ""
	require.NotEqual(t, w.write(d).ID, w.write(d).ID, "without a key, each is new")

	version := a.Version
	text := kb.Text{Title: "Better", Body: "Improved.", Note: "why"}
	first, err := w.Edit(w.ctx(), reviewer, a.ID, "en", version, text)
	require.NoError(t, err)
	w.tick()
	second, err := w.Edit(w.ctx(), reviewer, a.ID, "en", version, text)
	require.NoError(t, err)
	require.Equal(t, first, second)
	for _, do := range []func(int) (kb.Article, error){
		func(v int) (kb.Article, error) { return w.Publish(w.ctx(), reviewer, a.ID, "en", v) },
		func(v int) (kb.Article, error) {
			return w.Arrange(w.ctx(), reviewer, a.ID, v, kb.Meta{Category: "c", Kind: kb.KindFAQ, Audience: profile.Public()})
		},
		func(v int) (kb.Article, error) { return w.Archive(w.ctx(), reviewer, a.ID, "en", v) },
	} {
		version = second.Version
		first, err = do(version)
		require.NoError(t, err)
		w.tick()
		second, err = do(version)
		require.NoError(t, err)
		require.Equal(t, first, second)
	}
}

func TestCreateChecksWhatIsTyped(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	w.place("secret", "", "staff+region-eu")
	for _, tt := range []struct {
		name       string
		change     func(*kb.Draft)
		field, key string
	}{
		{"no title", func(d *kb.Draft) { d.Title = "  " }, "title", "error.field.required"},
		{"long title", func(d *kb.Draft) { d.Title = strings.Repeat("ä", kb.MaxTitle+1) }, "title", "error.field.too_long"},
		{"two lines of title", func(d *kb.Draft) { d.Title = "a\nb" }, "title", "error.field.characters"},
		{"turned title", func(d *kb.Draft) { d.Title = "a\u202eb" }, "title", "error.field.characters"},
		{"broken title", func(d *kb.Draft) { d.Title = "a\xffb" }, "title", "error.field.characters"},
		{"NUL in the body", func(d *kb.Draft) { d.Body = "a\x00b" }, "body", "error.field.characters"},
		{"long body", func(d *kb.Draft) { d.Body = strings.Repeat("x", kb.MaxBody+1) }, "body", "markdown.too_long"},
		{"long summary", func(d *kb.Draft) { d.Summary = strings.Repeat("x", kb.MaxSummary+1) }, "summary", "error.field.too_long"},
		{"long note", func(d *kb.Draft) { d.Note = strings.Repeat("x", kb.MaxSummary+1) }, "note", "error.field.too_long"},
		{"slug of signs", func(d *kb.Draft) { d.Slug = "!?" }, "slug", "error.field.slug"},
		{"long slug", func(d *kb.Draft) { d.Slug = strings.Repeat("x", kb.MaxTitle+1) }, "slug", "error.field.too_long"},
		{"unknown category", func(d *kb.Draft) { d.Category = "nope" }, "category", "error.field.choice"},
		{"hidden category", func(d *kb.Draft) { d.Category = "secret" }, "category", "error.field.choice"},
		{"unknown kind", func(d *kb.Draft) { d.Kind = "poem" }, "kind", "error.field.choice"},
		{"bad audience", func(d *kb.Draft) { d.Audience = profile.Audience{"No Such"} }, "audience", "error.audience.bad_term"},
		{"many tags", func(d *kb.Draft) { d.Tags = make([]string, kb.MaxList+1) }, "tags", "error.field.too_many"},
		{"empty tag", func(d *kb.Draft) { d.Tags = []string{" "} }, "tags", "error.field.required"},
		{"long product", func(d *kb.Draft) { d.Products = []string{strings.Repeat("x", kb.MaxName+1)} }, "products", "error.field.too_long"},
		{"related with a line", func(d *kb.Draft) { d.Related = []string{"a\nb"} }, "related", "error.field.characters"},
		{"order out of range", func(d *kb.Draft) { d.Order = 1 << 40 }, "order", "error.field.out_of_range"},
		{"long owner", func(d *kb.Draft) { d.Owner = strings.Repeat("x", kb.MaxOwner+1) }, "owner", "error.field.too_long"},
		{"no language", func(d *kb.Draft) { d.Locale = "klingon" }, "locale", "error.field.locale"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := draft("hubs", "c", "public")
			tt.change(&d)
			_, err := w.Create(w.ctx(), author, d)
			require.Equal(t, map[string]string{tt.field: tt.key}, fields(t, err))
		})
	}
	d := draft("hubs", "c", "public")
	d.Key = strings.Repeat("x", 300)
	_, err := w.Create(w.ctx(), author, d)
	require.ErrorIs(t, err, kb.ErrInvalid)
}

func TestOnlyPublishersNameOwners(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	d := draft("hubs", "c", "public")
	d.Owner = other.ID
	_, err := w.Create(w.ctx(), author, d)
	require.ErrorIs(t, err, kb.ErrForbidden)
	d.Owner = author.ID
	a, err := w.Create(w.ctx(), author, d)
	require.NoError(t, err)
	_, err = w.Arrange(w.ctx(), author, a.ID, a.Version, kb.Meta{Category: "c", Kind: a.Kind, Audience: a.Audience, Owner: other.ID})
	require.ErrorIs(t, err, kb.ErrForbidden)
	a, err = w.Arrange(w.ctx(), author, a.ID, a.Version, kb.Meta{Category: "c", Kind: kb.KindFAQ, Audience: a.Audience})
	require.NoError(t, err)
	require.Equal(t, author.ID, a.Owner, "an empty owner changes nothing")
	a = w.arrange(a, func(m *kb.Meta) { m.Owner = other.ID })
	require.Equal(t, other.ID, a.Owner)
}

func TestTranslatorsTranslate(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	a := w.show(draft("hubs", "c", "public"))
	text := kb.Text{Title: "Über Hubs", Body: "Alles."}
	_, err := w.Edit(w.ctx(), translator, a.ID, "en", a.Version, text)
	require.ErrorIs(t, err, kb.ErrForbidden, "the source is the authors'")
	b, err := w.Edit(w.ctx(), translator, a.ID, "DE", a.Version, text)
	require.NoError(t, err)
	_, ok := b.In("de")
	require.True(t, ok, "languages are kept in one form")
	_, err = w.Publish(w.ctx(), translator, a.ID, "de", b.Version)
	require.ErrorIs(t, err, kb.ErrForbidden)
	_, err = w.Arrange(w.ctx(), translator, a.ID, b.Version, kb.Meta{Category: "c", Kind: a.Kind, Audience: a.Audience})
	require.ErrorIs(t, err, kb.ErrForbidden)
	_, err = w.Edit(w.ctx(), translator, a.ID, "xx-nope-xx", b.Version, text)
	require.Equal(t, map[string]string{"locale": "error.field.locale"}, fields(t, err))
}

func TestSlugsMakeWay(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	var slugs []string
	for i := range 14 {
		d := draft("hubs", "c", "public")
		d.Key = strings.Repeat("k", i+1)
		a := w.show(d)
		slugs = append(slugs, a.Translations[0].Slug)
	}
	require.Equal(t, []string{"about-hubs", "about-hubs-2", "about-hubs-3"}, slugs[:3])
	require.Len(t, unique(slugs), 14)
	d := draft("more", "c", "public")
	d.Slug = "about-hubs"
	_, err := w.Create(w.ctx(), author, d)
	require.Equal(t, map[string]string{"slug": "error.field.taken"}, fields(t, err), "a slug that somebody chose does not make way")
	d.Locale = "de"
	_, err = w.Create(w.ctx(), author, d)
	require.Equal(t, map[string]string{"slug": "error.field.taken"}, fields(t, err), "in no language: readers may be shown the other one in theirs")
}

func unique(list []string) map[string]bool {
	out := map[string]bool{}
	for _, s := range list {
		out[s] = true
	}
	return out
}

func TestNewSlugsRedirect(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	a := w.show(draft("hubs", "c", "public"))
	text := kb.Text{Title: "About hubs", Body: "B", Slug: "Hub Basics"}
	_, err := w.Edit(w.ctx(), author, a.ID, "en", a.Version, text)
	require.ErrorIs(t, err, kb.ErrForbidden, "the address of what readers see is the publishers'")
	a, err = w.Edit(w.ctx(), reviewer, a.ID, "en", a.Version, text)
	require.NoError(t, err)
	f, err := w.Find(w.ctx(), anyone, "en", "about-hubs")
	require.NoError(t, err)
	require.Equal(t, kb.Found{Ref: kb.Ref{Kind: "article", ID: a.ID, Locale: "en", Slug: "hub-basics"}, Moved: true}, f)
	f, err = w.Find(w.ctx(), anyone, "en", "hub-basics")
	require.NoError(t, err)
	require.False(t, f.Moved)
	_, err = w.Find(w.ctx(), anyone, "en", "nope")
	require.ErrorIs(t, err, kb.ErrNotFound)
}

// TestNews: what is published is news to its followers, unless it is minor or was
// imported.
func TestNews(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	a := w.show(draft("hubs", "c", "public"))
	newsAt := func(a kb.Article) time.Time {
		tr, ok := a.In("en")
		require.True(t, ok)
		return tr.NewsAt
	}
	first := newsAt(a)
	require.Equal(t, w.now, first)
	w.tick()
	a, err := w.Edit(w.ctx(), reviewer, a.ID, "en", a.Version, kb.Text{Title: "hubs", Body: "A comma, more."})
	require.NoError(t, err)
	a, err = w.PublishMinor(w.ctx(), reviewer, a.ID, "en", a.Version)
	require.NoError(t, err)
	require.Equal(t, first, newsAt(a), "nobody is told")
	_, err = w.PublishMinor(w.ctx(), author, a.ID, "en", a.Version)
	require.ErrorIs(t, err, kb.ErrForbidden)
	w.tick()
	a = w.edit(a, "Something else.")
	require.Equal(t, w.now, newsAt(a))
}
