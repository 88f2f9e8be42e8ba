package profile

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/internal/valid"
)

// Links make, check and use one-time links. Whether somebody may have one is
// for the capability to say that makes it; what a link is good for is said when
// it is made, and it is good for nothing else.
//
// Programs that look for malware open every link in a mail. So opening one only
// shows a page that asks whether to go on ([Links.Peek]); the button there uses
// it with a POST ([Links.Use]).
type Links struct {
	store LinkStore
	opts  LinkOptions
}

// LinkOptions adjust Links. The zero value is ready to use.
type LinkOptions struct {
	Life    time.Duration // how long a link is good if its draft does not say; 0 means 24 hours
	Keep    time.Duration // how long it is known why an expired link is good no more; 0 means 30 days
	Cookie  string        // name of the cookie of a pass; "" means "stoa_pass"
	Secure  bool          // the portal is served by https only; the cookie's name begins with "__Host-" then
	PassFor time.Duration // how long a pass opens what its link was for; 0 means 12 hours
	Events  analytics.Recorder
	Logger  *slog.Logger     // nil discards logs
	Now     func() time.Time // nil means time.Now
}

// NewLinks returns Links that are kept in store. A nil opts means the defaults.
func NewLinks(store LinkStore, opts *LinkOptions) *Links {
	var o LinkOptions
	if opts != nil {
		o = *opts
	}
	for _, d := range []struct {
		at   *time.Duration
		mean time.Duration
	}{{&o.Life, 24 * time.Hour}, {&o.Keep, 30 * 24 * time.Hour}, {&o.PassFor, 12 * time.Hour}} {
		if *d.at == 0 {
			*d.at = d.mean
		}
	}
	if o.Cookie == "" {
		o.Cookie = "stoa_pass"
	}
	if o.Secure {
		o.Cookie = "__Host-" + o.Cookie
	}
	if o.Events == nil {
		o.Events = analytics.Discard
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Links{store: store, opts: o}
}

// A LinkDraft is a link that somebody wants to send.
type LinkDraft struct {
	Purpose string            // lower case letters, digits, '-' and '.', at most 64; "guest", "address"
	Subject string            // what it is about, "case/42"; at most 200 bytes
	Address string            // the e-mail address that it goes to
	Unsent  bool              // it goes to no address: whoever makes it keeps it
	For     time.Duration     // how long it is good; 0 means LinkOptions.Life
	Uses    int               // how often it may be used; 0 means once
	Data    map[string]string // see [Link]

	id string // "" means a new one
}

// Limits of a link.
const (
	maxPurpose  = 64
	maxLinkUses = 1000
	maxLinkLife = 366 * 24 * time.Hour
	maxLinkData = 32 // entries
)

// Make makes a link and returns the token that goes into it, which nobody can
// find out afterwards. A link that was sent to the address before, with the
// same purpose and about the same subject, is good no more. The caller decides
// whether by may send it.
func (s *Links) Make(ctx context.Context, by Actor, d LinkDraft) (token string, made Link, err error) {
	if d, err = s.check(d); err != nil {
		return "", Link{}, fmt.Errorf("make link: %w", err)
	}
	now := s.clock()
	token = rand.Text()
	made = Link{
		ID: cmp.Or(d.id, idem.New()), Purpose: d.Purpose, Subject: d.Subject, Address: d.Address, MadeBy: by.ID, Data: maps.Clone(d.Data),
		Uses: d.Uses, MadeAt: now, ExpiresAt: now.Add(d.For).Truncate(time.Microsecond), Secret: linkSecret(d.Purpose, token),
	}
	if err := s.store.MakeLink(ctx, made); err != nil {
		return "", Link{}, fmt.Errorf("make link: %w", err)
	}
	s.record(ctx, by, "link.made", made)
	return token, made.shown(), nil
}

func (s *Links) check(d LinkDraft) (LinkDraft, error) {
	f := errs.Fields{}
	if d.Purpose == "" || len(d.Purpose) > maxPurpose || !made(d.Purpose, "-.", false) {
		f.Add("purpose", "error.link.purpose", map[string]any{"max": maxPurpose})
	}
	if !validSubject(d.Subject) {
		f.Add("subject", "error.link.subject", map[string]any{"max": maxLinkSubject})
	}
	if !d.Unsent || d.Address != "" {
		plain, err := valid.Email(d.Address)
		valid.Note(f, "address", err)
		d.Address = plain
	}
	if d.For == 0 {
		d.For = s.opts.Life
	}
	if d.For < time.Second || d.For > maxLinkLife {
		f.Add("for", "error.link.life", nil)
	}
	if d.Uses == 0 {
		d.Uses = 1
	}
	if d.Uses < 0 || d.Uses > maxLinkUses {
		f.Add("uses", "error.link.uses", map[string]any{"max": maxLinkUses})
	}
	checkLinkData(f, d.Data)
	return d, f.Err()
}

func checkLinkData(f errs.Fields, data map[string]string) {
	if len(data) > maxLinkData {
		f.Add("data", "error.field.too_many", map[string]any{"max": maxLinkData})
	}
	for key, value := range data {
		if !validKey(key) {
			f.Add("data", "error.profile.attribute", map[string]any{"key": clip(key)})
		}
		valid.Note(f, "data."+clip(key), valid.Text(value, valid.TextSummary))
	}
}

const maxLinkSubject = 200 // bytes

// validSubject takes references, "kind/id", and nothing that looks like one
// and is another.
func validSubject(s string) bool {
	kind, id, found := strings.Cut(s, "/")
	return found && kind != "" && id != "" && len(s) <= maxLinkSubject && made(kind, "_.-", false) && made(id, "_.-@=/", true)
}

// Peek returns the link that a token is of, and leaves it as it is. It is for
// the page that asks whether to go on, and fails where [Links.Use] would.
func (s *Links) Peek(ctx context.Context, purpose, token string) (Link, error) {
	l, err := s.find(ctx, purpose, token)
	if err == nil {
		err = s.good(l)
	}
	if err != nil {
		return Link{}, linkError(err, purpose)
	}
	return l.shown(), nil
}

// Use uses the link that a token is of. However many try at once, it is used as
// often as it may be. A token that was never given out, or for another purpose,
// is ErrNotFound; one that was good once is ErrGone and says what became of
// it.
func (s *Links) Use(ctx context.Context, purpose, token string) (Link, error) {
	return s.claim(ctx, purpose, token, "")
}

// claim is Use by somebody who may try again.
func (s *Links) claim(ctx context.Context, purpose, token, claim string) (Link, error) {
	l, err := s.find(ctx, purpose, token)
	if err != nil {
		return Link{}, linkError(err, purpose)
	}
	used, err := s.store.UseLink(ctx, l.ID, claim, s.clock())
	if errors.Is(err, ErrConflict) {
		err = s.whyNot(ctx, purpose, token)
	}
	if err != nil {
		return Link{}, linkError(err, purpose)
	}
	s.record(ctx, Actor{}, "link.used", used)
	return used.shown(), nil
}

// find returns the link of a token, good or not.
func (s *Links) find(ctx context.Context, purpose, token string) (Link, error) {
	if !validToken(token) {
		return Link{}, errNoLink()
	}
	l, err := s.store.LinkWith(ctx, linkSecret(purpose, token))
	if err == nil && l.Purpose != purpose {
		err = ErrNotFound
	}
	if errors.Is(err, ErrNotFound) {
		err = errNoLink()
	}
	return l, err
}

// good reports why l cannot be used now.
func (s *Links) good(l Link) error {
	switch {
	case l.Live(s.clock()):
		return nil
	case l.Ended == LinkReplaced:
		return gone("error.link.replaced")
	case l.Ended == LinkRevoked:
		return gone("error.link.revoked")
	case l.Ended == LinkDone || l.Used >= l.Uses:
		return gone("error.link.used")
	}
	return gone("error.link.expired")
}

// whyNot says why a use has just failed.
func (s *Links) whyNot(ctx context.Context, purpose, token string) error {
	l, err := s.find(ctx, purpose, token)
	if err == nil {
		err = s.good(l)
	}
	if err == nil {
		return gone("error.link.used")
	}
	return err
}

// Revoke takes back the links that match q, and the passes that came from them
// unless q names one by its ID, and returns how many there were. What was done
// with them stays done.
func (s *Links) Revoke(ctx context.Context, by Actor, q LinkQuery) (int, error) {
	purpose := q.Purpose
	n, err := s.store.EndLinks(ctx, q, LinkRevoked)
	if err == nil && purpose != "" {
		var passes int
		q.Purpose = passPurpose(purpose)
		passes, err = s.store.EndLinks(ctx, q, LinkRevoked)
		n += passes
	}
	if err != nil {
		return 0, fmt.Errorf("revoke links: %w", err)
	}
	if n > 0 {
		s.record(ctx, by, "link.revoked", Link{Purpose: purpose, Subject: q.Subject})
	}
	return n, nil
}

// List returns the links that match q, the newest first, at most 200. The
// caller decides who may see them.
func (s *Links) List(ctx context.Context, q LinkQuery) ([]Link, error) {
	list, err := s.store.Links(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("links: %w", err)
	}
	for i, l := range list {
		list[i] = l.shown()
	}
	return list, nil
}

// Forget removes every link that was sent to an address, for the erasure of a
// person, and returns how many there were.
func (s *Links) Forget(ctx context.Context, address string) (int, error) {
	n, err := s.store.RemoveLinks(ctx, LinkQuery{Address: address})
	if err != nil {
		return 0, fmt.Errorf("forget links: %w", err)
	}
	return n, nil
}

// Run removes links that expired long ago from the store until ctx ends. Any
// number of instances may run it.
func (s *Links) Run(ctx context.Context) error {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		q := LinkQuery{Expired: s.clock().Add(-s.opts.Keep)}
		if _, err := s.store.RemoveLinks(ctx, q); err != nil && ctx.Err() == nil {
			s.opts.Logger.WarnContext(ctx, "expired links not removed", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func (s *Links) clock() time.Time { return s.opts.Now().UTC().Truncate(time.Microsecond) }

// record notes what happened to a link; neither token nor address is in it.
func (s *Links) record(ctx context.Context, by Actor, name string, l Link) {
	s.opts.Events.Record(ctx, analytics.Event{
		Name: name, At: s.clock(), User: by.ID, Account: by.Account, Subject: l.Subject,
		Props: map[string]string{"purpose": l.Purpose},
	})
}

// shown returns l without what opens it.
func (l Link) shown() Link {
	l = l.Clone()
	l.Secret, l.Claim = "", ""
	return l
}

// tokenLength is how long the tokens are that rand.Text makes: 130 bits.
const tokenLength = 26

// validToken keeps everything from the store that no link ever had.
func validToken(token string) bool {
	if len(token) != tokenLength {
		return false
	}
	for i := range len(token) {
		if c := token[i]; (c < 'A' || c > 'Z') && (c < '2' || c > '7') {
			return false
		}
	}
	return true
}

// linkSecret is what the store knows a token by. The purpose is part of it: for
// another purpose the token does not exist.
func linkSecret(purpose, token string) string {
	sum := sha256.Sum256([]byte("stoa link 1\x00" + purpose + "\x00" + token))
	return hex.EncodeToString(sum[:])
}

func errNoLink() error { return errs.Say(errs.NotFound, "error.link.unknown", nil) }

func gone(key string) error { return errs.Say(errs.Gone, key, nil) }

func linkError(err error, purpose string) error {
	return fmt.Errorf("link for %q: %w", clip(purpose), err)
}
