package kb

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// MostBulk is how many articles are changed in one call of [Library.Bulk].
const MostBulk = 200

// A BulkDeed is what is done with many articles.
type BulkDeed string

// What can be done with many articles.
const (
	BulkMove     BulkDeed = "move"      // into a category
	BulkAudience BulkDeed = "audience"  // to be for others
	BulkOwner    BulkDeed = "owner"     // to be somebody's
	BulkProduct  BulkDeed = "product"   // to be about a product as well
	BulkUnlink   BulkDeed = "unproduct" // to be about a product no longer
	BulkPublish  BulkDeed = "publish"   // the newest texts of all languages that are not archived
	BulkArchive  BulkDeed = "archive"   // in all languages
	BulkVerify   BulkDeed = "verify"    // to be vouched for
	BulkDelete   BulkDeed = "delete"    // into the bin
)

// BulkDeeds returns what can be done with many articles, in the order in which
// it is offered.
func BulkDeeds() []BulkDeed {
	return []BulkDeed{BulkMove, BulkAudience, BulkOwner, BulkProduct, BulkUnlink, BulkPublish, BulkArchive, BulkVerify, BulkDelete}
}

// A BulkChange is one change for many articles.
type BulkChange struct {
	Do       BulkDeed
	Category string           // for BulkMove
	Audience profile.Audience // for BulkAudience
	Owner    string           // for BulkOwner
	Product  string           // for BulkProduct and BulkUnlink
}

// A BulkItem names an article as it was read.
type BulkItem struct {
	Article string
	Version int
}

// A BulkResult is what came of an article.
type BulkResult struct {
	BulkItem        // its version now or, of what was only tried, as it is
	Title    string // in its source language
	Locale   string // that language
	Changes  bool   // it has been changed or, of what was only tried, would be
	Err      error  // why it has not been; nil if it has, or was so already
}

// TryBulk tells what [Library.Bulk] would do: nothing is changed.
func (l *Library) TryBulk(ctx context.Context, by profile.Actor, c BulkChange, articles []string) ([]BulkResult, error) {
	items := make([]BulkItem, len(articles))
	for i, id := range articles {
		items[i].Article = id
	}
	if err := l.mayBulk(by, c, items); err != nil {
		return nil, err
	}
	b, err := l.gather(ctx, untouched{l.store}, articles)
	if err != nil {
		return nil, fmt.Errorf("bulk: %w", err)
	}
	for i, item := range items {
		items[i].Version = b.read[item.Article].Version
	}
	out, err := l.over(b).bulk(ctx, by, c, items)
	for i, r := range out {
		out[i].Version = 0
		if r.Title != "" { // of what they see, as it is
			out[i].Version = items[i].Version
		}
	}
	return out, err
}

// Bulk makes a change to each of the articles, as if it were made one by one:
// each is changed whole or not at all, and what is refused keeps no other from
// being changed. Doing it again with the same versions, because the answer was
// lost, does nothing twice.
func (l *Library) Bulk(ctx context.Context, by profile.Actor, c BulkChange, items []BulkItem) ([]BulkResult, error) {
	if err := l.mayBulk(by, c, items); err != nil {
		return nil, err
	}
	if c.Do == BulkPublish || c.Do == BulkVerify {
		return l.bulk(ctx, by, c, items) // more is written than articles
	}
	out, err := l.bulkAtOnce(ctx, by, c, items)
	if refusal(err) != nil {
		return l.bulk(ctx, by, c, items) // of one of them, which is then told
	}
	return out, err
}

// bulkAtOnce is bulk with one call to the store for all that can be changed.
func (l *Library) bulkAtOnce(ctx context.Context, by profile.Actor, c BulkChange, items []BulkItem) ([]BulkResult, error) {
	ids := make([]string, len(items))
	for i, item := range items {
		ids[i] = item.Article
	}
	b, err := l.gather(ctx, l.store, ids)
	if err != nil {
		return nil, fmt.Errorf("bulk: %w", err)
	}
	out, err := l.over(b).bulk(ctx, by, c, items)
	if err == nil {
		err = l.store.SaveArticles(ctx, b.kept)
	}
	if err != nil {
		return nil, fmt.Errorf("bulk: %w", err)
	}
	for _, e := range b.events {
		l.events.Record(ctx, e)
	}
	return out, nil
}

func (l *Library) mayBulk(by profile.Actor, c BulkChange, items []BulkItem) error {
	if !l.worksHere(by) {
		return fmt.Errorf("bulk: %w", ErrForbidden)
	}
	if err := c.check(items); err != nil {
		return fmt.Errorf("bulk: %w", err)
	}
	return nil
}

func (l *Library) bulk(ctx context.Context, by profile.Actor, c BulkChange, items []BulkItem) ([]BulkResult, error) {
	var out []BulkResult
	for _, item := range items {
		r, err := l.bulkOne(ctx, by, c, item)
		if err != nil {
			return out, fmt.Errorf("bulk: article %s: %w", item.Article, err)
		}
		out = append(out, r)
	}
	return out, nil
}

func (c BulkChange) check(items []BulkItem) error {
	f := errs.Fields{}
	if !slices.Contains(BulkDeeds(), c.Do) {
		f.Add("do", "error.field.choice", map[string]any{"choices": listed(BulkDeeds())})
	}
	if c.Do == BulkOwner {
		text(f, "owner", c.Owner, 1, MaxOwner)
	}
	if c.Do == BulkProduct || c.Do == BulkUnlink {
		text(f, "product", c.Product, 1, MaxName)
	}
	if c.Do == BulkMove {
		text(f, "category", c.Category, 1, MaxName)
	}
	if c.Do == BulkAudience {
		checkAudience(f, c.Audience)
	}
	if len(items) > MostBulk {
		f.Add("articles", "error.field.too_many", map[string]any{"max": MostBulk})
	}
	return f.Err()
}

// bulkOne changes one article. What is wrong with the article is in the result;
// an error is the store's own.
func (l *Library) bulkOne(ctx context.Context, by profile.Actor, c BulkChange, item BulkItem) (BulkResult, error) {
	r := BulkResult{BulkItem: item}
	a, err := l.store.Article(ctx, item.Article)
	if err == nil {
		err = l.knows(ctx, by, a)
	}
	if err != nil {
		r.Err = refusal(err)
		return r, otherwise(err, r.Err)
	}
	src, _ := a.In(a.Source)
	if !a.Binned() {
		r.Title, r.Locale = src.Title, src.Locale
	}
	after, changes, err := l.do(ctx, by, c, a, item.Version)
	if r.Err = refusal(err); err == nil {
		r.Changes, r.Version = changes, after
	}
	return r, otherwise(err, r.Err)
}

// refusal returns an error that is about what was asked.
func refusal(err error) error {
	for _, class := range []error{ErrNotFound, ErrForbidden, ErrInvalid, ErrConflict} {
		if errors.Is(err, class) {
			return err
		}
	}
	return nil
}

// otherwise returns err unless it is told already.
func otherwise(err, told error) error {
	if told != nil {
		return nil
	}
	return err
}

// do makes a change to an article, and returns its version and whether it is
// another article now than at the version given.
func (l *Library) do(ctx context.Context, by profile.Actor, c BulkChange, a Article, version int) (after int, changes bool, err error) {
	var b Article
	switch c.Do {
	case BulkVerify:
		if _, err := l.Verify(ctx, by, a.ID); err != nil {
			return 0, false, err
		}
		return version, true, nil
	case BulkDelete:
		b, err = l.delete(ctx, by, a.ID, version)
	case BulkArchive:
		b, err = l.setAll(ctx, by, a.ID, version, "article.archived", l.archiveIn)
	case BulkPublish:
		b, err = l.setAll(ctx, by, a.ID, version, "article.published", l.publishIn)
	default:
		b, err = l.arrange(ctx, by, a.ID, version, c.meta(a))
	}
	return b.Version, b.Version > version, err
}

// meta returns what an article's languages share, changed.
func (c BulkChange) meta(a Article) Meta {
	a = a.clone()
	m := Meta{
		Category: a.Category, Kind: a.Kind, Audience: a.Audience, Products: a.Products, Tags: a.Tags, Related: a.Related,
		Fields: a.Fields, Order: a.Order, Owner: a.Owner,
	}
	switch c.Do {
	case BulkMove:
		m.Category = c.Category
	case BulkAudience:
		m.Audience = c.Audience
	case BulkOwner:
		m.Owner = c.Owner
	case BulkProduct:
		m.Products = append(m.Products, c.Product)
	case BulkUnlink:
		m.Products = slices.DeleteFunc(m.Products, func(p string) bool { return p == c.Product })
	}
	return m
}

// setAll changes all texts of an article in one call to the store. What is so
// already stays as it is.
func (l *Library) setAll(ctx context.Context, by profile.Actor, id string, version int, event string, set func(context.Context, profile.Actor, *Article, Translation) (bool, error)) (Article, error) {
	old, err := l.manuscript(ctx, by, id)
	if err != nil {
		return Article{}, err
	}
	if !l.policy.May(by, profile.PermissionContentPublish) {
		return Article{}, ErrForbidden
	}
	a, any := old.clone(), false
	a.UpdatedAt = l.clock()
	for _, t := range old.Translations {
		did, err := set(ctx, by, &a, t)
		if err != nil {
			return Article{}, err
		}
		any = any || did
	}
	if !any && old.is(version) {
		return old, nil
	}
	if err := l.advance(&a, version); err != nil {
		return Article{}, err
	}
	if a, err = l.save(ctx, by, a, event); err != nil || event != "article.published" {
		return a, err
	}
	return a, l.vouchFor(ctx, by, a)
}

func (*Library) archiveIn(_ context.Context, _ profile.Actor, a *Article, t Translation) (bool, error) {
	if t.Status == StatusArchived {
		return false, nil
	}
	t.Status = StatusArchived
	a.put(t)
	return true, nil
}

func (l *Library) publishIn(ctx context.Context, by profile.Actor, a *Article, t Translation) (bool, error) {
	if t.Status == StatusArchived || t.Visible() && t.Live == t.Head {
		return false, nil
	}
	rev, err := l.publishableRevision(ctx, by, *a, t.Locale, t.Head)
	if err == nil {
		t.NewsAt = a.UpdatedAt
		a.show(t, rev)
	}
	return true, err
}
