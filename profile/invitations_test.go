package profile_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// An office sends invitations and keeps what was sent.
type office struct {
	*profile.Invitations
	p    *portal
	mu   sync.Mutex
	sent []string // tokens
	fail error    // of the next letter
	told []string // who has joined
	deaf error    // what Joined answers
}

func newOffice(t *testing.T, change ...func(*profile.InvitationOptions)) *office {
	t.Helper()
	o := &office{p: newPortal(t)}
	links, _ := newLinks(o.p)
	opts := &profile.InvitationOptions{
		Send: func(_ context.Context, _ profile.Invitation, token string) error {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.sent = append(o.sent, token)
			return o.fail
		},
		Joined: func(_ context.Context, p profile.Person, j profile.Joiner) error {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.told = append(o.told, p.Email+" "+j.Subject)
			return o.deaf
		},
	}
	for _, f := range change {
		f(opts)
	}
	o.Invitations = profile.NewInvitations(links, o.p.Directory, opts)
	return o
}

// invite sends one to new@acme.example in the name of a person.
func (o *office) invite(t *testing.T, by string, change ...func(*profile.InvitationDraft)) (string, profile.Invitation) {
	t.Helper()
	d := profile.InvitationDraft{Address: "new@acme.example", Name: "Newton"}
	for _, f := range change {
		f(&d)
	}
	i, err := o.Invite(t.Context(), o.p.as(t, by), d)
	require.NoError(t, err)
	return o.sent[len(o.sent)-1], i
}

func newton(change ...func(*profile.Joiner)) profile.Joiner {
	j := profile.Joiner{Via: "oidc:https://id.example", Subject: "n-1", Address: "new@acme.example", Verified: true, Zone: "Europe/Vienna"}
	for _, f := range change {
		f(&j)
	}
	return j
}

// newcomers are the people whose address is new@acme.example.
func (o *office) newcomers(t *testing.T) []profile.Person {
	t.Helper()
	var found []profile.Person
	for p, err := range o.p.AllPeople(t.Context(), root, profile.PersonQuery{}) {
		require.NoError(t, err)
		if strings.EqualFold(p.Email, "new@acme.example") {
			found = append(found, p)
		}
	}
	return found
}

func TestInvitationMakesAPersonOnce(t *testing.T) {
	o := newOffice(t)
	token, i := o.invite(t, "ann", func(d *profile.InvitationDraft) { d.Roles = []profile.Role{profile.RoleManager} })
	require.Equal(t, "acme", i.Account, "the sender's own")
	require.Empty(t, o.newcomers(t), "nobody is there before they accept")
	peeked, err := o.Peek(t.Context(), token)
	require.NoError(t, err)
	require.Equal(t, i, peeked)
	p, err := o.Accept(t.Context(), token, newton())
	require.NoError(t, err)
	require.Equal(t, []profile.Role{profile.RoleManager}, p.Roles)
	require.Equal(t, []string{"Newton", "new@acme.example", "acme", "Europe/Vienna"}, []string{p.Name, p.Email, p.Account, p.Zone})
	require.Equal(t, []string{"new@acme.example n-1"}, o.told)
	a, err := o.p.Actor(t.Context(), p.ID)
	require.NoError(t, err)
	require.Equal(t, "acme", a.Account)
	for _, j := range []profile.Joiner{newton(), newton(func(j *profile.Joiner) { j.Subject = "n-2" })} {
		_, err = o.Accept(t.Context(), token, j)
		require.ErrorIs(t, err, profile.ErrGone)
		require.Equal(t, "error.link.used", says(t, err))
	}
	require.NoError(t, o.p.RemovePerson(t.Context(), root, p.ID))
	_, err = o.Accept(t.Context(), token, newton())
	require.ErrorIs(t, err, profile.ErrGone, "whoever was removed does not come back by an old letter")
	require.Empty(t, o.newcomers(t))
}

func TestInvitationsObeyTheRulesOfTheDirectory(t *testing.T) {
	o := newOffice(t)
	for name, c := range map[string]struct {
		by   string
		want error
		set  func(*profile.InvitationDraft)
	}{
		"manager":                {"ann", nil, func(*profile.InvitationDraft) {}},
		"manager, own account":   {"ann", nil, func(d *profile.InvitationDraft) { d.Account = "acme" }},
		"manager, other account": {"ann", profile.ErrForbidden, func(d *profile.InvitationDraft) { d.Account = "zeta" }},
		"manager, staff role":    {"ann", profile.ErrForbidden, func(d *profile.InvitationDraft) { d.Roles = []profile.Role{profile.RoleAgent} }},
		"manager, admin":         {"ann", profile.ErrForbidden, func(d *profile.InvitationDraft) { d.Roles = []profile.Role{profile.RoleAdmin} }},
		"manager, partner":       {"ann", profile.ErrForbidden, func(d *profile.InvitationDraft) { d.Roles = []profile.Role{profile.RolePartner} }},
		"customer":               {"bob", profile.ErrForbidden, func(*profile.InvitationDraft) {}},
		"agent":                  {"gus", profile.ErrForbidden, func(d *profile.InvitationDraft) { d.Account = "acme" }},
		"nobody":                 {"", profile.ErrForbidden, func(*profile.InvitationDraft) {}},
		"admin":                  {"root", nil, func(d *profile.InvitationDraft) { d.Account, d.Roles = "zeta", []profile.Role{profile.RoleAgent} }},
		"admin, no account":      {"root", nil, func(*profile.InvitationDraft) {}},
		"admin, unknown account": {"root", profile.ErrInvalid, func(d *profile.InvitationDraft) { d.Account = "nowhere" }},
		"no address":             {"ann", profile.ErrInvalid, func(d *profile.InvitationDraft) { d.Address = "Ann <a@b.example>" }},
		"odd role":               {"root", profile.ErrInvalid, func(d *profile.InvitationDraft) { d.Roles = []profile.Role{"a b"} }},
		"odd locale":             {"ann", profile.ErrInvalid, func(d *profile.InvitationDraft) { d.Locale = "x y" }},
		"odd name":               {"ann", profile.ErrInvalid, func(d *profile.InvitationDraft) { d.Name = "a\x00b" }},
	} {
		sent := len(o.sent)
		d := profile.InvitationDraft{Address: fmt.Sprintf("new%d@acme.example", sent)}
		c.set(&d)
		_, err := o.Invite(t.Context(), o.p.as(t, c.by), d)
		if c.want == nil {
			require.NoError(t, err, name)
			require.Len(t, o.sent, sent+1, name)
			continue
		}
		require.ErrorIs(t, err, c.want, name)
		require.Len(t, o.sent, sent, "%s: nothing is sent", name)
	}
}

// TestAdv_66_InviteTellsNothing: the answer is the same for an address that is
// somebody's elsewhere.
func TestAdv_66_InviteTellsNothing(t *testing.T) {
	o := newOffice(t)
	answer := func(address string) profile.Invitation {
		_, i := o.invite(t, "ann", func(d *profile.InvitationDraft) { d.Address = address })
		i.ID, i.Address = "", ""
		return i
	}
	unknown := answer("nobody@else.example")
	for _, known := range []string{"carl@zeta.example", "root@us.example"} {
		require.Equal(t, unknown, answer(known))
	}
}

// TestAdv_57_InvitationIsOfOneAddress: a letter that somebody else reads is
// worth nothing to them.
func TestAdv_57_InvitationIsOfOneAddress(t *testing.T) {
	o := newOffice(t)
	token, _ := o.invite(t, "ann")
	for name, set := range map[string]func(*profile.Joiner){
		"another":     func(j *profile.Joiner) { j.Address = "thief@acme.example" },
		"unverified":  func(j *profile.Joiner) { j.Verified = false },
		"none":        func(j *profile.Joiner) { j.Address = "" },
		"look-alike":  func(j *profile.Joiner) { j.Address = "new@evil-acme.example" },
		"plus":        func(j *profile.Joiner) { j.Address = "new+x@acme.example" },
		"quoted":      func(j *profile.Joiner) { j.Address = `"new"@acme.example` },
		"two":         func(j *profile.Joiner) { j.Address = "new@acme.example,thief@acme.example" },
		"Kelvin sign": func(j *profile.Joiner) { j.Address = "new@acme.example\u212a" },
	} {
		_, err := o.Accept(t.Context(), token, newton(set))
		require.ErrorIs(t, err, profile.ErrForbidden, name)
		require.Equal(t, "error.invitation.other_address", says(t, err), name)
	}
	for _, set := range []func(*profile.Joiner){func(j *profile.Joiner) { j.Via = "" }, func(j *profile.Joiner) { j.Subject = "" }} {
		_, err := o.Accept(t.Context(), token, newton(set))
		require.ErrorIs(t, err, profile.ErrInvalid)
	}
	require.Empty(t, o.newcomers(t))
	_, err := o.Accept(t.Context(), token, newton(func(j *profile.Joiner) { j.Address = "New@ACME.example" }))
	require.NoError(t, err, "none of them used it up")
}

func TestInvitationToAnyAddress(t *testing.T) {
	o := newOffice(t, func(o *profile.InvitationOptions) { o.OtherAddress = true })
	token, _ := o.invite(t, "ann")
	p, err := o.Accept(t.Context(), token, profile.Joiner{Via: "demo", Subject: "x"})
	require.NoError(t, err)
	require.Equal(t, "new@acme.example", p.Email)
}

// TestInvitationProvedByItsToken: where sign-in vouches for no address the token
// is the proof, and where it vouches for another it is none.
func TestInvitationProvedByItsToken(t *testing.T) {
	o := newOffice(t, func(o *profile.InvitationOptions) { o.TokenProves = true })
	token, _ := o.invite(t, "ann")
	_, err := o.Accept(t.Context(), token, newton(func(j *profile.Joiner) { j.Address = "thief@acme.example" }))
	require.Equal(t, "error.invitation.other_address", says(t, err))
	p, err := o.Accept(t.Context(), token, newton(func(j *profile.Joiner) { j.Address, j.Verified = "thief@acme.example", false }))
	require.NoError(t, err)
	require.Equal(t, "new@acme.example", p.Email, "what nobody vouches for is not taken down")
}

func TestInvitationIsForNothingElse(t *testing.T) {
	o := newOffice(t)
	token, i := o.invite(t, "ann")
	links, _ := newLinks(o.p)
	other := makeLink(t, links, guest(func(d *profile.LinkDraft) { d.Subject = "account/acme" }))
	for _, wrong := range []string{"", i.ID, other, strings.ToLower(token)} {
		_, err := o.Accept(t.Context(), wrong, newton())
		require.ErrorIs(t, err, profile.ErrNotFound)
		_, err = o.Peek(t.Context(), wrong)
		require.ErrorIs(t, err, profile.ErrNotFound)
	}
}

// An invitation is worth what its sender may do when it is accepted.
func TestInvitationOfSomebodyWhoHasLeft(t *testing.T) {
	for name, leave := range map[string]func(t *testing.T, p *portal){
		"disabled": func(t *testing.T, p *portal) {
			_, err := p.DisablePerson(t.Context(), root, "ann")
			require.NoError(t, err)
		},
		"removed": func(t *testing.T, p *portal) { require.NoError(t, p.RemovePerson(t.Context(), root, "ann")) },
		"no manager any more": func(t *testing.T, p *portal) {
			ann, err := p.Person(t.Context(), root, "ann")
			require.NoError(t, err)
			ann.Roles = []profile.Role{profile.RoleCustomer}
			_, err = p.SavePerson(t.Context(), root, ann)
			require.NoError(t, err)
		},
		"moved": func(t *testing.T, p *portal) {
			ann, err := p.Person(t.Context(), root, "ann")
			require.NoError(t, err)
			ann.Account = "zeta"
			_, err = p.SavePerson(t.Context(), root, ann)
			require.NoError(t, err)
		},
		"account disabled": func(t *testing.T, p *portal) {
			acme, err := p.Account(t.Context(), root, "acme")
			require.NoError(t, err)
			acme.Disabled = true
			_, err = p.SaveAccount(t.Context(), root, acme)
			require.NoError(t, err)
		},
	} {
		o := newOffice(t)
		token, _ := o.invite(t, "ann")
		leave(t, o.p)
		_, err := o.Accept(t.Context(), token, newton())
		require.ErrorIs(t, err, profile.ErrGone, name)
		require.Equal(t, "error.link.revoked", says(t, err), name)
		require.Empty(t, o.newcomers(t), name)
	}
}

func TestInvitationsAreListedAndRevoked(t *testing.T) {
	o := newOffice(t)
	token, i := o.invite(t, "ann")
	_, second := o.invite(t, "ann", func(d *profile.InvitationDraft) { d.Address = "b@acme.example" })
	_, zeta := o.invite(t, "root", func(d *profile.InvitationDraft) { d.Account = "zeta" })
	list := func(by, account string) []string {
		got, err := o.List(t.Context(), o.p.as(t, by), account)
		if err != nil {
			require.ErrorIs(t, err, profile.ErrForbidden)
			return []string{"refused"}
		}
		ids := []string{}
		for _, one := range got {
			ids = append(ids, one.ID)
		}
		return ids
	}
	require.ElementsMatch(t, []string{i.ID, second.ID}, list("ann", "acme"))
	require.ElementsMatch(t, []string{i.ID, second.ID}, list("gus", "acme"))
	for _, who := range []string{"bob", "carl", ""} {
		require.Equal(t, []string{"refused"}, list(who, "acme"), who)
	}
	require.Equal(t, []string{"refused"}, list("ann", "zeta"))
	require.Equal(t, []string{"refused"}, list("ann", ""))
	require.Equal(t, []string{zeta.ID}, list("root", "zeta"))

	for who, want := range map[string]error{"bob": profile.ErrNotFound, "carl": profile.ErrNotFound, "": profile.ErrNotFound, "gus": profile.ErrForbidden} {
		require.ErrorIs(t, o.Revoke(t.Context(), o.p.as(t, who), i.ID), want, who)
	}
	for _, id := range []string{"", "nowhere", zeta.ID} {
		require.ErrorIs(t, o.Revoke(t.Context(), o.p.as(t, "ann"), id), profile.ErrNotFound, id)
	}
	require.NoError(t, o.Revoke(t.Context(), o.p.as(t, "ann"), i.ID))
	require.ErrorIs(t, o.Revoke(t.Context(), o.p.as(t, "ann"), i.ID), profile.ErrGone)
	_, err := o.Accept(t.Context(), token, newton())
	require.Equal(t, "error.link.revoked", says(t, err))
	require.Equal(t, []string{second.ID}, list("ann", "acme"))

	older, first := o.invite(t, "ann", func(d *profile.InvitationDraft) { d.Address, d.Again = "b@acme.example", second.ID })
	newer, again := o.invite(t, "ann", func(d *profile.InvitationDraft) { d.Address, d.Again = "B@Acme.example", first.ID })
	require.Equal(t, []string{again.ID}, list("ann", "acme"))
	_, err = o.Peek(t.Context(), older)
	require.Equal(t, "error.link.replaced", says(t, err))
	o.p.now = o.p.now.Add(7 * 24 * time.Hour)
	_, err = o.Peek(t.Context(), newer)
	require.Equal(t, "error.link.expired", says(t, err))
	require.Empty(t, list("ann", "acme"))
}

func TestInvitationsAreLimited(t *testing.T) {
	o := newOffice(t, func(o *profile.InvitationOptions) { o.PerHour = 3 })
	n := 0
	send := func(by string) error {
		n++
		_, err := o.Invite(t.Context(), o.p.as(t, by), profile.InvitationDraft{Address: fmt.Sprintf("new%d@acme.example", n), Account: "acme"})
		return err
	}
	for range 3 {
		require.NoError(t, send("ann"))
		o.p.now = o.p.now.Add(10 * time.Minute)
	}
	err := send("ann")
	require.ErrorIs(t, err, profile.ErrTooMany)
	require.Equal(t, http.StatusTooManyRequests, web.Status(err))
	require.Len(t, o.sent, 3)
	require.NoError(t, send("root"), "the limit is each sender's own")
	o.p.now = day.Add(time.Hour)
	require.ErrorIs(t, send("ann"), profile.ErrTooMany)
	o.p.now = day.Add(time.Hour + time.Microsecond)
	require.NoError(t, send("ann"))
}

func TestInvitationThatIsNotSent(t *testing.T) {
	o := newOffice(t)
	o.fail = errors.New("no such host")
	_, err := o.Invite(t.Context(), o.p.as(t, "ann"), profile.InvitationDraft{Address: "new@acme.example"})
	require.ErrorIs(t, err, profile.ErrUnavailable)
	_, err = o.Accept(t.Context(), o.sent[0], newton())
	require.ErrorIs(t, err, profile.ErrGone)
	links, _ := newLinks(o.p)
	mute := profile.NewInvitations(links, o.p.Directory, nil)
	_, err = mute.Invite(t.Context(), o.p.as(t, "ann"), profile.InvitationDraft{Address: "new@acme.example"})
	require.ErrorIs(t, err, profile.ErrUnsupported)
}

// What fails half-way is the same joiner's to try again, and nobody else's.
func TestInvitationIsAcceptedAfterAFailure(t *testing.T) {
	o := newOffice(t)
	token, _ := o.invite(t, "ann")
	o.deaf = profile.ErrUnavailable
	_, err := o.Accept(t.Context(), token, newton())
	require.ErrorIs(t, err, profile.ErrUnavailable)
	o.deaf = nil
	_, err = o.Accept(t.Context(), token, newton(func(j *profile.Joiner) { j.Subject = "other" }))
	require.ErrorIs(t, err, profile.ErrGone)
	_, err = o.Accept(t.Context(), token, newton())
	require.NoError(t, err)
	require.Len(t, o.newcomers(t), 1)
	_, err = o.Accept(t.Context(), token, newton())
	require.ErrorIs(t, err, profile.ErrGone)
}

func TestInvitationWithoutAName(t *testing.T) {
	o := newOffice(t)
	token, _ := o.invite(t, "ann", func(d *profile.InvitationDraft) { d.Name = "" })
	_, err := o.Accept(t.Context(), token, newton())
	require.ErrorIs(t, err, profile.ErrInvalid)
	p, err := o.Accept(t.Context(), token, newton(func(j *profile.Joiner) { j.Name = "Isaac" }))
	require.NoError(t, err, "asking again uses nothing up")
	require.Equal(t, "Isaac", p.Name)
}

func TestInvitationOfSomebodyWhoIsHere(t *testing.T) {
	for answer, key := range map[error]string{nil: "error.invitation.known", profile.ErrForbidden: "error.invitation.left"} {
		o := newOffice(t, func(o *profile.InvitationOptions) {
			o.Known = func(context.Context, string, string) (profile.Actor, error) { return profile.Actor{}, answer }
		})
		token, _ := o.invite(t, "ann")
		_, err := o.Accept(t.Context(), token, newton())
		require.Equal(t, key, says(t, err))
		require.Empty(t, o.newcomers(t))
	}
	o := newOffice(t, func(o *profile.InvitationOptions) {
		o.Known = func(context.Context, string, string) (profile.Actor, error) {
			return profile.Actor{}, profile.ErrUnavailable
		}
	})
	token, _ := o.invite(t, "ann")
	_, err := o.Accept(t.Context(), token, newton())
	require.ErrorIs(t, err, profile.ErrUnavailable)
}

func TestInvitationRace(t *testing.T) {
	o := newOffice(t)
	token, _ := o.invite(t, "ann")
	var wg sync.WaitGroup
	results := make([]error, 100)
	for i := range results {
		wg.Go(func() {
			_, results[i] = o.Accept(t.Context(), token, newton(func(j *profile.Joiner) { j.Subject = strings.Repeat("n", i+1) }))
		})
	}
	wg.Wait()
	won := 0
	for _, err := range results {
		if err == nil {
			won++
			continue
		}
		require.Equal(t, "error.link.used", says(t, err))
	}
	require.Equal(t, 1, won)
	require.Len(t, o.newcomers(t), 1)
	require.Len(t, o.told, 1, "one identity is linked")
}

// TestInvitationOvertaken: an acceptance that ends while another is looking who is
// there is not mistaken for somebody who had come before.
func TestInvitationOvertaken(t *testing.T) {
	for _, winner := range []string{"other", "new"} {
		var o *office
		var token string
		overtaken := false
		o = newOffice(t, func(opts *profile.InvitationOptions) {
			opts.Known = func(context.Context, string, string) (profile.Actor, error) {
				if !overtaken {
					overtaken = true
					_, err := o.Accept(t.Context(), token, newton(func(j *profile.Joiner) { j.Subject = winner }))
					require.NoError(t, err)
				}
				return profile.Actor{}, profile.ErrNotFound
			}
		})
		token, _ = o.invite(t, "ann")
		_, err := o.Accept(t.Context(), token, newton(func(j *profile.Joiner) { j.Subject = "new" }))
		require.Equal(t, "error.link.used", says(t, err), winner)
		require.Len(t, o.newcomers(t), 1, winner)
	}
}

// Taking back wins over an acceptance that is under way.
func TestInvitationRevokedWhileItIsAccepted(t *testing.T) {
	var o *office
	var id string
	o = newOffice(t, func(opts *profile.InvitationOptions) {
		opts.Joined = func(ctx context.Context, _ profile.Person, _ profile.Joiner) error {
			return o.Revoke(ctx, root, id)
		}
	})
	token, i := o.invite(t, "ann")
	id = i.ID
	_, err := o.Accept(t.Context(), token, newton())
	require.Equal(t, "error.link.revoked", says(t, err))
	require.True(t, o.newcomers(t)[0].Disabled)
}
