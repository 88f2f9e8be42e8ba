package site

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/stoa-go/stoa/examples/portal/demo"
	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/kb/courses/sqlcourses"
	"github.com/stoa-go/stoa/profile"
)

// courseKind is what courses are in search.
const courseKind = "course"

// openCourses opens the school. A portal that takes money by itself gives it
// Payments; this one writes invoices.
func (s *Site) openCourses(context.Context) error {
	s.school = courses.NewSchool(sqlcourses.New(s.db.write).WithReader(s.db.read), &courses.Options{
		Policy: s.policy, Events: s.events, Logger: s.cfg.Log, Now: s.cfg.Now, Secret: s.secret, Locales: s.cfg.Locales,
		Choose: s.choose, Word: s.word, Article: s.lessonArticle, ArticleAt: s.articleAt, Notify: s.notifier.Notify,
		Path: func(r courses.Ref) string { return i18n.JoinPath(i18n.Locale(r.Locale), coursePath(r.Slug)) },
	})
	s.people.Register(s.school.Keeper())
	return nil
}

func coursePath(slug string) string { return "/courses/" + escape(slug) }

// lessonArticle reads an article that is a lesson, as whoever takes it may.
func (s *Site) lessonArticle(ctx context.Context, by profile.Actor, id, locale string) (courses.Text, error) {
	a, err := s.library.Article(ctx, by, id, locale)
	if err != nil {
		return courses.Text{}, err
	}
	var html strings.Builder
	for _, part := range a.Parts {
		if part.ID != "" {
			fmt.Fprintf(&html, "<h2 id=%q>%s</h2>", part.ID, part.Heading)
		}
		html.WriteString(string(part.HTML))
	}
	return courses.Text{Title: a.Title, HTML: template.HTML(html.String()), Locale: a.Locale, Path: s.path(kb.Ref{Kind: "article", ID: a.Article, Locale: a.Locale, Slug: a.Slug, Asked: locale})}, nil
}

// articleAt returns the ID of the article that an address leads to, or "".
func (s *Site) articleAt(ctx context.Context, address string) (string, error) {
	slug, ok := s.slugAt(address)
	if !ok {
		return "", nil
	}
	id, err := s.articles.Slug(ctx, slug)
	if errors.Is(err, kb.ErrNotFound) {
		return "", nil
	}
	return id, err
}

// lessonsTo returns the lessons that show an article or lead to it, by what they are
// called in the language of the page.
func (s *Site) lessonsTo(ctx context.Context, by profile.Actor, article string) ([]kb.Lesson, error) {
	if v := visitOf(ctx); v != nil {
		by.Locale = string(v.Wanted)
	}
	found, err := s.school.LessonsTo(ctx, by, article)
	out := make([]kb.Lesson, len(found))
	for i, one := range found {
		out[i] = kb.Lesson(one)
	}
	return out, err
}

// courseNotices are what people are told of their courses.
func (s *Site) courseNotices(outward []string) []profile.NoticeKind {
	var out []profile.NoticeKind
	for kind, key := range map[string]string{
		courses.KindReminder: "notice.course_reminder", courses.KindSeat: "notice.course_seat", courses.KindAdmitted: "notice.course_admitted",
		courses.KindRefused: "notice.course_refused", courses.KindCancelled: "notice.course_cancelled", courses.KindMoved: "notice.course_moved",
	} {
		out = append(out, profile.NoticeKind{Name: kind, Title: key, Channels: outward, Resolve: s.resolveCourse})
	}
	return out
}

// resolveCourse reads what a notice is about as its recipient may see it.
func (s *Site) resolveCourse(ctx context.Context, to profile.Actor, n profile.Notice) (profile.NoticeText, error) {
	locale := s.readersLanguage(ctx, to)
	id, isCourse := strings.CutPrefix(n.Subject, courses.SubjectCourse)
	body := ""
	if !isCourse {
		one, _, err := s.school.Session(ctx, to, strings.TrimPrefix(n.Subject, courses.SubjectSession))
		if err != nil {
			return profile.NoticeText{}, err
		}
		id, body = one.Course, s.sessionText(s.catalog.In(i18n.Locale(s.readersLocale(locale))), one.Session)
	}
	p, err := s.school.Course(ctx, to, id, locale)
	if err != nil {
		return profile.NoticeText{}, err
	}
	return profile.NoticeText{Title: p.Title.Text, Body: body, Path: coursePath(p.Slug)}, nil
}

// sessionText is when and where a session is, in one line.
func (s *Site) sessionText(p *i18n.Printer, one courses.Session) string {
	text := p.InZone(zoneNamed(one.Zone)).DateTime(one.Starts, "medium") + " (" + one.Zone + ")"
	if one.Place != "" {
		text += ", " + one.Place
	}
	return text
}

func zoneNamed(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return zone
}

// demoCourses is the setting that says that the demo's courses have come.
const demoCourses = "demo courses"

// seedCourses adds the demo's courses, with dates that lie ahead.
func (s *Site) seedCourses(ctx context.Context) error {
	state, err := s.db.setting(ctx, demoCourses)
	if err != nil || state == "done" {
		return err
	}
	data, err := demo.Courses()
	if err != nil {
		return err
	}
	var all []struct {
		courses.Settings
		Content  courses.Content
		Sessions []struct {
			courses.Session
			Days, Hour, Hours int
		}
	}
	if err := json.Unmarshal(data, &all); err != nil {
		return fmt.Errorf("demo courses: %w", err)
	}
	for _, d := range all {
		c, err := s.school.Create(ctx, system, courses.Draft{Source: "en", Settings: d.Settings, Content: d.Content, Key: "demo-" + d.Slug})
		if err == nil && c.Live == 0 {
			_, err = s.school.Publish(ctx, system, c.ID, c.Version)
		}
		if unlessThere(err) != nil {
			return fmt.Errorf("demo course %s: %w", d.Slug, err)
		}
		for _, one := range d.Sessions {
			day := s.cfg.Now().In(zoneNamed(one.Zone)).AddDate(0, 0, one.Days)
			one.Course, one.Starts = c.ID, time.Date(day.Year(), day.Month(), day.Day(), one.Hour, 0, 0, 0, day.Location())
			one.Ends, one.Until = one.Starts.Add(time.Duration(one.Hours)*time.Hour), one.Starts.AddDate(0, 0, -3)
			if _, err := s.school.SaveSession(ctx, system, one.Session, "demo-"+d.Slug+one.Place); unlessThere(err) != nil {
				return fmt.Errorf("demo session of %s: %w", d.Slug, err)
			}
		}
	}
	return errors.Join(ctx.Err(), s.db.set(ctx, demoCourses, "done"))
}
