package kbtest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
)

// A PersonStore is a [kb.Store] that can tell and forget what it keeps of people.
type PersonStore interface {
	kb.Store
	kb.PersonStore
}

// TestPersonStore runs the contract of [kb.PersonStore] as subtests. open must
// return an empty store each time it is called.
func TestPersonStore(t *testing.T, open func(*testing.T) PersonStore) {
	for _, c := range personContract {
		t.Run(c.name, func(t *testing.T) {
			t.Logf("contract: %s", c.says)
			s := open(t)
			fillOf(t, s, "zqann")
			fillOf(t, s, "zqann2")
			c.check(t, s)
		})
	}
}

var personContract = []struct {
	name, says string
	check      func(*testing.T, PersonStore)
}{
	{"Feedback", "FeedbackOf returns what a person said and nothing of others, by ID", checkFeedbackOf},
	{"Revisions", "RevisionsBy returns what a person wrote, whole, and nothing of others, by article, locale and number", checkRevisionsBy},
	{"Owned", "OwnedBy returns the articles and media of a person, in order", checkOwnedBy},
	{"Process", "ReviewsOf, PlansOf and VerifiedBy return what a person asked, was asked, planned and vouches for, and nothing of others", checkProcessOf},
	{"ForgetProcess", "ForgetPerson puts a pseudonym, or nobody, in reviews, plans and verifications, takes out what was said, and raises versions", checkForgetProcess},
	{"Blocks", "BlocksBy returns the versions of blocks that a person saved, and ForgetPerson puts its pseudonym there", checkBlocksOf},
	{"ForgetWorking", "ForgetPerson removes what a person did not save and their locks, with a pseudonym as well, and nothing of others", checkForgetWorking},
	{"ForgetHandling", "what a person sees to is told, and ForgetPerson takes them and what they suggested out of it", checkForgetHandling},
	{"Notes", "NotesOf returns the notes that a person wrote, settled or is mentioned in, by ID, and nothing of others", checkNotesOf},
	{"ForgetNotes", "ForgetPerson takes a person out of notes, with what they said, and keeps where an article comes from", checkForgetNotes},
	{"Nobody", "of nobody nothing is found, and ForgetPerson of nobody is ErrInvalid", checkNobody},
	{"Delete", "ForgetPerson without a pseudonym removes what was said and leaves what was written, of nobody", checkForgetDelete},
	{"Pseudonym", "ForgetPerson with a pseudonym keeps votes without words, and puts it everywhere", checkForgetPseudonym},
	{"Version", "an article that ForgetPerson changes has the next version, and no other has", checkForgetVersion},
	{"Again", "a second ForgetPerson has nothing to do", checkForgetAgain},
	{"BadText", "a NUL or what is not UTF-8 is ErrInvalid and nothing is kept", checkForgetText},
	{"Cancelled", "a cancelled context stops a call, which returns its error", checkPersonCancelled},
}

// fillOf keeps two articles of a person, with their revisions, a medium of theirs
// and two things they said.
func fillOf(t *testing.T, s PersonStore, person string) {
	t.Helper()
	for _, id := range []string{"b-" + person, "a-" + person} {
		a := article(id, func(a *kb.Article) { a.Owner = person })
		for i := range a.Translations {
			a.Translations[i].Slug += person
		}
		de, en := revision(a, "de", 1), revision(a, "en", 1)
		de.Author, en.Author = person, "somebody"
		require.NoError(t, s.SaveArticle(t.Context(), a, de, en))
		require.NoError(t, s.AddFeedback(t.Context(), kb.Feedback{
			ID: "f-" + id, Article: id, Locale: "en", Revision: 1, Helpful: true, Reason: kb.ReasonOther, Comment: "word of " + person, Person: person, Visitor: "v-" + person, Input: "h", At: t0,
		}))
	}
	require.NoError(t, s.AddFeedback(t.Context(), kb.Feedback{ID: "x-" + person, Article: "a-" + person, Locale: "en", Revision: 1, Visitor: "v", Input: "h", At: t0}))
	require.NoError(t, s.PutMedia(t.Context(), kb.Media{Name: person + ".png", Type: "image/png", Data: []byte("x"), Hash: "h", Owner: person, At: t0}))
}

// keptOf returns what is kept of a person, in short.
func keptOf(t *testing.T, s PersonStore, person string) []string {
	t.Helper()
	out := []string{}
	said, err := s.FeedbackOf(t.Context(), person, "", 100)
	require.NoError(t, err)
	for _, f := range said {
		require.Equal(t, person, f.Person)
		out = append(out, f.ID+" "+f.Comment+f.Visitor)
	}
	wrote, err := s.RevisionsBy(t.Context(), person, kb.Revision{}, 100)
	require.NoError(t, err)
	for _, r := range wrote {
		out = append(out, r.Article+"/"+r.Locale)
	}
	articles, media, err := s.OwnedBy(t.Context(), person)
	require.NoError(t, err)
	return append(append(out, articles...), media...)
}

func allOf(person string) []string {
	return []string{
		"f-a-" + person + " word of " + person + "v-" + person, "f-b-" + person + " word of " + person + "v-" + person,
		"a-" + person + "/de", "b-" + person + "/de", "a-" + person, "b-" + person, person + ".png",
	}
}

func checkFeedbackOf(t *testing.T, s PersonStore) {
	require.Equal(t, allOf("zqann"), keptOf(t, s, "zqann"))
	page, err := s.FeedbackOf(t.Context(), "zqann", "", 1)
	require.NoError(t, err)
	require.Len(t, page, 1)
	want, err := s.FeedbackByID(t.Context(), page[0].ID)
	require.NoError(t, err)
	require.Equal(t, want, page[0])
	page, err = s.FeedbackOf(t.Context(), "zqann", page[0].ID, 10)
	require.NoError(t, err)
	require.Len(t, page, 1)
	require.Equal(t, "f-b-zqann", page[0].ID)
}

func checkRevisionsBy(t *testing.T, s PersonStore) {
	page, err := s.RevisionsBy(t.Context(), "zqann", kb.Revision{}, 1)
	require.NoError(t, err)
	require.Len(t, page, 1)
	want, err := s.Revision(t.Context(), "a-zqann", "de", 1)
	require.NoError(t, err)
	require.Equal(t, want, page[0], "with its text")
	page, err = s.RevisionsBy(t.Context(), "zqann", page[0], 10)
	require.NoError(t, err)
	require.Len(t, page, 1)
	require.Equal(t, "b-zqann", page[0].Article)
}

func checkOwnedBy(t *testing.T, s PersonStore) {
	articles, media, err := s.OwnedBy(t.Context(), "zqann2")
	require.NoError(t, err)
	require.Equal(t, []string{"a-zqann2", "b-zqann2"}, articles)
	require.Equal(t, []string{"zqann2.png"}, media)
}

func checkNobody(t *testing.T, s PersonStore) {
	for _, nobody := range []string{"", "zq", "ZQANN", "a\x00b", "a\xffb"} {
		require.Empty(t, keptOf(t, s, nobody))
	}
	_, _, err := s.ForgetPerson(t.Context(), "", "gone-1")
	require.ErrorIs(t, err, kb.ErrInvalid)
}

func checkForgetDelete(t *testing.T, s PersonStore) {
	removed, renamed, err := s.ForgetPerson(t.Context(), "zqann", "")
	require.NoError(t, err)
	require.Equal(t, []int{2, 5}, []int{removed, renamed})
	require.Empty(t, keptOf(t, s, "zqann"))
	require.Equal(t, allOf("zqann2"), keptOf(t, s, "zqann2"))
	_, err = s.FeedbackByID(t.Context(), "f-a-zqann")
	require.ErrorIs(t, err, kb.ErrNotFound)
	r, err := s.Revision(t.Context(), "a-zqann", "de", 1)
	require.NoError(t, err)
	require.Empty(t, r.Author)
	require.NotEmpty(t, r.Body, "what was written stays")
	r, err = s.Revision(t.Context(), "a-zqann", "en", 1)
	require.NoError(t, err)
	require.Equal(t, "somebody", r.Author)
	stays, err := s.FeedbackByID(t.Context(), "x-zqann")
	require.NoError(t, err)
	require.Equal(t, "v", stays.Visitor, "of somebody else")
}

func checkForgetPseudonym(t *testing.T, s PersonStore) {
	removed, renamed, err := s.ForgetPerson(t.Context(), "zqann", "gone-1")
	require.NoError(t, err)
	require.Equal(t, []int{0, 7}, []int{removed, renamed})
	require.Empty(t, keptOf(t, s, "zqann"))
	require.Equal(t, allOf("zqann2"), keptOf(t, s, "zqann2"))
	require.Equal(t, []string{"f-a-zqann ", "f-b-zqann ", "a-zqann/de", "b-zqann/de", "a-zqann", "b-zqann", "zqann.png"}, keptOf(t, s, "gone-1"))
	f, err := s.FeedbackByID(t.Context(), "f-a-zqann")
	require.NoError(t, err)
	require.True(t, f.Helpful, "the vote counts")
	rating, err := s.Ratings(t.Context(), []string{"b-zqann"})
	require.NoError(t, err)
	require.Equal(t, 1, rating["b-zqann"].Helpful)
}

func checkForgetVersion(t *testing.T, s PersonStore) {
	for _, pseudonym := range []string{"gone-1", ""} {
		_, _, err := s.ForgetPerson(t.Context(), map[string]string{"gone-1": "zqann", "": "gone-1"}[pseudonym], pseudonym)
		require.NoError(t, err)
	}
	a, err := s.Article(t.Context(), "a-zqann")
	require.NoError(t, err)
	require.Equal(t, 3, a.Version)
	a.Owner, a.Version = "zqann", 2
	require.ErrorIs(t, s.SaveArticle(t.Context(), a), kb.ErrConflict, "whoever had read it before does not bring the person back")
	other, err := s.Article(t.Context(), "a-zqann2")
	require.NoError(t, err)
	require.Equal(t, 1, other.Version)
}

func checkForgetAgain(t *testing.T, s PersonStore) {
	for _, want := range []int{7, 0} {
		removed, renamed, err := s.ForgetPerson(t.Context(), "zqann", "")
		require.NoError(t, err)
		require.Equal(t, want, removed+renamed)
	}
}

func checkForgetText(t *testing.T, s PersonStore) {
	for _, bad := range []string{"a\x00b", "a\xffb"} {
		_, _, err := s.ForgetPerson(t.Context(), "zqann", bad)
		require.ErrorIs(t, err, kb.ErrInvalid)
	}
	require.Equal(t, allOf("zqann"), keptOf(t, s, "zqann"))
}

func checkPersonCancelled(t *testing.T, s PersonStore) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.FeedbackOf(ctx, "zqann", "", 1)
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.RevisionsBy(ctx, "zqann", kb.Revision{}, 1)
	require.ErrorIs(t, err, context.Canceled)
	_, _, err = s.OwnedBy(ctx, "zqann")
	require.ErrorIs(t, err, context.Canceled)
	_, _, err = s.ForgetPerson(ctx, "zqann", "")
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, allOf("zqann"), keptOf(t, s, "zqann"))
}

// workOf keeps reviews, a plan and a verification of a person, beside those of
// somebody else.
func workOf(t *testing.T, s PersonStore) {
	t.Helper()
	by := func(person string) func(*kb.Review) {
		return func(r *kb.Review) { r.By, r.State = person, kb.ReviewRejected }
	}
	saveReviews(t, s,
		review("asked", "a-zqann", by("zqann")),
		review("named", "a-zqann", by("kim"), func(r *kb.Review) { r.Votes[1].Person = "zqann" }),
		review("both", "b-zqann", by("zqann"), func(r *kb.Review) { r.Votes[1].Person = "zqann" }),
		review("other", "b-zqann", by("kim")))
	savePlans(t, s, plan("hers", "a-zqann", func(p *kb.Plan) { p.By = "zqann" }), plan("his", "b-zqann", func(p *kb.Plan) { p.By = "kim" }))
	saveVerifications(t, s, verification("a-zqann", func(v *kb.Verification) { v.By = "zqann" }), verification("b-zqann", func(v *kb.Verification) { v.By = "kim" }))
}

func checkProcessOf(t *testing.T, s PersonStore) {
	workOf(t, s)
	var ids []string
	for after := ""; ; {
		page, err := s.ReviewsOf(t.Context(), "zqann", after, 1)
		require.NoError(t, err)
		if len(page) == 0 {
			break
		}
		require.Len(t, page[0].Votes, 2)
		after = page[0].ID
		ids = append(ids, after)
	}
	require.Equal(t, []string{"asked", "both", "named"}, ids)
	plans, err := s.PlansOf(t.Context(), "zqann", "", 10)
	require.NoError(t, err)
	require.Len(t, plans, 1)
	require.Equal(t, "hers", plans[0].ID)
	plans, err = s.PlansOf(t.Context(), "zqann", "hers", 10)
	require.NoError(t, err)
	require.Empty(t, plans)
	verified, err := s.VerifiedBy(t.Context(), "zqann")
	require.NoError(t, err)
	require.Len(t, verified, 1)
	require.Equal(t, "a-zqann", verified[0].Article)
	for _, nobody := range []string{"", "zq", "a\x00b"} {
		reviews, err := s.ReviewsOf(t.Context(), nobody, "", 10)
		require.NoError(t, err)
		require.Empty(t, reviews)
		plans, err := s.PlansOf(t.Context(), nobody, "", 10)
		require.NoError(t, err)
		require.Empty(t, plans)
		verified, err := s.VerifiedBy(t.Context(), nobody)
		require.NoError(t, err)
		require.Empty(t, verified)
	}
}

func checkForgetHandling(t *testing.T, s PersonStore) {
	f := said("hers", "a-zqann2", func(f *kb.Feedback) { f.Assignee = "zqann" })
	own := said("zown", "a-zqann2", func(f *kb.Feedback) { f.Person = "zqann" })
	require.NoError(t, s.AddFeedback(t.Context(), f))
	require.NoError(t, s.AddFeedback(t.Context(), own))
	page, err := s.FeedbackOf(t.Context(), "zqann", "f-b-zqann", 10)
	require.NoError(t, err)
	require.Equal(t, []kb.Feedback{f, own}, page, "what she sees to, and what she said")
	_, _, err = s.ForgetPerson(t.Context(), "zqann", "gone-1")
	require.NoError(t, err)
	got, err := s.FeedbackByID(t.Context(), "hers")
	require.NoError(t, err)
	f.Assignee, f.Version = "gone-1", 2
	require.Equal(t, f, got, "who handles it at this moment does not bring her back")
	got, err = s.FeedbackByID(t.Context(), "zown")
	require.NoError(t, err)
	own.Person, own.Comment, own.Visitor, own.Quote, own.Proposal, own.Tell = "gone-1", "", "", "", "", false
	require.Equal(t, own, got)
}

func checkForgetProcess(t *testing.T, s PersonStore) {
	workOf(t, s)
	for _, pseudonym := range []string{"gone-1", ""} {
		person := "zqann"
		if pseudonym == "" {
			person = "gone-1"
		}
		_, _, err := s.ForgetPerson(t.Context(), person, pseudonym)
		require.NoError(t, err)
		both, err := s.Review(t.Context(), "both")
		require.NoError(t, err)
		require.Equal(t, pseudonym, both.By)
		require.Equal(t, kb.Vote{Person: pseudonym, Asked: true, Verdict: kb.VerdictReject, At: both.Votes[1].At}, both.Votes[1])
		named, err := s.Review(t.Context(), "named")
		require.NoError(t, err)
		require.Equal(t, []string{"kim", pseudonym}, []string{named.By, named.Votes[1].Person})
		p, err := s.Plan(t.Context(), "hers")
		require.NoError(t, err)
		require.Equal(t, pseudonym, p.By)
		v, err := s.Verifications(t.Context(), []string{"a-zqann", "b-zqann"})
		require.NoError(t, err)
		require.Equal(t, []string{pseudonym, "kim"}, []string{v["a-zqann"].By, v["b-zqann"].By})
		require.Equal(t, []bool{true, true, true, true}, []bool{both.Version > 1, named.Version > 1, p.Version > 1, v["a-zqann"].Version > 1})
	}
	other, err := s.Review(t.Context(), "other")
	require.NoError(t, err)
	require.Equal(t, review("other", "b-zqann", func(r *kb.Review) { r.By, r.State = "kim", kb.ReviewRejected }), other)
}

func checkForgetWorking(t *testing.T, s PersonStore) {
	for _, person := range []string{"zqann", "zqann2"} {
		require.NoError(t, s.SaveWorking(t.Context(), working(person, "a-"+person)))
		hold(t, s, "a-zqann", "en", person, 0, 60)
	}
	_, _, err := s.ForgetPerson(t.Context(), "zqann", "p-1")
	require.NoError(t, err)
	for _, gone := range []string{"zqann", "p-1"} {
		list, err := s.Workings(t.Context(), gone, 9)
		require.NoError(t, err)
		require.Empty(t, list)
	}
	require.Equal(t, []string{"en/zqann2 0-60"}, locks(t, s, "a-zqann", t0))
	list, err := s.Workings(t.Context(), "zqann2", 9)
	require.NoError(t, err)
	require.Len(t, list, 1)
}
