package profile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
)

// Limits of what somebody prefers.
const (
	minTextSize = 80
	maxTextSize = 200
	maxKinds    = 100 // of notices
	maxChannels = 20
)

// Preferences returns what a person prefers: one's own, or with
// [PermissionDirectoryWrite] anybody's. Those who saved nothing have the zero
// Preferences.
func (d *Directory) Preferences(ctx context.Context, by Actor, person string) (Preferences, error) {
	if _, err := d.mayArrange(ctx, by, person); err != nil {
		return Preferences{}, wrap(err, "preferences of", person)
	}
	p, err := d.preferences(ctx, person)
	return p, wrap(err, "preferences of", person)
}

// preferences returns what a person prefers, whoever asks.
func (d *Directory) preferences(ctx context.Context, person string) (Preferences, error) {
	if d.own.preferences == nil {
		return Preferences{}, lacks("preferences")
	}
	p, err := d.own.preferences.Preferences(ctx, person)
	if errors.Is(err, ErrNotFound) {
		return Preferences{}, nil
	}
	return p, err
}

// SavePreferences replaces what a person prefers and returns it as kept; who may
// is as for Preferences, and it takes the right to give the person's roles
// besides. p.Version is the version that was changed, 0 if there is none yet;
// ErrConflict means that another window was first. Whoever turns Unnoted on
// loses what was noted.
func (d *Directory) SavePreferences(ctx context.Context, by Actor, person string, p Preferences) (Preferences, error) {
	p, err := d.savePreferences(ctx, by, person, p.Clone())
	return p, wrap(err, "preferences of", person)
}

func (d *Directory) savePreferences(ctx context.Context, by Actor, person string, p Preferences) (Preferences, error) {
	roles, err := d.mayArrange(ctx, by, person)
	if err == nil && by.Viewer != "" {
		err = ErrForbidden
	}
	if err == nil {
		err = d.mayManage(ctx, by, roles)
	}
	if err != nil {
		return Preferences{}, err
	}
	if d.own.preferences == nil {
		return Preferences{}, lacks("preferences")
	}
	if p, err = p.check(); err != nil {
		return Preferences{}, err
	}
	p.SavedAt = d.clock()
	p.Version++
	if err := d.own.preferences.SavePreferences(ctx, person, p); err != nil {
		return Preferences{}, changedMeanwhile(err)
	}
	if p.Unnoted {
		if err := d.forgetViewed(ctx, person); err != nil {
			return Preferences{}, err
		}
	}
	d.record(ctx, by, "preferences.saved", "person/"+person)
	return p, nil
}

// mayArrange reports whether the actor may see and change how a person uses the
// portal, and returns the roles of a person who is not the actor.
func (d *Directory) mayArrange(ctx context.Context, by Actor, person string) ([]Role, error) {
	if by.Anonymous() || person == "" {
		return nil, ErrNotFound
	}
	if by.ID == person {
		return nil, nil
	}
	p, err := d.person(ctx, by, person)
	if err != nil {
		return nil, err
	}
	if !d.policy.May(by, PermissionDirectoryWrite) {
		return nil, ErrForbidden
	}
	return p.Roles, nil
}

// changedMeanwhile says what a version conflict means. A row that is gone, or
// was never there, has changed too.
func changedMeanwhile(err error) error {
	if errors.Is(err, ErrConflict) || errors.Is(err, ErrNotFound) {
		return errs.Changed()
	}
	return err
}

// check returns p as it is kept, or what is wrong with it.
func (p Preferences) check() (Preferences, error) {
	f := errs.Fields{}
	choice(f, "theme", p.Theme, ThemeLight, ThemeDark)
	choice(f, "contrast", p.Contrast, ContrastMore)
	choice(f, "motion", p.Motion, MotionLess)
	choice(f, "clock", p.Clock, Clock12, Clock24)
	choice(f, "dates", p.Dates, DatesDayFirst, DatesMonthFirst, DatesYearFirst)
	choice(f, "numbers", p.Numbers, NumbersPoint, NumbersComma, NumbersSpace)
	if p.TextSize != 0 && (p.TextSize < minTextSize || p.TextSize > maxTextSize) {
		f.Add("text_size", "error.field.out_of_range", map[string]any{"min": minTextSize, "max": maxTextSize})
	}
	p.Notices = checkNotices(f, p.Notices)
	p.Digests = checkDigests(f, p.Digests)
	p.Quiet.check(f)
	return p, f.Err()
}

// choice notes a value that is none of the offered ones; none at all is fine.
func choice[S ~string](f errs.Fields, field string, value S, offered ...S) {
	if value == "" || slices.Contains(offered, value) {
		return
	}
	f.Add(field, "error.field.choice", map[string]any{"choices": strings.Join(offers(offered), ", ")})
}

func offers[S ~string](offered []S) []string {
	out := make([]string, len(offered))
	for i, o := range offered {
		out[i] = string(o)
	}
	return out
}

func checkNotices(f errs.Fields, notices map[string][]string) map[string][]string {
	if len(notices) > maxKinds {
		f.Add("notices", "error.field.too_many", map[string]any{"max": maxKinds})
		return nil
	}
	for kind, channels := range notices {
		field := "notices." + clip(kind)
		if !isWord(kind) || len(channels) > maxChannels || slices.ContainsFunc(channels, func(c string) bool { return !isWord(c) }) {
			f.Add(field, "error.field.format", nil)
		}
		notices[kind] = distinct(channels)
	}
	if len(notices) == 0 {
		return nil
	}
	return notices
}

// distinct returns the first of each value, in their order.
func distinct(values []string) []string {
	out := []string{}
	for _, v := range values {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

func checkDigests(f errs.Fields, digests map[string]Digest) map[string]Digest {
	if len(digests) > maxChannels {
		f.Add("digests", "error.field.too_many", map[string]any{"max": maxChannels})
		return nil
	}
	for channel, often := range digests {
		field := "digests." + clip(channel)
		if !isWord(channel) {
			f.Add(field, "error.field.format", nil)
		}
		choice(f, field, often, DigestDaily, DigestWeekly)
		if often == "" {
			delete(digests, channel)
		}
	}
	if len(digests) == 0 {
		return nil
	}
	return digests
}

func (q Quiet) check(f errs.Fields) {
	if q == (Quiet{}) {
		return
	}
	for field, text := range map[string]string{"quiet.from": q.From, "quiet.to": q.To} {
		if _, err := parseClock(text); err != nil {
			f.Add(field, "error.profile.clock", nil)
		}
	}
	if q.From == q.To {
		f.Add("quiet.to", "error.profile.quiet", nil)
	}
}

// parseClock reads "22:00" as the time since midnight.
func parseClock(text string) (time.Duration, error) {
	t, err := time.Parse("15:04", text)
	if err != nil || t.Format("15:04") != text {
		return 0, fmt.Errorf("time of day %q: %w", clip(text), ErrInvalid)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}
