package site

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/seo"
)

// Search engines that take part in IndexNow are told of what everybody may read,
// as it changes, if the portal has a key for that.

// openAnnouncing makes ready what tells them.
func (s *Site) openAnnouncing(context.Context) (err error) {
	if s.cfg.IndexNow != "" {
		s.announcer, err = seo.NewIndexNow(s.cfg.IndexNow, &seo.IndexNowOptions{Client: s.cfg.outside, Logger: s.cfg.Log, Now: s.cfg.Now})
	}
	return err
}

// announcedCursor is the setting that says up to where they were told.
const announcedCursor = "indexnow.cursor"

// gather is how long more changes are waited for before they are told.
const gather = 10 * time.Second

// announce tells them until ctx is done.
func (s *Site) announce(ctx context.Context) error {
	if s.announcer == nil {
		return nil
	}
	for ctx.Err() == nil {
		seen, after := "", time.Duration(0)
		err := s.db.alone(ctx, aloneAnnounce, func(ctx context.Context) (err error) {
			seen, after, err = s.announceSome(ctx)
			return err
		})
		if err != nil && ctx.Err() == nil {
			s.cfg.Log.WarnContext(ctx, "search engines not told", "err", err)
			rest(ctx, max(after, time.Minute))
			continue
		}
		if seen != "" && s.library.Source().Wait(ctx, seen) == nil {
			rest(ctx, gather)
		}
	}
	return nil
}

func rest(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// announceSome tells them of some changes and returns where it is then, or "" if
// there may be more. What was not taken is told again.
func (s *Site) announceSome(ctx context.Context) (seen string, after time.Duration, err error) {
	before, err := s.db.setting(ctx, announcedCursor)
	if err != nil {
		return "", 0, err
	}
	ids, next, err := s.articles.Changes(ctx, before, 200)
	if errors.Is(err, search.ErrRebuild) {
		return "", 0, s.db.set(ctx, announcedCursor, "")
	}
	if err != nil {
		return "", 0, err
	}
	addresses, err := s.openAddressesOf(ctx, ids)
	if err != nil {
		return "", 0, err
	}
	if len(addresses) > 0 {
		after, err = s.announcer.Send(ctx, addresses)
	}
	if errors.Is(err, seo.ErrRefused) {
		s.cfg.Log.ErrorContext(ctx, "search engines refuse to be told: do they reach the key?", "key", s.cfg.BaseURL+s.announcer.KeyPath(), "err", err)
		err = nil // it would be refused again
	}
	if err != nil {
		return "", after, err
	}
	if next == before {
		return next, 0, nil
	}
	return "", 0, s.db.set(ctx, announcedCursor, next)
}

// openAddressesOf returns the addresses of those of the articles that everybody may
// read, or could until they were taken away.
func (s *Site) openAddressesOf(ctx context.Context, ids []string) (out []string, err error) {
	for _, id := range ids {
		a, err := s.articles.Article(ctx, id)
		if errors.Is(err, kb.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if a.ShownAt.IsZero() || !a.Audience.IsPublic() {
			continue
		}
		if _, err := s.library.Category(ctx, profile.Actor{}, a.Category, ""); errors.Is(err, kb.ErrNotFound) {
			continue
		} else if err != nil {
			return nil, err
		}
		for _, t := range a.Translations {
			if !t.PublishedAt.IsZero() {
				out = append(out, strings.TrimSuffix(s.cfg.BaseURL, "/")+s.path(kb.Ref{Kind: "article", Locale: t.Locale, Slug: t.Slug}))
			}
		}
	}
	return out, nil
}
