package profile

import (
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/internal/valid"
)

// An Invitation is somebody's offer to join an account. Whoever it is for is not
// in the directory before they accept it.
type Invitation struct {
	ID        string    // names it in lists; it lets nobody in
	Address   string    // where it was sent, and whose it is
	Name      string    // how the sender calls them, or empty
	Account   string    // the account that they are to join, or empty
	Roles     []Role    // what they are to be there
	Locale    string    // the language to write to them in, or empty
	MadeBy    string    // who sent it
	MadeAt    time.Time // when
	ExpiresAt time.Time // from when on it is good no more
	Link      string    // of one that was just made and not written to its address, see [InvitationOptions]; whoever has it can accept it
}

// An InvitationDraft is an invitation that somebody wants to send.
type InvitationDraft struct {
	Address string // the e-mail address that it goes to
	Name    string // how the sender calls them, or empty
	Account string // "" means the sender's own
	Roles   []Role // nil means RoleCustomer
	Locale  string // the language to write to them in, or empty
	Again   string // ID of the open invitation of the address that this one takes the place of; "" means that there is none
	Key     string // the same draft with the same key is sent once; "" is no key
}

// A Joiner is who accepts an invitation, as whoever signed them in has proved.
type Joiner struct {
	Via      string // what vouches for them: "oidc:https://id.example"
	Subject  string // who they are there
	Address  string // their e-mail address
	Verified bool   // whether the address was proved to be theirs
	Name     string // what they are called; "" means what the sender called them
	Locale   string // the language they prefer; "" means that of the invitation
	Zone     string // their IANA time zone, or empty
	Person   string // who they are signed in as here, or empty
}

const (
	invitationPurpose = "invitation"
	noAccount         = "portal/people" // the subject of an invitation to no account
)

// check returns d as it is sent, or what is wrong with it.
func (d InvitationDraft) check() (InvitationDraft, error) {
	f := errs.Fields{}
	plain, err := valid.Email(d.Address)
	valid.Note(f, "address", err)
	d.Address = strings.ToLower(plain) // of one mailbox there is one invitation
	valid.Note(f, "name", valid.Text(d.Name, valid.TextName))
	checkLocale(f, d.Locale)
	if len(d.Roles) == 0 {
		d.Roles = []Role{RoleCustomer}
	}
	d.Roles = checkRoles(f, d.Roles)
	if len(d.Roles) > maxInvitedRoles {
		f.Add("roles", "error.field.too_many", map[string]any{"max": maxInvitedRoles})
	}
	return d, f.Err()
}

const maxInvitedRoles = 8

// draft returns d, which by wants to send, as a link.
func (d InvitationDraft) draft(by Actor, life time.Duration) LinkDraft {
	l := LinkDraft{
		Purpose: invitationPurpose, Subject: invitationSubject(d.Account), Address: d.Address, For: life,
		Data: map[string]string{"account": d.Account, "name": d.Name, "locale": d.Locale, "roles": strings.Join(texts(d.Roles), " ")},
	}
	if d.Key != "" {
		l.id, l.Data["origin"] = d.id(by), d.origin()
	}
	return l
}

// id is what an invitation is called that by sends with a key.
func (d InvitationDraft) id(by Actor) string { return idem.ID("profile.invitation", by.ID, d.Key) }

// origin tells a retry from another draft with the same key.
func (d InvitationDraft) origin() string {
	d.Key = ""
	return idem.Hash(d)
}

func invitationSubject(account string) string {
	if account == "" {
		return noAccount
	}
	return "account/" + account
}

// invitation returns l as what it was made for.
func (l Link) invitation() Invitation {
	i := Invitation{
		ID: l.ID, Address: l.Address, Name: l.Data["name"], Account: l.Data["account"], Locale: l.Data["locale"],
		MadeBy: l.MadeBy, MadeAt: l.MadeAt, ExpiresAt: l.ExpiresAt,
	}
	for _, r := range strings.Fields(l.Data["roles"]) {
		i.Roles = append(i.Roles, Role(r))
	}
	return i
}

// person returns who i makes of j.
func (i Invitation) person(j Joiner) Person {
	p := Person{
		Name: j.Name, Email: i.Address, Account: i.Account, Roles: i.Roles, Locale: j.Locale, Zone: j.Zone,
		Key: "invitation " + i.ID,
	}
	if p.Name == "" {
		p.Name = i.Name
	}
	if p.Locale == "" {
		p.Locale = i.Locale
	}
	return p
}
