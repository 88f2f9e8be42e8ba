package kb

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/markdown"
)

// A LinkState says what is known of where links lead.
type LinkState string

// The states.
const (
	LinkUnknown     LinkState = ""            // nobody has looked yet
	LinkOK          LinkState = "ok"          //
	LinkGone        LinkState = "gone"        // the article is not there, or in the bin
	LinkArchived    LinkState = "archived"    // readers are no longer shown the article
	LinkUnpublished LinkState = "unpublished" // readers were never shown the article
	LinkNoPlace     LinkState = "place"       // the article has no such place
	LinkNoBlock     LinkState = "block"       // there is no such block
	LinkNoMedium    LinkState = "medium"      // there is no such medium
	LinkUnreachable LinkState = "unreachable" // nothing is found at the address
)

// FaultStates returns the states of what leads nowhere, in the order in which
// they are offered.
func FaultStates() []LinkState {
	return []LinkState{LinkGone, LinkArchived, LinkUnpublished, LinkNoPlace, LinkNoBlock, LinkNoMedium, LinkUnreachable}
}

// Faulty reports whether a link leads nowhere.
func (s LinkState) Faulty() bool { return slices.Contains(FaultStates(), s) }

// A LinkTarget is where links lead. Places are looked for in the text that those
// who read a language are shown.
type LinkTarget struct {
	Link
	Locale    string // of the texts that lead there, if Anchor is not empty
	State     LinkState
	Status    int       // what a server answered, of LinkAddress
	Tries     int       // how often in a row an address was not reached
	CheckedAt time.Time // zero means never
	DueAt     time.Time // when somebody is to look (again), zero means when something changes
	Version   int       // incremented by every change
}

// A FaultQuery selects links that lead nowhere. Its zero value selects all.
type FaultQuery struct {
	Article string      // only of this article
	States  []LinkState // only these; nil means all
	After   string      // page token from an earlier call
	Limit   int         // 0 means 50
}

// A LinkFault is a link that leads nowhere, and the text it is in.
type LinkFault struct {
	LinkTarget
	Use LinkUse
}

// innerLinks are the kinds of links whose state the library itself knows.
func innerLinks() []LinkKind {
	return []LinkKind{LinkArticle, LinkRelated, LinkPath, LinkPlace, LinkBlock, LinkMedia}
}

// judgeAtOnce is how many targets are looked at before a list is shown.
const judgeAtOnce = 200

// judgeWaiting looks where links lead of which nobody knows.
func (l *Library) judgeWaiting(ctx context.Context) error {
	for range linkBatches {
		n, err := l.judgeSome(ctx)
		if err != nil || n < judgeAtOnce {
			return err
		}
	}
	return nil
}

// judgeSome looks at a few targets, and returns at how many.
func (l *Library) judgeSome(ctx context.Context) (int, error) {
	due, err := l.store.DueLinks(ctx, innerLinks(), l.clock(), judgeAtOnce)
	if err != nil {
		return 0, fmt.Errorf("links to look at: %w", err)
	}
	for _, t := range due {
		if t.State, err = l.stateOf(ctx, t); err != nil {
			return 0, fmt.Errorf("link to %s %s: %w", t.Kind, t.To, err)
		}
		t.Version, t.CheckedAt, t.DueAt = t.Version+1, l.clock(), time.Time{}
		if err := l.store.SaveLinkTarget(ctx, t); err != nil && !errors.Is(err, ErrConflict) && !errors.Is(err, ErrNotFound) {
			return 0, fmt.Errorf("link to %s %s: %w", t.Kind, t.To, err)
		}
	}
	return len(due), nil
}

// stateOf looks where links lead.
func (l *Library) stateOf(ctx context.Context, t LinkTarget) (LinkState, error) {
	switch t.Kind {
	case LinkArticle, LinkRelated, LinkPlace:
		return l.stateOfArticle(ctx, t)
	case LinkPath:
		id, err := l.store.Slug(ctx, t.To)
		if errors.Is(err, ErrNotFound) {
			return LinkGone, nil
		}
		if err != nil {
			return "", err
		}
		t.To = id
		return l.stateOfArticle(ctx, t)
	case LinkBlock:
		set, err := l.blockSet(ctx)
		if err != nil {
			return "", err
		}
		if _, ok := set.byName[t.To]; !ok {
			return LinkNoBlock, nil
		}
	case LinkMedia:
		_, err := l.store.Media(ctx, t.To)
		if errors.Is(err, ErrNotFound) {
			return LinkNoMedium, nil
		}
		return LinkOK, err
	}
	return LinkOK, nil
}

func (l *Library) stateOfArticle(ctx context.Context, t LinkTarget) (LinkState, error) {
	a, err := l.store.Article(ctx, t.To)
	if errors.Is(err, ErrNotFound) || err == nil && a.Binned() {
		return LinkGone, nil
	}
	if err != nil {
		return "", err
	}
	if t.Kind == LinkPlace {
		own, _ := a.In(t.Locale)
		return l.stateOfPlace(ctx, a, t.Locale, t.Anchor, own.Head, own.Live)
	}
	live := a.live()
	switch {
	case len(live) > 0 && t.Anchor == "":
		return LinkOK, nil
	case len(live) > 0:
		return l.stateOfShown(ctx, a, t, live)
	case slices.ContainsFunc(a.Translations, func(t Translation) bool { return t.Status == StatusArchived }):
		return LinkArchived, nil
	}
	return LinkUnpublished, nil
}

// stateOfShown looks for a place in the text that those who read a language are
// shown. A path may lead to the text of another language, so that a place in any
// of those that readers are shown will do.
func (l *Library) stateOfShown(ctx context.Context, a Article, t LinkTarget, live []string) (LinkState, error) {
	locales := []string{l.pick(t.Locale, live)}
	if t.Kind == LinkPath {
		locales = append(locales, live...)
	}
	for _, locale := range locales {
		shown, _ := a.In(locale)
		state, err := l.stateOfPlace(ctx, a, locale, t.Anchor, shown.Live)
		if err != nil || state == LinkOK {
			return state, err
		}
	}
	return LinkNoPlace, nil
}

// stateOfPlace looks for a place in any of the revisions.
func (l *Library) stateOfPlace(ctx context.Context, a Article, locale, anchor string, revisions ...int) (LinkState, error) {
	for _, n := range revisions {
		if n == 0 {
			continue
		}
		rev, err := l.store.Revision(ctx, a.ID, locale, n)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return "", err
		}
		d, err := l.document(ctx, rev, authors)
		if err != nil {
			return "", err
		}
		if d.hasPlace(anchor) {
			return LinkOK, nil
		}
	}
	return LinkNoPlace, nil
}

// hasPlace reports whether a link to a place arrives.
func (d *document) hasPlace(anchor string) bool {
	_, ok := markdown.Anchor(d.anchors, unescaped(anchor))
	return ok
}

func unescaped(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

// fragmentIn returns what leads to a place in a text: "#h-leds". What everybody
// sees of the text decides, so that nobody learns more from it.
func (d *document) fragmentIn(fragment string) string {
	id, _ := markdown.Anchor(d.anchors, unescaped(strings.TrimPrefix(fragment, "#")))
	return (&url.URL{Fragment: id}).String()
}

// maxPlaces bounds the articles that are looked into for the places that a page
// links to.
const maxPlaces = 50

// targets returns the articles that a text leads to by their addresses, if it is
// to places in them: what is written there are the author's names of headings.
func (l *Library) targets(ctx context.Context, d *document) (map[string]string, error) {
	out := map[string]string{}
	for _, p := range d.pieces {
		if p.kind != kindPath || out[p.id] != "" || len(out) == maxPlaces {
			continue
		}
		slug, _ := l.slugAt(p.id)
		id, err := l.store.Slug(ctx, slug)
		switch {
		case err == nil:
			out[p.id] = id
		case !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrInvalid):
			return nil, err
		}
	}
	return out, nil
}

// landings returns, for the links of a text with a place in another, what leads
// there by what the author wrote: by article and fragment.
func (l *Library) landings(ctx context.Context, d *document, targets map[string]string, entries []Entry) (map[[2]string]string, error) {
	out := map[[2]string]string{}
	texts := map[string]*document{}
	for _, p := range d.pieces {
		id := p.id
		if p.kind == kindPath {
			id = targets[p.id]
		}
		i := slices.IndexFunc(entries, func(e Entry) bool { return e.Article == id })
		if p.fragment == "" || i < 0 {
			continue
		}
		if _, ok := texts[id]; !ok {
			text := &document{}
			if len(texts) < maxPlaces {
				var err error
				if text, err = l.shownText(ctx, id, entries[i].Locale); err != nil {
					return nil, err
				}
			}
			texts[id] = text
		}
		out[[2]string{id, p.fragment}] = texts[id].fragmentIn(p.fragment)
	}
	return out, nil
}

// shownText returns what everybody sees of the text that readers are shown in a
// language. One that is gone meanwhile has no places.
func (l *Library) shownText(ctx context.Context, id, locale string) (*document, error) {
	a, err := l.store.Article(ctx, id)
	if err == nil {
		t, _ := a.In(locale)
		var rev Revision
		if rev, err = l.store.Revision(ctx, id, locale, t.Live); err == nil {
			return l.document(ctx, rev, everybody)
		}
	}
	if errors.Is(err, ErrNotFound) {
		return &document{}, nil
	}
	return nil, err
}
