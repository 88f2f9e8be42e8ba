package courses_test

import (
	"context"
	"errors"
	"html/template"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/profile"
)

// articles are texts by ID.
type articles map[string]string

func (a articles) read(_ context.Context, _ profile.Actor, id, locale string) (courses.Text, error) {
	text, ok := a[id]
	if !ok {
		return courses.Text{}, courses.ErrNotFound
	}
	return courses.Text{HTML: template.HTML(text), Locale: locale}, nil
}

// TestHidden: a course that somebody may not see does not exist for them, also
// when they were in it.
func TestHidden(t *testing.T) {
	w := newWorld(t)
	w.course(t, "open")
	id := w.course(t, "closed", func(d *courses.Draft) { d.Audience = profile.NewAudience("partner") })
	w.enrol(t, cem, id)
	out := cem
	out.Segments = nil
	for _, by := range []profile.Actor{nobody, ann, out} {
		list, _, err := w.Catalogue(t.Context(), by, courses.Query{})
		require.NoError(t, err)
		require.Len(t, list, 1)
		tags, err := w.Tags(t.Context(), by)
		require.NoError(t, err)
		require.Equal(t, courses.Tag{Kind: courses.TagTopic, Value: "care", N: 1}, tags[2])
		for name, call := range map[string]func() error{
			"course": func() error { _, err := w.Course(t.Context(), by, id, "en"); return err },
			"find":   func() error { _, _, err := w.Find(t.Context(), by, "closed"); return err },
			"lesson": func() error { _, err := w.Lesson(t.Context(), by, id, "read", "en"); return err },
			"dates":  func() error { _, err := w.Sessions(t.Context(), by, id); return err },
			"desk":   func() error { _, _, err := w.Manuscript(t.Context(), by, id); return err },
		} {
			require.ErrorIs(t, call(), courses.ErrNotFound, "%s of %s", name, by.ID)
		}
	}
	for name, call := range map[string]func() error{
		"enrol":    func() error { _, err := w.Enrol(t.Context(), out, id); return err },
		"finish":   func() error { _, err := w.Finish(t.Context(), out, id, "read"); return err },
		"checkout": func() error { _, err := w.Checkout(t.Context(), out, id); return err },
		"takeover": func() error { _, err := w.TakeOver(t.Context(), out, id); return err },
	} {
		require.ErrorIs(t, call(), courses.ErrNotFound, name)
	}
	mine, _, err := w.Learning(t.Context(), out, "en", "", 0)
	require.NoError(t, err)
	require.Empty(t, mine)
	mine, _, err = w.Learning(t.Context(), cem, "de", "", 0)
	require.NoError(t, err)
	require.Len(t, mine, 1)
}

// TestClosed: who is in a closed course goes on, for all others it is gone.
func TestClosed(t *testing.T) {
	w := newWorld(t)
	id := w.course(t, "start")
	w.enrol(t, ann, id)
	c, _, err := w.Manuscript(t.Context(), rosa, id)
	require.NoError(t, err)
	_, err = w.Close(t.Context(), rosa, id, c.Version)
	require.NoError(t, err)
	w.finish(t, ann, id, "read")
	require.Equal(t, courses.StateActive, w.enrol(t, ann, id).State)
	_, err = w.Enrol(t.Context(), bob, id)
	require.ErrorIs(t, err, courses.ErrNotFound)
	list, _, err := w.Catalogue(t.Context(), ann, courses.Query{})
	require.NoError(t, err)
	require.Empty(t, list)
	mine, _, err := w.Learning(t.Context(), ann, "en", "", 0)
	require.NoError(t, err)
	require.Len(t, mine, 1)
	require.NoError(t, w.Leave(t.Context(), ann, id))
	_, err = w.Course(t.Context(), ann, id, "en")
	require.ErrorIs(t, err, courses.ErrNotFound)
}

func TestApproval(t *testing.T) {
	w := newWorld(t)
	id := w.course(t, "start", func(d *courses.Draft) { d.Entry = courses.EntryApproval })
	require.Equal(t, courses.StateRequested, w.enrol(t, ann, id).State)
	_, err := w.Lesson(t.Context(), ann, id, "read", "en")
	says(t, err, courses.ErrForbidden, "waiting")
	_, err = w.Decide(t.Context(), ann, id, "ann", true)
	require.ErrorIs(t, err, courses.ErrNotFound)
	_, err = w.Decide(t.Context(), walt, id, "ann", true)
	require.ErrorIs(t, err, courses.ErrForbidden)
	for range 2 {
		e, err := w.Decide(t.Context(), rosa, id, "ann", true)
		require.NoError(t, err)
		require.Equal(t, courses.StateActive, e.State)
	}
	_, err = w.Decide(t.Context(), rosa, id, "ann", false)
	says(t, err, courses.ErrConflict, "decided")
	w.enrol(t, bob, id)
	for range 2 {
		_, err = w.Decide(t.Context(), rosa, id, "bob", false)
		require.NoError(t, err)
	}
	_, err = w.Enrol(t.Context(), bob, id)
	says(t, err, courses.ErrForbidden, "refused")
	require.Equal(t, []string{"course.admitted to ann", "course.refused to bob"}, w.notices())
	list, _, err := w.Learners(t.Context(), rosa, id, []courses.State{courses.StateRefused}, "", 0)
	require.NoError(t, err)
	require.Len(t, list, 1)
	_, _, err = w.Learners(t.Context(), walt, id, nil, "", 0)
	require.ErrorIs(t, err, courses.ErrForbidden)
}

func TestSegmentAndNeeds(t *testing.T) {
	w := newWorld(t)
	first := w.course(t, "first")
	second := w.course(t, "second", func(d *courses.Draft) { d.Entry, d.Admits = courses.EntrySegment, profile.NewAudience("partner") })
	third := w.course(t, "third", func(d *courses.Draft) { d.Needs = []string{first} })
	_, err := w.Enrol(t.Context(), ann, second)
	says(t, err, courses.ErrForbidden, "segment")
	w.enrol(t, cem, second)
	_, err = w.Enrol(t.Context(), ann, third)
	says(t, err, courses.ErrForbidden, "needs")
	w.enrol(t, ann, first)
	w.finish(t, ann, first, "read", "last")
	w.take(t, ann, first)
	p, err := w.Course(t.Context(), ann, third, "en")
	require.NoError(t, err)
	require.Equal(t, []courses.Need{{Slug: "first", Title: courses.Said{Text: "Title of first", Locale: "en"}, Done: true}}, p.Needs)
	w.enrol(t, ann, third)
	_, err = w.Enrol(t.Context(), nobody, first)
	require.ErrorIs(t, err, courses.ErrForbidden)
}

// TestLeave: who comes back goes on.
func TestLeave(t *testing.T) {
	w := newWorld(t)
	id := w.course(t, "start")
	require.ErrorIs(t, w.Leave(t.Context(), ann, id), courses.ErrNotFound)
	w.enrol(t, ann, id)
	w.finish(t, ann, id, "read")
	require.NoError(t, w.Leave(t.Context(), ann, id))
	require.NoError(t, w.Leave(t.Context(), ann, id))
	_, err := w.Lesson(t.Context(), ann, id, "read", "en")
	says(t, err, courses.ErrForbidden, "enrol")
	e := w.enrol(t, ann, id)
	require.Equal(t, courses.Progress{Done: 1, Of: 3}, e.Progress())
	require.Equal(t, 1, w.count("course.left"))
}

// A till takes money, or not.
type till struct {
	err   error
	begun []string
}

func (p *till) Begin(_ context.Context, o courses.Order) (courses.Checkout, error) {
	p.begun = append(p.begun, o.ID)
	return courses.Checkout{URL: "https://pay.example/" + o.ID}, p.err
}

// TestFees: nothing is unlocked until it is paid, and paying again is nothing.
func TestFees(t *testing.T) {
	p := &till{}
	w := newWorld(t, func(o *courses.Options) { o.Payments = p })
	price := i18n.Money{Amount: 4900, Currency: "EUR"}
	id := w.course(t, "start", func(d *courses.Draft) { d.Price = price })
	e := w.enrol(t, ann, id)
	require.Equal(t, []any{courses.StateUnpaid, price}, []any{e.State, e.Order.Amount})
	for name, call := range map[string]func() error{
		"lesson": func() error { _, err := w.Lesson(t.Context(), ann, id, "read", "en"); return err },
		"finish": func() error { _, err := w.Finish(t.Context(), ann, id, "read"); return err },
		"quiz":   func() error { _, err := w.Begin(t.Context(), ann, id, "quiz"); return err },
	} {
		says(t, call(), courses.ErrForbidden, "unpaid")
		require.NotEmpty(t, name)
	}
	for range 2 {
		c, err := w.Checkout(t.Context(), ann, id)
		require.NoError(t, err)
		require.Equal(t, "https://pay.example/"+e.Order.ID, c.URL)
	}
	p.err = errors.New("down")
	_, err := w.Checkout(t.Context(), ann, id)
	require.ErrorIs(t, err, courses.ErrUnavailable)
	_, err = w.Checkout(t.Context(), bob, id)
	require.ErrorIs(t, err, courses.ErrNotFound)

	_, err = w.Confirm(t.Context(), courses.Payment{Order: e.Order.ID, Amount: i18n.Money{Amount: 1, Currency: "EUR"}})
	require.Equal(t, map[string]string{"amount": "error.course.amount"}, wrong(t, err))
	_, err = w.Confirm(t.Context(), courses.Payment{Order: "none", Amount: price})
	require.ErrorIs(t, err, courses.ErrNotFound)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := w.Confirm(t.Context(), courses.Payment{Order: e.Order.ID, Amount: price, Ref: "r1"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.Equal(t, 1, w.count("course.paid"))
	require.Equal(t, 1, w.count("course.enrolled"))
	w.finish(t, ann, id, "read")
	_, err = w.Checkout(t.Context(), ann, id)
	says(t, err, courses.ErrConflict, "nothing_due")
	require.NoError(t, w.Leave(t.Context(), ann, id))
	require.Equal(t, courses.StateActive, w.enrol(t, ann, id).State, "it stays paid")
}

// TestInvoice: by default somebody says when the money has come. What was ordered
// keeps its price.
func TestInvoice(t *testing.T) {
	w := newWorld(t)
	price := i18n.Money{Amount: 4900, Currency: "EUR"}
	id := w.course(t, "start", func(d *courses.Draft) { d.Price, d.Entry = price, courses.EntryApproval })
	w.enrol(t, ann, id)
	e, err := w.Decide(t.Context(), rosa, id, "ann", true)
	require.NoError(t, err)
	require.Equal(t, courses.StateUnpaid, e.State)
	for range 2 {
		c, err := w.Checkout(t.Context(), ann, id)
		require.NoError(t, err)
		require.Equal(t, courses.Checkout{Invoice: true}, c)
	}
	require.Equal(t, 1, w.count("order.invoiced"))
	require.NoError(t, w.Leave(t.Context(), ann, id))
	c, rev, err := w.Manuscript(t.Context(), rosa, id)
	require.NoError(t, err)
	c.Price.Amount, c.Entry = 9900, courses.EntryOpen
	_, err = w.Save(t.Context(), rosa, id, c.Version, courses.Draft{Settings: c.Settings, Content: rev.Content})
	require.NoError(t, err)
	again := w.enrol(t, ann, id)
	require.Equal(t, e.Order.ID, again.Order.ID)
	require.Equal(t, price, again.Order.Amount)
	_, err = w.Paid(t.Context(), walt, e.Order.ID)
	require.ErrorIs(t, err, courses.ErrForbidden)
	for range 2 {
		paid, err := w.Paid(t.Context(), rosa, e.Order.ID)
		require.NoError(t, err)
		require.Equal(t, courses.StateActive, paid.State)
	}
	require.Equal(t, int64(9900), w.enrol(t, bob, id).Order.Amount.Amount)
	_, err = w.Paid(t.Context(), rosa, "none")
	require.ErrorIs(t, err, courses.ErrNotFound)
}

func TestNeededCoursesExistAndMakeNoCircle(t *testing.T) {
	w := newWorld(t)
	first := w.course(t, "first")
	second := w.course(t, "second", func(d *courses.Draft) { d.Needs = []string{first} })
	third := w.course(t, "third", func(d *courses.Draft) { d.Needs = []string{second} })
	for need, key := range map[string]string{"nothing": "error.course.unknown", second: "error.course.circle", third: "error.course.circle", first: "error.course.itself"} {
		c, rev, err := w.Manuscript(t.Context(), rosa, first)
		require.NoError(t, err)
		d := courses.Draft{Settings: c.Settings, Content: rev.Content}
		d.Needs = []string{need}
		_, err = w.Save(t.Context(), rosa, first, c.Version, d)
		require.ErrorIs(t, err, courses.ErrInvalid)
		wrong, ok := errors.AsType[errs.Fields](err)
		require.True(t, ok)
		require.Equal(t, key, wrong["needs"].Key, need)
	}
}

// TestTwoCoursesThatComeToNeedEachOther is two people at once: whoever is later
// is told at the field.
func TestTwoCoursesThatComeToNeedEachOther(t *testing.T) {
	w := newWorld(t)
	first, second := w.course(t, "first"), w.course(t, "second")
	faults := make([]error, 2)
	var wg sync.WaitGroup
	for n, pair := range [][2]string{{first, second}, {second, first}} {
		c, rev, err := w.Manuscript(t.Context(), rosa, pair[0])
		require.NoError(t, err)
		d := courses.Draft{Settings: c.Settings, Content: rev.Content}
		d.Needs = []string{pair[1]}
		wg.Go(func() { _, faults[n] = w.Save(t.Context(), rosa, pair[0], c.Version, d) })
	}
	wg.Wait()
	faults = slices.DeleteFunc(faults, func(err error) bool { return err == nil })
	require.Len(t, faults, 1)
	wrong, ok := errors.AsType[errs.Fields](faults[0])
	require.True(t, ok, "%v", faults[0])
	require.Equal(t, "error.course.circle", wrong["needs"].Key)
}
