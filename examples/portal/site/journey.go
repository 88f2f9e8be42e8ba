package site

import (
	"context"
	"time"

	"github.com/stoa-go/stoa/internal/lru"
	"github.com/stoa-go/stoa/profile/journey"
)

// openJourney makes what people do into facts for segments. Whatever records
// events records them through it.
func (s *Site) openJourney() {
	known := lru.New[placed, string](2_000)
	s.journey = journey.New(s.ledger, &journey.Options{Now: s.cfg.Now, Category: func(ctx context.Context, article string) string {
		return s.categoryOf(ctx, known, article)
	}})
	s.events = s.journey.Recorder(s.events)
}

// A placed is an article in a minute: for so long it is believed to stay where
// it is.
type placed struct {
	article string
	minute  time.Time
}

// categoryOf returns the category of an article, and nothing if it cannot be
// told.
func (s *Site) categoryOf(ctx context.Context, known *lru.Cache[placed, string], article string) string {
	key := placed{article, s.cfg.Now().UTC().Truncate(time.Minute)}
	if category, ok := known.Load(key); ok {
		return category
	}
	a, err := s.articles.Article(ctx, article)
	if err != nil {
		return ""
	}
	known.Store(key, a.Category)
	return a.Category
}
