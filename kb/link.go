package kb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// A LinkKind says what a [Link] leads to.
type LinkKind string

// The kinds of links.
const (
	LinkArticle LinkKind = "article" // To is an ID
	LinkPath    LinkKind = "path"    // To is the slug of an article, of now or before
	LinkRelated LinkKind = "related" // To is the ID of an article that another names, for all its languages, to be read next
	LinkPlace   LinkKind = "place"   // To is the ID of the article itself; Anchor was not found in its own text
	LinkMedia   LinkKind = "media"   // To is a name
	LinkBlock   LinkKind = "block"   // To is a name; the text includes it
	LinkAddress LinkKind = "address" // To is an address elsewhere
)

// A Link is what a text leads to, shows or includes.
type Link struct {
	Kind   LinkKind
	To     string
	Anchor string // place in an article, without "#"; empty means its start
}

// A LinkUse is a text that leads somewhere.
type LinkUse struct {
	Article string
	Locale  string // empty of LinkRelated
	Live    bool   // readers are shown a text that does
}

// A LinkQuery selects texts by what they lead to.
type LinkQuery struct {
	Kind  LinkKind
	To    string
	After string // page token from an earlier call
	Limit int    // 0 means 50
}

// A LinkStore keeps what texts lead to, as it is in [Revision.Links].
type LinkStore interface {
	// LinksTo returns which texts lead to what q says in the newest revision of a
	// language or in the one that readers are shown, by article and language, each
	// once, and a token for the next page, empty on the last. Articles in the bin
	// lead nowhere. To an article leads as well who leads to a slug that it has or
	// had, or names it in [Article.Related].
	LinksTo(ctx context.Context, q LinkQuery) (page []LinkUse, next string, err error)

	// Unlinked returns some revisions whose Links are nil, with their bodies.
	Unlinked(ctx context.Context, limit int) ([]Revision, error)

	// SaveLinks notes the Links of a revision whose Links are nil, and changes no
	// others. It is ErrNotFound if there is no such revision.
	SaveLinks(ctx context.Context, article, locale string, number int, links []Link) error

	// DueLinks returns targets of the kinds whose DueAt is at or before a time, the
	// longest due first. A target is there once a link to it was saved, and due
	// then, unless it is waiting already. It is due at once when what it is about
	// changes: an article, with the slugs it has or had, when it is saved or purged
	// or a block that it shows is saved; a block when it is saved or removed; a
	// medium when it is put there or removed.
	DueLinks(ctx context.Context, kinds []LinkKind, by time.Time, limit int) ([]LinkTarget, error)

	// SaveLinkTarget stores what is known of a target. Version must follow the
	// stored one: ErrNotFound if there is no such target, ErrConflict if it differs.
	SaveLinkTarget(ctx context.Context, t LinkTarget) error

	// LinkFaults returns the links that lead nowhere, of the texts that LinksTo
	// knows, by where they lead, article and language, and a token for the next
	// page, empty on the last.
	LinkFaults(ctx context.Context, q FaultQuery) (page []LinkFault, next string, err error)
}

// What is longer is not kept: no index has room for it.
const (
	maxLinkTo     = 2000
	maxLinkAnchor = 400
)

// linksFrom returns what the text of an article leads to. It is never nil.
func (l *Library) linksFrom(article string, d *document) []Link {
	out := []Link{}
	for _, p := range d.pieces {
		switch p.kind {
		case "":
			out = append(out, l.addressesIn(article, d, p.html)...)
		case "article":
			out = append(out, Link{LinkArticle, p.id, strings.TrimPrefix(p.fragment, "#")})
		case "media":
			out = append(out, Link{Kind: LinkMedia, To: mediumName(p.id)})
		case kindPath:
			out = append(out, l.addressed(article, d, p.id+p.fragment)...)
		}
	}
	for _, name := range d.blocks {
		out = append(out, Link{Kind: LinkBlock, To: name})
	}
	out = slices.DeleteFunc(out, func(l Link) bool { return l.To == "" || len(l.To) > maxLinkTo || len(l.Anchor) > maxLinkAnchor })
	slices.SortFunc(out, func(a, b Link) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.To, b.To), cmp.Compare(a.Anchor, b.Anchor))
	})
	return slices.Compact(out)
}

// addressesIn returns where sanitised HTML leads beside what is meant by
// references.
func (l *Library) addressesIn(article string, d *document, text string) []Link {
	if !strings.Contains(text, "href=") && !strings.Contains(text, "src=") {
		return nil
	}
	var out []Link
	for z := html.NewTokenizer(strings.NewReader(text)); z.Next() != html.ErrorToken; {
		tag := z.Token()
		for _, a := range tag.Attr {
			if tag.Data == "a" && a.Key == "href" || tag.Data == "img" && a.Key == "src" {
				out = append(out, l.addressed(article, d, a.Val)...)
			}
		}
	}
	return out
}

// addressed returns what an address leads to, if that is anything of which
// something can be known.
func (l *Library) addressed(article string, d *document, address string) []Link {
	if place, ok := strings.CutPrefix(address, "#"); ok {
		if d.hasPlace(place) {
			return nil
		}
		return []Link{{LinkPlace, article, unescaped(place)}}
	}
	address, place, _ := strings.Cut(address, "#")
	if slug, ok := l.slugAt(address); ok {
		return []Link{{LinkPath, slug, place}}
	}
	if isAddress(address) {
		return []Link{{Kind: LinkAddress, To: address}}
	}
	return nil
}

// defaultSlugAt is what Options.SlugAt is when it is nil.
func defaultSlugAt(address string) (string, bool) {
	address, _, _ = strings.Cut(address, "?")
	slug, ok := strings.CutPrefix(address, "/articles/")
	if slug = unescaped(slug); strings.Contains(slug, "/") {
		return "", false
	}
	return slug, ok && slug != ""
}

func isAddress(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}

const (
	linkAtOnce  = 100
	linkBatches = 10 // in one go, so that nothing else waits long
)

// linkWaiting looks what revisions lead to of which nobody has looked yet.
func (l *Library) linkWaiting(ctx context.Context) error {
	for range linkBatches {
		revisions, err := l.store.Unlinked(ctx, linkAtOnce)
		if err != nil {
			return fmt.Errorf("texts without links: %w", err)
		}
		for _, rev := range revisions {
			err := l.store.SaveLinks(ctx, rev.Article, rev.Locale, rev.Number, l.linksOf(rev))
			if err != nil && !errors.Is(err, ErrNotFound) {
				return fmt.Errorf("links of article %s: %w", rev.Article, err)
			}
		}
		if len(revisions) < linkAtOnce {
			return nil
		}
	}
	return nil
}

// linksOf returns what a revision leads to. One that cannot be read leads
// nowhere.
func (l *Library) linksOf(rev Revision) []Link {
	d, err := l.draw(rev.Locale, rev.Body)
	if err != nil {
		return []Link{}
	}
	return l.linksFrom(rev.Article, d.all)
}
