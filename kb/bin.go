package kb

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// Delete puts an article with all its languages into the bin. To readers it is
// gone at once; whoever may delete it can take it out again with
// [Library.Undelete] until it is purged. It takes the permission to publish or, of
// an article that readers never saw, to write and to own it.
func (l *Library) Delete(ctx context.Context, by profile.Actor, id string, version int) (Article, error) {
	a, err := l.delete(ctx, by, id, version)
	if err != nil {
		return Article{}, fmt.Errorf("delete article %s: %w", id, err)
	}
	return a, nil
}

func (l *Library) delete(ctx context.Context, by profile.Actor, id string, version int) (Article, error) {
	a, err := l.either(ctx, by, id)
	if err != nil {
		return Article{}, err
	}
	if a.Binned() && a.is(version) {
		return a, nil
	}
	if a.Binned() {
		return Article{}, ErrNotFound
	}
	if err := l.advance(&a, version); err != nil {
		return Article{}, err
	}
	a.DeletedAt, a.DeletedBy = a.UpdatedAt, by.ID
	return l.save(ctx, by, a, "article.deleted")
}

// either returns an article, in the bin or not, that by may delete or take out.
func (l *Library) either(ctx context.Context, by profile.Actor, id string) (Article, error) {
	if !l.worksHere(by) {
		return Article{}, ErrNotFound
	}
	a, err := l.store.Article(ctx, id)
	if err != nil {
		return Article{}, err
	}
	if err := l.knows(ctx, by, a); err != nil {
		return Article{}, err
	}
	if !l.MayDelete(by, a) {
		return Article{}, ErrForbidden
	}
	return a, nil
}

// MayDelete reports whether by may put an article into the bin that they see at
// the desk, and take it out.
func (l *Library) MayDelete(by profile.Actor, a Article) bool {
	own := a.Owner == by.ID && !by.Anonymous() && a.ShownAt.IsZero() && l.MayCreate(by)
	return own || l.policy.May(by, profile.PermissionContentPublish)
}

// Undelete takes an article out of the bin, as it was. Plans for it whose time
// has come meanwhile are cancelled, so that nothing happens that nobody expects
// any more.
func (l *Library) Undelete(ctx context.Context, by profile.Actor, id string, version int) (Article, error) {
	a, err := l.undelete(ctx, by, id, version)
	if err != nil {
		return Article{}, fmt.Errorf("undelete article %s: %w", id, err)
	}
	return a, nil
}

func (l *Library) undelete(ctx context.Context, by profile.Actor, id string, version int) (Article, error) {
	a, err := l.either(ctx, by, id)
	if err != nil {
		return Article{}, err
	}
	if !a.Binned() && a.is(version) {
		return a, nil
	}
	if err := l.advance(&a, version); err != nil {
		return Article{}, err
	}
	since := a.DeletedAt
	a.DeletedAt, a.DeletedBy = time.Time{}, ""
	if a, err = l.save(ctx, by, a, "article.undeleted"); err != nil {
		return Article{}, err
	}
	return a, l.cancelMissed(ctx, a.ID, since)
}

// cancelMissed cancels the plans for an article whose time has come since it was
// deleted.
func (l *Library) cancelMissed(ctx context.Context, id string, since time.Time) error {
	now := l.clock()
	missed, _, err := l.store.Plans(ctx, PlanQuery{Article: id, States: []PlanState{PlanWaiting}, From: since, Until: now.Add(time.Microsecond), Limit: doneAtOnce})
	for _, p := range missed {
		p.end(PlanCancelled, "", now)
		if saveErr := l.store.SavePlan(ctx, p); !errors.Is(saveErr, ErrConflict) {
			err = errors.Join(err, saveErr)
		}
	}
	return err
}

// Purge removes an article that is in the bin for good, before its time. It
// takes the permission to organise. What somebody has a part in of whom nothing
// may be removed stays: that is ErrConflict.
func (l *Library) Purge(ctx context.Context, by profile.Actor, id string, version int) error {
	if err := l.purge(ctx, by, id, version); err != nil {
		return fmt.Errorf("purge article %s: %w", id, err)
	}
	return nil
}

func (l *Library) purge(ctx context.Context, by profile.Actor, id string, version int) error {
	if !l.worksHere(by) {
		return ErrNotFound
	}
	a, err := l.store.Article(ctx, id)
	if err != nil {
		return err
	}
	if err := l.knows(ctx, by, a); err != nil || !a.Binned() {
		return errors.Join(err, ErrNotFound)
	}
	if !l.MayPurge(by) {
		return ErrForbidden
	}
	if a.Version != version {
		return errs.Changed()
	}
	purged, err := l.purgeOne(ctx, by, a)
	if err == nil && !purged {
		err = errs.Say(ErrConflict, "error.bin.held", nil)
	}
	return err
}

// MayPurge reports whether by may remove for good what is in the bin.
func (l *Library) MayPurge(by profile.Actor) bool {
	return l.policy.May(by, profile.PermissionContentOrganise)
}

func (l *Library) purgeOne(ctx context.Context, by profile.Actor, a Article) (bool, error) {
	var held []string
	if l.held != nil {
		var err error
		if held, err = l.held(ctx); err != nil {
			return false, fmt.Errorf("who is held: %w", err)
		}
	}
	purged, err := l.store.PurgeArticle(ctx, a.ID, a.Version, held)
	if purged {
		l.record(ctx, by, analytics.Event{Name: "article.purged", Subject: "article/" + a.ID, Props: map[string]string{"version": strconv.Itoa(a.Version)}})
	}
	return purged, err
}

// PurgedAt returns when an article in the bin is removed for good.
func (l *Library) PurgedAt(a Article) time.Time { return a.DeletedAt.Add(l.binFor) }

// purgeDue removes what has been in the bin long enough.
func (l *Library) purgeDue(ctx context.Context) (err error) {
	q := ManuscriptQuery{Binned: true, Order: ManuscriptsOldest, Limit: doneAtOnce}
	for {
		page, next, listErr := l.store.Manuscripts(ctx, DeskScope{}, q)
		if listErr != nil {
			return errors.Join(err, fmt.Errorf("bin: %w", listErr))
		}
		for _, a := range page {
			if l.PurgedAt(a).After(l.clock()) {
				return err // the others are younger
			}
			if _, doErr := l.purgeOne(ctx, profile.Actor{}, a); doErr != nil && !errors.Is(doErr, ErrConflict) && !errors.Is(doErr, ErrNotFound) {
				err = errors.Join(err, fmt.Errorf("purge article %s: %w", a.ID, doErr))
			}
		}
		if next == "" {
			return err
		}
		q.After = next
	}
}
