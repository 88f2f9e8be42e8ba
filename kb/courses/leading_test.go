package courses_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/profile"
)

// TestLessonsTo: lessons that show an article or lead to it are known, of the
// courses that somebody sees at the desk, whatever the address is written like.
func TestLessonsTo(t *testing.T) {
	w := newWorld(t, func(o *courses.Options) {
		o.ArticleAt = func(_ context.Context, address string) (string, error) {
			return map[string]string{"/articles/hub": "hub", "https://help.example/articles/hub#leds": "hub", "/articles/other": "other"}[address], nil
		}
	})
	leading := func(d *courses.Draft) {
		d.About = en("See [the hub](/articles/hub).")
		d.Modules = []courses.Module{{Title: en("M"), Lessons: []courses.Lesson{
			{ID: "shows", Kind: courses.LessonArticle, Title: courses.Words{"en": "It", "de": "Er"}, Article: "hub"},
			{ID: "text", Kind: courses.LessonText, Title: en("Text"), Body: courses.Words{"en": "Nothing.", "de": "[a](https://help.example/articles/hub#leds) [b](/articles/hub)"}},
			{ID: "mute", Kind: courses.LessonText, Title: en("Mute"), Body: en("[a](/articles/other) [b](/hub) `[c](/articles/hub)`")},
		}}}
	}
	open := w.course(t, "open", leading)
	closed := w.course(t, "closed", leading, func(d *courses.Draft) { d.Audience = profile.NewAudience("account:acme") })
	w.course(t, "plain")
	to := func(by profile.Actor, article string) map[string][]courses.LeadingLesson {
		found, err := w.LessonsTo(t.Context(), by, article)
		require.NoError(t, err)
		out := map[string][]courses.LeadingLesson{}
		for _, l := range found {
			course := l.Course
			l.Course = ""
			out[course] = append(out[course], l)
		}
		return out
	}
	all := func(title string, live bool) []courses.LeadingLesson {
		return []courses.LeadingLesson{
			{CourseTitle: title, Lesson: "shows", Title: "It", Locale: "en", Live: live}, {CourseTitle: title, Locale: "en", Live: live},
			{CourseTitle: title, Lesson: "text", Title: "Text", Locale: "en", Live: live},
		}
	}
	require.Equal(t, map[string][]courses.LeadingLesson{open: all("Title of open", true), closed: all("Title of closed", true)}, to(rosa, "hub"))
	require.Equal(t, map[string][]courses.LeadingLesson{open: all("Title of open", true)}, to(walt, "hub"), "closed is not his to see")
	require.Empty(t, to(ann, "hub"))
	require.Empty(t, to(rosa, "none"))
	german := walt
	german.Locale = "de"
	got := to(german, "hub")[open]
	require.Equal(t, []string{"Titel von open", "Er", "de"}, []string{got[0].CourseTitle, got[0].Title, got[0].Locale})
	require.Equal(t, []string{"Title of open", "Text", "en"}, []string{got[2].CourseTitle, got[2].Title, got[2].Locale}, "there is no German title of both")

	c, rev, err := w.Manuscript(t.Context(), rosa, open)
	require.NoError(t, err)
	content := rev.Clone().Content
	content.Modules[0].Lessons = content.Modules[0].Lessons[1:]
	c, err = w.Save(t.Context(), rosa, open, c.Version, courses.Draft{Settings: c.Settings, Content: content})
	require.NoError(t, err)
	require.Equal(t, []bool{true, true, true}, lives(to(walt, "hub")[open]), "learners are still given the one that the draft lacks")
	content.Modules[0].Lessons = append(content.Modules[0].Lessons, courses.Lesson{ID: "new", Kind: courses.LessonText, Title: en("New"), Body: en("[a](/articles/other)")})
	c, err = w.Save(t.Context(), rosa, open, c.Version, courses.Draft{Settings: c.Settings, Content: content})
	require.NoError(t, err)
	require.Equal(t, []bool{true, false}, lives(to(walt, "other")[open]))
	_, err = w.Publish(t.Context(), rosa, open, c.Version)
	require.NoError(t, err)
	require.Len(t, to(walt, "hub")[open], 2)
}

func lives(list []courses.LeadingLesson) (out []bool) {
	for _, l := range list {
		out = append(out, l.Live)
	}
	return out
}
