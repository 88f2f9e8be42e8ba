package profile_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

func (p *portal) shelve(t *testing.T, by profile.Actor, list string, refs ...string) {
	t.Helper()
	for _, ref := range refs {
		p.now = p.now.Add(time.Second)
		_, err := p.Shelve(t.Context(), by, profile.ShelfItem{List: list, Ref: ref, Title: "About " + ref})
		require.NoError(t, err)
	}
}

func (p *portal) shelved(t *testing.T, by profile.Actor, list string) []string {
	t.Helper()
	out := []string{}
	for item, err := range p.AllShelf(t.Context(), by, profile.ShelfQuery{List: list, Limit: 2}) {
		require.NoError(t, err)
		out = append(out, item.Ref)
	}
	return out
}

func TestShelf(t *testing.T) {
	p := newPortal(t)
	bob := p.as(t, "bob")
	p.shelve(t, bob, profile.ListFavourites, "article/1", "article/2", "article/3", "article/1")
	require.Equal(t, []string{"article/3", "article/2", "article/1"}, p.shelved(t, bob, profile.ListFavourites), "what is put again keeps its place")
	p.shelve(t, bob, profile.ListViewed, "article/1", "article/2", "article/3", "article/1")
	require.Equal(t, []string{"article/1", "article/3", "article/2"}, p.shelved(t, bob, profile.ListViewed), "what is viewed again moves to the front")

	item, err := p.Shelve(t.Context(), bob, profile.ShelfItem{
		Person: "ann", List: profile.ListSearches, Ref: "search/printer offline", Title: "Printer", Data: map[string]string{"product": "hub"}, At: day.AddDate(1, 0, 0),
	})
	require.NoError(t, err)
	require.Equal(t, profile.ShelfItem{
		Person: "bob", List: profile.ListSearches, Ref: "search/printer offline", Title: "Printer", Data: map[string]string{"product": "hub"}, At: p.now,
	}, item)
	page, next, err := p.Shelf(t.Context(), bob, profile.ShelfQuery{List: profile.ListSearches})
	require.NoError(t, err)
	require.Empty(t, next)
	require.Equal(t, []profile.ShelfItem{item}, page)

	// Which lists an article is on, to draw its star.
	page, _, err = p.Shelf(t.Context(), bob, profile.ShelfQuery{Ref: "article/2"})
	require.NoError(t, err)
	require.Equal(t, []string{profile.ListViewed, profile.ListFavourites}, []string{page[0].List, page[1].List})

	for range 2 {
		require.NoError(t, p.Unshelve(t.Context(), bob, profile.ListFavourites, "article/2"))
	}
	require.Equal(t, []string{"article/3", "article/1"}, p.shelved(t, bob, profile.ListFavourites))
	require.NoError(t, p.Unshelve(t.Context(), bob, profile.ListViewed, ""))
	require.Empty(t, p.shelved(t, bob, profile.ListViewed))
	require.Len(t, p.shelved(t, bob, profile.ListFavourites), 2)
}

func TestShelvesAreNobodyElses(t *testing.T) {
	p := newPortal(t)
	bob := p.as(t, "bob")
	p.shelve(t, bob, profile.ListFavourites, "article/1")
	page, _, err := p.Shelf(t.Context(), root, profile.ShelfQuery{Person: "bob", List: profile.ListFavourites})
	require.NoError(t, err)
	require.Empty(t, page, "an administrator sees their own")
	_, next, err := p.Shelf(t.Context(), bob, profile.ShelfQuery{List: profile.ListFavourites, Limit: 1})
	require.NoError(t, err)
	require.Empty(t, next)
	p.shelve(t, bob, profile.ListFavourites, "article/2")
	_, next, err = p.Shelf(t.Context(), bob, profile.ShelfQuery{List: profile.ListFavourites, Limit: 1})
	require.NoError(t, err)
	_, _, err = p.Shelf(t.Context(), root, profile.ShelfQuery{List: profile.ListFavourites, After: next})
	require.ErrorIs(t, err, profile.ErrInvalid)

	viewed := bob
	viewed.Viewer = "root"
	page, _, err = p.Shelf(t.Context(), viewed, profile.ShelfQuery{List: profile.ListFavourites})
	require.NoError(t, err)
	require.Empty(t, page, "whoever looks as somebody sees nothing of theirs")
	require.ErrorIs(t, p.Unshelve(t.Context(), viewed, profile.ListFavourites, "article/1"), profile.ErrForbidden)
	_, err = p.Shelve(t.Context(), viewed, profile.ShelfItem{List: profile.ListFavourites, Ref: "article/9"})
	require.ErrorIs(t, err, profile.ErrForbidden)
	item, err := p.Shelve(t.Context(), viewed, profile.ShelfItem{List: profile.ListViewed, Ref: "article/9"})
	require.NoError(t, err)
	require.True(t, item.At.IsZero())
	require.Empty(t, p.shelved(t, bob, profile.ListViewed))

	for _, err := range []error{
		errOf(p.Shelve(t.Context(), profile.Actor{}, profile.ShelfItem{List: profile.ListFavourites, Ref: "article/1"})),
		p.Unshelve(t.Context(), profile.Actor{}, profile.ListFavourites, "article/1"),
		errOf2(p.Shelf(t.Context(), profile.Actor{}, profile.ShelfQuery{List: profile.ListFavourites})),
	} {
		require.ErrorIs(t, err, profile.ErrForbidden)
	}
	require.Len(t, p.shelved(t, bob, profile.ListFavourites), 2)
}

func errOf[A any](_ A, err error) error { return err }

func errOf2[A, B any](_ A, _ B, err error) error { return err }

func TestShelvesHaveAnEnd(t *testing.T) {
	p := newPortal(t, func(o *profile.Options) {
		o.Lists = []profile.List{{Name: "kept", Most: 2}, {Name: "seen", Most: 2, Viewed: true}}
	})
	bob := p.as(t, "bob")
	p.shelve(t, bob, "kept", "a/1", "a/2", "a/1")
	_, err := p.Shelve(t.Context(), bob, profile.ShelfItem{List: "kept", Ref: "a/3"})
	require.ErrorIs(t, err, profile.ErrInvalid)
	var fields errs.Fields
	require.ErrorAs(t, err, &fields)
	require.Equal(t, errs.Message{Key: "error.profile.shelf_full", Args: map[string]any{"max": 2}}, fields["ref"])
	require.Equal(t, []string{"a/2", "a/1"}, p.shelved(t, bob, "kept"))
	p.shelve(t, bob, "seen", "a/1", "a/2", "a/3")
	require.Equal(t, []string{"a/3", "a/2"}, p.shelved(t, bob, "seen"))
	_, err = p.Shelve(t.Context(), bob, profile.ShelfItem{List: profile.ListFavourites, Ref: "a/3"})
	require.ErrorIs(t, err, profile.ErrNotFound)
}

func TestNothingIsNotedOfWhoWishesSo(t *testing.T) {
	p := newPortal(t)
	bob := p.as(t, "bob")
	p.shelve(t, bob, profile.ListViewed, "article/1")
	p.shelve(t, bob, profile.ListFavourites, "article/1")
	_, err := p.SavePreferences(t.Context(), bob, "bob", profile.Preferences{Unnoted: true})
	require.NoError(t, err)
	require.Empty(t, p.shelved(t, bob, profile.ListViewed), "what was noted is forgotten")
	item, err := p.Shelve(t.Context(), bob, profile.ShelfItem{List: profile.ListViewed, Ref: "article/2"})
	require.NoError(t, err)
	require.True(t, item.At.IsZero())
	require.Empty(t, p.shelved(t, bob, profile.ListViewed))
	p.shelve(t, bob, profile.ListFavourites, "article/2")
	require.Len(t, p.shelved(t, bob, profile.ListFavourites), 2)
	_, err = p.SavePreferences(t.Context(), bob, "bob", profile.Preferences{Version: 1})
	require.NoError(t, err)
	p.shelve(t, bob, profile.ListViewed, "article/3")
	require.Equal(t, []string{"article/3"}, p.shelved(t, bob, profile.ListViewed))
}

func TestFollowers(t *testing.T) {
	p := newPortal(t)
	for person, level := range map[string]string{"ann": "", "bob": profile.LevelImportant, "carl": profile.LevelNone, "gus": profile.LevelAll} {
		item, err := p.Shelve(t.Context(), p.as(t, person), profile.ShelfItem{List: profile.ListFollows, Ref: "article/1", Level: level})
		require.NoError(t, err)
		require.NotEmpty(t, item.Level)
	}
	p.shelve(t, p.as(t, "pia"), profile.ListFavourites, "article/1")
	p.shelve(t, p.as(t, "pia"), profile.ListFollows, "article/11")
	var got []string
	after := ""
	for {
		page, next, err := p.Followers(t.Context(), "article/1", after, 2)
		require.NoError(t, err)
		for _, f := range page {
			got = append(got, f.Person+" "+f.Level)
		}
		if after = next; next == "" {
			break
		}
	}
	require.Equal(t, []string{"ann all", "bob important", "gus all"}, got)
	_, _, err := p.Followers(t.Context(), "article/1", "x", 2)
	require.ErrorIs(t, err, profile.ErrInvalid)
}

// What was put on a list may be hidden since.
func TestShelvesShowNothingHidden(t *testing.T) {
	open := map[string]string{"article/1": "One", "article/3": "Three"}
	var asked []string
	p := newPortal(t, func(o *profile.Options) {
		o.Titles = profile.TitlesFunc(func(_ context.Context, by profile.Actor, refs []string) (map[string]string, error) {
			asked = append(asked, by.ID+" "+strings.Join(refs, " "))
			if by.ID == "carl" {
				return nil, profile.ErrUnavailable
			}
			return open, nil
		})
	})
	bob, carl := p.as(t, "bob"), p.as(t, "carl")
	p.shelve(t, bob, profile.ListFavourites, "article/1", "article/2", "article/3")
	page, _, err := p.Shelf(t.Context(), bob, profile.ShelfQuery{List: profile.ListFavourites})
	require.NoError(t, err)
	require.Len(t, page, 2)
	require.Equal(t, []string{"Three", "One"}, []string{page[0].Title, page[1].Title})
	require.Equal(t, []string{"bob article/3 article/2 article/1"}, asked)
	require.Equal(t, []string{"article/3", "article/1"}, p.shelved(t, bob, profile.ListFavourites), "pages without a row do not end the list")
	p.shelve(t, carl, profile.ListFavourites, "article/1")
	_, _, err = p.Shelf(t.Context(), carl, profile.ShelfQuery{List: profile.ListFavourites})
	require.ErrorIs(t, err, profile.ErrUnavailable)
}

func TestItemsThatCannotBe(t *testing.T) {
	p := newPortal(t)
	bob := p.as(t, "bob")
	large := map[string]string{}
	for i := range 21 {
		large[fmt.Sprint("k", i)] = "v"
	}
	for _, c := range []struct {
		field, key string
		item       profile.ShelfItem
	}{
		{"ref", "error.field.required", profile.ShelfItem{}},
		{"ref", "error.field.format", profile.ShelfItem{Ref: "article"}},
		{"ref", "error.field.format", profile.ShelfItem{Ref: "article/"}},
		{"ref", "error.field.format", profile.ShelfItem{Ref: "/1"}},
		{"ref", "error.field.format", profile.ShelfItem{Ref: "https://evil.example"}},
		{"ref", "error.field.characters", profile.ShelfItem{Ref: "article/a\nb"}},
		{"ref", "error.field.too_long", profile.ShelfItem{Ref: "article/" + strings.Repeat("x", 505)}},
		{"title", "error.field.too_long", profile.ShelfItem{Ref: "article/1", Title: strings.Repeat("x", 201)}},
		{"title", "error.field.characters", profile.ShelfItem{Ref: "article/1", Title: "a\x00"}},
		{"level", "error.field.choice", profile.ShelfItem{Ref: "article/1", Level: "some"}},
		{"data", "error.field.too_many", profile.ShelfItem{Ref: "article/1", Data: large}},
		{"data", "error.field.format", profile.ShelfItem{Ref: "article/1", Data: map[string]string{"a b": "v"}}},
		{"data.k", "error.field.too_long", profile.ShelfItem{Ref: "article/1", Data: map[string]string{"k": strings.Repeat("x", 513)}}},
		{"data.k", "error.field.characters", profile.ShelfItem{Ref: "article/1", Data: map[string]string{"k": "\x00"}}},
	} {
		c.item.List = profile.ListFollows
		_, err := p.Shelve(t.Context(), bob, c.item)
		require.ErrorIs(t, err, profile.ErrInvalid)
		var fields errs.Fields
		require.ErrorAs(t, err, &fields, "%+v", c)
		require.Equal(t, c.key, fields[c.field].Key, "%+v", c)
	}
	_, err := p.Shelve(t.Context(), bob, profile.ShelfItem{List: profile.ListFavourites, Ref: "article/1", Level: profile.LevelAll})
	require.ErrorIs(t, err, profile.ErrInvalid, "favourites have no levels")
	_, _, err = p.Shelf(t.Context(), bob, profile.ShelfQuery{})
	require.ErrorIs(t, err, profile.ErrInvalid)
	_, _, err = p.Shelf(t.Context(), bob, profile.ShelfQuery{List: "none"})
	require.ErrorIs(t, err, profile.ErrNotFound)
	require.ErrorIs(t, p.Unshelve(t.Context(), bob, "none", "article/1"), profile.ErrNotFound)
}
