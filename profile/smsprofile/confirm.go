package smsprofile

import (
	"context"
	"crypto/hmac"
	"errors"
	"fmt"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// Confirm makes the number that a code went to the actor's telephone, in the
// place of the one before. A code that is wrong, over, or was typed wrongly too
// often is profile.ErrInvalid in the field "code", which says so; each try
// counts, on whatever instance. The right code once more is no error.
func (p *Phones) Confirm(ctx context.Context, by profile.Actor, code string) (Phone, error) {
	if err := mayWrite(by); err != nil {
		return Phone{}, err
	}
	if err := p.confirm(ctx, by, strings.Map(plain, code)); err != nil {
		return Phone{}, fmt.Errorf("confirm phone: %w", err)
	}
	return p.Mine(ctx, by)
}

func (p *Phones) confirm(ctx context.Context, by profile.Actor, code string) error {
	asked, err := p.last(ctx, by.ID)
	switch {
	case err != nil:
		return err
	case asked.ID == "":
		return wrongCode("error.sms.none", 0)
	case code == "":
		return wrongCode("error.field.required", 0) // no try
	case asked.Ended == profile.LinkDone && p.fits(asked, code):
		return nil
	}
	used, err := p.codes.UseLink(ctx, asked.ID, "", p.clock())
	if errors.Is(err, profile.ErrConflict) {
		return p.over(asked)
	}
	if err != nil {
		return err
	}
	if !p.fits(used, code) {
		if left := used.Uses - used.Used; left > 0 {
			return wrongCode("error.sms.wrong", left)
		}
		return wrongCode("error.sms.tries", 0)
	}
	return p.keep(ctx, by, used)
}

// over says why a code is good no more.
func (p *Phones) over(l profile.Link) error {
	switch {
	case l.Ended != "":
		return wrongCode("error.sms.none", 0)
	case !p.clock().Before(l.ExpiresAt):
		return wrongCode("error.sms.expired", 0)
	}
	return wrongCode("error.sms.tries", 0)
}

// keep notes that a number is the actor's.
func (p *Phones) keep(ctx context.Context, by profile.Actor, l profile.Link) error {
	old, err := p.phones.Endpoints(ctx, by.ID, profile.ChannelSMS)
	if err != nil {
		return err
	}
	made, err := profile.AddEndpoint(ctx, p.phones, profile.Endpoint{Person: by.ID, Channel: profile.ChannelSMS, Address: l.Address, CreatedAt: p.clock()})
	if err != nil {
		return err
	}
	for _, e := range old {
		if e.ID == made.ID {
			continue
		}
		if _, err := p.phones.RemoveEndpoints(ctx, profile.EndpointQuery{ID: e.ID, Person: by.ID}); err != nil {
			return err
		}
	}
	_, err = p.codes.EndLinks(ctx, profile.LinkQuery{ID: l.ID}, profile.LinkDone)
	return err
}

func (p *Phones) fits(l profile.Link, code string) bool {
	return hmac.Equal([]byte(l.Data[dataHash]), []byte(p.hash(l.ID, code)))
}

func wrongCode(key string, left int) error {
	var args map[string]any
	if left > 0 {
		args = map[string]any{"left": left}
	}
	return errs.Field("code", key, args)
}

// unsent says of a code that did not go out what whoever waits for it can do.
func unsent(err, ended error) error {
	if profile.IsPermanent(err) {
		return errors.Join(errs.Field("number", "error.sms.unreachable", nil), ended)
	}
	return errors.Join(errs.Say(errs.Unavailable, "error.sms.unsent", nil), ended)
}
