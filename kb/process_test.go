package kb_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/kbtest"
	"github.com/stoa-go/stoa/kb/memkb"
	"github.com/stoa-go/stoa/profile"
)

// more people who review.
var (
	rita = profile.Actor{ID: "rita", Roles: []profile.Role{profile.RoleReviewer}}
	ralf = profile.Actor{ID: "ralf", Roles: []profile.Role{profile.RoleReviewer}}
)

// A processWorld is a world with a process, and with what people were told.
type processWorld struct {
	*world
	process kb.Process
	people  map[string]profile.Actor
	told    []profile.Occurrence
	notify  error // what telling fails with
}

func newProcessWorld(t testing.TB, p kb.Process) *processWorld {
	return newProcessWorldOn(t, memkb.New(), p)
}

func newProcessWorldOn(t testing.TB, store kb.Store, p kb.Process) *processWorld {
	w := &processWorld{world: newWorldOn(t, store), process: p, people: map[string]profile.Actor{}}
	for _, a := range []profile.Actor{ann, agent, author, other, translator, reviewer, rita, ralf, admin} {
		w.people[a.ID] = a
	}
	opts := w.options()
	opts.Process = func(kb.Kind, string) kb.Process { return w.process }
	opts.Actor = func(_ context.Context, id string) (profile.Actor, error) {
		a, ok := w.people[id]
		if !ok {
			return profile.Actor{}, kb.ErrNotFound
		}
		return a, nil
	}
	opts.Notify = func(_ context.Context, o profile.Occurrence) error {
		if w.notify == nil {
			w.told = append(w.told, o)
		}
		return w.notify
	}
	w.Library = kb.NewLibrary(store, opts)
	w.place("public", "", "public")
	return w
}

// drafted returns an article that an author wrote and nobody is shown yet.
func (w *processWorld) drafted(topic string) kb.Article {
	w.t.Helper()
	a, err := w.Create(w.ctx(), author, draft(topic, "public", "public"))
	require.NoError(w.t, err)
	return a
}

func (w *processWorld) ask(by profile.Actor, a kb.Article, ask kb.ReviewRequest) kb.Review {
	w.t.Helper()
	r, err := w.RequestReview(w.ctx(), by, a.ID, "en", ask)
	require.NoError(w.t, err)
	return r
}

func (w *processWorld) decide(by profile.Actor, r kb.Review, v kb.Verdict) kb.Review {
	w.t.Helper()
	r, err := w.Decide(w.ctx(), by, r.ID, v, "because")
	require.NoError(w.t, err)
	return r
}

// says returns the message key of an error that explains itself.
func says(t testing.TB, err error) string {
	t.Helper()
	s, ok := errors.AsType[*errs.Says](err)
	require.True(t, ok, "%v", err)
	return s.Message.Key
}

func TestRules(t *testing.T) {
	const yes, no = kb.VerdictApprove, kb.VerdictReject
	three := []string{"rosa", "rita", "ralf"}
	voters := []profile.Actor{reviewer, rita, ralf}
	for _, c := range []struct {
		name     string
		process  kb.Process
		asked    []string
		verdicts []kb.Verdict
		want     []kb.ReviewState // after each verdict
	}{
		{"any, one is enough", kb.Process{Rule: kb.RuleAny}, three, []kb.Verdict{yes}, []kb.ReviewState{"approved"}},
		{"any, one refusal leaves two", kb.Process{Rule: kb.RuleAny}, three, []kb.Verdict{no, no, no}, []kb.ReviewState{"open", "open", "rejected"}},
		{"any of two", kb.Process{Rule: kb.RuleAny, Needed: 2}, three, []kb.Verdict{yes, no, yes}, []kb.ReviewState{"open", "open", "approved"}},
		{"any of two, out of reach", kb.Process{Rule: kb.RuleAny, Needed: 2}, three, []kb.Verdict{no, no}, []kb.ReviewState{"open", "rejected"}},
		{"majority", kb.Process{Rule: kb.RuleMajority}, three, []kb.Verdict{yes, no, yes}, []kb.ReviewState{"open", "open", "approved"}},
		{"majority of two is both", kb.Process{Rule: kb.RuleMajority}, three[:2], []kb.Verdict{yes, yes}, []kb.ReviewState{"open", "approved"}},
		{"majority, a tie refuses", kb.Process{Rule: kb.RuleMajority}, three[:2], []kb.Verdict{no}, []kb.ReviewState{"rejected"}},
		{"unanimous", kb.Process{Rule: kb.RuleUnanimous}, three, []kb.Verdict{yes, yes, yes}, []kb.ReviewState{"open", "open", "approved"}},
		{"unanimous, one refusal", kb.Process{Rule: kb.RuleUnanimous}, three, []kb.Verdict{yes, no}, []kb.ReviewState{"open", "rejected"}},
		{"a pool", kb.Process{Rule: kb.RuleAny, Needed: 2}, nil, []kb.Verdict{yes, yes}, []kb.ReviewState{"open", "approved"}},
		{"a pool, one refusal", kb.Process{Rule: kb.RuleUnanimous}, nil, []kb.Verdict{no}, []kb.ReviewState{"rejected"}},
		{"a changed mind", kb.Process{Rule: kb.RuleMajority}, three, []kb.Verdict{no, yes}, []kb.ReviewState{"open", "open"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newProcessWorld(t, c.process)
			r := w.ask(author, w.drafted("vpn"), kb.ReviewRequest{Reviewers: c.asked, Key: "k"})
			for i, v := range c.verdicts {
				r = w.decide(voters[i], r, v)
				require.Equal(t, c.want[i], r.State, "after %d", i+1)
			}
		})
	}
}

func TestPublishNeedsApproval(t *testing.T) {
	w := newProcessWorld(t, kb.Process{Rule: kb.RuleUnanimous})
	a := w.drafted("vpn")
	publish := func() error { _, err := w.Publish(w.ctx(), reviewer, a.ID, "en", a.Version); return err }
	require.Equal(t, "error.review.needed", says(t, publish()))
	r := w.ask(author, a, kb.ReviewRequest{Reviewers: []string{"rosa", "rita"}})
	require.Equal(t, "error.review.needed", says(t, publish()), "an open review is none")
	w.decide(reviewer, r, kb.VerdictApprove)
	require.Equal(t, "error.review.needed", says(t, publish()), "nor is half of one")
	w.decide(rita, r, kb.VerdictApprove)
	require.NoError(t, publish())

	a, err := w.Manuscript(w.ctx(), author, a.ID)
	require.NoError(t, err)
	a, err = w.Edit(w.ctx(), author, a.ID, "en", a.Version, kb.Text{Title: "About vpn", Body: "Other."})
	require.NoError(t, err)
	require.Equal(t, "error.review.needed", says(t, publish()), "what was approved is not this text")
}

func TestReviewRights(t *testing.T) {
	w := newProcessWorld(t, kb.Process{Rule: kb.RuleAny})
	a := w.drafted("vpn")
	ask := func(by profile.Actor, change func(*kb.ReviewRequest)) error {
		r := kb.ReviewRequest{Reviewers: []string{"rosa"}}
		change(&r)
		_, err := w.RequestReview(w.ctx(), by, a.ID, "en", r)
		return err
	}
	none := func(*kb.ReviewRequest) {}
	require.ErrorIs(t, ask(anyone, none), kb.ErrNotFound)
	require.ErrorIs(t, ask(ann, none), kb.ErrNotFound)
	require.ErrorIs(t, ask(translator, none), kb.ErrForbidden)
	require.ErrorIs(t, ask(author, func(r *kb.ReviewRequest) { r.Publish = true }), kb.ErrForbidden, "who asks may not publish")
	for name, change := range map[string]func(*kb.ReviewRequest){
		"the author":         func(r *kb.ReviewRequest) { r.Reviewers = []string{"rosa", "ines"} },
		"nobody":             func(r *kb.ReviewRequest) { r.Reviewers = []string{"nobody"} },
		"a customer":         func(r *kb.ReviewRequest) { r.Reviewers = []string{"ann"} },
		"an author":          func(r *kb.ReviewRequest) { r.Reviewers = []string{"omar"} },
		"an unknown rule":    func(r *kb.ReviewRequest) { r.Rule = "dice" },
		"a past date":        func(r *kb.ReviewRequest) { r.Due = start.Add(-time.Hour) },
		"a control sign":     func(r *kb.ReviewRequest) { r.Note = "a\x00" },
		"a key out of range": func(r *kb.ReviewRequest) { r.Key = "a\nb" },
	} {
		require.ErrorIs(t, ask(author, change), kb.ErrInvalid, name)
	}
	open, _, err := w.Reviews(w.ctx(), reviewer, kb.ReviewList{})
	require.NoError(t, err)
	require.Empty(t, open)

	r := w.ask(author, a, kb.ReviewRequest{Reviewers: []string{"rosa", "rita"}, Key: "k"})
	require.Equal(t, r, w.ask(author, a, kb.ReviewRequest{Reviewers: []string{"rosa", "rita"}, Key: "k"}), "a retry asks nobody twice")
	_, err = w.RequestReview(w.ctx(), reviewer, a.ID, "en", kb.ReviewRequest{})
	require.Equal(t, "error.review.open", says(t, err))
	for by, want := range map[*profile.Actor]error{&ann: kb.ErrNotFound, &agent: kb.ErrNotFound, &author: kb.ErrForbidden, &other: kb.ErrForbidden, &ralf: kb.ErrForbidden} {
		_, err := w.Decide(w.ctx(), *by, r.ID, kb.VerdictApprove, "")
		require.ErrorIs(t, err, want, by.ID)
	}
	_, err = w.Decide(w.ctx(), reviewer, r.ID, kb.VerdictReject, " ")
	require.ErrorIs(t, err, kb.ErrInvalid, "a refusal says why")
	_, err = w.Decide(w.ctx(), reviewer, r.ID, "perhaps", "")
	require.ErrorIs(t, err, kb.ErrInvalid)
	_, err = w.WithdrawReview(w.ctx(), other, r.ID)
	require.ErrorIs(t, err, kb.ErrForbidden)
	r, err = w.WithdrawReview(w.ctx(), author, r.ID)
	require.NoError(t, err)
	require.Equal(t, kb.ReviewWithdrawn, r.State)
	_, err = w.Decide(w.ctx(), reviewer, r.ID, kb.VerdictApprove, "")
	require.Equal(t, "error.review.ended", says(t, err))
}

func TestAuthorsNeverDecide(t *testing.T) {
	w := newProcessWorld(t, kb.Process{Rule: kb.RuleAny})
	a, err := w.Create(w.ctx(), reviewer, draft("own", "public", "public"))
	require.NoError(t, err)
	r := w.ask(reviewer, a, kb.ReviewRequest{})
	_, err = w.Decide(w.ctx(), reviewer, r.ID, kb.VerdictApprove, "")
	require.Equal(t, "error.review.author", says(t, err))
	mine, _, err := w.Reviews(w.ctx(), reviewer, kb.ReviewList{Mine: true})
	require.NoError(t, err)
	require.Empty(t, mine)
	theirs, _, err := w.Reviews(w.ctx(), rita, kb.ReviewList{Mine: true})
	require.NoError(t, err)
	require.Len(t, theirs, 1)
	_, err = w.Edit(w.ctx(), author, a.ID, "en", a.Version, kb.Text{Title: "About own", Body: "Newer."})
	require.NoError(t, err)
	_, err = w.Decide(w.ctx(), rita, r.ID, kb.VerdictApprove, "")
	require.Equal(t, "error.review.superseded", says(t, err))
	theirs, _, err = w.Reviews(w.ctx(), rita, kb.ReviewList{Mine: true})
	require.NoError(t, err)
	require.Empty(t, theirs, "nobody has to look at an old text")
}

func TestDecideAtOnce(t *testing.T) {
	w := newProcessWorld(t, kb.Process{Rule: kb.RuleUnanimous})
	var asked []string
	for i := range kb.MaxReviewers {
		p := profile.Actor{ID: fmt.Sprintf("r%d", i), Roles: []profile.Role{profile.RoleReviewer}}
		w.people[p.ID] = p
		asked = append(asked, p.ID)
	}
	r := w.ask(author, w.drafted("vpn"), kb.ReviewRequest{Reviewers: asked})
	w.told = nil
	var wg sync.WaitGroup
	failed := make(chan error, len(asked))
	for _, id := range asked {
		wg.Go(func() {
			if _, err := w.again().Decide(w.ctx(), w.people[id], r.ID, kb.VerdictApprove, "fine by "+id); err != nil {
				failed <- err
			}
		})
	}
	wg.Wait()
	close(failed)
	require.NoError(t, <-failed)
	r, err := w.Review(w.ctx(), author, r.ID)
	require.NoError(t, err)
	require.Equal(t, kb.ReviewApproved, r.State)
	for _, v := range r.Votes {
		require.Equal(t, "fine by "+v.Person, v.Comment)
	}
}

func TestPublishWhenApproved(t *testing.T) {
	w := newProcessWorld(t, kb.Process{Rule: kb.RuleAny})
	a := w.drafted("vpn")
	r := w.ask(reviewer, a, kb.ReviewRequest{Reviewers: []string{"rita"}, Publish: true})
	w.decide(rita, r, kb.VerdictApprove)
	require.Equal(t, "About vpn", w.reads(anyone, a.ID).Title)

	late := w.drafted("late")
	r = w.ask(reviewer, late, kb.ReviewRequest{Reviewers: []string{"rita"}, Publish: true, PublishAt: start.Add(time.Hour)})
	w.decide(rita, r, kb.VerdictApprove)
	require.NoError(t, w.DoDue(w.ctx()))
	_, err := w.Article(w.ctx(), anyone, late.ID, "en")
	require.ErrorIs(t, err, kb.ErrNotFound, "before its time")
	w.now = start.Add(time.Hour)
	require.NoError(t, w.DoDue(w.ctx()))
	require.Equal(t, "About late", w.reads(anyone, late.ID).Title)
}

func TestVerification(t *testing.T) {
	day := 24 * time.Hour
	w := newProcessWorld(t, kb.Process{Verify: 100 * day, Remind: 10 * day})
	a := w.publish(w.drafted("vpn"), "en")
	require.Equal(t, kb.Checked{At: start, Until: start.Add(100 * day), Unread: true}, w.reads(anyone, a.ID).Checked, "publishing is verifying, which readers are not told")
	state := func() kb.State {
		v, err := w.Verifications(w.ctx(), author, []string{a.ID})
		require.NoError(t, err)
		tr, _ := a.In("en")
		return w.StateOf(tr, v[a.ID])
	}
	require.Equal(t, kb.StateValidated, state())
	w.now = start.Add(89 * day)
	require.NoError(t, w.DoDue(w.ctx()))
	require.Empty(t, w.told)
	w.now = start.Add(90 * day)
	require.NoError(t, w.DoDue(w.ctx()))
	require.NoError(t, w.DoDue(w.ctx()))
	require.Len(t, w.told, 1, "the owner is reminded once")
	require.Equal(t, []string{"ines"}, w.told[0].To)
	w.now = start.Add(100 * day)
	require.Equal(t, kb.StateNotValidated, state(), "before anything ran")
	require.True(t, w.reads(anyone, a.ID).Checked.Old(w.now))
	require.NoError(t, w.DoDue(w.ctx()))
	require.True(t, w.reads(anyone, a.ID).Checked.Old(w.now))
	due, _, err := w.Expiring(w.ctx(), author, kb.ExpiryList{Until: w.now.Add(day), Mine: true})
	require.NoError(t, err)
	require.Len(t, due, 1)
	due, _, err = w.Expiring(w.ctx(), other, kb.ExpiryList{Mine: true})
	require.NoError(t, err)
	require.Empty(t, due)

	_, err = w.Verify(w.ctx(), author, a.ID)
	require.ErrorIs(t, err, kb.ErrForbidden)
	_, err = w.Verify(w.ctx(), ann, a.ID)
	require.ErrorIs(t, err, kb.ErrNotFound)
	_, err = w.Verify(w.ctx(), reviewer, a.ID)
	require.NoError(t, err)
	require.Equal(t, kb.StateValidated, state())
	require.False(t, w.reads(anyone, a.ID).Checked.Old(w.now))
	_, err = w.Unverify(w.ctx(), reviewer, a.ID)
	require.NoError(t, err)
	require.Equal(t, kb.StateNotValidated, state())
	require.True(t, w.reads(anyone, a.ID).Checked.Old(w.now))
}

func TestLapse(t *testing.T) {
	day := 24 * time.Hour
	for lapse, want := range map[kb.Lapse]string{kb.LapseBadge: "old", kb.LapseQuiet: "shown", kb.LapseArchive: "gone"} {
		t.Run(string("lapse "+lapse), func(t *testing.T) {
			w := newProcessWorld(t, kb.Process{Verify: day, Lapse: lapse})
			a := w.publish(w.drafted("vpn"), "en")
			w.now = start.Add(day)
			require.NoError(t, w.DoDue(w.ctx()))
			require.NoError(t, w.DoDue(w.ctx()))
			p, err := w.Article(w.ctx(), anyone, a.ID, "en")
			switch {
			case errors.Is(err, kb.ErrNotFound):
				require.Equal(t, want, "gone")
			case p.Checked.Old(w.now):
				require.Equal(t, want, "old")
			default:
				require.Equal(t, want, "shown")
			}
			require.Equal(t, 1, len(w.events.named("article.lapsed")))
		})
	}
}

func TestKCSKeepsPublishingAndValidatingApart(t *testing.T) {
	w := newProcessWorld(t, kb.Process{Verify: time.Hour, KCS: true})
	a := w.drafted("vpn")
	tr, _ := a.In("en")
	require.Equal(t, kb.StateProgress, w.StateOf(tr, kb.Verification{}))
	a = w.publish(a, "en")
	tr, _ = a.In("en")
	all, err := w.Verifications(w.ctx(), author, []string{a.ID})
	require.NoError(t, err)
	require.Equal(t, kb.StateNotValidated, w.StateOf(tr, all[a.ID]))
	v, err := w.Verify(w.ctx(), reviewer, a.ID)
	require.NoError(t, err)
	require.Equal(t, kb.StateValidated, w.StateOf(tr, v))
	a, err = w.Archive(w.ctx(), reviewer, a.ID, "en", a.Version)
	require.NoError(t, err)
	tr, _ = a.In("en")
	require.Equal(t, kb.StateArchived, w.StateOf(tr, v))
}

// TestNobodyIsForgotten shows that who was not told, because telling failed, is
// told later, and nobody is told anew of what they know: the key is the same.
func TestNobodyIsForgotten(t *testing.T) {
	w := newProcessWorld(t, kb.Process{Rule: kb.RuleAny})
	w.notify = errs.Unavailable
	r := w.ask(author, w.drafted("vpn"), kb.ReviewRequest{Reviewers: []string{"rosa", "rita"}})
	require.Empty(t, w.told)
	require.ErrorIs(t, w.DoDue(w.ctx()), errs.Unavailable)
	w.notify = nil
	require.NoError(t, w.DoDue(w.ctx()))
	require.Len(t, w.told, 1)
	require.Equal(t, []string{"rosa", "rita"}, w.told[0].To)
	require.Equal(t, r.ID, w.told[0].Key)
	require.True(t, w.told[0].Private)
	w.decide(rita, r, kb.VerdictApprove)
	require.Equal(t, []string{"ines"}, w.told[1].To)
	w.now = start.Add(time.Hour)
	w.told = nil
	require.NoError(t, w.DoDue(w.ctx()))
	require.Empty(t, w.told, "and not for ever")
}

// TestProcessFaults cuts each call of the store once: whoever tries again gets
// what they wanted, once.
func TestProcessFaults(t *testing.T) {
	for _, fault := range []kbtest.Fault{kbtest.FaultBefore, kbtest.FaultAfter} {
		for nth := 1; nth < 60; nth++ {
			inner := memkb.New()
			w := newProcessWorldOn(t, inner, kb.Process{Rule: kb.RuleAny, Verify: time.Hour})
			a := w.drafted("vpn")
			failing := kbtest.NewFailing(inner, nth, fault)
			opts := w.options()
			opts.Process, opts.Actor = func(kb.Kind, string) kb.Process { return w.process }, func(_ context.Context, id string) (profile.Actor, error) { return w.people[id], nil }
			l := kb.NewLibrary(failing, opts)
			retry := func(f func() error) {
				if err := f(); err != nil {
					require.NoError(t, f(), "%s %d", fault, nth)
				}
			}
			var r kb.Review
			retry(func() (err error) {
				r, err = l.RequestReview(w.ctx(), reviewer, a.ID, "en", kb.ReviewRequest{Reviewers: []string{"rita"}, Publish: true, Key: "k"})
				return err
			})
			retry(func() error { _, err := l.Decide(w.ctx(), rita, r.ID, kb.VerdictApprove, "fine"); return err })
			for range 2 {
				retry(func() error { return l.DoDue(w.ctx()) })
			}
			require.Equal(t, "About vpn", w.reads(anyone, a.ID).Title, "%s %d", fault, nth)
			require.LessOrEqual(t, len(w.events.named("article.published")), 1)
			reviews, _, err := w.Reviews(w.ctx(), reviewer, kb.ReviewList{})
			require.NoError(t, err)
			require.Len(t, reviews, 1)
			plans, _, err := w.Plans(w.ctx(), reviewer, kb.PlanList{})
			require.NoError(t, err)
			require.Len(t, plans, 1)
			require.Equal(t, kb.PlanDone, plans[0].State, "%s %d", fault, nth)
			if failing.Calls() < nth {
				break
			}
		}
	}
}
