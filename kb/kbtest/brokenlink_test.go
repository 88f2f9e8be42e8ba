package kbtest_test

import (
	"context"
	"slices"
	"time"

	"github.com/stoa-go/stoa/kb"
)

// faultyLinks are the faults that a store can have with links.
type faultyLinks struct {
	linksTo   func(ctx context.Context, q kb.LinkQuery) ([]kb.LinkUse, string, error)
	unlinked  func(ctx context.Context, limit int) ([]kb.Revision, error)
	saveLinks func(ctx context.Context, article, locale string, number int, links []kb.Link) error
	due       func(ctx context.Context, kinds []kb.LinkKind, by time.Time, limit int) ([]kb.LinkTarget, error)
	saveTo    func(ctx context.Context, t kb.LinkTarget) error
	faults    func(ctx context.Context, q kb.FaultQuery) ([]kb.LinkFault, string, error)
}

func (f faulty) LinksTo(ctx context.Context, q kb.LinkQuery) ([]kb.LinkUse, string, error) {
	return or(&f.linksTo, f.linksTo != nil, f.Store.LinksTo)(ctx, q)
}

func (f faulty) Unlinked(ctx context.Context, limit int) ([]kb.Revision, error) {
	return or(&f.unlinked, f.unlinked != nil, f.Store.Unlinked)(ctx, limit)
}

func (f faulty) SaveLinks(ctx context.Context, article, locale string, number int, links []kb.Link) error {
	return or(&f.saveLinks, f.saveLinks != nil, f.Store.SaveLinks)(ctx, article, locale, number, links)
}

func (f faulty) DueLinks(ctx context.Context, kinds []kb.LinkKind, by time.Time, limit int) ([]kb.LinkTarget, error) {
	return or(&f.due, f.due != nil, f.Store.DueLinks)(ctx, kinds, by, limit)
}

func (f faulty) SaveLinkTarget(ctx context.Context, t kb.LinkTarget) error {
	return or(&f.saveTo, f.saveTo != nil, f.Store.SaveLinkTarget)(ctx, t)
}

func (f faulty) LinkFaults(ctx context.Context, q kb.FaultQuery) ([]kb.LinkFault, string, error) {
	return or(&f.faults, f.faults != nil, f.Store.LinkFaults)(ctx, q)
}

// linking changes what leads somewhere before it is returned.
func linking(change func(q *kb.LinkQuery, page func() ([]kb.LinkUse, string, error)) ([]kb.LinkUse, string, error)) breaking {
	return func(s kb.Store) faulty {
		return faulty{faultyLinks: faultyLinks{linksTo: func(ctx context.Context, q kb.LinkQuery) ([]kb.LinkUse, string, error) {
			return change(&q, func() ([]kb.LinkUse, string, error) { return s.LinksTo(ctx, q) })
		}}}
	}
}

var brokenLinks = []broke{
	{"forgets links", "Links", saving(func(_ *kb.Article, r *[]kb.Revision) {
		for i := range *r {
			(*r)[i].Links = nil
		}
	})},
	{"drops anchors", "Links", saving(func(_ *kb.Article, r *[]kb.Revision) {
		for i := range *r {
			(*r)[i].Links = slices.Clone((*r)[i].Links)
			for j := range (*r)[i].Links {
				(*r)[i].Links[j].Anchor = ""
			}
		}
	})},
	{"takes drafts for shown", "LinksTo", linking(func(_ *kb.LinkQuery, page func() ([]kb.LinkUse, string, error)) ([]kb.LinkUse, string, error) {
		uses, next, err := page()
		for i := range uses {
			uses[i].Live = true
		}
		return uses, next, err
	})},
	{"begins anew on each page", "LinksTo", linking(func(q *kb.LinkQuery, page func() ([]kb.LinkUse, string, error)) ([]kb.LinkUse, string, error) {
		if q.After != "" {
			q.After = ""
			uses, _, err := page()
			return uses, "", err
		}
		return page()
	})},
	{"knows what is in the bin", "LinksTo", saving(func(a *kb.Article, _ *[]kb.Revision) { a.DeletedAt = time.Time{} })},
	{"never gets done", "SaveLinks", func(s kb.Store) faulty {
		return faulty{faultyLinks: faultyLinks{saveLinks: func(context.Context, string, string, int, []kb.Link) error { return nil }}}
	}},
	{"takes any token", "LinksBad", linking(func(q *kb.LinkQuery, page func() ([]kb.LinkUse, string, error)) ([]kb.LinkUse, string, error) {
		if q.After == "odd" {
			q.After = ""
		}
		return page()
	})},
	{"purges nothing", "LinksPurged", func(s kb.Store) faulty {
		kept := []kb.LinkUse{}
		return faulty{
			saveArticle: func(ctx context.Context, a kb.Article, r ...kb.Revision) error {
				if a.Binned() {
					kept = append(kept, kb.LinkUse{Article: a.ID})
				}
				return s.SaveArticle(ctx, a, r...)
			},
			faultyLinks: faultyLinks{linksTo: func(context.Context, kb.LinkQuery) ([]kb.LinkUse, string, error) { return kept, "", nil }},
		}
	}},
}
