package site

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// The visibility test: what somebody may not see is nowhere, on no surface of
// the portal, in no header, count, suggestion or error. Articles in every state
// carry canaries in everything they have; every person asks every surface for
// them. A page or operation that no surface covers fails the test.

// A hidden is an article, or a state of one, with its canaries.
type hidden struct {
	state, id, slug string
	feeds           []string // addresses of feeds of whoever looks
}

// canary returns the word that stands in one part of the article in a state.
// Words are such that no language's stemming touches them.
func canary(state, part string) string {
	return "zq" + strings.ReplaceAll(state, "-", "") + part + "zq"
}

var parts = []string{"title", "summary", "body", "slug", "tag", "picture", "place", "comment", "field", "part", "file", "filetext"}

// viewers are the people who ask, one for each kind of rights.
var viewers = []string{"", "tom", "priya", "mateo", "sverre", "jonas", "ines"}

// states says who sees what. It is the specification.
var states = []struct {
	state    string
	audience []string
	place    []string // audience of its category
	sees     []string
}{
	{"public", []string{"public"}, []string{"public"}, viewers},
	{"signed-in", []string{"signed-in"}, []string{"public"}, viewers[1:]},
	{"partner", []string{"partner", "staff"}, []string{"public"}, []string{"sverre", "jonas", "ines"}},
	{"staff", []string{"staff"}, []string{"public"}, []string{"jonas", "ines"}},
	{"account", []string{"account:aldergate"}, []string{"public"}, []string{"tom", "priya"}},
	{"both", []string{"signed-in+regulated"}, []string{"public"}, []string{"tom", "priya"}},
	{"nobody", nil, []string{"public"}, nil},
	{"place", []string{"public"}, []string{"partner"}, []string{"sverre"}},
	{"custom-role", []string{"role:member.buyer"}, []string{"public"}, []string{"mateo"}},
	{"draft", []string{"public"}, []string{"public"}, nil},
	{"archived", []string{"public"}, []string{"public"}, nil},
	{"deleted", []string{"public"}, []string{"public"}, nil},
}

// plant puts an article in each state into the portal.
func plant(t *testing.T, s *Site, only func(state string) bool) map[string]hidden {
	t.Helper()
	makeRole(t, s, profile.CustomRole{Key: "member.buyer"})
	giveRole(t, s, "mateo", "member.buyer")
	out := map[string]hidden{}
	for _, st := range states {
		place, err := s.library.SaveCategory(t.Context(), system, kb.Category{
			ID: "place-" + st.state, Parent: "", Order: 1, Audience: profile.NewAudience(st.place...), Source: "en",
			Labels: map[string]kb.Label{"en": {Title: "Place " + canary(st.state, "place"), Slug: "place-" + canary(st.state, "place")}},
		})
		require.NoError(t, err)
		if !only(st.state) {
			continue
		}
		h := hidden{state: st.state, slug: canary(st.state, "slug")}
		_, err = s.library.PutMedia(t.Context(), system, canary(st.state, "picture")+".svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><title>`+canary(st.state, "picture")+`</title></svg>`))
		require.NoError(t, err)
		file := canary(st.state, "file") + ".txt"
		_, err = s.library.Upload(t.Context(), system, kb.Upload{Name: file, About: canary(st.state, "file"), Content: strings.NewReader("Words in files " + canary(st.state, "filetext"))})
		require.NoError(t, err)
		d := draft("About "+canary(st.state, "title"), profile.NewAudience(st.audience...), place.ID)
		d.Slug, d.Summary = h.slug, "In short "+canary(st.state, "summary")
		d.SEOTitle, d.Description = "About "+canary(st.state, "title"), "For engines "+canary(st.state, "summary")
		d.Body = "## Heading " + canary(st.state, "body") + "\n\nOrdinary words about canaries ![p](media:" + canary(st.state, "picture") + ".svg) [f](media:" + file + ")"
		d.Kind, d.Fields = kb.KindWebinar, map[string]string{"starts": "2026-12-01T15:00:00Z", "speaker": canary(st.state, "field")}
		d.Tags, d.Products = []string{canary(st.state, "tag")}, []string{canary(st.state, "tag")}
		a, err := s.library.Create(t.Context(), system, d)
		require.NoError(t, err)
		h.id = a.ID
		s.bring(t, &a, st.state)
		s.discuss(t, a, st.state)
		out[st.state] = h
	}
	require.NoError(t, s.library.DoDue(t.Context())) // words in files are read
	return out
}

// bring takes an article to its state.
func (s *Site) bring(t *testing.T, a *kb.Article, state string) {
	t.Helper()
	if state == "draft" {
		return
	}
	*a = publish(t, s, *a)
	_, err := s.library.Rate(t.Context(), reader(*a), kb.Opinion{Article: a.ID, Comment: canary(state, "comment"), Key: state})
	if len(a.Audience) > 0 && state != "place" {
		require.NoError(t, err)
	}
	require.NoError(t, s.library.SaveRedirects(t.Context(), system, kb.Redirect{From: "/old/" + state, To: "article/" + a.ID}))
	if state == "deleted" {
		defer func() {
			b, err := s.library.Manuscript(t.Context(), system, a.ID)
			require.NoError(t, err)
			_, err = s.library.Delete(t.Context(), system, a.ID, b.Version)
			require.NoError(t, err)
		}()
	}
	if state == "archived" {
		_, err := s.library.Archive(t.Context(), system, a.ID, "en", a.Version)
		require.NoError(t, err)
	}
}

// discuss has an article reviewed and archived some day, with words on why.
func (s *Site) discuss(t *testing.T, a kb.Article, state string) {
	t.Helper()
	now, note := s.cfg.Now().UTC(), canary(state, "comment")
	require.NoError(t, s.articles.SaveReview(t.Context(), kb.Review{
		ID: "r-" + state, Article: a.ID, Locale: "en", Revision: 1, Rule: kb.RuleAny, By: "somebody", Note: note, State: kb.ReviewOpen,
		Votes: []kb.Vote{{Person: "marek", Verdict: kb.VerdictApprove, Comment: note, At: now}}, CreatedAt: now, UpdatedAt: now, Version: 1,
	}))
	require.NoError(t, s.articles.SaveNote(t.Context(), kb.Note{ID: "n-" + state, Article: a.ID, Locale: "en", Text: note, Author: "marek", Mentions: []string{"ines", "tom"}, CreatedAt: now, UpdatedAt: now, Version: 1}))
	require.NoError(t, s.articles.AddFeedback(t.Context(), kb.Feedback{
		ID: "f-" + state, Article: a.ID, Locale: "en", Kind: kb.FeedbackEdit, Comment: note, Quote: canary(state, "body"), Proposal: note, At: now,
		State: kb.FeedbackOpen, UpdatedAt: now, Version: 1,
	}))
	require.NoError(t, s.articles.SavePlan(t.Context(), kb.Plan{
		ID: "p-" + state, Article: a.ID, Locale: "en", Do: kb.DeedArchive, At: now.Add(time.Hour), By: "somebody", Note: note, State: kb.PlanWaiting,
		CreatedAt: now, UpdatedAt: now, Version: 1,
	}))
}

// reader returns somebody who may read an article.
func reader(a kb.Article) profile.Actor {
	return profile.Actor{ID: "reader", Account: "aldergate", Segments: []string{"regulated", "partner"}, Roles: []profile.Role{profile.RoleAgent, "member.buyer"}}
}

// link makes a public article that points at all of them.
func linkToAll(t *testing.T, s *Site, all map[string]hidden) kb.Article {
	t.Helper()
	d := draft("Gate to everything", profile.Public(), "place-public")
	d.Kind = kb.KindSeries // its parts lead to one another
	for _, st := range states {
		if h, ok := all[st.state]; ok {
			d.Body += fmt.Sprintf("\n\n[a link](article:%s)", h.id)
			d.Related = append(d.Related, h.id)
			if len(st.audience) > 0 && st.audience[0] != "public" {
				d.Body += fmt.Sprintf("\n\n:::for %s\n## Only %s\n\nsome ![p](media:%s.svg)\n:::\n", strings.Join(st.audience, " "), canary(st.state, "part"), canary(st.state, "part"))
				_, err := s.library.PutMedia(t.Context(), system, canary(st.state, "part")+".svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><title>`+canary(st.state, "part")+`</title></svg>`))
				require.NoError(t, err)
			}
		}
	}
	return write(t, s, d)
}

// atDesk are those who see articles at the desk that readers do not: whoever
// writes sees drafts meant for them.
func atDesk(person string, h hidden, surface string) bool {
	if person == "ines" && h.state == "deleted" {
		return surface == "bin" || strings.HasSuffix(surface, "media")
	}
	if person == "ines" && surface == "notices" { // what they are told of at the desk as well
		return slices.Contains([]string{"draft", "archived"}, h.state)
	}
	if person != "ines" || !strings.HasPrefix(surface, "API: desk") && !strings.HasPrefix(surface, "desk") && !strings.HasPrefix(surface, "API: feedback") && !strings.HasSuffix(surface, "media") {
		return false
	}
	return strings.HasSuffix(surface, "media") || slices.Contains([]string{"draft", "archived"}, h.state)
}

// once returns a function by which c asks for each page once, and is given the
// same answer from then on. A person who looks for one article after the other
// sees many pages that are the same for all.
func once(c *client) func(path string) answer {
	said := map[string]answer{}
	return func(path string) answer {
		if _, ok := said[path]; !ok {
			said[path] = c.from(path)
		}
		return said[path]
	}
}

// sightings returns where person saw something of h.
func sightings(person string, look func(path string) answer, h hidden, feeds map[string][]string) []string {
	var out []string
	h.feeds = feeds[person+" "+h.state]
	for _, s := range surfaces {
		if atDesk(person, h, s.name) {
			continue
		}
		for _, path := range s.paths(h) {
			seen := look(path)
			text := strings.ReplaceAll(strings.ToLower(seen.All()), strings.ToLower(url.QueryEscape(path)), "")
			for _, part := range parts {
				if word := canary(h.state, part); secret(h, part) && !written(person, s.name, part) && reveals(text, path, word) {
					out = append(out, fmt.Sprintf("%q sees %s of %s on %s (%s, status %d)", person, part, h.state, s.name, path, seen.Status))
				}
			}
		}
	}
	return out
}

// written reports whether somebody sees a part as the author of the text around
// it: what is found in texts that one may change is found in their sources.
func written(person, surface, part string) bool {
	return person == "ines" && surface == "desk find and replace" && part == "part"
}

// secret reports whether a part is hidden with the article: everybody may know
// of a category that is open to everybody.
func secret(h hidden, part string) bool { return part != "place" || h.state == "place" }

// reveals reports whether a text has a word that the asker did not say: what
// they searched for is repeated to them.
func reveals(text, path, word string) bool {
	asked, err := url.QueryUnescape(path)
	if err == nil && strings.Contains(strings.ToLower(asked), word) {
		return false
	}
	return strings.Contains(text, word)
}

// remember puts all articles on everybody's lists, as if they had been open to
// them once.
func remember(t *testing.T, s *Site, all map[string]hidden) {
	t.Helper()
	for _, person := range viewers[1:] {
		for _, h := range all {
			for _, list := range []string{profile.ListFavourites, profile.ListFollows, profile.ListViewed} {
				_, err := s.people.Shelve(t.Context(), profile.Actor{ID: person}, profile.ShelfItem{
					List: list, Ref: articleRef + h.id, Title: canary(h.state, "title"),
				})
				require.NoError(t, err)
			}
			require.NoError(t, s.notifier.Notify(t.Context(), profile.Occurrence{
				Kind: kindUpdated, Subject: articleRef + h.id, Key: h.id, To: viewers[1:], Private: true,
			}))
		}
	}
	_, err := s.notifier.Drain(t.Context())
	require.NoError(t, err)
}

// feedAll gives everybody private feeds, of what they do not see too, as if it had
// been open to them once. It returns their addresses by person and state.
func feedAll(t *testing.T, s *Site) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, person := range viewers[1:] {
		for _, st := range states {
			for i, of := range []string{"", categoryRef + "place-" + st.state, typeRef + string(kb.KindWebinar)} {
				token, _, err := s.linking.Make(t.Context(), profile.Actor{ID: person}, profile.LinkDraft{
					Purpose: feedPurpose, Subject: fmt.Sprint("feed/", person, "-", st.state, "-", i), Unsent: true, For: feedLife, Data: map[string]string{feedOf: of},
				})
				require.NoError(t, err)
				out[person+" "+st.state] = append(out[person+" "+st.state], "/en"+feedsPath+token)
			}
		}
	}
	return out
}

func TestVisibility(t *testing.T) {
	s := open(t, behindProxy)
	all := plant(t, s, func(string) bool { return true })
	linkToAll(t, s, all)
	remember(t, s, all)
	feeds := feedAll(t, s)
	require.NoError(t, s.engine.Refresh(t.Context()))
	as := serve(t, s)
	cells, seen := 0, []string{}
	for _, person := range viewers {
		look := once(as(person))
		for _, st := range states {
			if slices.Contains(st.sees, person) {
				continue
			}
			cells += len(surfaces)
			seen = append(seen, sightings(person, look, all[st.state], feeds)...)
		}
	}
	require.Empty(t, seen)
	t.Logf("%d surfaces x states x people, 0 canaries seen", cells)
}

// TestVisibleToThoseWhoMay is the other side: a portal that shows nothing would
// pass the test above.
func TestVisibleToThoseWhoMay(t *testing.T) {
	s := open(t, behindProxy)
	all := plant(t, s, func(string) bool { return true })
	linkToAll(t, s, all)
	feeds := feedAll(t, s)
	require.NoError(t, s.engine.Refresh(t.Context()))
	as := serve(t, s)
	for _, st := range states {
		for _, person := range st.sees {
			h, c := all[st.state], as(person)
			for _, path := range feeds[person+" "+st.state] {
				require.Contains(t, as("").get(path).Body, canary(st.state, "title"), "%q at %s", person, path)
			}
			for path, part := range map[string]string{
				"/en/articles/" + h.slug:                            "body",
				"/en/search?q=" + canary(st.state, "title"):         "slug",
				"/en/search/suggestions?q=about":                    "",
				"/media/" + canary(st.state, "picture") + ".svg":    "picture",
				"/api/v1/articles/" + h.id:                          "title",
				"/media/" + canary(st.state, "file") + ".txt":       "filetext",
				"/en/search?q=" + canary(st.state, "filetext"):      "slug",
				"/api/v1/categories":                                "place",
				"/en/articles/" + gate:                              "slug",
				"/en/categories/place-" + canary(st.state, "place"): "title",
			} {
				a := c.from(path)
				require.Equal(t, 200, a.Status, "%q at %s", person, path)
				if part != "" {
					require.Contains(t, a.Body, canary(st.state, part), "%q at %s", person, path)
				}
			}
		}
	}
}

// TestEverySurfaceIsCovered fails for a page or an operation that the
// visibility test does not know.
func TestEverySurfaceIsCovered(t *testing.T) {
	s := open(t)
	covered := map[string]bool{}
	for _, sf := range surfaces {
		for _, r := range sf.routes {
			covered[r] = true
		}
	}
	for _, r := range s.routes() {
		if strings.HasPrefix(r.Surface, nothing) {
			continue
		}
		_, excused := exempt[r.Pattern]
		require.True(t, covered[r.Pattern] || excused, "no surface of the visibility test covers the page %s", r.Pattern)
	}
	for _, api := range []*web.API{s.library.API(), s.engine.API(), s.directory.API(), s.notifier.API(), s.inventory.API(), s.arranger.API(), s.audit.API(), s.analyst.API(), s.reporter.API(), s.helpdesk.API()} {
		for _, op := range api.Ops() {
			_, excused := exempt[op.Name]
			require.True(t, covered[op.Name] || excused, "no surface of the visibility test covers the operation %s", op.Name)
		}
	}
}

// blind is an index that forgets to ask who searches.
type blind struct{ search.Index }

func (b blind) Search(ctx context.Context, q search.Request) (search.Response, error) {
	q.Sight = everyone
	return b.Index.Search(ctx, q)
}

func (b blind) Suggest(ctx context.Context, q search.SuggestRequest) ([]search.Suggestion, error) {
	q.Sight = everyone
	return b.Index.Suggest(ctx, q)
}

var everyone = profile.Actor{ID: "x", Account: "aldergate", Roles: []profile.Role{profile.RoleAgent}, Segments: []string{"partner", "regulated"}}.Sight()

// TestVisibilityTestSees proves that the test above can fail.
func TestVisibilityTestSees(t *testing.T) {
	s := open(t, behindProxy, func(c *Config) { c.wrapIndex = func(i search.Index) search.Index { return blind{i} } })
	all := plant(t, s, func(string) bool { return true })
	require.NoError(t, s.engine.Refresh(t.Context()))
	require.NotEmpty(t, sightings("", serve(t, s)("").from, all["staff"], nil))
}

// volatile is what differs between two answers to the same question.
var volatile = regexp.MustCompile(`name="(key|answer)" value="[^"]+"|\?c=[^"&]+|"click":"[^"]*"|"id":"[0-9a-f-]{36}"|(?m)^(X-Request-Id|Date|Etag|Content-Length): .*$|"(search_id|id|next|token|took[a-z_]*)":("[^"]*"|[0-9.]+)|after=[^"&]+|[?&](amp;)?t=[^"&]+|"instance":"[^"]*"|127\.0\.0\.1:\d+|[a-z2-7]{26}`)

// TestHiddenMakesNoDifference compares two portals, one with an article that
// the asker may not see and one without it: every answer is the same.
func TestHiddenMakesNoDifference(t *testing.T) {
	slow(t)
	for _, st := range []string{"staff", "partner", "draft", "nobody", "both"} {
		t.Run(st, func(t *testing.T) {
			still := func(c *Config) { c.Now = func() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) } }
			with, without := open(t, still, behindProxy), open(t, still, behindProxy)
			all := plant(t, with, func(state string) bool { return state == "public" || state == st })
			plant(t, without, func(state string) bool { return state == "public" })
			for _, s := range []*Site{with, without} {
				linkToAll(t, s, all)
				require.NoError(t, s.engine.Refresh(t.Context()))
			}
			asWith, asWithout := serve(t, with)(""), serve(t, without)("")
			h := hidden{state: st, slug: canary(st, "slug"), id: "x"}
			for _, sf := range surfaces {
				for _, path := range sf.paths(h) {
					a, b := asWith.from(path), asWithout.from(path)
					require.Equal(t, steady(b), steady(a), "%s: %s", sf.name, path)
				}
			}
		})
	}
}

// steady returns of an answer what is the same each time.
func steady(a answer) string { return volatile.ReplaceAllString(a.All(), "") }
