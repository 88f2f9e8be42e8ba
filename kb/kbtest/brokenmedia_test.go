package kbtest_test

import (
	"context"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/kb"
)

// faultyMedia are the faults that a store can have with media.
type faultyMedia struct {
	putMedia func(ctx context.Context, m kb.Media) error
	list     func(ctx context.Context, q kb.MediaQuery) ([]kb.Media, string, error)
	total    func(ctx context.Context) (int, int64, error)
	hashes   func(ctx context.Context, hashes []string) ([]string, error)
	describe func(ctx context.Context, name, about string) error
	remove   func(ctx context.Context, name string) error
	saveText func(ctx context.Context, name, hash string, t kb.MediaText, shown []string) error
	texts    func(ctx context.Context, names []string) (map[string]string, error)
}

func (f faulty) PutMedia(ctx context.Context, m kb.Media) error {
	return or(&f.putMedia, f.putMedia != nil, f.Store.PutMedia)(ctx, m)
}

func (f faulty) ListMedia(ctx context.Context, q kb.MediaQuery) ([]kb.Media, string, error) {
	return or(&f.list, f.list != nil, f.Store.ListMedia)(ctx, q)
}

func (f faulty) MediaTotal(ctx context.Context) (int, int64, error) {
	return or(&f.total, f.total != nil, f.Store.MediaTotal)(ctx)
}

func (f faulty) MediaOf(ctx context.Context, hashes []string) ([]string, error) {
	return or(&f.hashes, f.hashes != nil, f.Store.MediaOf)(ctx, hashes)
}

func (f faulty) DescribeMedia(ctx context.Context, name, about string) error {
	return or(&f.describe, f.describe != nil, f.Store.DescribeMedia)(ctx, name, about)
}

func (f faulty) RemoveMedia(ctx context.Context, name string) error {
	return or(&f.remove, f.remove != nil, f.Store.RemoveMedia)(ctx, name)
}

func (f faulty) SaveMediaText(ctx context.Context, name, hash string, t kb.MediaText, shown []string) error {
	return or(&f.saveText, f.saveText != nil, f.Store.SaveMediaText)(ctx, name, hash, t, shown)
}

func (f faulty) MediaTexts(ctx context.Context, names []string) (map[string]string, error) {
	return or(&f.texts, f.texts != nil, f.Store.MediaTexts)(ctx, names)
}

// putting changes media before they are kept, listingMedia queries before they
// are answered, and reading words before they are kept.
func putting(change func(m *kb.Media)) breaking {
	return func(s kb.Store) faulty {
		return faulty{faultyMedia: faultyMedia{putMedia: func(ctx context.Context, m kb.Media) error {
			change(&m)
			return s.PutMedia(ctx, m)
		}}}
	}
}

func listingMedia(change func(q *kb.MediaQuery)) breaking {
	return func(s kb.Store) faulty {
		return faulty{faultyMedia: faultyMedia{list: func(ctx context.Context, q kb.MediaQuery) ([]kb.Media, string, error) {
			change(&q)
			return s.ListMedia(ctx, q)
		}}}
	}
}

func readingWords(save func(ctx context.Context, s kb.Store, name, hash string, t kb.MediaText, shown []string) error) breaking {
	return func(s kb.Store) faulty {
		return faulty{faultyMedia: faultyMedia{saveText: func(ctx context.Context, name, hash string, t kb.MediaText, shown []string) error {
			return save(ctx, s, name, hash, t, shown)
		}}}
	}
}

var brokenMedia = []broke{
	{"shares the bytes of media", "Media", func(s kb.Store) faulty {
		return faulty{media: func(ctx context.Context, name string) (kb.Media, error) {
			m, err := s.Media(ctx, name)
			m.Data = []byte(strings.ToValidUTF8(string(m.Data), "?"))
			return m, err
		}}
	}},
	{"takes all uses for live ones", "MediaUses", func(s kb.Store) faulty {
		return faulty{uses: func(ctx context.Context, name string) ([]kb.MediaUse, error) {
			uses, err := s.MediaUses(ctx, name)
			for i := range uses {
				uses[i].Live = true
			}
			return uses, err
		}}
	}},
	{"forgets who wrote what shows media", "MediaUses", func(s kb.Store) faulty {
		return faulty{uses: func(ctx context.Context, name string) ([]kb.MediaUse, error) {
			uses, err := s.MediaUses(ctx, name)
			for i := range uses {
				uses[i].Author = "ann"
			}
			return uses, err
		}}
	}},
	{"forgets who put media there", "Media", func(s kb.Store) faulty {
		return faulty{media: func(ctx context.Context, name string) (kb.Media, error) {
			m, err := s.Media(ctx, name)
			m.Owner = ""
			return m, err
		}}
	}},
	{"forgets what is said about media", "MediaList", putting(func(m *kb.Media) { m.About = "" })},
	{"forgets what goes with a film", "MediaWithFilm", putting(func(m *kb.Media) { m.Stem = "" })},
	{"takes films for what goes with them", "MediaWithFilm", putting(func(m *kb.Media) {
		if m.Stem != "" && m.Type == "video/mp4" && m.Name == "film.webm" {
			m.Type = "text/vtt"
		}
	})},
	{"counts bytes in 32 bits", "MediaTotal", putting(func(m *kb.Media) { m.Size = int64(int32(m.Size)) })},
	{"forgets that words are waiting", "MediaList", putting(func(m *kb.Media) { m.Words = "" })},
	{"forgets media in fields", "MediaInFields", saving(func(a *kb.Article, _ *[]kb.Revision) { a.Media = nil })},
	{"ignores the name", "MediaList", listingMedia(func(q *kb.MediaQuery) { q.Name = "" })},
	{"ignores types", "MediaList", listingMedia(func(q *kb.MediaQuery) { q.Types = nil })},
	{"ignores owners", "MediaList", listingMedia(func(q *kb.MediaQuery) { q.Owner = "" })},
	{"ignores the state of words", "MediaList", listingMedia(func(q *kb.MediaQuery) { q.Words = "" })},
	{"takes everything for unused", "MediaUnused", listingMedia(func(q *kb.MediaQuery) { q.Unused = false })},
	{"forgets the exceptions", "MediaUnused", listingMedia(func(q *kb.MediaQuery) { q.Except = nil })},
	{"lists bytes", "MediaList", func(s kb.Store) faulty {
		return faulty{faultyMedia: faultyMedia{list: func(ctx context.Context, q kb.MediaQuery) ([]kb.Media, string, error) {
			page, next, err := s.ListMedia(ctx, q)
			for i := range page {
				m, _ := s.Media(ctx, page[i].Name)
				page[i].Data = m.Data
			}
			return page, next, err
		}}}
	}},
	{"lists the oldest first", "MediaList", func(s kb.Store) faulty {
		return faulty{faultyMedia: faultyMedia{list: func(ctx context.Context, q kb.MediaQuery) ([]kb.Media, string, error) {
			page, next, err := s.ListMedia(ctx, q)
			slices.Reverse(page)
			return page, next, err
		}}}
	}},
	{"knows every hash", "MediaTotal", func(kb.Store) faulty {
		return faulty{faultyMedia: faultyMedia{hashes: func(_ context.Context, hashes []string) ([]string, error) { return hashes, nil }}}
	}},
	{"forgets the words when it describes", "MediaDescribe", func(s kb.Store) faulty {
		return faulty{faultyMedia: faultyMedia{describe: func(ctx context.Context, name, about string) error {
			m, err := s.Media(ctx, name)
			if err != nil {
				return err
			}
			m.About = about
			return s.PutMedia(ctx, m)
		}}}
	}},
	{"removes what is used", "MediaRemove", func(s kb.Store) faulty {
		return faulty{faultyMedia: faultyMedia{remove: func(ctx context.Context, name string) error {
			return saysYes(s.RemoveMedia(ctx, name))
		}}}
	}},
	{"keeps words of another content", "MediaText", readingWords(func(ctx context.Context, s kb.Store, name, _ string, t kb.MediaText, shown []string) error {
		m, _ := s.Media(ctx, name)
		return s.SaveMediaText(ctx, name, m.Hash, t, shown)
	})},
	{"tells nobody of words in blocks", "MediaTextChanges", readingWords(func(ctx context.Context, s kb.Store, name, hash string, t kb.MediaText, _ []string) error {
		return s.SaveMediaText(ctx, name, hash, t, nil)
	})},
	{"tells of words that stayed the same", "MediaTextChanges", readingWords(func(ctx context.Context, s kb.Store, name, hash string, t kb.MediaText, shown []string) error {
		if err := s.SaveMediaText(ctx, name, hash, kb.MediaText{}, shown); err != nil {
			return err
		}
		return s.SaveMediaText(ctx, name, hash, t, shown)
	})},
	{"repairs broken descriptions", "MediaBad", putting(func(m *kb.Media) { m.About = "repaired" })},
}
