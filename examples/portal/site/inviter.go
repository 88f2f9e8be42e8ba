package site

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/profile"
)

// A letter that goes to a stranger says by whom it was sent. People name
// themselves, so what is no name but a text or an address does not get into it:
// nobody writes letters of their own in the portal's name.

// mostLetterName is how many characters of a name a letter to strangers has.
const mostLetterName = 60

// likeAddress is what leads somewhere, or is read as if it did.
var likeAddress = regexp.MustCompile(`[/\\:@<>\[\]{}|!?;]|\.[\pL\pN]|[0-9]{5}`)

// invitationLine says in one line who invites to what.
func (s *Site) invitationLine(ctx context.Context, p *i18n.Printer, i profile.Invitation, brand string) (string, error) {
	who, err := s.inviter(ctx, p, i.MadeBy)
	if err != nil {
		return "", err
	}
	organisation, err := s.accountName(ctx, system, i.Account)
	if err != nil || organisation == "" {
		return p.T("invite.letter_portal", "who", who, "brand", brand), err
	}
	return p.T("invite.letter", "who", who, "organisation", shortLine(organisation), "brand", brand), nil
}

// inviter returns what somebody is called in a letter to strangers: their name, or
// the address that others gave them.
func (s *Site) inviter(ctx context.Context, p *i18n.Printer, id string) (string, error) {
	one, err := s.people.Person(ctx, system, id)
	if err != nil && !errors.Is(err, profile.ErrNotFound) {
		return "", err
	}
	for _, name := range []string{nameOrNothing(one.Name), one.Email} {
		if name != "" {
			return name, nil
		}
	}
	return p.T("invite.somebody"), nil
}

// nameOrNothing returns what can be a name, and nothing for what cannot.
func nameOrNothing(name string) string {
	name = strings.TrimSpace(profile.OneLine(name))
	if len([]rune(name)) > mostLetterName || likeAddress.MatchString(name) {
		return ""
	}
	return name
}

// shortLine returns a text in one line that is not too long.
func shortLine(text string) string {
	text = strings.TrimSpace(profile.OneLine(text))
	if r := []rune(text); len(r) > mostLetterName {
		return strings.TrimSpace(string(r[:mostLetterName])) + "…"
	}
	return text
}
