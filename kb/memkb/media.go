package memkb

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/kb"
)

// PutMedia implements [kb.MediaStore].
func (s *Store) PutMedia(ctx context.Context, m kb.Media) error {
	if err := cmp.Or(ctx.Err(), stored.CheckText(m.Name, m.Type, m.Hash, m.About, string(m.Words), m.Owner, m.External, m.Stem), checkTimes(m.At)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m.Data, m.At = slices.Clone(m.Data), m.At.UTC()
	s.media[m.Name] = m
	delete(s.texts, m.Name)
	s.askNamed(kb.LinkMedia, m.Name)
	s.contents++
	return nil
}

// Media implements [kb.MediaStore].
func (s *Store) Media(ctx context.Context, name string) (kb.Media, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	m, err := find(ctx, s.media, name)
	m.Data = slices.Clone(m.Data)
	return m, err
}

// MediaUses implements [kb.MediaStore].
func (s *Store) MediaUses(ctx context.Context, name string) ([]kb.MediaUse, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	live := map[[2]string]bool{}
	for _, key := range s.uses[name] {
		t, _ := s.articles[key.article].In(key.locale)
		use := [2]string{key.article, s.revisions[key].Author}
		live[use] = live[use] || t.Visible() && t.Live == key.number
	}
	var out []kb.MediaUse
	for use, shown := range live {
		out = append(out, kb.MediaUse{Article: use[0], Author: use[1], Live: shown})
	}
	for _, a := range s.articles {
		if slices.Contains(a.Media, name) {
			out = append(out, kb.MediaUse{Article: a.ID, Live: len(a.Live()) > 0})
		}
	}
	slices.SortFunc(out, func(a, b kb.MediaUse) int {
		return cmp.Or(strings.Compare(a.Article, b.Article), strings.Compare(a.Author, b.Author))
	})
	return out, ctx.Err()
}

// used reports whether an article uses a medium now.
func (s *Store) used(name string) bool {
	for _, key := range s.uses[name] {
		if t, ok := s.articles[key.article].In(key.locale); ok && (t.Head == key.number || t.Visible() && t.Live == key.number) {
			return true
		}
	}
	for _, a := range s.articles {
		if slices.Contains(a.Media, name) {
			return true
		}
	}
	return false
}

// usedWith reports whether an article uses a film now that a medium goes with.
func (s *Store) usedWith(m kb.Media) bool {
	if m.Stem == "" || isFilm(m) {
		return false
	}
	for _, film := range s.media {
		if film.Stem == m.Stem && isFilm(film) && s.used(film.Name) {
			return true
		}
	}
	return false
}

func isFilm(m kb.Media) bool {
	return strings.HasPrefix(m.Type, "video/") || strings.HasPrefix(m.Type, "audio/")
}

// ListMedia implements [kb.MediaStore].
func (s *Store) ListMedia(ctx context.Context, q kb.MediaQuery) ([]kb.Media, string, error) {
	past, err := pastMedium(q)
	if err != nil {
		return nil, "", err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var page []kb.Media
	for _, m := range s.media {
		if isMedium(m, q) && past(m) && !(q.Unused && (slices.Contains(q.Except, m.Name) || s.used(m.Name) || s.usedWith(m))) {
			m.Data = nil
			page = append(page, m)
		}
	}
	slices.SortFunc(page, mediaOrder)
	limit, next := cmp.Or(max(q.Limit, 0), 50), ""
	if len(page) > limit {
		page = page[:limit]
		next = cursor.Encode(cursor.FormatTime(page[limit-1].At), page[limit-1].Name)
	}
	return page, next, ctx.Err()
}

func mediaOrder(a, b kb.Media) int {
	return cmp.Or(b.At.Compare(a.At), strings.Compare(a.Name, b.Name))
}

func isMedium(m kb.Media, q kb.MediaQuery) bool {
	return strings.Contains(strings.ToLower(m.Name), q.Name) && (q.Owner == "" || m.Owner == q.Owner) && (q.Words == "" || m.Words == q.Words) &&
		(q.Types == nil || slices.ContainsFunc(q.Types, func(t string) bool { return m.Type == t || strings.HasSuffix(t, "/") && strings.HasPrefix(m.Type, t) }))
}

func pastMedium(q kb.MediaQuery) (func(kb.Media) bool, error) {
	if q.After == "" {
		return func(kb.Media) bool { return true }, nil
	}
	parts, err := cursor.Decode(q.After, 2)
	if err != nil {
		return nil, err
	}
	last := kb.Media{Name: parts[1]}
	last.At, err = cursor.ParseTime(parts[0])
	return func(m kb.Media) bool { return mediaOrder(m, last) > 0 }, err
}

// MediaTotal implements [kb.MediaStore].
func (s *Store) MediaTotal(ctx context.Context) (int, int64, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var bytes int64
	for _, m := range s.media {
		bytes += m.Size
	}
	return len(s.media), bytes, ctx.Err()
}

// MediaOf implements [kb.MediaStore].
func (s *Store) MediaOf(ctx context.Context, hashes []string) ([]string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	found := map[string]bool{}
	for _, m := range s.media {
		if slices.Contains(hashes, m.Hash) {
			found[m.Hash] = true
		}
	}
	return slices.Sorted(maps.Keys(found)), ctx.Err()
}

// DescribeMedia implements [kb.MediaStore].
func (s *Store) DescribeMedia(ctx context.Context, name, about string) error {
	if err := cmp.Or(ctx.Err(), stored.CheckText(name, about)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := find(ctx, s.media, name)
	if err != nil {
		return err
	}
	m.About = about
	s.media[name] = m
	s.contents++
	return nil
}

// RemoveMedia implements [kb.MediaStore].
func (s *Store) RemoveMedia(ctx context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := find(ctx, s.media, name); err != nil {
		return err
	}
	if s.used(name) {
		return kb.ErrConflict
	}
	delete(s.media, name)
	delete(s.texts, name)
	s.askNamed(kb.LinkMedia, name)
	s.contents++
	return nil
}

// SaveMediaText implements [kb.MediaStore].
func (s *Store) SaveMediaText(ctx context.Context, name, hash string, t kb.MediaText, shown []string) error {
	if err := cmp.Or(ctx.Err(), stored.CheckText(string(t.State), t.Text)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := find(ctx, s.media, name)
	if err == nil && m.Hash != hash {
		err = kb.ErrNotFound
	}
	if err != nil {
		return err
	}
	m.Words, m.Tries = t.State, t.Tries
	s.media[name] = m
	s.contents++
	if s.texts[name] == t.Text {
		return nil
	}
	s.texts[name] = t.Text
	s.changed(s.users(name, shown)...)
	return nil
}

// users returns the articles that use a medium or include any of the blocks, in
// whatever revision.
func (s *Store) users(name string, blocks []string) []string {
	ids := map[string]bool{}
	for _, key := range s.uses[name] {
		ids[key.article] = true
	}
	for _, a := range s.articles {
		if slices.Contains(a.Media, name) {
			ids[a.ID] = true
		}
	}
	for key, r := range s.revisions {
		if slices.ContainsFunc(r.Blocks, func(b string) bool { return slices.Contains(blocks, b) }) {
			ids[key.article] = true
		}
	}
	return slices.Sorted(maps.Keys(ids))
}

// MediaTexts implements [kb.MediaStore].
func (s *Store) MediaTexts(ctx context.Context, names []string) (map[string]string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := map[string]string{}
	for _, name := range names {
		if s.texts[name] != "" {
			out[name] = s.texts[name]
		}
	}
	return out, ctx.Err()
}
