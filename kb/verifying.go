package kb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// Verify says that by vouches for what readers are shown of an article, for as
// long as its process lets that hold. Only who may review can.
func (l *Library) Verify(ctx context.Context, by profile.Actor, id string) (Verification, error) {
	v, err := l.setVerification(ctx, by, id, "article.verified", func(a Article, v *Verification, now time.Time) {
		v.vouch(by.ID, now, l.Process(a.Kind, a.Category))
	})
	if err != nil {
		return Verification{}, fmt.Errorf("verify article %s: %w", id, err)
	}
	return v, nil
}

// Unverify says that nobody can vouch for an article any more.
func (l *Library) Unverify(ctx context.Context, by profile.Actor, id string) (Verification, error) {
	v, err := l.setVerification(ctx, by, id, "article.unverified", func(_ Article, v *Verification, _ time.Time) { v.Lapsed = true })
	if err != nil {
		return Verification{}, fmt.Errorf("unverify article %s: %w", id, err)
	}
	return v, nil
}

// vouch makes v stand from now on.
func (v *Verification) vouch(person string, now time.Time, p Process) {
	v.By, v.At, v.Until, v.RemindAt, v.Lapsed = person, now, time.Time{}, time.Time{}, false
	if p.Verify > 0 {
		v.Until = now.Add(p.Verify)
		v.RemindAt = v.Until.Add(-p.reminder())
	}
}

func (l *Library) setVerification(ctx context.Context, by profile.Actor, id, event string, set func(Article, *Verification, time.Time)) (Verification, error) {
	a, err := l.manuscript(ctx, by, id)
	if err != nil {
		return Verification{}, err
	}
	if !l.mayReview(by) {
		return Verification{}, ErrForbidden
	}
	v, err := l.saveVerification(ctx, a, func(v *Verification) { set(a, v, l.clock()) })
	if err == nil {
		l.record(ctx, by, analytics.Event{Name: event, Subject: "article/" + id})
	}
	return v, err
}

// saveVerification changes the verification of a, on top of what others do at
// the same moment.
func (l *Library) saveVerification(ctx context.Context, a Article, set func(*Verification)) (Verification, error) {
	for range triesToDecide {
		v, err := l.verification(ctx, a.ID)
		if err != nil {
			return Verification{}, err
		}
		set(&v)
		v.Article = a.ID
		v.Version++
		if err = l.store.SaveVerification(ctx, v); !errors.Is(err, ErrConflict) {
			return v, err
		}
	}
	return Verification{}, errs.Changed()
}

// verification returns that of an article, or the zero one.
func (l *Library) verification(ctx context.Context, article string) (Verification, error) {
	all, err := l.store.Verifications(ctx, []string{article})
	return all[article], err
}

// Verifications returns those of the articles that by sees at the desk, by
// article.
func (l *Library) Verifications(ctx context.Context, by profile.Actor, articles []string) (map[string]Verification, error) {
	all, err := l.store.Verifications(ctx, articles)
	if err != nil {
		return nil, fmt.Errorf("verifications: %w", err)
	}
	for id := range all {
		if _, err := l.manuscript(ctx, by, id); errors.Is(err, ErrNotFound) {
			delete(all, id)
		} else if err != nil {
			return nil, fmt.Errorf("verifications: %w", err)
		}
	}
	return all, nil
}

// An ExpiryList selects verifications that run out.
type ExpiryList struct {
	From  time.Time // only at this time or later
	Until time.Time // only before this time; zero means any
	Mine  bool      // only of articles that are the asker's
	After string    // page token from an earlier answer to the same list
	Limit int       // 0 means 50, at most 200
}

// Expiring returns verifications of articles that by sees at the desk, by the
// time at which they run out, and a token for the next page, empty on the last.
// Those that have lapsed are among them until somebody verifies the article.
func (l *Library) Expiring(ctx context.Context, by profile.Actor, list ExpiryList) ([]Verification, string, error) {
	within, err := l.deskScope(ctx, by)
	if err != nil {
		return nil, "", fmt.Errorf("expiring: %w", err)
	}
	scope := fmt.Sprintf("expiring|%d|%d|%t|%q", list.From.UnixMicro(), list.Until.UnixMicro(), list.Mine, by.ID)
	q := ExpiryQuery{From: list.From, Until: list.Until, Scope: within, Limit: clamp(list.Limit, 50, 200)}
	if list.Mine {
		q.OwnedBy = by.ID
	}
	if q.After, err = l.tokens.Open(scope, list.After); err != nil {
		return nil, "", fmt.Errorf("expiring: %w", err)
	}
	page, next, err := l.store.Expiring(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("expiring: %w", err)
	}
	return page, l.tokens.Seal(scope, next), nil
}

// checked returns what readers are told of the verification of a.
func (l *Library) checked(ctx context.Context, a Article) (Checked, error) {
	v, err := l.verification(ctx, a.ID)
	if err != nil || v.By == "" {
		return Checked{}, err
	}
	p := l.Process(a.Kind, a.Category)
	c := Checked{At: v.At, Unread: p.Rule == "" && v.At.Equal(a.ShownAt)}
	switch {
	case p.Lapse == LapseQuiet:
	case v.Lapsed:
		c.Until = v.At // whether it ran out or was taken back
	default:
		c.Until = v.Until
	}
	return c, nil
}
