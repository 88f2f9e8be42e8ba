package kb_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// parted is a text with parts within parts. Its words say who reads them.
const parted = `Openword. ![o](media:open.png)

:::for partner
## Partnerhead

Partnerword. ![p](media:partner.png)

:::for account:acme
Bothword.
:::
:::

:::for account:acme
Acmeword.

:::for partner
Otherword.
:::
:::

:::internal
Staffword, see [it](article:ID). ![s](media:staff.png)
:::
`

var partedWords = []string{"Openword", "Partnerhead", "Partnerword", "Bothword", "Acmeword", "Otherword", "Staffword"}

// words returns those of the words that are in a text.
func words(text string) []string {
	var out []string
	for _, w := range partedWords {
		if strings.Contains(text, w) {
			out = append(out, w)
		}
	}
	return out
}

// TestParts: each reader sees their parts of a text and no others, however many
// have read it before, and there is no trace of others anywhere.
func TestPartsForAudiences(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.place("c", "", "public")
		for _, name := range []string{"open.png", "partner.png", "staff.png"} {
			_, err := w.PutMedia(w.ctx(), reviewer, name, append([]byte(nil), append(picture, name...)...))
			require.NoError(t, err)
		}
		d := draft("parts", "c", "public")
		d.Body = parted
		a := w.show(d)
		acmePartner := profile.Actor{ID: "both", Account: "acme", Segments: []string{"partner"}}
		readers := []struct {
			by    profile.Actor
			reads []string
			media string
		}{
			{anyone, []string{"Openword"}, "open"},
			{ann, []string{"Openword", "Acmeword"}, "open"},
			{partner, []string{"Openword", "Partnerhead", "Partnerword"}, "open partner"},
			{acmePartner, partedWords[:6], "open partner"},
			{agent, []string{"Openword", "Staffword"}, "open staff"},
			{profile.Actor{ID: "g2", Account: "acme", Roles: []profile.Role{profile.RoleAgent}}, []string{"Openword", "Acmeword", "Staffword"}, "open staff"},
		}
		for range 3 {
			for _, r := range readers {
				p := w.reads(r.by, a.ID)
				require.Equal(t, r.reads, words(string(p.Text.HTML)), r.by.ID)
				require.Contains(t, p.Start, "Openword")
				require.Subset(t, r.reads, words(p.Start), r.by.ID)
				require.Equal(t, len(p.Text.Headings) > 0, strings.Contains(strings.Join(r.reads, " "), "Partnerhead"))
				require.Equal(t, strings.Contains(strings.Join(r.reads, " "), "Staffword"), strings.Contains(string(p.Text.HTML), "Only for staff"))
				passages, err := w.Source().(search.Quoter).Passages(w.ctx(), r.by, search.Document{Group: "article/" + a.ID, Locale: "en"})
				require.NoError(t, err)
				require.Equal(t, []string{"Openword"}, words(fmt.Sprint(passages)), r.by.ID)
				lent, err := w.Lend(w.ctx(), r.by, a.ID, "en")
				require.NoError(t, err)
				require.Equal(t, []string{"Openword"}, words(string(lent.Text.HTML)))
				var media []string
				for _, name := range []string{"open", "partner", "staff"} {
					_, err := w.Media(w.ctx(), r.by, name+".png")
					if err == nil {
						media = append(media, name)
					} else {
						require.ErrorIs(t, err, kb.ErrNotFound)
					}
				}
				require.Equal(t, r.media, strings.Join(media, " "), r.by.ID)
			}
		}
		require.Equal(t, []string{"Openword"}, words(indexed(t, w.Library, a.ID)))
		require.Equal(t, parted, mustRevision(t, w, a).Body)
	})
}

func mustRevision(t *testing.T, w *world, a kb.Article) kb.Revision {
	rev, err := w.Revision(w.ctx(), reviewer, a.ID, "en", 0)
	require.NoError(t, err)
	return rev
}

// indexed returns all that the index is told of an article.
func indexed(t *testing.T, l *kb.Library, id string) string {
	var b strings.Builder
	changes, _, err := l.Source().Changes(context.Background(), "", 100)
	require.NoError(t, err)
	for _, c := range changes {
		for _, d := range c.Documents {
			if c.Group == "article/"+id {
				b.WriteString(told(d))
			}
		}
	}
	return b.String()
}

func told(d search.Document) string {
	return strings.Join(append([]string{d.Title, d.Summary, d.Body}, d.Keywords...), "\n")
}

// TestPartsAreMarkedForReaders: that authors were told what is to be mended, who
// see all parts without marks, leaves the marks to those who read.
func TestPartsAreMarkedForReaders(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	d := draft("parts", "c", "public")
	d.Body = ":::internal\nStaffword.\n:::\n"
	a := w.show(d)
	_, err := w.Findings(w.ctx(), reviewer, a.ID, "en")
	require.NoError(t, err)
	require.Contains(t, string(w.reads(agent, a.ID).Text.HTML), "Only for staff")
}

// TestPartsFollowRights: who joins a segment sees its parts at once, and who
// leaves it no longer.
func TestPartsFollowRights(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	d := draft("parts", "c", "public")
	d.Body = "Open.\n\n:::for gold\nGold.\n:::\n"
	a := w.show(d)
	for _, c := range []struct {
		segments []string
		sees     bool
	}{{nil, false}, {[]string{"gold"}, true}, {nil, false}, {[]string{"silver"}, false}, {[]string{"gold", "silver"}, true}} {
		p := w.reads(profile.Actor{ID: "x", Segments: c.segments}, a.ID)
		require.Equal(t, c.sees, strings.Contains(string(p.Text.HTML), "Gold."), c.segments)
	}
}

// TestBadParts: a text whose parts are not what they seem is refused, and
// nothing of it is kept.
func TestBadParts(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	a := w.show(draft("fine", "c", "public"))
	for body, fault := range map[string]string{
		":::internal\nsecret":                   "markdown.part_open",
		"- a\n  :::internal\n  secret\n  :::":   "markdown.part_stray",
		"> :::for partner\n> secret\n> :::":     "markdown.part_stray",
		":::for\nsecret\n:::":                   "markdown.part_terms",
		":::for person:ann\nsecret\n:::":        "error.audience.bad_term",
		":::for Partner!\nsecret\n:::":          "error.audience.bad_term",
		":::internal secret:::":                 "markdown.part_line",
		strings.Repeat(":::internal\n", 10):     "markdown.parts_many",
		"<!--\n```\n-->\n:::internal\nx\n:::\n": "markdown.part_stray",
	} {
		_, err := w.Edit(w.ctx(), reviewer, a.ID, "en", a.Version, kb.Text{Title: "T", Body: body})
		require.Equal(t, map[string]string{"body": fault}, fields(t, err), body)
		_, err = w.Preview(w.ctx(), reviewer, "en", kb.Meta{Kind: kb.KindHowTo}, body)
		require.Equal(t, map[string]string{"body": fault}, fields(t, err), body)
	}
	_, err := w.Preview(w.ctx(), reviewer, "en", kb.Meta{Kind: kb.KindHowTo}, ":::internal\n"+strings.Repeat("x\n", 20)+":::\n")
	require.NoError(t, err)
	require.Equal(t, a.Version, w.arrange(a, func(*kb.Meta) {}).Version)
}

// TestPartsAndTypes: what only some see does not count as what a type requires,
// and the start of it is no summary.
func TestPartsAndTypes(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	body := "## Symptom\n\nx\n\n## Fix\n\nx\n\n:::internal\n## Cause\n\nx\n:::\n"
	p, err := w.Preview(w.ctx(), reviewer, "en", kb.Meta{Kind: kb.KindTroubleshooting}, body)
	require.NoError(t, err)
	require.Equal(t, []string{"section_missing cause"}, codes(p.Findings))
	require.Equal(t, "cause", p.Parts[2].Key, "staff see it all the same")

	b := kb.Bundle{Name: "n", Items: []kb.Item{
		{External: "a", Locale: "en", Title: "A", Body: ":::internal\nSecret.\n:::\nOpen."},
		{File: "b.md", External: "b", Locale: "en", Title: "B", Body: ":::internal\nSecret."},
	}}
	report := w.importing(b)
	require.Len(t, report.Problems, 1)
	require.Equal(t, "body: markdown.part_open", report.Problems[0].Reason)
	require.Equal(t, "Open.", w.reads(anyone, w.byTitle("A").ID).Summary)
}

// TestOldParts: a text from before parts were known, which cannot be read as
// such, is shown to staff alone.
func TestOldParts(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	a := w.show(draft("old", "c", "public"))
	rev := mustRevision(t, w, a)
	rev.Number, rev.Body = 2, "Before.\n:::internal\nSecret."
	a.Version++
	a.Translations[0].Head, a.Translations[0].Live = 2, 2
	require.NoError(t, w.store.SaveArticle(w.ctx(), a, rev))
	require.NotContains(t, w.reads(anyone, a.ID).Text.HTML, "Secret")
	require.Contains(t, w.reads(agent, a.ID).Text.HTML, "Secret")
	require.NotContains(t, indexed(t, w.Library, a.ID), "Secret")
	_, err := w.Publish(w.ctx(), reviewer, a.ID, "en", a.Version)
	require.NoError(t, err)
	require.NotErrorIs(t, err, errs.Invalid)
}
