package casestest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
)

// ofEve saves cases and entries that name eve, and one that does not.
func ofEve(t *testing.T, s cases.Store) {
	assigned := NewEntry("c1", 2, func(e *cases.Entry) {
		e.Author, e.Body = "bob", "for eve"
		e.Changes = []cases.Change{{Field: "assignee", From: "eve", To: "dan"}, {Field: "people", To: "eve"}, {Field: "subject", From: "a", To: "b"}}
	})
	own := NewCase("c2", last(2), audience("person:eve"), func(c *cases.Case) {
		c.Requester, c.OpenedBy, c.Assignee, c.Subject, c.Tags, c.Fields = "eve", "eve", "eve", "my words", []string{"words"}, map[string][]string{"a": {"words"}}
	})
	c1 := full("c1")
	c1.Last = 2
	byEve := func(of string) cases.Entry {
		return NewEntry(of, 1, func(e *cases.Entry) { e.Author, e.Body, e.Files = "eve", "words", []string{"f"} })
	}
	answered := NewEntry("c2", 2, func(e *cases.Entry) {
		e.Author, e.Body, e.Changes = "bob", "words to eve", []cases.Change{{Field: "subject", From: "words", To: "my words"}, {Field: "state", From: "open", To: "solved"}}
	})
	save(t, s, []cases.Case{c1, own, NewCase("c3", last(1)), NewCase("c4", last(1))}, NewEntry("c1", 1), assigned, byEve("c2"), answered, byEve("c3"),
		NewEntry("c4", 1, func(e *cases.Entry) { e.Author, e.Body = "Eve", "eve" }))
}

func checkForget(t *testing.T, s cases.Store) {
	ctx := t.Context()
	ofEve(t, s)
	entry := func(id string) cases.Entry {
		e, err := s.Entry(ctx, id)
		require.NoError(t, err)
		return e
	}
	n, err := s.Forget(ctx, "eve", "gone-1")
	require.NoError(t, err)
	require.Equal(t, 6, n, "four entries and two cases")
	got := read(t, s, "c1")
	require.Equal(t, []cases.Participant{{Person: "gone-1", Comment: true, Added: t0, By: "ann"}, {Person: "fay", Added: t0, By: "gone-1"}}, got.People)
	require.Equal(t, profile.NewAudience("may:cases.queue.support", "person:ann", "person:fay", "person:gone-1"), got.Audience)
	require.Equal(t, full("c1").Subject, got.Subject, "the case of somebody else")
	require.Equal(t, 2, got.Version)
	got = read(t, s, "c2")
	require.Equal(t, []string{"gone-1", "gone-1", "gone-1", ""}, []string{got.Requester, got.OpenedBy, got.Assignee, got.Subject})
	require.Empty(t, got.Fields)
	require.Empty(t, got.Tags)
	require.Equal(t, 2, read(t, s, "c3").Version, "its entries changed")
	require.Equal(t, NewCase("c4", last(1)), read(t, s, "c4"))
	require.Equal(t, "for eve", entry("c1-2").Body, "what others wrote elsewhere")
	require.Equal(t, []cases.Change{{Field: "assignee", From: "gone-1", To: "dan"}, {Field: "people", To: "gone-1"}, {Field: "subject", From: "a", To: "b"}}, entry("c1-2").Changes)
	for _, id := range []string{"c2-1", "c2-2", "c3-1"} {
		require.Empty(t, entry(id).Body, id)
		require.Empty(t, entry(id).Files, id)
	}
	require.Equal(t, []cases.Change{{Field: "subject"}, {Field: "state", From: "open", To: "solved"}}, entry("c2-2").Changes)

	for _, q := range []cases.Query{{Sight: sight("eve")}, {Requester: "eve"}, {Follower: "eve"}, {Assignee: new("eve")}} {
		require.Empty(t, list(t, s, q))
	}
	require.ElementsMatch(t, []string{"c1", "c2"}, list(t, s, cases.Query{Sight: sight("gone-1")}))
	require.Equal(t, []string{"c1"}, list(t, s, cases.Query{Follower: "gone-1"}))
	require.ErrorIs(t, s.Save(ctx, []cases.Case{NewCase("c3", last(1), func(c *cases.Case) { c.Version = 2 })}, nil), cases.ErrConflict, "who read it before")
	for _, person := range []string{"eve", "", "nobody"} {
		n, err = s.Forget(ctx, person, "gone-2")
		require.NoError(t, err)
		require.Zero(t, n, person)
	}
	n, err = s.Forget(ctx, "gone-1", "gone-1")
	require.NoError(t, err)
	require.Zero(t, n)
	n, err = s.Forget(ctx, "gone-1", "")
	require.NoError(t, err)
	require.Equal(t, 5, n, "a pseudonym is a name like any other")
	got = read(t, s, "c1")
	require.Equal(t, []cases.Participant{{Person: "fay", Added: t0}}, got.People, "nobody follows")
	require.Equal(t, profile.NewAudience("may:cases.queue.support", "person:ann", "person:fay"), got.Audience)
	require.Empty(t, entry("c3-1").Author)
}

func checkNaming(t *testing.T, s cases.Store) {
	ofEve(t, s)
	naming := func(person, after string, limit int) []string {
		ids, err := s.Naming(t.Context(), person, after, limit)
		require.NoError(t, err)
		return ids
	}
	require.Equal(t, []string{"c1", "c2", "c3"}, naming("eve", "", 9))
	require.Equal(t, []string{"c1", "c2"}, naming("eve", "", 2))
	require.Equal(t, []string{"c3"}, naming("eve", "c2", 2))
	require.Empty(t, naming("ev", "", 9))
	require.Empty(t, naming("", "", 9))
	_, err := s.Forget(t.Context(), "eve", "")
	require.NoError(t, err)
	require.Empty(t, naming("eve", "", 9))
	require.Empty(t, naming("", "", 9))
}

func checkPurge(t *testing.T, s cases.Store) {
	ctx := t.Context()
	linked := NewCase("c3", func(c *cases.Case) {
		c.Links = []cases.Link{{Kind: cases.LinkRelated, Case: "c1"}, {Kind: cases.LinkParent, Case: "c2"}}
	})
	save(t, s, []cases.Case{NewCase("c1", last(2)), NewCase("c2", last(1)), linked}, NewEntry("c1", 1), NewEntry("c1", 2), NewEntry("c2", 1))
	n, err := s.Purge(ctx, map[string]int{"c1": 1, "c2": 7, "none": 1, "a\x00": 1})
	require.NoError(t, err)
	require.Equal(t, 1, n)
	_, err = s.Case(ctx, "c1")
	require.ErrorIs(t, err, cases.ErrNotFound)
	_, err = s.Reference(ctx, "ref-c1")
	require.ErrorIs(t, err, cases.ErrNotFound)
	_, err = s.Entry(ctx, "c1-2")
	require.ErrorIs(t, err, cases.ErrNotFound)
	require.Empty(t, numbers(t, s, "c1", true, 0, 9))
	require.ElementsMatch(t, []string{"c2", "c3"}, list(t, s, cases.Query{Sight: sight("ann")}))
	require.Equal(t, []int{1}, numbers(t, s, "c2", true, 0, 9))
	got := read(t, s, "c3")
	require.Equal(t, []cases.Link{{Kind: cases.LinkParent, Case: "c2"}}, got.Links)
	require.Equal(t, 2, got.Version)
	save(t, s, []cases.Case{NewCase("c1", last(1))}, NewEntry("c1", 1))
	n, err = s.Purge(ctx, map[string]int{"c1": 1, "c2": 1, "c3": 2})
	require.NoError(t, err)
	require.Equal(t, 3, n)
	require.Empty(t, list(t, s, cases.Query{}))
	n, err = s.Purge(ctx, nil)
	require.NoError(t, err)
	require.Zero(t, n)
}

func checkOddText(t *testing.T, s cases.Store) {
	for n, text := range suitetest.OddTexts() {
		id := text + " " // not only digits
		c := NewCase(id, last(1), func(c *cases.Case) {
			c.Reference, c.Subject, c.Requester, c.Account, c.Product, c.Assignee = text, text, text, text, text, text
			c.Kind, c.Status, c.Queue, c.Tags, c.Articles = cases.Key(text), cases.Key(text), cases.Key(text), []string{text}, []string{text}
			c.Fields, c.People = map[string][]string{text: {text}}, []cases.Participant{{Person: text, By: text}}
		})
		e := NewEntry(id, 1, func(e *cases.Entry) { e.ID, e.Body, e.Files, e.Author = text, text, []string{text}, text })
		save(t, s, []cases.Case{c}, e)
		require.Equal(t, c, read(t, s, id))
		got, err := s.Entry(t.Context(), text)
		require.NoError(t, err)
		require.Equal(t, e, got)
		require.Equal(t, []string{id}, list(t, s, cases.Query{
			Requester: text, Account: text, Product: text, Assignee: &text, Follower: text, Tag: text, Article: text,
			Kinds: []cases.Key{c.Kind}, Statuses: []cases.Key{c.Status}, Queues: []cases.Key{c.Queue}, IDs: []string{id},
		}), "text %d", n)
		found, err := s.Reference(t.Context(), text)
		require.NoError(t, err)
		require.Equal(t, id, found)
	}
}

func checkBadText(t *testing.T, s cases.Store) {
	ctx := t.Context()
	save(t, s, []cases.Case{NewCase("c1", last(1))}, NewEntry("c1", 1))
	for _, text := range []string{"a\x00b", "a\xffb"} {
		for what, edit := range map[string]func(*cases.Case){
			"ID": func(c *cases.Case) { c.ID = text }, "reference": func(c *cases.Case) { c.Reference = text }, "kind": func(c *cases.Case) { c.Kind = cases.Key(text) },
			"subject": func(c *cases.Case) { c.Subject = text }, "requester": func(c *cases.Case) { c.Requester = text },
			"field": func(c *cases.Case) { c.Fields = map[string][]string{text: nil} }, "value": func(c *cases.Case) { c.Fields = map[string][]string{"x": {text}} },
			"person": func(c *cases.Case) { c.People = []cases.Participant{{Person: text}} }, "tag": func(c *cases.Case) { c.Tags = []string{text} },
			"link": func(c *cases.Case) { c.Links = []cases.Link{{Case: text}} }, "audience": func(c *cases.Case) { c.Audience = profile.Audience{text} },
		} {
			require.ErrorIs(t, s.Save(ctx, []cases.Case{NewCase("c2", edit)}, nil), cases.ErrInvalid, what)
		}
		for what, edit := range map[string]func(*cases.Entry){
			"ID": func(e *cases.Entry) { e.ID = text }, "body": func(e *cases.Entry) { e.Body = text }, "author": func(e *cases.Entry) { e.Author = text },
			"file": func(e *cases.Entry) { e.Files = []string{text} }, "change": func(e *cases.Entry) { e.Changes = []cases.Change{{To: text}} },
		} {
			require.ErrorIs(t, s.Save(ctx, []cases.Case{NewCase("c2", last(1))}, []cases.Entry{NewEntry("c2", 1, edit)}), cases.ErrInvalid, what)
		}
		_, err := s.Forget(ctx, "ann", text)
		require.ErrorIs(t, err, cases.ErrInvalid)
		findsNothing(t, s, text)
	}
	require.Equal(t, []string{"c1"}, list(t, s, cases.Query{}))
}

// findsNothing asks for everything by a text that no store has.
func findsNothing(t testing.TB, s cases.Store, text string) {
	t.Helper()
	ctx, key := t.Context(), []cases.Key{cases.Key(text)}
	_, err := s.Case(ctx, text)
	require.ErrorIs(t, err, cases.ErrNotFound)
	_, err = s.Reference(ctx, text)
	require.ErrorIs(t, err, cases.ErrNotFound)
	_, err = s.Entry(ctx, text)
	require.ErrorIs(t, err, cases.ErrNotFound)
	require.Empty(t, numbers(t, s, text, true, 0, 10))
	for _, q := range []cases.Query{
		{IDs: []string{text}}, {Requester: text}, {Follower: text}, {Account: text}, {Assignee: &text}, {Queues: key}, {Kinds: key}, {Statuses: key},
		{States: []cases.State{cases.State(text)}}, {Priority: []cases.Priority{cases.Priority(text)}}, {Product: text}, {Tag: text}, {Article: text},
	} {
		require.Empty(t, list(t, s, q))
		n, err := s.Count(ctx, q, 10)
		require.NoError(t, err)
		require.Zero(t, n)
	}
	n, err := s.Forget(ctx, text, "x")
	require.NoError(t, err)
	require.Zero(t, n)
}

func checkCancelled(t *testing.T, s cases.Store) {
	save(t, s, []cases.Case{NewCase("c1")})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range map[string]func() error{
		"Case":      func() error { _, err := s.Case(ctx, "c1"); return err },
		"Reference": func() error { _, err := s.Reference(ctx, "ref-c1"); return err },
		"Save":      func() error { return s.Save(ctx, []cases.Case{NewCase("c2")}, nil) },
		"Cases":     func() error { _, _, err := s.Cases(ctx, cases.Query{}); return err },
		"Count":     func() error { _, err := s.Count(ctx, cases.Query{}, 10); return err },
		"Entry":     func() error { _, err := s.Entry(ctx, "c1-1"); return err },
		"Entries":   func() error { _, err := s.Entries(ctx, "c1", true, 0, 10); return err },
		"Changes":   func() error { _, _, err := s.Changes(ctx, "", 10); return err },
		"Forget":    func() error { _, err := s.Forget(ctx, "ann", "x"); return err },
		"Naming":    func() error { _, err := s.Naming(ctx, "ann", "", 9); return err },
		"Purge":     func() error { _, err := s.Purge(ctx, map[string]int{"c1": 1}); return err },
	} {
		require.ErrorIs(t, call(), context.Canceled, name)
	}
	require.Equal(t, []string{"c1"}, list(t, s, cases.Query{Sight: sight("ann")}))
}
