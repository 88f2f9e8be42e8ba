package profile

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
)

// Bounces remember which mail addresses cannot be reached, so that nobody goes
// on writing there: providers stop carrying the mails of those who do. A
// [Notifier] asks them before it sends.
type Bounces struct {
	store  SuppressionStore
	people *Directory
	opts   BounceOptions
}

// BounceOptions adjust Bounces. The zero value is ready to use.
type BounceOptions struct {
	Soft   int              // so many soft bounces in a row are too many; 0 means 5
	Forget time.Duration    // a row of soft bounces ends after so long without one; 0 means 14 days
	Retry  time.Duration    // how often the owner may ask for another try; 0 means once in an hour
	Logger *slog.Logger     // nil discards logs
	Now    func() time.Time // nil means time.Now
}

// NewBounces returns Bounces of the addresses of a directory's people. Nil opts
// mean the defaults.
func NewBounces(store SuppressionStore, people *Directory, opts *BounceOptions) *Bounces {
	var o BounceOptions
	if opts != nil {
		o = *opts
	}
	if o.Soft == 0 {
		o.Soft = 5
	}
	if o.Forget == 0 {
		o.Forget = 14 * 24 * time.Hour
	}
	if o.Retry == 0 {
		o.Retry = time.Hour
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Bounces{store: store, people: people, opts: o}
}

const (
	bounceKeys     = 10 // of reports are remembered for each address
	maxBounceKey   = 256
	bounceAttempts = 5 // against reports at the same time
)

// Note takes a report. Who may make one is for the caller to know: whoever can
// report an address has it written to no more.
func (b *Bounces) Note(ctx context.Context, r BounceReport) error {
	r, err := r.check()
	for range bounceAttempts {
		if err == nil {
			err = b.note(ctx, r)
		}
		if !errors.Is(err, ErrConflict) {
			break
		}
		err = nil
	}
	if err != nil {
		return fmt.Errorf("note bounce: %w", err)
	}
	return nil
}

func (r BounceReport) check() (BounceReport, error) {
	f := errs.Fields{}
	address, err := valid.Email(r.Address)
	valid.Note(f, "address", err)
	r.Address = strings.ToLower(address)
	if r.Kind == BounceNone {
		f.Add("kind", "error.field.required", nil)
	}
	choice(f, "kind", r.Kind, BounceSoft, BounceHard, BounceComplaint)
	if len(r.Status) > 16 || strings.Trim(r.Status, "0123456789.") != "" {
		f.Add("status", "error.field.invalid", nil)
	}
	if len(r.Key) > maxBounceKey || valid.Text(r.Key, valid.TextSummary) != nil {
		f.Add("key", "error.field.invalid", nil)
	}
	return r, f.Err()
}

func (b *Bounces) note(ctx context.Context, r BounceReport) error {
	s, err := b.store.Suppression(ctx, r.Address)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if r.Key != "" && slices.Contains(s.Keys, r.Key) {
		return nil
	}
	s = b.after(s.Clone(), r)
	if err := b.store.SaveSuppression(ctx, s); err != nil {
		return changedMeanwhile(err)
	}
	if s.Held {
		b.opts.Logger.InfoContext(ctx, "mails to an address are held", "kind", string(s.Kind), "status", s.Status)
	}
	return nil
}

// after is what is held against an address after a report.
func (b *Bounces) after(s Suppression, r BounceReport) Suppression {
	now := b.opts.Now().UTC().Truncate(time.Microsecond)
	if !s.Held && now.Sub(s.At) > b.opts.Forget {
		s.Soft, s.Kind, s.Since = 0, BounceNone, time.Time{}
	}
	if s.Kind == BounceNone {
		s.Since = now
	}
	if r.Key != "" {
		s.Keys = append(s.Keys, r.Key)
		s.Keys = s.Keys[max(0, len(s.Keys)-bounceKeys):]
	}
	s.Address, s.At, s.Status = r.Address, now, r.Status
	s.Version++
	if r.Kind == BounceSoft {
		s.Soft++
	}
	// What is worse stays: a full mailbox does not undo a complaint.
	if !s.Held || r.Kind == BounceComplaint {
		s.Kind = r.Kind
	}
	s.Held = s.Held || r.Kind != BounceSoft || s.Soft >= b.opts.Soft
	return s
}

// Held reports whether nothing is sent to an address.
func (b *Bounces) Held(ctx context.Context, address string) (bool, error) {
	s, err := b.store.Suppression(ctx, strings.ToLower(address))
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("bounces: %w", err)
	}
	return s.Held, nil
}

// Mine returns what is held against the actor's own address: the zero
// Suppression if that is nothing, or they have none.
func (b *Bounces) Mine(ctx context.Context, by Actor) (Suppression, error) {
	s, err := b.mine(ctx, by)
	if errors.Is(err, ErrNotFound) && !by.Anonymous() {
		return Suppression{}, nil
	}
	if err != nil {
		return Suppression{}, fmt.Errorf("bounces: %w", err)
	}
	s.Keys = nil
	return s, nil
}

func (b *Bounces) mine(ctx context.Context, by Actor) (Suppression, error) {
	if by.Anonymous() || by.Assurance == AssuranceLink {
		return Suppression{}, ErrForbidden
	}
	p, err := b.people.store.Person(ctx, by.ID)
	if err != nil {
		return Suppression{}, err
	}
	if p.Email == "" {
		return Suppression{}, ErrNotFound
	}
	return b.store.Suppression(ctx, strings.ToLower(p.Email))
}

// Retry has the actor's own address written to again. Who asks too often is
// ErrTooMany; asking again where nothing is held is no error.
func (b *Bounces) Retry(ctx context.Context, by Actor) error {
	if by.Viewer != "" {
		return fmt.Errorf("bounces: %w", ErrForbidden)
	}
	s, err := b.mine(ctx, by)
	if errors.Is(err, ErrNotFound) || err == nil && !s.Held {
		return nil
	}
	now := b.opts.Now().UTC().Truncate(time.Microsecond)
	if err == nil && !s.RetriedAt.IsZero() && now.Sub(s.RetriedAt) < b.opts.Retry {
		err = ErrTooMany
	}
	if err == nil {
		s = s.Clone()
		s.Held, s.Kind, s.Soft, s.RetriedAt = false, BounceNone, 0, now
		s.Version++
		err = changedMeanwhile(b.store.SaveSuppression(ctx, s))
	}
	if err != nil {
		return fmt.Errorf("bounces: %w", err)
	}
	return nil
}

// A suppressionRecord is what is held against an address, in an export.
type suppressionRecord struct {
	Address string    `json:"address"`
	Kind    Bounce    `json:"kind"`
	Held    bool      `json:"held"`
	Status  string    `json:"status"`
	Since   time.Time `json:"since"`
	At      time.Time `json:"at"`
}

// SuppressionKeeper returns the Keeper of what is held against addresses, named
// "suppressions": against the one that people has of a person.
func SuppressionKeeper(store SuppressionStore, people PersonStore) Keeper {
	addressOf := func(ctx context.Context, person string) (string, error) {
		p, err := people.Person(ctx, person)
		if err == nil && p.Email == "" {
			err = ErrNotFound
		}
		return strings.ToLower(p.Email), err
	}
	return NewKeeper("suppressions",
		func(ctx context.Context, person string) iter.Seq2[any, error] {
			address, err := addressOf(ctx, person)
			if err != nil {
				return one(nil, err)
			}
			s, err := store.Suppression(ctx, address)
			return one(suppressionRecord{s.Address, s.Kind, s.Held, s.Status, s.Since, s.At}, err)
		},
		func(ctx context.Context, person string, _ Erasure) (Erased, error) {
			address, err := addressOf(ctx, person)
			if err != nil {
				return Erased{}, notThere(err)
			}
			return removed(store.RemoveSuppression(ctx, address))
		})
}

// notThere leaves out that somebody has no record.
func notThere(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
