package oidcprofile

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/stoa-go/stoa/profile/internal/signin"
)

// Claims are what the provider says of somebody who has just signed in there.
type Claims struct {
	Via        string         // the provider, as identities carry it
	Subject    string         // who they are there, for good
	Name       string         // or empty
	Email      string         // only if the provider says that it is theirs
	Locale     string         // or empty
	Zone       string         // or empty
	ACR        string         // how surely they signed in, in the provider's words
	AMR        []string       // by what means: "pwd", "otp", "hwk"
	SignedInAt time.Time      // when they signed in there; zero if it does not say
	Ticket     string         // the session there, or empty
	All        map[string]any // everything, as JSON decodes it: what the ID token says, and what only userinfo says
}

// tokenClaims are the claims of an ID token that are read here.
type tokenClaims struct {
	AZP           string    `json:"azp"`
	NotBefore     *float64  `json:"nbf"`
	AuthTime      *float64  `json:"auth_time"`
	ACR           string    `json:"acr"`
	AMR           oneOrMore `json:"amr"`
	SID           string    `json:"sid"`
	Name          string    `json:"name"`
	Email         string    `json:"email"`
	EmailVerified any       `json:"email_verified"`
	Locale        string    `json:"locale"`
	Zone          string    `json:"zoneinfo"`
}

// oneOrMore is a list that some providers spell as a bare text.
type oneOrMore []string

// UnmarshalJSON implements [json.Unmarshaler].
func (o *oneOrMore) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*o = oneOrMore{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(o))
}

// redeem exchanges a code for what it stands for, and checks that.
func (p *Provider) redeem(r *http.Request, d *description, f flow, code string) (Claims, error) {
	ctx := p.with(r)
	token, err := d.oauth.Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return Claims{}, p.refuse(ctx, "exchange", err, exchanged(err))
	}
	raw, _ := token.Extra("id_token").(string)
	if raw == "" {
		return Claims{}, p.refuse(ctx, "token", errors.New("there is no ID token"), signin.Untrusted())
	}
	id, err := d.verifier.Verify(ctx, raw)
	if err != nil {
		return Claims{}, p.refuse(ctx, "token", err, signin.Untrusted())
	}
	var c tokenClaims
	if err = id.Claims(&c); err == nil {
		err = p.checkToken(id, c, f, token.AccessToken)
	}
	if err != nil {
		return Claims{}, p.refuse(ctx, "token", err, signin.Untrusted())
	}
	all := map[string]any{}
	if err = id.Claims(&all); err == nil && p.opts.UserInfo {
		err = p.addUserInfo(r, d, id.Subject, token, &c, all)
	}
	if err != nil {
		return Claims{}, p.refuse(ctx, "userinfo", err, signin.Untrusted())
	}
	return p.claims(id.Subject, c, all), nil
}

// checkToken checks what package oidc leaves to its callers.
func (p *Provider) checkToken(id *oidc.IDToken, c tokenClaims, f flow, access string) error {
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(f.Nonce)) != 1 {
		return errors.New("the nonce is not the one of this sign-in")
	}
	if c.AZP != "" && c.AZP != p.config.Client || c.AZP == "" && len(id.Audience) != 1 {
		return errors.New("the token was made for another client")
	}
	if err := checkName("sub", id.Subject); err != nil {
		return err
	}
	if c.SID != "" {
		if err := checkName("sid", c.SID); err != nil {
			return err
		}
	}
	if id.AccessTokenHash != "" {
		if err := id.VerifyAccessToken(access); err != nil {
			return err
		}
	}
	return p.checkTimes(id, c, f)
}

func (p *Provider) checkTimes(id *oidc.IDToken, c tokenClaims, f flow) error {
	now, skew := p.clock(), p.opts.Skew
	switch {
	case id.Expiry.IsZero() || now.After(id.Expiry.Add(skew)):
		return errors.New("the token has expired")
	case id.IssuedAt.IsZero() || id.IssuedAt.After(now.Add(skew)):
		return errors.New("the token was not issued yet")
	case id.IssuedAt.Before(f.Begun.Add(-skew).Truncate(time.Second)):
		return errors.New("the token was issued before this sign-in began")
	case c.NotBefore != nil && timeOf(*c.NotBefore).After(now.Add(skew)):
		return errors.New("the token is not valid yet")
	}
	switch {
	case f.Strong && !p.fresh(f, signedInAt(c)):
		return errors.New("they were to sign in anew, and did not")
	case !f.Strong && p.opts.MaxAge > 0 && signedInAt(c).Before(now.Add(-p.opts.MaxAge-skew)):
		return errors.New("they signed in too long ago")
	}
	return nil
}

// fresh reports whether somebody signed in at the provider for this flow.
func (p *Provider) fresh(f flow, at time.Time) bool {
	return !at.IsZero() && !at.Before(f.Begun.Add(-p.opts.Skew)) && !at.After(p.clock().Add(p.opts.Skew))
}

// strong reports whether somebody signed in just now with a second factor.
func (p *Provider) strong(f flow, c Claims) bool {
	return p.opts.Strong != nil && p.fresh(f, c.SignedInAt) && p.opts.Strong(c)
}

const maxName = 255 // bytes of a subject or a session, as the standard has it

// checkName takes what names somebody or something at the provider.
func checkName(what, name string) error {
	if name == "" || len(name) > maxName || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return fmt.Errorf("the %s is empty, too long or has characters that it cannot have", what)
	}
	return nil
}

// addUserInfo adds to the claims what only the userinfo says, if it is about the
// same subject.
func (p *Provider) addUserInfo(r *http.Request, d *description, subject string, token *oauth2.Token, c *tokenClaims, all map[string]any) error {
	info, err := d.provider.UserInfo(p.with(r), oauth2.StaticTokenSource(token))
	if err != nil {
		return err
	}
	if info.Subject != subject {
		return errors.New("the userinfo is about somebody else")
	}
	var more map[string]any
	var also tokenClaims
	if err := errors.Join(info.Claims(&more), info.Claims(&also)); err != nil {
		return err
	}
	for key, value := range more {
		if _, ok := all[key]; !ok {
			all[key] = value
		}
	}
	if c.Email == "" {
		c.Email, c.EmailVerified = also.Email, also.EmailVerified
	}
	for _, pair := range [][2]*string{{&c.Name, &also.Name}, {&c.Locale, &also.Locale}, {&c.Zone, &also.Zone}} {
		if *pair[0] == "" {
			*pair[0] = *pair[1]
		}
	}
	return nil
}

func (p *Provider) claims(subject string, c tokenClaims, all map[string]any) Claims {
	out := Claims{
		Via: p.via, Subject: subject, Name: c.Name, Locale: c.Locale, Zone: c.Zone, ACR: c.ACR, AMR: slices.Clone(c.AMR),
		SignedInAt: signedInAt(c), Ticket: c.SID, All: all,
	}
	if c.EmailVerified == true || c.EmailVerified == "true" {
		out.Email = c.Email
	}
	return out
}

func signedInAt(c tokenClaims) time.Time {
	if c.AuthTime == nil {
		return time.Time{}
	}
	return timeOf(*c.AuthTime)
}

func timeOf(seconds float64) time.Time { return time.Unix(int64(seconds), 0).UTC() }

func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }
