package kb

import (
	"context"
	"fmt"
	"strings"

	"github.com/stoa-go/stoa/profile"
)

// Restore makes the text of an older revision the newest one, as a revision of
// its own, so that nothing that came in between is lost. It takes what
// [Library.Edit] takes. Readers see it once it is published. What is the newest
// text already stays as it is.
func (l *Library) Restore(ctx context.Context, by profile.Actor, id, locale string, version, number int, note string) (Article, error) {
	a, err := l.restore(ctx, by, id, locale, version, number, note)
	if err != nil {
		return Article{}, fmt.Errorf("restore article %s: revision %s/%d: %w", id, locale, number, err)
	}
	return a, nil
}

func (l *Library) restore(ctx context.Context, by profile.Actor, id, locale string, version, number int, note string) (Article, error) {
	a, err := l.editable(ctx, by, id, locale)
	if err != nil {
		return Article{}, err
	}
	old, err := l.store.Revision(ctx, id, locale, number)
	if err != nil {
		return Article{}, err
	}
	text := Text{Title: old.Title, Summary: old.Summary, Body: old.Body, Note: strings.TrimSpace(note), SEOTitle: old.SEOTitle, Description: old.Description}
	doc, err := l.checkText(ctx, by, a, locale, text)
	if err != nil {
		return Article{}, err
	}
	t, _ := a.In(locale)
	head, err := l.store.Revision(ctx, id, locale, t.Head)
	if err != nil {
		return Article{}, err
	}
	if text.same(head) && a.is(version) {
		return a, nil
	}
	if err := l.advance(&a, version); err != nil {
		return Article{}, err
	}
	return l.save(ctx, by, a, "article.restored", l.revise(&a, by, locale, text, doc.all, old.Based))
}
