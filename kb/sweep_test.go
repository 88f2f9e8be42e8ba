package kb_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/kbtest"
	"github.com/stoa-go/stoa/kb/memkb"
	"github.com/stoa-go/stoa/profile"
)

// A stage is a library with an article in two languages, a draft and a
// category, the same each time.
type stage struct {
	*world
	live, draft kb.Article
	place       kb.Category
}

func newStage(t *testing.T) *stage {
	w := newWorldOn(t, memkb.New())
	s := &stage{world: w, place: w.place("c", "", "public")}
	w.place("d", "", "public")
	s.live = w.translate(w.show(draft("hubs", "c", "public")), "de", "Über Hubs")
	s.draft = w.write(draft("sensors", "c", "public"))
	return s
}

// An operation is something that a library does, with everything that it is
// asked for.
type operation struct {
	name  string
	do    func(s *stage, l *kb.Library) error
	parts bool // what it does comes in parts, each of them whole
}

func operations() []operation {
	text := kb.Text{Title: "About hubs", Body: "Better. ![x](media:m.png)", Note: "why"}
	meta := kb.Meta{Category: "d", Kind: kb.KindFAQ, Audience: profile.NewAudience("signed-in"), Products: []string{"p"}}
	return append([]operation{
		{name: "Create", do: func(s *stage, l *kb.Library) error {
			d := draft("hubs", "c", "public") // whose slug has to make way
			d.Key = "another"
			_, err := l.Create(s.ctx(), author, d)
			return err
		}},
		{name: "Create with a slug", do: func(s *stage, l *kb.Library) error {
			d := draft("new", "c", "public")
			d.Slug = "brand new"
			_, err := l.Create(s.ctx(), author, d)
			return err
		}},
		{name: "Edit", do: func(s *stage, l *kb.Library) error {
			_, err := l.Edit(s.ctx(), reviewer, s.live.ID, "en", s.live.Version, text)
			return err
		}},
		{name: "Edit a new language", do: func(s *stage, l *kb.Library) error {
			_, err := l.Edit(s.ctx(), translator, s.live.ID, "es", s.live.Version, text)
			return err
		}},
		{name: "Arrange", do: func(s *stage, l *kb.Library) error {
			_, err := l.Arrange(s.ctx(), reviewer, s.live.ID, s.live.Version, meta)
			return err
		}},
		{name: "Publish", do: func(s *stage, l *kb.Library) error {
			_, err := l.Publish(s.ctx(), reviewer, s.draft.ID, "en", s.draft.Version)
			return err
		}},
		{name: "Archive", do: func(s *stage, l *kb.Library) error {
			_, err := l.Archive(s.ctx(), reviewer, s.live.ID, "de", s.live.Version)
			return err
		}},
		{name: "SaveCategory, new", do: func(s *stage, l *kb.Library) error {
			_, err := l.SaveCategory(s.ctx(), admin, kb.Category{Parent: "c", Audience: profile.Public(), Labels: label("New")})
			return err
		}},
		{name: "SaveCategory", do: func(s *stage, l *kb.Library) error {
			c := s.place
			c.Audience = profile.NewAudience("staff")
			_, err := l.SaveCategory(s.ctx(), admin, c)
			return err
		}},
		{name: "SaveRedirects", do: func(s *stage, l *kb.Library) error {
			return l.SaveRedirects(s.ctx(), admin, kb.Redirect{From: "/a", To: "article/" + s.live.ID}, kb.Redirect{From: "/b", To: "category/c"})
		}},
		{name: "PutMedia", do: func(s *stage, l *kb.Library) error {
			_, err := l.PutMedia(s.ctx(), author, "m.png", picture)
			return err
		}},
		{name: "Rate", do: func(s *stage, l *kb.Library) error {
			_, err := l.Rate(s.ctx(), ann, kb.Opinion{Article: s.live.ID, Reason: kb.ReasonMissing, Key: "k"})
			return err
		}},
		{name: "Import", parts: true, do: func(s *stage, l *kb.Library) error {
			r, err := l.Import(s.ctx(), admin, smallBundle(), nil)
			return errors.Join(err, problems(r))
		}},
	}, readings()...)
}

// readings are operations that change nothing.
func readings() []operation {
	return []operation{
		{name: "Article", do: func(s *stage, l *kb.Library) error { _, err := l.Article(s.ctx(), ann, s.live.ID, "de"); return err }},
		{name: "Articles", do: func(s *stage, l *kb.Library) error { _, _, err := l.Articles(s.ctx(), ann, kb.Query{}); return err }},
		{name: "Categories", do: func(s *stage, l *kb.Library) error { _, err := l.Categories(s.ctx(), ann, "en"); return err }},
		{name: "Category", do: func(s *stage, l *kb.Library) error { _, err := l.Category(s.ctx(), ann, "c", "en"); return err }},
		{name: "Find", do: func(s *stage, l *kb.Library) error { _, err := l.Find(s.ctx(), ann, "en", "about-hubs"); return err }},
		{name: "FindCategory", do: func(s *stage, l *kb.Library) error {
			_, err := l.FindCategory(s.ctx(), ann, "en", "category-c")
			return err
		}},
		{name: "Version", do: func(s *stage, l *kb.Library) error { _, err := l.Version(s.ctx(), ann, s.live.ID); return err }},
		{name: "Manuscript", do: func(s *stage, l *kb.Library) error { _, err := l.Manuscript(s.ctx(), author, s.live.ID); return err }},
		{name: "Revision", do: func(s *stage, l *kb.Library) error {
			_, err := l.Revision(s.ctx(), author, s.live.ID, "en", 0)
			return err
		}},
		{name: "Revisions", do: func(s *stage, l *kb.Library) error {
			_, err := l.Revisions(s.ctx(), author, s.live.ID, "en", 0, 0)
			return err
		}},
		{name: "Feedback", do: func(s *stage, l *kb.Library) error { _, _, err := l.Feedback(s.ctx(), agent, "", "", 0); return err }},
		{name: "Ratings", do: func(s *stage, l *kb.Library) error {
			_, err := l.Ratings(s.ctx(), agent, []string{s.live.ID})
			return err
		}},
		{name: "Changes", do: func(s *stage, l *kb.Library) error { _, _, err := l.Source().Changes(s.ctx(), "", 10); return err }},
	}
}

// smallBundle is two articles, one of them in two languages, whose links lead to
// each other.
func smallBundle() kb.Bundle {
	return kb.Bundle{
		Name:       "small",
		Categories: []kb.CategoryItem{{External: "guide", Audience: profile.Public(), Labels: label("Guide")}},
		Media:      []kb.MediaItem{{Name: "pic.png", Path: "media/pic.png", Data: picture}},
		Items: []kb.Item{
			{External: "one", Locale: "en", Category: "guide", Title: "About hubs", Body: "[two](two.md) ![](media/pic.png)", Path: "one.md", RedirectFrom: []string{"/old/one"}},
			{External: "one", Locale: "de", Category: "guide", Title: "Eins", Body: "Text", Path: "one.de.md"},
			{External: "two", Locale: "en", Category: "guide", Title: "Two", Body: "[one](one.md)", Path: "two.md", RedirectFrom: []string{"/old/two"}},
		},
	}
}

func problems(r kb.ImportReport) error {
	var all []error
	for _, p := range r.Problems {
		all = append(all, p)
	}
	return errors.Join(all...)
}

// names are what snapshots look for.
var names = kbtest.Names{
	Media: []string{"m.png", "pic.png"}, Redirects: []string{"/a", "/b", "/old/one", "/old/two"}, Slugs: []string{"about-hubs", "about-hubs-2", "brand-new"},
}

// TestSweep makes each call to the store of each operation fail, before it does
// anything and after it has done everything, and then has the caller try again.
// What they asked for is done once.
func TestSweep(t *testing.T) {
	runs := 0
	for _, op := range operations() {
		t.Run(op.name, func(t *testing.T) {
			s := newStage(t)
			before := kbtest.Snapshot(t, s.store, names)
			counting := kbtest.NewFailing(s.store, 0, kbtest.FaultBefore)
			require.NoError(t, op.do(s, kb.NewLibrary(counting, s.options())))
			after := kbtest.Snapshot(t, s.store, names)
			require.NotZero(t, counting.Calls())
			for n := 1; n <= counting.Calls(); n++ {
				for _, fault := range []kbtest.Fault{kbtest.FaultBefore, kbtest.FaultAfter} {
					runs++
					t.Run(fmt.Sprint(fault, n), func(t *testing.T) { sweep(t, op, n, fault, before, after) })
				}
			}
		})
	}
	t.Logf("%d injected errors", runs)
}

func sweep(t *testing.T, op operation, n int, fault kbtest.Fault, before, after string) {
	s := newStage(t)
	err := op.do(s, kb.NewLibrary(kbtest.NewFailing(s.store, n, fault), s.options()))
	require.ErrorIs(t, err, kbtest.ErrInjected)
	got := kbtest.Snapshot(t, s.store, names)
	switch {
	case op.parts:
	case fault == kbtest.FaultBefore:
		sameLines(t, before, got)
	case got != before:
		sameLines(t, after, got)
	}
	require.NoError(t, op.do(s, s.again()), "the caller tries again")
	sameLines(t, after, kbtest.Snapshot(t, s.store, names))
	require.NoError(t, op.do(s, s.again()), "and once more, to be sure")
	sameLines(t, after, kbtest.Snapshot(t, s.store, names))
}
