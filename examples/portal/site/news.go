package site

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// What can be followed besides articles: categories, with everything below them,
// and types of content.
const typeRef = "kind/"

// resolveArticle reads what a notice is about as its recipient may read it.
func (s *Site) resolveArticle(ctx context.Context, to profile.Actor, n profile.Notice) (profile.NoticeText, error) {
	e, brand, err := s.entryFor(ctx, to, n, s.readersLanguage(ctx, to))
	if err != nil {
		return profile.NoticeText{}, err
	}
	return profile.NoticeText{Title: e.Title, Body: e.Summary, Path: "/articles/" + escape(e.Slug), Brand: brand}, nil
}

// readsNews reports whether the text that a notice is about is the one that its
// recipient reads. What they are told once stays with them in whatever language
// they look at it.
func (s *Site) readsNews(ctx context.Context, to profile.Actor, n profile.Notice) (bool, error) {
	locale, ok := n.Data["locale"]
	if !ok {
		return true, nil
	}
	e, _, err := s.entryFor(ctx, to, n, s.readersLocale(to.Locale))
	return err == nil && e.Locale == locale, err
}

// entryFor returns the article that a notice is about as its recipient sees it,
// and the brand on which they do.
func (s *Site) entryFor(ctx context.Context, to profile.Actor, n profile.Notice, locale string) (e kb.Entry, brand string, err error) {
	brand, err = s.onEach(ctx, to, func(there profile.Actor) error {
		found, err := s.library.Entries(ctx, there, []string{strings.TrimPrefix(n.Subject, articleRef)}, locale)
		if err == nil && len(found) == 0 {
			return profile.ErrNotFound
		}
		if err == nil {
			e = found[0]
		}
		return err
	})
	return e, brand, err
}

// tell tells those who follow an article, in whatever way, what is new of it.
func (s *Site) tell(ctx context.Context, c search.Change) error {
	if s.old(newest(c.Documents)) {
		return nil
	}
	a, err := s.library.Manuscript(ctx, system, strings.TrimPrefix(c.Group, articleRef))
	if errors.Is(err, kb.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	news := slices.DeleteFunc(slices.Clone(a.Translations), func(t kb.Translation) bool { return !t.Visible() || s.old(t.NewsAt) })
	if len(news) == 0 {
		return nil
	}
	refs, err := s.refsOf(ctx, a)
	if err != nil {
		return err
	}
	if followed, err := s.followed(ctx, append(refs, c.Group)); err != nil || !followed {
		return err
	}
	// Telling again of what was told is telling nothing, so that what changed
	// need not be known.
	for _, t := range news {
		o := profile.Occurrence{
			Kind: newsOf(a, t), Subject: c.Group, Key: fmt.Sprintf("%s@%s@%d", c.Group, t.Locale, t.NewsAt.UnixMicro()),
			Follow: refs, Data: map[string]string{"locale": t.Locale}, At: t.NewsAt,
		}
		if err := s.notifier.Notify(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// old reports whether what happened then is no news any more.
func (s *Site) old(at time.Time) bool { return s.cfg.Now().Sub(at) > newsLasts }

// newsOf returns what kind of news the last change of a text is: a new article, a
// new text, or a language in which it could not be read so far.
func newsOf(a kb.Article, t kb.Translation) string {
	if !t.PublishedAt.Equal(t.NewsAt) {
		return kindUpdated
	}
	for _, other := range a.Translations {
		if other.Visible() && other.PublishedAt.Before(t.PublishedAt) {
			return kindTranslated
		}
	}
	return kindPublished
}

// refsOf returns what those may follow, besides an article itself, who want
// to hear of it.
func (s *Site) refsOf(ctx context.Context, a kb.Article) ([]string, error) {
	refs := []string{typeRef + string(a.Kind)}
	above, err := s.library.Above(ctx, a.Category)
	for _, id := range above {
		refs = append(refs, categoryRef+id)
	}
	return refs, err
}

// followed reports whether anybody follows any of the references.
func (s *Site) followed(ctx context.Context, refs []string) (bool, error) {
	for _, ref := range refs {
		page, _, err := s.people.Followers(ctx, ref, "", 1)
		if err != nil || len(page) > 0 {
			return len(page) > 0, err
		}
	}
	return false, nil
}

// newest returns when the newest of some texts changed.
func newest(docs []search.Document) (at time.Time) {
	for _, d := range docs {
		if d.UpdatedAt.After(at) {
			at = d.UpdatedAt
		}
	}
	return at
}
