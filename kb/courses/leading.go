package courses

import (
	"context"
	"maps"
	"slices"

	"github.com/stoa-go/stoa/profile"
)

// A Lead is an article that a revision shows or leads to.
type Lead struct {
	Lesson  string `json:"lesson,omitempty"` // ID; empty if what is said of the course leads there
	Article string `json:"article"`          // ID
}

// Leading returns the articles that r shows as lessons, and then those that its
// texts lead to.
func (r Revision) Leading() []Lead {
	var out []Lead
	for _, l := range r.Each {
		if l.Kind == LessonArticle && l.Article != "" {
			out = append(out, Lead{l.ID, l.Article})
		}
	}
	return append(out, r.Leads...)
}

// leads returns what the texts of some content lead to, once each.
func (s *School) leads(ctx context.Context, c Content) ([]Lead, error) {
	if s.opts.ArticleAt == nil {
		return nil, nil
	}
	var out []Lead
	note := func(lesson string, words Words) error {
		for _, locale := range slices.Sorted(maps.Keys(words)) {
			doc, err := s.render(Said{words[locale], locale})
			if err != nil {
				continue // it is shown as it was typed
			}
			for _, address := range doc.Links {
				id, err := s.opts.ArticleAt(ctx, address)
				if err != nil {
					return err
				}
				if lead := (Lead{lesson, id}); id != "" && !slices.Contains(out, lead) {
					out = append(out, lead)
				}
			}
		}
		return nil
	}
	err := note("", c.About)
	for _, l := range c.Each {
		if err == nil {
			err = note(l.ID, l.Body)
		}
	}
	return out, err
}

// A LeadingLesson is a lesson that shows an article or leads to it.
type LeadingLesson struct {
	Course, CourseTitle string // ID and title
	Lesson, Title       string // likewise; empty if what is said of the course leads there
	Locale              string // language of the titles
	Live                bool   // those who enrol get it; if not, it is a draft
}

// LessonsTo returns the lessons that show an article or lead to it, of the courses
// that by sees at the desk, in the newest revision or in the one that those who
// enrol get: none for those who do not work there. Whether by sees the article is
// for the caller to say.
func (s *School) LessonsTo(ctx context.Context, by profile.Actor, article string) ([]LeadingLesson, error) {
	if !s.worksHere(by) {
		return nil, nil
	}
	var out []LeadingLesson
	q := s.desk(by)
	q.Article, q.Limit = article, maxLimit
	list := all(func(after string) ([]Course, string, error) {
		q.After = after
		return s.store.Courses(ctx, q)
	})
	for c, err := range list {
		if err == nil {
			out, err = s.lessonsTo(ctx, by, c, article, out)
		}
		if err != nil {
			return nil, wrap(err, "lessons to article", article)
		}
	}
	return out, nil
}

func (s *School) lessonsTo(ctx context.Context, by profile.Actor, c Course, article string, out []LeadingLesson) ([]LeadingLesson, error) {
	numbers := []int{c.Live, c.Head}
	if c.Live == 0 || c.Live == c.Head {
		numbers = []int{c.Head}
	}
	told := map[string]bool{}
	for _, number := range numbers {
		rev, err := s.store.Revision(ctx, c.ID, number)
		if err != nil {
			return nil, err
		}
		for _, lead := range rev.Leading() {
			if lead.Article == article && !told[lead.Lesson] {
				told[lead.Lesson] = true
				out = append(out, s.leading(by, c, rev, lead.Lesson))
			}
		}
	}
	return out, nil
}

// leading names a lesson in one language: the reader's, if it has both titles.
func (s *School) leading(by profile.Actor, c Course, rev Revision, lesson string) LeadingLesson {
	l, found := rev.Lesson(lesson)
	in := s.pick(by.Locale, rev.Title.languages(c.Source))
	if found && l.Title[in] == "" {
		in = c.Source
	}
	return LeadingLesson{
		Course: c.ID, CourseTitle: rev.Title.In(in, c.Source).Text, Lesson: l.ID, Title: l.Title.In(in, c.Source).Text, Locale: in,
		Live: c.Live == rev.Number,
	}
}
