package kb_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
)

func TestRedact(t *testing.T) {
	own, err := kb.NewRedactor([]kb.RedactPattern{{Kind: "order", Pattern: `\bKV-\d{4}-[A-Z]+\b`}})
	require.NoError(t, err)
	r := own.Naming("Tomás O’Shea", "山田 太郎", "Li")
	for _, c := range []struct{ text, want string }{
		{"Write to tom.o+x@mail.example.co.uk.", "Write to [email]."},
		{"call +49 (0)30 901820 or 030/901820-1, thanks", "call [phone] or [phone], thanks"},
		{"IBAN DE89 3704 0044 0532 0130 00 please", "IBAN [iban] please"},
		{"DE00 3704 0044 0532 0130 02 is none", "DE00 [phone] is none"},
		{"card 4111 1111 1111 1111.", "card [card]."},
		{"from 192.168.10.200 and 2001:db8::8a2e:370:7334", "from [ip] and [ip]"},
		{"order KV-2026-AB and number 123456", "order [order] and number [number]"},
		{"Tomás said, and O’Shea too; tomás!", "[name] said, and [name] too; [name]!"},
		{"Tomás O’Shea wrote", "[name] wrote"},
		{"山田太郎です。山田 太郎", "[name][name]です。[name]"},
		{"open https://x.example/reset?token=abc now", "open [link] now"},
		{"Liberty is no name, firmware 2.14.1 of 2026-03-01, E1234, 12:30:45, 5 V", "Liberty is no name, firmware 2.14.1 of 2026-03-01, E1234, 12:30:45, 5 V"},
		{"", ""},
	} {
		got, list := r.Redact(c.text)
		require.Equal(t, c.want, got)
		for _, one := range list {
			require.Contains(t, c.text, one.Original)
			require.True(t, strings.HasPrefix(got[one.At:], one.Stands), "%q at %d", got, one.At)
		}
		again, _ := r.Redact(got)
		require.Equal(t, got, again)
	}
	require.Equal(t, "[order] of tom@example.com", own.Mask("KV-2026-AB of tom@example.com"))
	require.Equal(t, "KV-2026-AB", kb.Redactor{}.Mask("KV-2026-AB"))
	for text, says := range map[string]string{
		`[{"kind":"x","pattern":"("}]`: "missing closing )", `[{"kind":"x","pattern":"a*"}]`: "empty text", `[{"kind":"a] b","pattern":"x"}]`: "letters, digits and hyphens",
		`[{"pattern":"x"}]`: "letters, digits and hyphens", `[{"kind":"x","regexp":"x"}]`: "unknown field", `{}`: "cannot unmarshal", `[] []`: "more after the list", "": "EOF",
	} {
		_, err := kb.ReadRedactor(strings.NewReader(text))
		require.ErrorContains(t, err, says, text)
	}
	own, err = kb.ReadRedactor(strings.NewReader(`[{"kind":"customer-number","pattern":"\\bK-\\d{4}\\b"}]`))
	require.NoError(t, err)
	got, _ := own.Redact("I am K-1234.")
	require.Equal(t, "I am [customer-number].", got)
}

func conversation() kb.Conversation {
	return kb.Conversation{
		Source: kb.Source{Kind: "case", Ref: "C-17"}, Title: "Hub of Tom Berg is red", Locale: "en", People: []string{"Tom Berg", "Inês"},
		Turns: []kb.Turn{
			{Role: kb.TurnAsker, Text: "My hub shows a red light.\r\n# 1 problem"}, {Role: kb.TurnAsker, Text: "Reach me at tom@berg.example"},
			{Role: kb.TurnHelper, Text: "Hello Tom, restart it."}, {Role: kb.TurnAsker, Text: "No."},
			{Role: kb.TurnHelper, Text: "Hold the button for ten seconds.\n:::internal\nsecret\n:::", Accepted: true}, {Role: kb.TurnHelper, Text: "Bye, Inês"},
		},
	}
}

func TestDraftFrom(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	d, err := w.DraftFrom(w.ctx(), author, conversation())
	require.NoError(t, err)
	require.Equal(t, "Hub of [name] is red", d.Draft.Title)
	require.Equal(t, kb.KindTroubleshooting, d.Draft.Meta.Kind)
	require.Equal(t, "## Symptom\n\nMy hub shows a red light.\n\\# 1 problem\n\nReach me at [email]\n\n## Cause\n\n## Fix\n\nHold the button for ten seconds.\n::internal\nsecret\n::\n", d.Draft.Body)
	var taken []string
	for _, one := range d.Redacted {
		taken = append(taken, one.Original)
	}
	require.Equal(t, []string{"Tom Berg", "tom@berg.example", "Tom", "Inês"}, taken)
	require.Len(t, d.Turns, 6)
	d.Draft.Meta.Category, d.Draft.Meta.Audience = "c", []string{"public"}
	a, err := w.CreateFrom(w.ctx(), author, d.Draft, d.Source)
	require.NoError(t, err)
	_, err = w.Publish(w.ctx(), reviewer, a.ID, "en", a.Version)
	require.Contains(t, fields(t, err), "body", "the cause is for the author to say")
	rev, err := w.Revision(w.ctx(), author, a.ID, "en", 0)
	require.NoError(t, err)
	require.NotContains(t, rev.Body, "berg")
	p, err := w.Preview(w.ctx(), author, "en", kb.Meta{Kind: kb.KindTroubleshooting}, rev.Body)
	require.NoError(t, err)
	require.Contains(t, string(p.Text.HTML), "# 1 problem", "what somebody typed is no heading")

	c := conversation()
	c.Kind, c.Turns[4].Accepted = kb.KindFAQ, false
	d, err = w.DraftFrom(w.ctx(), author, c)
	require.NoError(t, err)
	require.Equal(t, "Bye, [name]\n", d.Draft.Body, "the last answer")
	for field, change := range map[string]func(*kb.Conversation){
		"turns":  func(c *kb.Conversation) { c.Turns = nil },
		"kind":   func(c *kb.Conversation) { c.Kind = "none" },
		"source": func(c *kb.Conversation) { c.Source.Kind = "" },
		"locale": func(c *kb.Conversation) { c.Locale = "not a language" },
	} {
		c := conversation()
		change(&c)
		_, err = w.DraftFrom(w.ctx(), author, c)
		require.Contains(t, fields(t, err), field)
	}
	c = conversation()
	c.Turns[0].Text = strings.Repeat("x", kb.MaxConversation+1)
	_, err = w.DraftFrom(w.ctx(), author, c)
	require.Contains(t, fields(t, err), "turns")
	_, err = w.DraftFrom(w.ctx(), ann, conversation())
	require.ErrorIs(t, err, kb.ErrForbidden)
	_, err = w.DraftFrom(w.ctx(), translator, conversation())
	require.ErrorIs(t, err, kb.ErrForbidden)
}
