package profile_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

func newsletter(person string, given bool) profile.Consent {
	return profile.Consent{Person: person, Purpose: "newsletter", Wording: "newsletter-2026-11", Given: given, Via: "portal"}
}

func TestConsentsAreAdded(t *testing.T) {
	p := newPortal(t)
	bob := p.as(t, "bob")
	asks := func() bool {
		yes, err := p.Consented(t.Context(), bob, "bob", "newsletter")
		require.NoError(t, err)
		return yes
	}
	require.False(t, asks(), "who was never asked agrees to nothing")
	for i, given := range []bool{false, true, false, true} {
		p.now = day.Add(time.Duration(i) * time.Hour)
		made, err := p.Consent(t.Context(), bob, newsletter("bob", given))
		require.NoError(t, err)
		want := newsletter("bob", given)
		want.ID, want.At = made.ID, p.now
		require.NotEmpty(t, made.ID)
		require.Equal(t, want, made)
		require.Equal(t, given, asks())
	}
	_, err := p.Consent(t.Context(), bob, profile.Consent{Person: "bob", Purpose: "analytics", Wording: "a-1", Via: "portal"})
	require.NoError(t, err)
	current, err := p.Consents(t.Context(), bob, "bob")
	require.NoError(t, err)
	require.Len(t, current, 2)
	require.Equal(t, []any{"analytics", false, "newsletter", true}, []any{current[0].Purpose, current[0].Given, current[1].Purpose, current[1].Given})

	var history []bool
	for c, err := range p.AllConsents(t.Context(), bob, profile.ConsentQuery{Person: "bob", Purpose: "newsletter", Limit: 3}) {
		require.NoError(t, err)
		history = append(history, c.Given)
	}
	require.Equal(t, []bool{true, false, true, false}, history, "refusals are kept as well")
	require.Equal(t, []string{
		"consent.refused person/bob by bob", "consent.given person/bob by bob", "consent.refused person/bob by bob",
		"consent.given person/bob by bob", "consent.refused person/bob by bob",
	}, p.events.take())
}

func TestConsentIsSafeToRepeat(t *testing.T) {
	p := newPortal(t)
	bob := p.as(t, "bob")
	c := newsletter("bob", true)
	c.Key = "k1"
	first, err := p.Consent(t.Context(), bob, c)
	require.NoError(t, err)
	p.now = p.now.Add(time.Hour)
	again, err := p.Consent(t.Context(), bob, c)
	require.NoError(t, err)
	require.Equal(t, first, again)
	c.Given = false
	_, err = p.Consent(t.Context(), bob, c)
	require.ErrorIs(t, err, profile.ErrConflict)
	c.Key = "\x00"
	_, err = p.Consent(t.Context(), bob, c)
	require.ErrorIs(t, err, profile.ErrInvalid)
	require.Equal(t, []string{"consent.given person/bob by bob"}, p.events.take())
}

func TestWhoMayConsent(t *testing.T) {
	p := newPortal(t)
	viewed := p.as(t, "bob")
	viewed.Viewer = "root"
	for _, c := range []struct {
		name                string
		by                  profile.Actor
		person              string
		read, given, refuse error
	}{
		{"oneself", p.as(t, "bob"), "bob", nil, nil, nil},
		{"an administrator, who takes down a refusal", root, "bob", nil, profile.ErrForbidden, nil},
		{"one's manager", p.as(t, "ann"), "bob", profile.ErrForbidden, profile.ErrForbidden, profile.ErrForbidden},
		{"an agent", p.as(t, "gus"), "bob", profile.ErrForbidden, profile.ErrForbidden, profile.ErrForbidden},
		{"a stranger", p.as(t, "carl"), "bob", profile.ErrNotFound, profile.ErrNotFound, profile.ErrNotFound},
		{"nobody", profile.Actor{}, "bob", profile.ErrNotFound, profile.ErrForbidden, profile.ErrForbidden},
		{"nobody about nobody", profile.Actor{}, "", profile.ErrNotFound, profile.ErrForbidden, profile.ErrForbidden},
		{"about who is not there", root, "somebody", profile.ErrNotFound, profile.ErrNotFound, profile.ErrNotFound},
		{"who looks as somebody", viewed, "bob", nil, profile.ErrForbidden, profile.ErrForbidden},
	} {
		_, err := p.Consents(t.Context(), c.by, c.person)
		requireIs(t, err, c.read, c.name)
		_, _, err = p.ConsentHistory(t.Context(), c.by, profile.ConsentQuery{Person: c.person})
		requireIs(t, err, c.read, c.name)
		_, err = p.Consented(t.Context(), c.by, c.person, "newsletter")
		requireIs(t, err, c.read, c.name)
		_, err = p.Consent(t.Context(), c.by, newsletter(c.person, true))
		requireIs(t, err, c.given, c.name)
		_, err = p.Consent(t.Context(), c.by, newsletter(c.person, false))
		requireIs(t, err, c.refuse, c.name)
	}
}

func TestConsentIsInWordsOfThePortal(t *testing.T) {
	p := newPortal(t)
	bob := p.as(t, "bob")
	for _, c := range []struct {
		field, key string
		change     func(*profile.Consent)
	}{
		{"purpose", "error.field.required", func(c *profile.Consent) { c.Purpose = "" }},
		{"wording", "error.field.required", func(c *profile.Consent) { c.Wording = "" }},
		{"via", "error.field.required", func(c *profile.Consent) { c.Via = "" }},
		{"via", "error.field.format", func(c *profile.Consent) { c.Via = "a call with Bob" }},
		{"wording", "error.field.format", func(c *profile.Consent) { c.Wording = "I agree." }},
		{"purpose", "error.field.format", func(c *profile.Consent) { c.Purpose = "a\x00" }},
	} {
		said := newsletter("bob", true)
		c.change(&said)
		_, err := p.Consent(t.Context(), bob, said)
		var fields errs.Fields
		require.ErrorAs(t, err, &fields)
		require.Equal(t, c.key, fields[c.field].Key)
	}
	_, _, err := p.ConsentHistory(t.Context(), bob, profile.ConsentQuery{Person: "bob", After: "x"})
	require.ErrorIs(t, err, profile.ErrInvalid)
}
