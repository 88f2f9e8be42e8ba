package profile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/internal/web"
)

// Invitations let people be asked into an account by those who may add them:
// managers into their own, with roles that they may give. They are told if an
// address is that of somebody there, or has an open invitation; whether it is
// known elsewhere is neither looked up nor told.
type Invitations struct {
	links  *Links
	people *Directory
	opts   InvitationOptions
}

// InvitationOptions adjust Invitations.
type InvitationOptions struct {
	// Send writes to the address of an invitation. The token goes into the link
	// to the page that asks whether to accept it, and nowhere else. nil means
	// that nobody can be invited.
	Send func(ctx context.Context, i Invitation, token string) error

	// Link returns the address at which an invitation can be accepted, for whoever
	// sends it to hand it over themselves, or "". nil means that nobody is handed
	// anything: the secret goes to the address alone.
	Link func(ctx context.Context, i Invitation, token string) string

	// Known returns who a subject is here already, as [Identities.Actor] does;
	// nil means that nobody asks. Somebody who is here does not join again.
	Known func(ctx context.Context, via, subject string) (Actor, error)

	// Joined is told who has joined before the invitation counts as accepted, so
	// that it can link the identity that they signed in with. It may be told the
	// same twice. nil means that nobody is told.
	Joined func(ctx context.Context, p Person, j Joiner) error

	// OtherAddress lets whoever holds an invitation accept it, for hosts whose
	// sign-in proves no address. false means that it takes a verified address
	// that is the one it was sent to.
	OtherAddress bool

	// TokenProves lets whoever holds an invitation accept it if their sign-in
	// vouches for no address: the token was sent to one, which is proof enough
	// for hosts that write to it. A sign-in that vouches for another address is
	// refused all the same. false means that it takes a verified address.
	TokenProves bool

	Life    time.Duration // how long an invitation is good; 0 means seven days
	PerHour int           // how many one person may send within an hour, at most 200; 0 means 20
}

// NewInvitations returns Invitations to a directory, kept among links.
func NewInvitations(links *Links, people *Directory, opts *InvitationOptions) *Invitations {
	var o InvitationOptions
	if opts != nil {
		o = *opts
	}
	if o.Life == 0 {
		o.Life = 7 * 24 * time.Hour
	}
	if o.PerHour <= 0 {
		o.PerHour = 20
	}
	o.PerHour = min(o.PerHour, maxLimit)
	return &Invitations{links: links, people: people, opts: o}
}

// Invite sends an invitation. It takes what adding the person would take: see
// [Directory.SavePerson]. Somebody who is there already is not invited, nor is an
// address that has an open invitation to the same account, unless the draft says
// that it takes the place of that one, which is good no more then. Addresses that
// differ in capitals are one. Beyond InvitationOptions.PerHour it is ErrTooMany. A draft
// with a key that was sent before answers with what it was, and sends nothing.
func (s *Invitations) Invite(ctx context.Context, by Actor, d InvitationDraft) (Invitation, error) {
	deed := Deed{Action: "invitation.sent", Account: clip(d.Account), Changes: []Change{{Field: "roles", To: clip(roleList(d.Roles))}}}
	i, err := s.invite(ctx, by, d, deed)
	if err != nil {
		return Invitation{}, s.people.denied(ctx, by, deed, fmt.Errorf("invite: %w", err))
	}
	return i, nil
}

func (s *Invitations) invite(ctx context.Context, by Actor, d InvitationDraft, deed Deed) (i Invitation, err error) {
	if s.opts.Send == nil {
		return Invitation{}, ErrUnsupported
	}
	d.Roles = slices.Clone(d.Roles)
	if len(d.Roles) == 0 {
		d.Roles = []Role{RoleCustomer}
	}
	p := Person{Account: d.Account, Roles: d.Roles}
	if err := s.people.mayAdd(ctx, by, &p); err != nil {
		return Invitation{}, err
	}
	d.Account = p.Account
	d, err = d.check()
	if err = both(err, s.people.checkAccount(ctx, d.Account)); err != nil {
		return Invitation{}, err
	}
	if sent, err := s.sentBefore(ctx, by, d); !errors.Is(err, ErrNotFound) {
		return sent, err
	}
	if err := s.isNew(ctx, d); err != nil {
		return Invitation{}, err
	}
	if err := s.limit(ctx, by); err != nil {
		return Invitation{}, err
	}
	deed.Account, deed.Changes = d.Account, []Change{{"roles", "", roleList(d.Roles)}}
	err = s.people.audited(ctx, by, deed, func() (err error) {
		i, err = s.send(ctx, by, d)
		return err
	})
	if errors.Is(err, ErrConflict) { // the same in another request was first
		return s.sentBefore(ctx, by, d)
	}
	return i, err
}

// isNew refuses an address that is there already, or has an open invitation that
// d does not say to replace.
func (s *Invitations) isNew(ctx context.Context, d InvitationDraft) error {
	_, found, err := s.people.member(ctx, d.Account, d.Address, d.Roles)
	if err != nil {
		return err
	}
	if found {
		return errs.Field("address", "error.invitation.member", nil)
	}
	open, err := s.links.store.Links(ctx, LinkQuery{Purpose: invitationPurpose, Subject: invitationSubject(d.Account), Address: d.Address, Open: true})
	if err != nil {
		return err
	}
	now := s.links.clock()
	for _, l := range open {
		if l.Live(now) && l.ID != d.Again {
			return errs.Field("address", "error.invitation.open", nil)
		}
	}
	return nil
}

// sentBefore returns what was sent with the key of d, or ErrNotFound.
func (s *Invitations) sentBefore(ctx context.Context, by Actor, d InvitationDraft) (Invitation, error) {
	if d.Key == "" {
		return Invitation{}, ErrNotFound
	}
	if err := idem.CheckKey(d.Key); err != nil {
		return Invitation{}, err
	}
	l, err := s.byID(ctx, d.id(by))
	if err == nil {
		err = idem.Check(l.Data["origin"], d.origin())
	}
	if err != nil {
		return Invitation{}, err
	}
	return l.invitation(), nil
}

// send makes the link of an invitation and sends it.
func (s *Invitations) send(ctx context.Context, by Actor, d InvitationDraft) (Invitation, error) {
	token, l, err := s.links.Make(ctx, by, d.draft(by, s.opts.Life))
	if err != nil {
		return Invitation{}, err
	}
	i := l.invitation()
	if err := s.opts.Send(ctx, i, token); err != nil {
		return Invitation{}, errors.Join(fmt.Errorf("%w: not sent: %s", ErrUnavailable, err.Error()), s.undo(context.WithoutCancel(ctx), l, d.Key))
	}
	if s.opts.Link != nil {
		i.Link = s.opts.Link(ctx, i, token)
	}
	return i, nil
}

// undo takes back what nobody received. With a key it is to be tried again, as
// if it had never been made.
func (s *Invitations) undo(ctx context.Context, l Link, key string) (err error) {
	if key != "" {
		_, err = s.links.store.RemoveLinks(ctx, LinkQuery{ID: l.ID})
		return err
	}
	_, err = s.links.store.EndLinks(ctx, LinkQuery{ID: l.ID}, LinkRevoked)
	return err
}

// limit refuses whoever has sent too many. It counts what is stored, so it holds
// for all instances together.
func (s *Invitations) limit(ctx context.Context, by Actor) error {
	since := s.links.clock().Add(-time.Hour)
	sent, err := s.links.store.Links(ctx, LinkQuery{Purpose: invitationPurpose, MadeBy: by.ID, Since: since})
	if err != nil || len(sent) < s.opts.PerHour {
		return err
	}
	return web.TooMany(sent[s.opts.PerHour-1].MadeAt.Sub(since))
}

// List returns the invitations to an account that can be accepted now, the
// newest first, at most 200. It takes the right to see the people there.
func (s *Invitations) List(ctx context.Context, by Actor, account string) ([]Invitation, error) {
	if by.Anonymous() || !s.people.sees(by, Person{Account: account}) {
		return nil, fmt.Errorf("invitations: %w", ErrForbidden)
	}
	list, err := s.links.store.Links(ctx, LinkQuery{Purpose: invitationPurpose, Subject: invitationSubject(account), Open: true})
	if err != nil {
		return nil, fmt.Errorf("invitations: %w", err)
	}
	now, out := s.links.clock(), []Invitation{}
	for _, l := range list {
		if l.Live(now) {
			out = append(out, l.invitation())
		}
	}
	return out, nil
}

// Revoke takes an invitation back. It takes what sending it would. One that is
// not open any more is ErrGone, one that the actor may not see ErrNotFound.
func (s *Invitations) Revoke(ctx context.Context, by Actor, id string) error {
	l, err := s.byID(ctx, id)
	if err == nil && (by.Anonymous() || !s.people.sees(by, Person{Account: l.Data["account"]})) {
		err = ErrNotFound
	}
	if err == nil {
		i := l.invitation()
		err = s.people.mayAdd(ctx, by, &Person{Account: i.Account, Roles: i.Roles})
	}
	if err != nil {
		return wrap(err, "invitation", id)
	}
	deed := Deed{Action: "invitation.revoked", Account: l.Data["account"]}
	return wrap(s.people.audited(ctx, by, deed, func() error {
		n, err := s.links.Revoke(ctx, by, LinkQuery{ID: id})
		if err == nil && n == 0 {
			err = s.ended(ctx, id)
		}
		return err
	}), "invitation", id)
}

// ended says what became of an invitation that could not be ended.
func (s *Invitations) ended(ctx context.Context, id string) error {
	l, err := s.byID(ctx, id)
	if err == nil {
		err = s.links.good(l)
	}
	if err == nil {
		err = ErrNotFound
	}
	return err
}

func (s *Invitations) byID(ctx context.Context, id string) (Link, error) {
	if id == "" {
		return Link{}, ErrNotFound
	}
	found, err := s.links.store.Links(ctx, LinkQuery{ID: id, Purpose: invitationPurpose})
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Link{}, err
	}
	return found[0], nil
}

// Peek returns the invitation that a token is of, for the page that asks
// whether to accept it.
func (s *Invitations) Peek(ctx context.Context, token string) (Invitation, error) {
	l, err := s.links.Peek(ctx, invitationPurpose, token)
	if err != nil {
		return Invitation{}, err
	}
	return l.invitation(), nil
}

// Accept makes j a person of the directory, once. An invitation is worth what
// its sender may do now: if they have left, or may no longer add such a person,
// it is good no more. Whoever accepts must have signed in as somebody whose
// address it was sent to. If it fails on the way, the same j may try again, and
// nobody else.
//
// Whoever is signed in as a person of the account whose address it is stays that
// person, and gets the roles that it offers besides; nobody else joins with the
// address of somebody who is there.
func (s *Invitations) Accept(ctx context.Context, token string, j Joiner) (Person, error) {
	p, err := s.accept(ctx, token, j)
	if err != nil {
		return Person{}, fmt.Errorf("accept invitation: %w", err)
	}
	return p, nil
}

func (s *Invitations) accept(ctx context.Context, token string, j Joiner) (Person, error) {
	if j.Via == "" || j.Subject == "" {
		return Person{}, errs.Field("subject", "error.field.required", nil)
	}
	l, err := s.links.find(ctx, invitationPurpose, token)
	if err != nil {
		return Person{}, err
	}
	// One that is used up may be j's own, whose first try failed half-way.
	if err := s.links.good(l); err != nil && l.Claim != claimOf(j) {
		return Person{}, err
	}
	i := l.invitation()
	if j.Person != "" {
		return s.rejoin(ctx, token, i, j)
	}
	if !s.proves(j, i.Address) {
		return Person{}, errs.Say(errs.Forbidden, "error.invitation.other_address", nil)
	}
	sender, err := s.sender(ctx, i)
	if err != nil {
		return Person{}, err
	}
	p := i.person(j)
	if err := p.joins(); err != nil {
		return Person{}, err
	}
	if l.Claim == "" {
		if err := s.newcomer(ctx, i, j); err != nil {
			if l, err = s.overtaken(ctx, token, j, err); err != nil {
				return Person{}, err
			}
		}
	}
	if _, err := s.links.claim(ctx, invitationPurpose, token, claimOf(j)); err != nil {
		return Person{}, err
	}
	return s.join(ctx, sender, l, p, j)
}

// newcomer refuses whom the portal knows already, by sign-in or by address.
func (s *Invitations) newcomer(ctx context.Context, i Invitation, j Joiner) error {
	if err := s.unknown(ctx, j); err != nil {
		return err
	}
	return s.isNobodys(ctx, i)
}

// overtaken says why j is not a newcomer. Who is known only because the same
// invitation was accepted at this moment hears that it has been used; j, who has
// sent it twice, goes on where the other stopped.
func (s *Invitations) overtaken(ctx context.Context, token string, j Joiner, refused error) (Link, error) {
	l, err := s.links.find(ctx, invitationPurpose, token)
	switch {
	case err != nil:
		return Link{}, err
	case l.Claim == "":
		return Link{}, refused
	case l.Claim != claimOf(j):
		return l, s.links.good(l)
	}
	return l, nil
}

// proves reports whether a sign-in says enough of whose address an invitation
// was sent to.
func (s *Invitations) proves(j Joiner, address string) bool {
	if j.Verified {
		return s.opts.OtherAddress || sameAddress(j.Address, address)
	}
	return s.opts.OtherAddress || s.opts.TokenProves
}

// joins reports what the directory would refuse in p, before the invitation is
// used for it.
func (p Person) joins() error {
	p.ID = "new"
	_, err := p.check()
	return err
}

// join adds the person for whom the invitation has been claimed.
func (s *Invitations) join(ctx context.Context, sender Actor, l Link, p Person, j Joiner) (Person, error) {
	made, err := s.people.SavePerson(ctx, sender, p)
	if err != nil {
		return Person{}, err
	}
	if s.opts.Joined != nil {
		if err := s.opts.Joined(ctx, made.Clone(), j); err != nil {
			return Person{}, err
		}
	}
	deed := Deed{Action: "invitation.accepted", Person: made.ID, Account: made.Account}
	n := 0
	err = s.people.audited(ctx, Actor{ID: made.ID, Account: made.Account, Roles: made.Roles}, deed, func() (err error) {
		n, err = s.links.store.EndLinks(ctx, LinkQuery{ID: l.ID}, LinkDone)
		return err
	})
	if err != nil || n > 0 {
		return made, err
	}
	// Somebody ended it meanwhile: j in another window, or whoever took it back.
	now, err := s.byID(ctx, l.ID)
	if err != nil || now.Ended == LinkDone {
		return made, err
	}
	if _, err := s.people.DisablePerson(ctx, sender, made.ID); err != nil {
		return Person{}, err
	}
	return Person{}, s.links.good(now)
}

// sender returns who made i, if they may still do what it offers.
func (s *Invitations) sender(ctx context.Context, i Invitation) (Actor, error) {
	by, err := s.people.Actor(ctx, i.MadeBy)
	if err == nil {
		err = s.people.mayAdd(ctx, by, &Person{Account: i.Account, Roles: i.Roles})
	}
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrForbidden) {
		return Actor{}, gone("error.link.revoked")
	}
	return by, err
}

// unknown refuses somebody who is here already.
func (s *Invitations) unknown(ctx context.Context, j Joiner) error {
	if s.opts.Known == nil {
		return nil
	}
	_, err := s.opts.Known(ctx, j.Via, j.Subject)
	switch {
	case err == nil:
		return errs.Say(errs.Conflict, "error.invitation.known", nil)
	case errors.Is(err, ErrNotFound):
		return nil
	case errors.Is(err, ErrForbidden):
		return errs.Say(errs.Forbidden, "error.invitation.left", nil)
	}
	return err
}

// claimOf says who j is without saying it: a claim is kept.
func claimOf(j Joiner) string {
	sum := sha256.Sum256([]byte(fmt.Sprintf("stoa claim 1\x00%d\x00%s\x00%s", len(j.Via), j.Via, j.Subject)))
	return hex.EncodeToString(sum[:])
}

// sameAddress reports whether two addresses are one mailbox, by all that can be
// known: hardly any system tells capitals apart.
func sameAddress(a, b string) bool {
	plain, err := valid.Email(a)
	return err == nil && strings.EqualFold(plain, b)
}
