package kb

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/profile"
)

// Backlinks says what leads to an article, as far as somebody sees it at the desk.
type Backlinks struct {
	Texts   []Backlink // by article and language
	Blocks  []string   // names of blocks whose text does, in order
	Lessons []Lesson   // of courses, in the order of those
	Next    string     // token of the next page of Texts, empty on the last
}

// A Lesson is one of a course, which shows an article or leads to it.
type Lesson struct {
	Course, CourseTitle string // ID and title
	Lesson, Title       string // likewise; empty if what is said of the course leads there
	Locale              string // language of the titles
	Live                bool   // learners are given it; if not, it is a draft
}

// A Backlink is a text that leads to an article.
type Backlink struct {
	Article string
	Locale  string // empty if the article names the other to be read next
	Title   string
	Live    bool // readers are shown a text that does; if not, it is a draft
}

// Backlinks returns a page of the texts that lead to an article, and the blocks
// and lessons that do: of the articles and courses that by sees at the desk, and no
// trace of others. Blocks and lessons are on every page in full. after is the token of an earlier answer; a limit of 0 means 50, at most 200.
func (l *Library) Backlinks(ctx context.Context, by profile.Actor, id, after string, limit int) (Backlinks, error) {
	if _, err := l.manuscript(ctx, by, id); err != nil {
		return Backlinks{}, fmt.Errorf("links to article %s: %w", id, err)
	}
	out, err := l.backlinks(ctx, by, id, after, clamp(limit, 50, maxEntries))
	if err != nil {
		return Backlinks{}, fmt.Errorf("links to article %s: %w", id, err)
	}
	return out, nil
}

func (l *Library) backlinks(ctx context.Context, by profile.Actor, id, after string, limit int) (out Backlinks, err error) {
	scope := "backlinks|" + by.ID + "|" + id
	q := LinkQuery{Kind: LinkArticle, To: id, Limit: limit}
	if q.After, err = l.tokens.Open(scope, after); err != nil {
		return Backlinks{}, err
	}
	for {
		uses, next, err := l.store.LinksTo(ctx, q)
		if err != nil {
			return Backlinks{}, err
		}
		seen, err := l.seenUses(ctx, by, id, uses)
		if err != nil {
			return Backlinks{}, err
		}
		out.Texts = append(out.Texts, seen...)
		if q.After = next; next == "" || len(out.Texts) >= limit {
			break
		}
		q.Limit = limit - len(out.Texts)
	}
	out.Next = l.tokens.Seal(scope, q.After)
	if out.Blocks, err = l.blocksTo(ctx, id); err != nil || l.lessons == nil {
		return out, err
	}
	out.Lessons, err = l.lessons(ctx, by, id)
	return out, err
}

// seenUses returns those of the texts that by sees at the desk, but none of the
// article they lead to.
func (l *Library) seenUses(ctx context.Context, by profile.Actor, id string, uses []LinkUse) ([]Backlink, error) {
	if len(uses) == 0 {
		return nil, nil
	}
	var ids []string
	for _, u := range uses {
		ids = append(ids, u.Article)
	}
	known, err := l.seenAtDesk(ctx, by, ids)
	if err != nil {
		return nil, err
	}
	var out []Backlink
	for _, u := range uses {
		if a, ok := known[u.Article]; ok && u.Article != id {
			out = append(out, Backlink{Article: u.Article, Locale: u.Locale, Title: titleOf(a, u.Locale), Live: u.Live})
		}
	}
	return out, nil
}

// blocksTo returns the names of the blocks whose text leads to an article.
func (l *Library) blocksTo(ctx context.Context, id string) ([]string, error) {
	set, err := l.blockSet(ctx)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(set.byName)) {
		if l.leadsTo(set.byName[name].Block, id) {
			out = append(out, name)
		}
	}
	return out, nil
}

func (l *Library) leadsTo(b Block, id string) bool {
	for locale, text := range b.Texts {
		if !strings.Contains(strings.ToLower(text), "article:") {
			continue
		}
		d, err := l.draw(locale, text)
		if err == nil && slices.Contains(d.all.articles, id) {
			return true
		}
	}
	return false
}
