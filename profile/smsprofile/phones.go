package smsprofile

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// Phones are the telephones that people have shown to be theirs, one each: a
// code goes to the number, and whoever reads it there types it in. Until then
// texts go to the number they had before, if they had one. A number is whose it
// was shown to be last, for numbers are given to others.
//
// What is kept of numbers is in endpoints and links, whose keepers hand it over
// and erase it.
type Phones struct {
	phones profile.EndpointStore
	codes  profile.LinkStore
	send   SMSFunc
	opts   PhoneOptions
}

// PhoneOptions adjust Phones. All but the secret may be left out.
type PhoneOptions struct {
	Secret  []byte                                                       // makes codes unreadable in the store, the same on all instances; 16 bytes at least
	Text    func(ctx context.Context, by profile.Actor, c string) string // what is sent with a code; nil means the code alone
	Life    time.Duration                                                // how long a code is good; 0 means 10 minutes
	Tries   int                                                          // how often a code may be typed; 0 means 5
	PerHour int                                                          // codes for one person, and to one number; 0 means 5
	Again   time.Duration                                                // asking for the same within this sends nothing new; 0 means 1 minute
	Now     func() time.Time                                             // nil means time.Now
}

// A Phone is what somebody has told of their telephone.
type Phone struct {
	Number  string    // where texts go, E.164, or empty
	Since   time.Time // when it was shown to be theirs
	Pending string    // number that a code went to which is still good, or empty
	Until   time.Time // how long that code is good
}

const (
	purpose   = "phone"
	dataHash  = "code"
	minSecret = 16
)

// NewPhones returns Phones that are kept in one store, their codes in another or
// the same, and are sent codes with a function. Without one of them, or with a
// secret that is too short, it is profile.ErrInvalid.
func NewPhones(phones profile.EndpointStore, codes profile.LinkStore, send SMSFunc, opts PhoneOptions) (*Phones, error) {
	if phones == nil || codes == nil || send == nil || len(opts.Secret) < minSecret {
		return nil, fmt.Errorf("phones: want stores, how to send, and a secret of %d bytes: %w", minSecret, profile.ErrInvalid)
	}
	if opts.Text == nil {
		opts.Text = func(_ context.Context, _ profile.Actor, code string) string { return code }
	}
	opts.Life, opts.Again = cmp.Or(opts.Life, 10*time.Minute), cmp.Or(opts.Again, time.Minute)
	opts.Tries, opts.PerHour = cmp.Or(opts.Tries, 5), cmp.Or(opts.PerHour, 5)
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Phones{phones, codes, send, opts}, nil
}

// Numbers is the [NumbersFunc] of a Channel: where texts for a person go.
func (p *Phones) Numbers(ctx context.Context, person string) ([]string, error) {
	e, err := p.endpoint(ctx, person)
	if err != nil || e.Address == "" {
		return nil, err
	}
	return []string{e.Address}, nil
}

// endpoint returns the telephone of a person, or none. A newer one is in the
// place of those before it at once.
func (p *Phones) endpoint(ctx context.Context, person string) (profile.Endpoint, error) {
	list, err := p.phones.Endpoints(ctx, person, profile.ChannelSMS)
	if err != nil || len(list) == 0 {
		return profile.Endpoint{}, err
	}
	return list[0], nil
}

// Mine returns the telephone of the actor.
func (p *Phones) Mine(ctx context.Context, by profile.Actor) (Phone, error) {
	if by.Anonymous() || by.Assurance == profile.AssuranceLink {
		return Phone{}, fmt.Errorf("phone: %w", profile.ErrForbidden)
	}
	e, err := p.endpoint(ctx, by.ID)
	if err != nil {
		return Phone{}, fmt.Errorf("phone: %w", err)
	}
	asked, err := p.last(ctx, by.ID)
	if err != nil {
		return Phone{}, fmt.Errorf("phone: %w", err)
	}
	phone := Phone{Number: e.Address, Since: e.CreatedAt}
	if asked.Live(p.clock()) {
		phone.Pending, phone.Until = asked.Address, asked.ExpiresAt
	}
	return phone, nil
}

// Ask sends a code to a number, which becomes the actor's when they type it, see
// [Phones.Confirm]. A code from before is good no more. Who asks too often, or
// for a number that was sent too many, is profile.ErrTooMany; asking again at once sends nothing.
func (p *Phones) Ask(ctx context.Context, by profile.Actor, typed string) (Phone, error) {
	if err := mayWrite(by); err != nil {
		return Phone{}, err
	}
	number, err := Number(typed)
	if err == nil {
		err = p.ask(ctx, by, number)
	}
	if err != nil {
		return Phone{}, fmt.Errorf("code for phone: %w", err)
	}
	return p.Mine(ctx, by)
}

func (p *Phones) ask(ctx context.Context, by profile.Actor, number string) error {
	now := p.clock()
	old, err := p.last(ctx, by.ID)
	if err != nil || old.Address == number && old.Live(now) && now.Sub(old.MadeAt) < p.opts.Again {
		return err
	}
	if err := p.within(ctx, by.ID, number, now, p.opts.PerHour-1); err != nil {
		return err
	}
	if _, err := p.codes.EndLinks(ctx, profile.LinkQuery{Purpose: purpose, Subject: subjectOf(by.ID), Open: true}, profile.LinkReplaced); err != nil {
		return err
	}
	code, err := newCode()
	if err != nil {
		return err
	}
	made := profile.Link{
		ID: idem.New(), Purpose: purpose, Subject: subjectOf(by.ID), Address: number, MadeBy: by.ID, Uses: p.opts.Tries, MadeAt: now,
		ExpiresAt: now.Add(p.opts.Life), Secret: rand.Text(),
	}
	made.Data = map[string]string{dataHash: p.hash(made.ID, code)}
	if err := p.codes.MakeLink(ctx, made); err != nil {
		return err
	}
	// Others may have asked in the same instant: whoever is one too many sees it now.
	if err := p.within(ctx, by.ID, number, now, p.opts.PerHour); err != nil {
		_, gone := p.codes.RemoveLinks(ctx, profile.LinkQuery{ID: made.ID})
		return errors.Join(err, gone)
	}
	if err := p.send(ctx, SMS{To: number, Text: profile.OneLine(p.opts.Text(ctx, by, code)), Key: made.ID, Person: by.ID}); err != nil {
		// It counts all the same: who knows what the service did with it.
		_, ended := p.codes.EndLinks(ctx, profile.LinkQuery{ID: made.ID}, profile.LinkRevoked)
		return unsent(err, ended)
	}
	return nil
}

// within refuses a person or a number that was sent more codes than most in an
// hour.
func (p *Phones) within(ctx context.Context, person, number string, now time.Time, most int) error {
	since := now.Add(-time.Hour)
	for _, q := range []profile.LinkQuery{{Subject: subjectOf(person)}, {Address: number}} {
		q.Purpose, q.Since = purpose, since
		sent, err := p.codes.Links(ctx, q)
		if err != nil {
			return err
		}
		if len(sent) > most {
			return web.TooMany(sent[most].MadeAt.Sub(since))
		}
	}
	return nil
}

// last returns the code that was sent to somebody last, good or not, or none.
func (p *Phones) last(ctx context.Context, person string) (profile.Link, error) {
	list, err := p.codes.Links(ctx, profile.LinkQuery{Purpose: purpose, Subject: subjectOf(person)})
	if err != nil || len(list) == 0 {
		return profile.Link{}, err
	}
	if i := slices.IndexFunc(list, func(l profile.Link) bool { return l.Ended == "" }); i >= 0 {
		return list[i], nil
	}
	return list[0], nil
}

// Remove forgets the telephone of the actor, and a code that waits.
func (p *Phones) Remove(ctx context.Context, by profile.Actor) error {
	if err := mayWrite(by); err != nil {
		return err
	}
	_, err := p.phones.RemoveEndpoints(ctx, profile.EndpointQuery{Person: by.ID, Channel: profile.ChannelSMS})
	if err == nil {
		_, err = p.codes.EndLinks(ctx, profile.LinkQuery{Purpose: purpose, Subject: subjectOf(by.ID), Open: true}, profile.LinkRevoked)
	}
	if err != nil {
		return fmt.Errorf("remove phone: %w", err)
	}
	return nil
}

// mayWrite refuses whoever acts for nobody, or only looks.
func mayWrite(by profile.Actor) error {
	if by.Anonymous() || by.Viewer != "" || by.Assurance == profile.AssuranceLink {
		return fmt.Errorf("phone: %w", profile.ErrForbidden)
	}
	return nil
}

func (p *Phones) clock() time.Time { return p.opts.Now().UTC().Truncate(time.Microsecond) }

func subjectOf(person string) string { return "person/" + person }

// newCode returns six digits.
func newCode() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%06d", n), nil
}

// hash is what a code is kept as. Without the secret nobody finds the code by
// trying all there are.
func (p *Phones) hash(id, code string) string {
	mac := hmac.New(sha256.New, p.opts.Secret)
	mac.Write([]byte("stoa phone 1\x00" + id + "\x00" + code))
	return hex.EncodeToString(mac.Sum(nil))
}
