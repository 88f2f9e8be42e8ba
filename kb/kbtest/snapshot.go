package kbtest

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
)

// Names are what a store cannot be asked for a list of.
type Names struct {
	Media     []string
	Redirects []string // paths
	Slugs     []string
}

// A snapshot is all that a store holds.
type snapshot struct {
	Articles   []kb.Article
	Revisions  []kb.Revision
	Categories []kb.Category
	Feedback   []kb.Feedback
	Media      []kb.Media
	Uses       map[string][]kb.MediaUse
	Redirects  []kb.Redirect
	Blocks     []kb.Block        // all versions
	Slugs      map[string]string // that readers saw
	Holders    map[string]string // of all
	Counts     []kb.Count
}

// Snapshot returns all that a store holds as text, to compare. Of what cannot be
// listed, it holds what has the names.
func Snapshot(t testing.TB, s kb.Store, n Names) string {
	t.Helper()
	all := snapshot{Uses: map[string][]kb.MediaUse{}, Slugs: map[string]string{}, Holders: map[string]string{}}
	var err error
	all.Articles, _, err = s.Articles(t.Context(), kb.ArticleQuery{Limit: 1_000_000})
	require.NoError(t, err)
	for _, a := range all.Articles {
		for _, tr := range a.Translations {
			n.Slugs = append(n.Slugs, tr.Slug)
			all.Revisions = append(all.Revisions, revisionsOf(t, s, a.ID, tr.Locale)...)
		}
	}
	all.Categories, _, err = s.Categories(t.Context())
	require.NoError(t, err)
	all.Feedback, _, err = s.Feedback(t.Context(), kb.FeedbackQuery{Limit: 1_000_000})
	require.NoError(t, err)
	all.Counts, err = s.CountArticles(t.Context())
	require.NoError(t, err)
	blocks, _, err := s.Blocks(t.Context())
	require.NoError(t, err)
	for _, b := range blocks {
		versions, err := s.BlockVersions(t.Context(), b.Name, 0, 1_000_000)
		require.NoError(t, err)
		all.Blocks = append(all.Blocks, versions...)
	}
	all.named(t, s, n)
	slices.SortFunc(all.Counts, func(a, b kb.Count) int {
		return slices.Compare(append([]string{a.Category}, a.Audience...), append([]string{b.Category}, b.Audience...))
	})
	text, err := json.MarshalIndent(all, "", " ")
	require.NoError(t, err)
	return string(text)
}

// revisionsOf returns all revisions of a text, with their bodies.
func revisionsOf(t testing.TB, s kb.Store, article, locale string) []kb.Revision {
	t.Helper()
	list, err := s.Revisions(t.Context(), article, locale, 0, 1_000_000)
	require.NoError(t, err)
	for i, r := range list {
		list[i], err = s.Revision(t.Context(), article, locale, r.Number)
		require.NoError(t, err)
	}
	return list
}

func (all *snapshot) named(t testing.TB, s kb.Store, n Names) {
	t.Helper()
	for _, r := range all.Revisions {
		n.Media = append(n.Media, r.Media...)
	}
	slices.Sort(n.Media)
	for _, name := range slices.Compact(n.Media) {
		m, err := s.Media(t.Context(), name)
		all.Media = kept(t, all.Media, m, err)
		all.Uses[name], err = s.MediaUses(t.Context(), name)
		require.NoError(t, err)
	}
	for _, path := range n.Redirects {
		r, err := s.Redirect(t.Context(), path)
		all.Redirects = kept(t, all.Redirects, r, err)
	}
	for _, slug := range n.Slugs {
		if id, err := s.Slug(t.Context(), slug); !errors.Is(err, kb.ErrNotFound) {
			require.NoError(t, err)
			all.Slugs[slug] = id
		}
		if id, err := s.Holder(t.Context(), slug); !errors.Is(err, kb.ErrNotFound) {
			require.NoError(t, err)
			all.Holders[slug] = id
		}
	}
}

// kept appends what was found.
func kept[T any](t testing.TB, list []T, found T, err error) []T {
	t.Helper()
	if errors.Is(err, kb.ErrNotFound) {
		return list
	}
	require.NoError(t, err)
	return append(list, found)
}
