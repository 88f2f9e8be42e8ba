package kb

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/profile"
)

const (
	runEvery   = 15 * time.Second // how often Run looks; plans are due to the minute
	tellAgain  = 15 * time.Minute // for how long after a change people are told anew, in case nobody told them
	doneAtOnce = 100
)

// Run does what is due until ctx is done: it carries out plans, reminds owners
// of verifications that run out, does what follows when they have, and empties
// the bin. Any number of instances may run it.
func (l *Library) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	if l.checker != nil {
		wg.Go(func() { l.checkOn(ctx) }) // servers elsewhere take their time
	}
	tick := time.NewTicker(runEvery)
	defer tick.Stop()
	for {
		if err := l.DoDue(ctx); err != nil && ctx.Err() == nil {
			l.log.ErrorContext(ctx, "what is due was not done", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// checkOn checks addresses until ctx is done.
func (l *Library) checkOn(ctx context.Context) {
	tick := time.NewTicker(runEvery)
	defer tick.Stop()
	for {
		if err := l.CheckAddresses(ctx); err != nil && ctx.Err() == nil {
			l.log.ErrorContext(ctx, "addresses were not checked", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// DoDue does once what [Library.Run] does again and again. One thing that
// cannot be done keeps no other from being done.
func (l *Library) DoDue(ctx context.Context) error {
	return errors.Join(l.carryOutDue(ctx), l.remindOfDue(ctx), l.lapseDue(ctx), l.tellOfRecent(ctx), l.tellOfMended(ctx), l.tellOfNotes(ctx), l.purgeDue(ctx), l.sweepFiles(ctx), l.readWaiting(ctx), l.linkWaiting(ctx), l.judgeWaiting(ctx))
}

func (l *Library) carryOutDue(ctx context.Context) (err error) {
	q := PlanQuery{States: []PlanState{PlanWaiting}, Until: l.clock().Add(time.Microsecond), Limit: doneAtOnce}
	for {
		page, next, listErr := l.store.Plans(ctx, q)
		if listErr != nil {
			return errors.Join(err, fmt.Errorf("plans: %w", listErr))
		}
		for _, p := range page {
			if doErr := l.carryOut(ctx, p); doErr != nil {
				err = errors.Join(err, fmt.Errorf("plan %s: %w", p.ID, doErr))
			}
		}
		if next == "" {
			return err
		}
		q.After = next
	}
}

// eachExpiring calls do with the verifications that q selects and their
// articles.
func (l *Library) eachExpiring(ctx context.Context, q ExpiryQuery, do func(Article, Verification) error) (err error) {
	for q.Limit = doneAtOnce; ; {
		page, next, listErr := l.store.Expiring(ctx, q)
		if listErr != nil {
			return errors.Join(err, fmt.Errorf("expiring: %w", listErr))
		}
		for _, v := range page {
			a, doErr := l.store.Article(ctx, v.Article)
			if doErr == nil {
				doErr = do(a, v)
			}
			if doErr != nil {
				err = errors.Join(err, fmt.Errorf("verification of article %s: %w", v.Article, doErr))
			}
		}
		if next == "" {
			return err
		}
		q.After = next
	}
}

func (l *Library) remindOfDue(ctx context.Context) error {
	q := ExpiryQuery{RemindBy: l.clock().Add(time.Microsecond), Standing: true}
	return l.eachExpiring(ctx, q, func(a Article, v Verification) error {
		if len(a.Live()) > 0 {
			if err := l.tellOfExpiry(ctx, a, v); err != nil {
				return err
			}
		}
		v.RemindAt = time.Time{}
		return l.followed(ctx, v)
	})
}

// lapseDue does what follows when a verification has run out.
func (l *Library) lapseDue(ctx context.Context) error {
	return l.eachExpiring(ctx, ExpiryQuery{Until: l.clock().Add(time.Microsecond), Standing: true}, func(a Article, v Verification) error {
		if l.Process(a.Kind, a.Category).Lapse == LapseArchive {
			if err := l.archiveAll(ctx, a); err != nil {
				return err
			}
		}
		v.Lapsed = true
		if err := l.followed(ctx, v); err != nil {
			return err
		}
		l.record(ctx, profile.Actor{}, analytics.Event{Name: "article.lapsed", Subject: "article/" + a.ID})
		return nil
	})
}

// followed notes what was done about v, unless another instance was quicker.
func (l *Library) followed(ctx context.Context, v Verification) error {
	v.Version++
	if err := l.store.SaveVerification(ctx, v); !errors.Is(err, ErrConflict) {
		return err
	}
	return nil
}

// archiveAll takes an article away from its readers in all languages at once.
func (l *Library) archiveAll(ctx context.Context, a Article) error {
	if len(a.Live()) == 0 {
		return nil
	}
	a = a.clone()
	for i, t := range a.Translations {
		if t.Visible() {
			a.Translations[i].Status = StatusArchived
		}
	}
	if err := l.advance(&a, a.Version); err != nil {
		return err
	}
	_, err := l.save(ctx, profile.Actor{}, a, "article.archived")
	return err
}

// tellOfRecent tells again of reviews that changed a short time ago: who was
// told is not told twice, and who was not, because an instance died, is.
func (l *Library) tellOfRecent(ctx context.Context) (err error) {
	if l.notify == nil {
		return nil
	}
	q := ReviewQuery{Since: l.clock().Add(-tellAgain), Limit: doneAtOnce}
	for {
		page, next, listErr := l.store.Reviews(ctx, q)
		if listErr != nil {
			return errors.Join(err, fmt.Errorf("reviews: %w", listErr))
		}
		for _, r := range page {
			err = errors.Join(err, l.tellOfReview(ctx, r))
		}
		if next == "" {
			return err
		}
		q.After = next
	}
}
