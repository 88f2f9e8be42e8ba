package kb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/profile"
)

// A PlanRequest is what somebody wants done with a text later.
type PlanRequest struct {
	Do    Deed      //
	At    time.Time // when
	Minor bool      // to publish: nobody who follows the article is told, see [Library.PublishMinor]
	Note  string    // why, for colleagues
	Key   string    // idempotency key: the same one again plans nothing twice
}

// Plan has the newest revision in locale published, or the text archived, at a
// time. It is done on behalf of by, if they may still do it then and if what the
// process asks for has been done.
func (l *Library) Plan(ctx context.Context, by profile.Actor, id, locale string, ask PlanRequest) (Plan, error) {
	p, err := l.plan(ctx, by, id, locale, ask)
	if err != nil {
		return Plan{}, fmt.Errorf("plan for article %s: %w", id, err)
	}
	return p, nil
}

func (l *Library) plan(ctx context.Context, by profile.Actor, id, locale string, ask PlanRequest) (Plan, error) {
	a, t, err := l.publishable(ctx, by, id, locale)
	if err != nil {
		return Plan{}, err
	}
	now := l.clock()
	p := Plan{
		ID: idem.ID("kb.plan", by.ID, ask.Key), Article: a.ID, Locale: locale, Do: ask.Do, At: ask.At.UTC().Truncate(time.Microsecond),
		By: by.ID, Note: strings.TrimSpace(ask.Note), State: PlanWaiting, CreatedAt: now, UpdatedAt: now, Version: 1,
		Input: idem.Hash(struct {
			Article, Locale string
			Ask             PlanRequest
		}{a.ID, locale, ask}),
	}
	if p.Do == DeedPublish {
		p.Revision, p.Minor = t.Head, ask.Minor
	}
	again := func() (Plan, string, error) { old, err := l.store.Plan(ctx, p.ID); return old, old.Input, err }
	if old, _, err := again(); err == nil && old.Input == p.Input {
		return old, nil // planned before: its time may have come since
	}
	if err := checkPlan(ask, p); err != nil {
		return Plan{}, err
	}
	return idem.Once(p.Input, func() (Plan, error) { return p, l.addPlan(ctx, by, p) }, again)
}

func checkPlan(ask PlanRequest, p Plan) error {
	f := errs.Fields{}
	if !slices.Contains(Deeds(), ask.Do) {
		f.Add("do", "error.field.choice", map[string]any{"choices": listed(Deeds())})
	}
	if p.At.IsZero() {
		f.Add("at", "error.field.required", nil)
	}
	checkMoment(f, "at", p.At, p.CreatedAt)
	if utf8.RuneCountInString(ask.Note) > MaxComment {
		f.Add("note", "error.field.too_long", map[string]any{"max": MaxComment})
	}
	if !clean(ask.Note) {
		f.Add("note", "error.field.characters", nil)
	}
	if err := f.Err(); err != nil || ask.Key == "" {
		return err
	}
	return idem.CheckKey(ask.Key)
}

func (l *Library) addPlan(ctx context.Context, by profile.Actor, p Plan) error {
	err := l.store.SavePlan(ctx, p)
	if errors.Is(err, ErrConflict) {
		if waiting, lookErr := l.waiting(ctx, p.Article, p.Locale, p.Do); lookErr == nil && len(waiting) > 0 && waiting[0].ID != p.ID {
			return errs.Say(ErrConflict, "error.plan.waiting", nil)
		}
	}
	if err == nil {
		l.record(ctx, by, analytics.Event{Name: "article.planned", Subject: "article/" + p.Article, Locale: p.Locale})
	}
	return err
}

// waiting returns the plans that wait to do one thing with a text.
func (l *Library) waiting(ctx context.Context, article, locale string, do Deed) ([]Plan, error) {
	all, _, err := l.store.Plans(ctx, PlanQuery{Article: article, Locale: locale, States: []PlanState{PlanWaiting}})
	return slices.DeleteFunc(all, func(p Plan) bool { return p.Do != do }), err
}

// end ends a plan.
func (p *Plan) end(state PlanState, why string, at time.Time) {
	p.State, p.Error, p.UpdatedAt = state, why, at
	p.Version++
}

// CancelPlan has a plan not be carried out.
func (l *Library) CancelPlan(ctx context.Context, by profile.Actor, id string) (Plan, error) {
	p, err := l.cancelPlan(ctx, by, id)
	if err != nil {
		return Plan{}, fmt.Errorf("cancel plan %s: %w", id, err)
	}
	return p, nil
}

func (l *Library) cancelPlan(ctx context.Context, by profile.Actor, id string) (Plan, error) {
	p, err := l.store.Plan(ctx, id)
	if err != nil {
		return Plan{}, absent(err)
	}
	if _, _, err := l.publishable(ctx, by, p.Article, p.Locale); err != nil {
		return Plan{}, err
	}
	switch p.State {
	case PlanCancelled:
		return p, nil
	case PlanDone, PlanFailed:
		return Plan{}, errs.Say(ErrConflict, "error.plan.ended", nil)
	}
	p.end(PlanCancelled, "", l.clock())
	if err := l.store.SavePlan(ctx, p); err != nil {
		return Plan{}, err
	}
	l.record(ctx, by, analytics.Event{Name: "article.plan_cancelled", Subject: "article/" + p.Article, Locale: p.Locale})
	return p, nil
}

// A PlanList selects plans for texts that somebody sees at the desk.
type PlanList struct {
	Article string      // only for this article
	Locale  string      // only for the text in this language
	States  []PlanState // only in these states; nil means in any
	From    time.Time   // only for this time or later
	Until   time.Time   // only for before this time; zero means any
	After   string      // page token from an earlier answer to the same list
	Limit   int         // 0 means 50, at most 200
}

// Plans returns plans for texts that by sees at the desk, by their time, and a
// token for the next page, empty on the last.
func (l *Library) Plans(ctx context.Context, by profile.Actor, list PlanList) ([]Plan, string, error) {
	within, err := l.deskScope(ctx, by)
	if err != nil {
		return nil, "", fmt.Errorf("plans: %w", err)
	}
	scope := fmt.Sprintf("plans|%q|%q|%q|%d|%d|%q", list.Article, list.Locale, list.States, list.From.UnixMicro(), list.Until.UnixMicro(), by.ID)
	q := PlanQuery{
		Article: list.Article, Locale: list.Locale, States: list.States, From: list.From, Until: list.Until,
		Scope: within, Limit: clamp(list.Limit, 50, 200),
	}
	if q.After, err = l.tokens.Open(scope, list.After); err != nil {
		return nil, "", fmt.Errorf("plans: %w", err)
	}
	page, next, err := l.store.Plans(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("plans: %w", err)
	}
	return page, l.tokens.Seal(scope, next), nil
}

// carryOut does what a plan says, on behalf of whoever made it. Doing it twice
// is doing it once, so instances need not agree on who does it.
func (l *Library) carryOut(ctx context.Context, p Plan) error {
	why, err := l.attempt(ctx, p)
	if err != nil {
		return err
	}
	if why == "" {
		p.end(PlanDone, "", l.clock())
	} else {
		p.end(PlanFailed, why, l.clock())
	}
	if err := l.store.SavePlan(ctx, p); err != nil {
		if errors.Is(err, ErrConflict) {
			return nil // another instance was quicker, or it was cancelled
		}
		return err
	}
	if why != "" {
		return l.tellOfFailure(ctx, p)
	}
	return nil
}

// attempt returns why a plan cannot be carried out, or an error if it may be
// another time.
func (l *Library) attempt(ctx context.Context, p Plan) (why string, err error) {
	by, err := l.planner(ctx, p)
	if err == nil {
		err = l.act(ctx, by, p)
	}
	says, _ := errors.AsType[*errs.Says](err)
	switch {
	case err == nil:
		return "", nil
	case says != nil && !errs.IsChanged(err):
		return says.Message.Key, nil
	case errors.Is(err, ErrForbidden):
		return "error.plan.forbidden", nil
	case errors.Is(err, ErrNotFound):
		return "error.plan.gone", nil
	case errors.Is(err, ErrInvalid):
		return "error.plan.invalid", nil
	}
	return "", err
}

// planner returns whoever made a plan, as they are now.
func (l *Library) planner(ctx context.Context, p Plan) (profile.Actor, error) {
	if l.actor != nil {
		return l.actor(ctx, p.By)
	}
	return profile.Actor{ID: p.By, Roles: []profile.Role{profile.RoleAdmin}}, nil
}

func (l *Library) act(ctx context.Context, by profile.Actor, p Plan) error {
	a, err := l.manuscript(ctx, by, p.Article)
	if err != nil {
		return err
	}
	if p.Do == DeedArchive {
		_, err = l.Archive(ctx, by, a.ID, p.Locale, a.Version)
		return err
	}
	t, _ := a.In(p.Locale)
	if t.Visible() && t.Live >= p.Revision {
		return nil // it, or what came after it, is shown already
	}
	_, err = l.publish(ctx, by, a.ID, p.Locale, a.Version, showing{revision: p.Revision, minor: p.Minor})
	return err
}
