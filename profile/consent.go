package profile

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
)

// A Consent records that somebody agreed to something, refused it or took their
// consent back. Records are only ever added: the newest for a purpose counts,
// and those before it show what counted when. Purposes, wordings and ways are
// words of the portal, so that a record says nothing of a person but their ID.
type Consent struct {
	ID      string    // set by the Directory
	Person  string    // who agreed or refused
	Purpose string    // what to: "newsletter", "analytics"
	Wording string    // which text they were shown, with its version: "newsletter-2026-11"
	Given   bool      // false means that they refused or withdrew
	Via     string    // how they said so: "portal", "api", "phone"
	At      time.Time // set by the Directory

	Key string // makes an addition safe to repeat, see [Directory.Consent]; not kept
}

// A ConsentStore keeps consents.
//
// Implementations
//
//   - must be safe for concurrent use and do each call whole or not at all;
//   - must keep every field but Key, times as UTC to the microsecond;
//   - must never change or forget a record but in EraseConsents;
//   - must return ErrInvalid for text that is not UTF-8 or holds a NUL;
//   - must pass profiletest.TestConsentStore.
type ConsentStore interface {
	// AddConsent keeps c, or returns ErrConflict if its ID is taken.
	AddConsent(ctx context.Context, c Consent) error

	// Consent returns the record with the given ID, or ErrNotFound.
	Consent(ctx context.Context, id string) (Consent, error)

	// Consents returns the records that match q, the newest first, of those at
	// the same time refusals first and then by ID, and the position of the next
	// page, empty on the last. A position that it did not give out is ErrInvalid.
	Consents(ctx context.Context, q ConsentQuery) (page []Consent, next string, err error)

	// CurrentConsents returns, by purpose, the record of a person that comes
	// first in the order of Consents.
	CurrentConsents(ctx context.Context, person string) ([]Consent, error)

	// EraseConsents puts pseudonym in the person's place, or forgets the records
	// if it is empty, and returns how many there were. No person is ErrInvalid.
	EraseConsents(ctx context.Context, person, pseudonym string) (n int, err error)
}

// A ConsentQuery selects what one person said.
type ConsentQuery struct {
	Person  string
	Purpose string // of this purpose only
	After   string // the position or token from the page before
	Limit   int    // 0 means 50; a Directory allows 200
}

// Consent records what somebody said. People agree for themselves only; with
// [PermissionDirectoryWrite] a refusal or withdrawal that came by telephone or
// mail may be recorded for anybody, since it takes nothing away from them.
// With a Key it is safe to repeat.
func (d *Directory) Consent(ctx context.Context, by Actor, c Consent) (Consent, error) {
	if by.Anonymous() {
		return Consent{}, fmt.Errorf("consent: %w", ErrForbidden)
	}
	if _, err := d.mayArrange(ctx, by, c.Person); err != nil {
		return Consent{}, wrap(err, "consent of", c.Person)
	}
	if by.Viewer != "" || c.Given && by.ID != c.Person {
		return Consent{}, wrap(ErrForbidden, "consent of", c.Person)
	}
	if d.own.consents == nil {
		return Consent{}, lacks("consents")
	}
	made, err := d.addConsent(ctx, by, c)
	return made, wrap(err, "consent of", c.Person)
}

func (d *Directory) addConsent(ctx context.Context, by Actor, c Consent) (Consent, error) {
	if c.Key != "" {
		if err := idem.CheckKey(c.Key); err != nil {
			return Consent{}, err
		}
	}
	if err := c.check(); err != nil {
		return Consent{}, err
	}
	c.ID, c.Key, c.At = idem.ID("profile.consent", by.ID, c.Key), "", d.clock()
	return idem.Once(c.hash(),
		func() (Consent, error) {
			err := d.own.consents.AddConsent(ctx, c)
			if err == nil {
				d.record(ctx, by, c.event(), "person/"+c.Person)
			}
			return c, err
		},
		func() (Consent, string, error) {
			first, err := d.own.consents.Consent(ctx, c.ID)
			return first, first.hash(), err
		})
}

func (c Consent) event() string {
	if c.Given {
		return "consent.given"
	}
	return "consent.refused"
}

// hash tells one statement from another, whenever they were made.
func (c Consent) hash() string {
	return idem.Hash(Consent{Person: c.Person, Purpose: c.Purpose, Wording: c.Wording, Given: c.Given, Via: c.Via})
}

func (c Consent) check() error {
	f := errs.Fields{}
	for field, word := range map[string]string{"purpose": c.Purpose, "wording": c.Wording, "via": c.Via} {
		switch {
		case word == "":
			f.Add(field, "error.field.required", nil)
		case !isWord(word):
			f.Add(field, "error.field.format", nil)
		}
	}
	return f.Err()
}

// Consents returns what counts for a person now, by purpose; what they never
// were asked is missing. It is for the person themselves, and with
// [PermissionDirectoryWrite] for anybody.
func (d *Directory) Consents(ctx context.Context, by Actor, person string) ([]Consent, error) {
	if _, err := d.mayArrange(ctx, by, person); err != nil {
		return nil, wrap(err, "consents of", person)
	}
	if d.own.consents == nil {
		return nil, lacks("consents")
	}
	list, err := d.own.consents.CurrentConsents(ctx, person)
	return list, wrap(err, "consents of", person)
}

// Consented reports whether a person agrees to something at present. Who may
// ask is as for Consents. Where no store keeps consents nobody agrees to
// anything.
func (d *Directory) Consented(ctx context.Context, by Actor, person, purpose string) (bool, error) {
	if d.own.consents == nil {
		return false, nil
	}
	list, err := d.Consents(ctx, by, person)
	for _, c := range list {
		if c.Purpose == purpose {
			return c.Given, err
		}
	}
	return false, err
}

// ConsentHistory returns a page of all that a person said, the newest first.
// Who may ask is as for Consents.
func (d *Directory) ConsentHistory(ctx context.Context, by Actor, q ConsentQuery) (page []Consent, next string, err error) {
	if _, err := d.mayArrange(ctx, by, q.Person); err != nil {
		return nil, "", wrap(err, "consents of", q.Person)
	}
	if d.own.consents == nil {
		return nil, "", lacks("consents")
	}
	scope := "profile.consents|" + by.ID + "|" + q.Person + "|" + q.Purpose
	if q.After, err = d.tokens.Open(scope, q.After); err != nil {
		return nil, "", wrap(err, "consents of", q.Person)
	}
	q.Limit = limit(q.Limit)
	page, next, err = d.own.consents.Consents(ctx, q)
	return page, d.tokens.Seal(scope, next), wrap(err, "consents of", q.Person)
}

// AllConsents ranges over all that a person said, the newest first.
func (d *Directory) AllConsents(ctx context.Context, by Actor, q ConsentQuery) iter.Seq2[Consent, error] {
	return all(func(after string) ([]Consent, string, error) {
		if after != "" {
			q.After = after
		}
		return d.ConsentHistory(ctx, by, q)
	})
}
