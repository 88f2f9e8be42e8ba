package site

import (
	"context"
	"net/http"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
)

// backlinksShown is how many texts are named where they are an aside.
const backlinksShown = 10

// backlinkRoutes are the pages of what leads to an article.
func (s *Site) backlinkRoutes() []route {
	return []route{{"GET /desk/articles/{id}/links", "desk editor", s.backlinksPage}}
}

type backlinksBody struct {
	Title, Locale string
	Links         backlinkList
	First, Next   string
}

// A backlinkList is what leads to an article, as far as the visitor sees it.
type backlinkList struct {
	Rows    []backlinkRow
	Blocks  []blockRow
	Lessons []lessonRow
	All     string // address of the whole list, "" if this is it
}

// Any reports whether there is anything.
func (l backlinkList) Any() bool { return len(l.Rows)+len(l.Blocks)+len(l.Lessons) > 0 }

// A backlinkRow is a text that leads to an article.
type backlinkRow struct {
	Title, Locale, Language, Href string
	Live                          bool
}

// A lessonRow is a lesson of a course, or a course, that leads to an article.
type lessonRow struct {
	kb.Lesson
	Href string
}

type backlinksParams struct {
	After string `query:"after"`
}

// backlinksPage lists what leads to an article.
func (s *Site) backlinksPage(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[backlinksParams](r)
	if err != nil {
		return err
	}
	a, err := s.manuscript(r)
	if err != nil {
		return err
	}
	v := visitOf(r.Context())
	list, next, err := s.backlinks(r.Context(), v, a, q.After, articlesPerDesk)
	if err != nil {
		return err
	}
	t := titleFor(v, a)
	p := s.deskPage(r, v.P.T("links.to"), s.articlesCrumb(v), crumb{Title: t.Title, Href: v.link(editorPath(a.ID, t.Locale)), Locale: t.Locale})
	b := backlinksBody{Title: t.Title, Locale: t.Locale, Links: list, Next: nextOf(p, "after", next)}
	if q.After != "" {
		b.First = p.With()
	}
	p.Body = b
	return s.show(w, r, http.StatusOK, "desk-backlinks", p)
}

// backlinks returns a page of what leads to an article.
func (s *Site) backlinks(ctx context.Context, v *visit, a kb.Article, after string, limit int) (backlinkList, string, error) {
	links, err := s.library.Backlinks(ctx, v.By, a.ID, after, limit)
	if err != nil {
		return backlinkList{}, "", err
	}
	var out backlinkList
	for _, t := range links.Texts {
		row := backlinkRow{Title: t.Title, Locale: t.Locale, Live: t.Live}
		row.Href, row.Language = textAt(v, t.Article, t.Locale)
		out.Rows = append(out.Rows, row)
	}
	for _, name := range links.Blocks {
		out.Blocks = append(out.Blocks, blockRow{Name: name, Href: v.link(blocksPath + "/" + escape(name))})
	}
	for _, one := range links.Lessons {
		href := "/desk/courses/" + escape(one.Course)
		if one.Lesson != "" {
			href += "/lessons/" + escape(one.Lesson)
		}
		out.Lessons = append(out.Lessons, lessonRow{one, v.link(href)})
	}
	return out, links.Next, nil
}

// textAt returns where a text is written, and what to call its language. What an
// article names to be read next is of no language.
func textAt(v *visit, article, locale string) (href, language string) {
	if locale == "" {
		return v.link("/desk/articles/" + escape(article)), v.P.T("links.related")
	}
	return v.link(editorPath(article, locale)), i18n.Locale(locale).Name(v.Locale)
}

// backlinksBeside returns the first of what leads to an article, for pages that
// are about something else.
func (s *Site) backlinksBeside(ctx context.Context, v *visit, a kb.Article) (backlinkList, error) {
	out, next, err := s.backlinks(ctx, v, a, "", backlinksShown)
	if next != "" {
		out.All = v.link("/desk/articles/" + escape(a.ID) + "/links")
	}
	return out, err
}
