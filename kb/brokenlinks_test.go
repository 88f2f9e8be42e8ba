package kb_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

func leadingTo(topic, body string) kb.Draft {
	d := draft(topic, "c", "public")
	d.Body = body
	return d
}

// TestLandings: what leads to a place in an article arrives there, however its
// author called it, and tells nothing of parts that are for others.
func TestLandings(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	to := w.show(leadingTo("to", "## What the LEDs mean\n\nx\n\n## Other {#own.Name}\n\nx\n\n:::include tail\n\n:::internal\n## Hidden {#canary}\nx\n:::\n"))
	w.block("tail", "## From a block\n\nx", "public")
	for fragment, want := range map[string]string{
		"what-the-leds-mean": "h-what-the-leds-mean", "What the LEDs mean": "h-what-the-leds-mean", "h-what-the-leds-mean": "h-what-the-leds-mean",
		"own.Name": "h-own.Name", "other": "h-own.Name", "from-a-block": "h-from-a-block", "nothing": "h-nothing", "hidden": "h-hidden",
	} {
		from := w.show(leadingTo("from "+fragment, "[x](<article:"+to.ID+"#"+fragment+">)"))
		require.Contains(t, w.reads(anyone, from.ID).Text.HTML, `href="/articles/about-to#`+want+`"`, fragment)
		from = w.show(leadingTo("path "+fragment, "[x](</articles/about-to?a=b#"+fragment+">)"))
		require.Contains(t, w.reads(anyone, from.ID).Text.HTML, `href="/articles/about-to?a=b#`+want+`"`, fragment)
	}
	from := w.show(leadingTo("nowhere", "[x](/articles/about-nothing#here) [y](/other#here) [z](/articles/about-to)"))
	for _, want := range []string{`href="/articles/about-nothing#here"`, `href="/other#here"`, `href="/articles/about-to"`} {
		require.Contains(t, w.reads(anyone, from.ID).Text.HTML, want)
	}
	require.Contains(t, w.reads(anyone, to.ID).Text.HTML, `id="h-what-the-leds-mean"`)
}

type fault struct {
	Kind   kb.LinkKind
	To     string
	Anchor string
	State  kb.LinkState
	Target string
	Locale string
	Live   bool
}

func (w *world) faults(by profile.Actor, states ...kb.LinkState) []fault {
	w.t.Helper()
	out := []fault{}
	for after := ""; ; {
		page, next, err := w.BrokenLinks(w.ctx(), by, kb.BrokenQuery{States: states, After: after, Limit: 2})
		require.NoError(w.t, err)
		for _, b := range page {
			out = append(out, fault{b.Kind, b.To, b.Anchor, b.State, b.Target, b.Locale, b.Live})
		}
		if after = next; next == "" {
			return out
		}
	}
}

// TestBrokenLinks: whatever becomes of what is led to, the links that lead there
// are found or found no more.
func TestBrokenLinks(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.place("c", "", "public")
		to := w.show(leadingTo("to", "## Leds\n\nx"))
		plain := fault{Kind: kb.LinkArticle, To: to.ID, Locale: "en", Live: true}
		path := fault{Kind: kb.LinkPath, To: "about-to", Locale: "en", Live: true}
		place := fault{Kind: kb.LinkArticle, To: to.ID, Anchor: "leds", Locale: "en", Live: true}
		named := fault{Kind: kb.LinkRelated, To: to.ID, Live: true}
		from := w.show(leadingTo("from", "[a](article:"+to.ID+") [b](article:"+to.ID+"#leds) [c](/articles/about-to) [d](#here)\n\n## Here\n\nx"))
		from = w.arrange(from, func(m *kb.Meta) { m.Related = []string{to.ID} })
		all := func(state kb.LinkState, target string) []fault {
			out := []fault{plain, place, path, named}
			for i := range out {
				out[i].State, out[i].Target = state, target
			}
			return out
		}
		require.Empty(t, w.faults(reviewer))
		b, err := w.Backlinks(w.ctx(), reviewer, to.ID, "", 0)
		require.NoError(t, err)
		require.Len(t, b.Texts, 2, "the text, and the article that names it")

		to, err = w.Archive(w.ctx(), reviewer, to.ID, "en", to.Version)
		require.NoError(t, err)
		require.Equal(t, all(kb.LinkArchived, "About to"), w.faults(reviewer))
		require.Empty(t, w.faults(reviewer, kb.LinkGone))
		to = w.publish(to, "en")
		require.Empty(t, w.faults(reviewer))
		to = w.edit(to, "No headings any more.")
		place.State, place.Target = kb.LinkNoPlace, "About to"
		require.Equal(t, []fault{place}, w.faults(reviewer))
		require.Equal(t, []fault{place}, w.faults(reviewer, kb.LinkNoPlace))
		to = w.edit(to, ":::include leds\n")
		w.block("leds", "## Leds\n\nx", "public")
		require.Empty(t, w.faults(reviewer), "it is in a block")
		to, err = w.Delete(w.ctx(), reviewer, to.ID, to.Version)
		require.NoError(t, err)
		gone := all(kb.LinkGone, "")
		require.Equal(t, gone, w.faults(reviewer), "what is in the bin has no title here")
		to, err = w.Undelete(w.ctx(), reviewer, to.ID, to.Version)
		require.NoError(t, err)
		require.Empty(t, w.faults(reviewer))

		_, err = w.Edit(w.ctx(), reviewer, from.ID, "en", from.Version, kb.Text{Title: "From", Body: "[x](#nowhere)\n\n:::include none\n\n![x](media:none.png)"})
		require.NoError(t, err)
		require.Equal(t, []fault{
			{Kind: kb.LinkBlock, To: "none", State: kb.LinkNoBlock, Locale: "en"},
			{Kind: kb.LinkMedia, To: "none.png", State: kb.LinkNoMedium, Locale: "en"},
			{Kind: kb.LinkPlace, To: from.ID, Anchor: "nowhere", State: kb.LinkNoPlace, Locale: "en"},
		}, w.faults(reviewer))
		findings, err := w.Findings(w.ctx(), reviewer, from.ID, "en")
		require.NoError(t, err)
		require.Equal(t, []string{"block_missing none", "medium_missing none.png", "link_broken " + from.ID}, codes(findings))
		require.Equal(t, 3, findings[0].Message.Args["line"])
		w.block("none", "x", "public")
		require.NoError(t, w.store.PutMedia(w.ctx(), kb.Media{Name: "none.png", At: w.now}))
		require.Len(t, w.faults(reviewer), 1)
	})
}

// TestBrokenPlacesOfPaths: a path with a place is looked at like any other link to
// a place, in each language that readers are shown.
func TestBrokenPlacesOfPaths(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.place("c", "", "public")
		to := w.show(leadingTo("to", "## Leds\n\nx"))
		w.show(leadingTo("from", "[a](/articles/about-to#leds) [b](/articles/about-to#h-leds) [c](/articles/about-to) [d](/articles/about-to#none)"))
		lost := func(anchor string) fault {
			return fault{Kind: kb.LinkPath, To: "about-to", Anchor: anchor, State: kb.LinkNoPlace, Target: "About to", Locale: "en", Live: true}
		}
		require.Equal(t, []fault{lost("none")}, w.faults(reviewer))
		b, err := w.Backlinks(w.ctx(), reviewer, to.ID, "", 0)
		require.NoError(t, err)
		require.Len(t, b.Texts, 1, "however many links there are")

		to = w.edit(to, "No headings any more.")
		require.Equal(t, []fault{lost("h-leds"), lost("leds"), lost("none")}, w.faults(reviewer))
		to = w.edit(to, ":::include leds\n")
		w.block("leds", "## Leds\n\nx", "public")
		require.Equal(t, []fault{lost("none")}, w.faults(reviewer), "it is in a block")
		to = w.edit(to, "No headings any more.")
		to, err = w.Edit(w.ctx(), reviewer, to.ID, "de", to.Version, kb.Text{Title: "Zu", Body: "## Leds\n\nx"})
		require.NoError(t, err)
		require.Len(t, w.faults(reviewer), 3, "readers are not shown the draft")
		w.publish(to, "de")
		require.Equal(t, []fault{lost("none")}, w.faults(reviewer), "the path may be that of the other language")
		p, err := w.Preview(w.ctx(), reviewer, "en", kb.Meta{}, "\n[x](/articles/about-to#none)")
		require.NoError(t, err)
		require.Equal(t, "finding.link_place", p.Findings[0].Message.Key)
		require.Equal(t, 2, p.Findings[0].Message.Args["line"])
	})
}

// TestBrokenLinksAreSeen: nobody learns of texts, or of what became of articles,
// that they do not see at the desk.
func TestBrokenLinksAreSeen(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	secret := w.show(draft("secret", "c", "account:acme"))
	open := w.show(leadingTo("open", "[x](article:"+secret.ID+")"))
	d := leadingTo("closed", "[x](article:"+secret.ID+")")
	d.Audience = profile.NewAudience("account:acme")
	w.show(d)
	_, err := w.Archive(w.ctx(), reviewer, secret.ID, "en", secret.Version)
	require.NoError(t, err)
	archived := fault{Kind: kb.LinkArticle, To: secret.ID, State: kb.LinkArchived, Target: "About secret", Locale: "en", Live: true}
	require.Equal(t, []fault{archived, archived}, w.faults(reviewer))
	gone := archived
	gone.State, gone.Target = kb.LinkGone, ""
	require.Equal(t, []fault{gone}, w.faults(other))
	require.Equal(t, []fault{gone}, w.faults(other, kb.LinkGone))
	require.Empty(t, w.faults(other, kb.LinkArchived))
	p, err := w.Preview(w.ctx(), other, "en", kb.Meta{}, "\n[x](article:"+secret.ID+")")
	require.NoError(t, err)
	require.Equal(t, "finding.link_gone", p.Findings[0].Message.Key)
	require.Equal(t, map[string]any{"to": secret.ID, "place": "", "line": 2}, p.Findings[0].Message.Args)
	_, _, err = w.BrokenLinks(w.ctx(), ann, kb.BrokenQuery{})
	require.ErrorIs(t, err, kb.ErrForbidden)
	_, _, err = w.BrokenLinks(w.ctx(), reviewer, kb.BrokenQuery{States: []kb.LinkState{"odd"}})
	require.ErrorIs(t, err, kb.ErrInvalid)
	_, _, err = w.BrokenLinks(w.ctx(), reviewer, kb.BrokenQuery{After: "odd"})
	require.ErrorIs(t, err, kb.ErrInvalid)
	_ = open
}
