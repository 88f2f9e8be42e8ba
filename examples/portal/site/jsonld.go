package site

import (
	"cmp"
	"html/template"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/search/seo"
)

// What pages are, in the words of schema.org.

func publisher(v *visit) *seo.Organization {
	return &seo.Organization{Name: v.Brand.Name, URL: v.Origin + "/"}
}

func websiteData(v *visit) seo.Thing {
	return seo.WebSite{
		Name: v.Brand.Name, URL: v.Origin + v.link("/"), InLanguage: string(v.Locale), Publisher: publisher(v),
		Search: &seo.SearchAction{Target: v.Origin + v.link("/search") + "?q={search_term_string}"},
	}
}

func breadcrumbData(v *visit, crumbs []crumb, title, address string) seo.Thing {
	var b seo.BreadcrumbList
	for _, c := range append(crumbs[:len(crumbs):len(crumbs)], crumb{Title: title}) {
		item := seo.ListItem{Position: len(b.Items) + 1, Name: c.Title, Item: v.Origin + c.Href}
		if c.Href == "" {
			item.Item = address
		}
		b.Items = append(b.Items, item)
	}
	return b
}

// articleData says what an article is, and the way to it.
func (s *Site) articleData(v *visit, p *page, a kb.Page) []seo.Thing {
	about := seo.Page{
		URL: p.Canonical, Description: p.Description, InLanguage: a.Locale, DatePublished: seo.At(a.PublishedAt), DateModified: seo.At(a.UpdatedAt), Publisher: publisher(v),
	}
	if p.Image != "" {
		about.Image = []string{p.Image}
	}
	return []seo.Thing{s.structured(v, a, about), breadcrumbData(v, p.Crumbs, a.Title, p.Canonical)}
}

// structured returns what an article is: an event if it takes place, and
// otherwise by its type, as far as there is in it what such a thing has.
func (s *Site) structured(v *visit, a kb.Page, about seo.Page) seo.Thing {
	if starts, ends, ok := s.event(a); ok {
		return seo.Event{
			Name: a.Title, URL: about.URL, About: about.Description, Language: a.Locale, Image: about.Image, StartDate: seo.At(starts), EndDate: seo.At(ends),
			Attend: seo.AttendOnline, Status: seo.EventScheduled, Organizer: publisher(v),
			Location: seo.Place{Virtual: true, URL: cmp.Or(a.Fields["join"], unlessOwn(a.Fields["stream"]), about.URL)},
		}
	}
	switch a.Kind {
	case kb.KindFAQ:
		return seo.FAQPage{Headline: a.Title, Page: about, Questions: answers(a)}
	case kb.KindHowTo:
		if steps := stepsOf(a, about.URL); len(steps) > 1 {
			return seo.HowTo{Name: a.Title, Page: about, Steps: steps}
		}
	case kb.KindVideo:
		if film := filmOf(v, a); film.ContentURL != "" || film.EmbedURL != "" {
			film.Name, film.Page, film.UploadDate = a.Title, about, seo.At(a.PublishedAt)
			return film
		}
	case kb.KindPost:
		return seo.Article{Kind: "NewsArticle", Headline: a.Title, Page: about}
	}
	return seo.Article{Kind: "TechArticle", Headline: a.Title, Page: about}
}

// sourceField is the field by which an article is known to show something.
const sourceField = "source"

// filmOf returns what there is to say of the film of an article. Its dates are not
// in it.
func filmOf(v *visit, a kb.Page) (out seo.VideoObject) {
	if source := a.Fields[sourceField]; !strings.HasPrefix(source, ownFilm) {
		out.EmbedURL = source
	}
	if part := transcriptOf(a); part != nil {
		out.Transcript = wordsOf(part.HTML)
	}
	if d, err := time.ParseDuration(a.Fields["duration"]); err == nil {
		out.Duration = seo.Duration(d)
	}
	if len(a.Films) == 0 {
		return out
	}
	f := a.Films[0]
	out.ContentURL = v.Origin + f.Path
	if f.Poster != "" {
		out.Thumbnail = []string{v.Origin + f.Poster}
	}
	if out.Transcript == "" {
		out.Transcript = strings.Join(f.Said, "\n")
	}
	return out
}

// answers returns the questions of an FAQ: its headings, or else its title.
func answers(a kb.Page) []seo.Question {
	var out []seo.Question
	for _, p := range questionsOf(a) {
		if p.ID != "" {
			out = append(out, question(p.Title, p.HTML))
		}
	}
	if len(out) == 0 {
		return []seo.Question{question(a.Title, a.Text.HTML)}
	}
	return out
}

func question(name string, answer template.HTML) seo.Question {
	return seo.Question{Name: name, Accepted: &seo.Answer{Text: strings.TrimSpace(string(answer))}}
}

// stepsOf returns the steps of an article: the items of the numbered list in the
// part that its type knows for steps, or else of the only numbered list in it, below a
// heading that says what it does. An article with several of them shows several
// ways, which are no steps of one.
func stepsOf(a kb.Page, address string) []seo.Step {
	var found []kb.Part
	for _, p := range a.Parts {
		if p.Key == "steps" {
			found = []kb.Part{p}
			break
		}
		if len(numbered(p.HTML)) > 0 {
			found = append(found, p)
		}
	}
	if len(found) != 1 || found[0].ID == "" {
		return nil
	}
	lists := numbered(found[0].HTML)
	if len(lists) != 1 {
		return nil
	}
	address += "#" + found[0].ID
	var out []seo.Step
	for _, text := range lists[0] {
		out = append(out, seo.Step{Position: len(out) + 1, Text: text, URL: address})
	}
	return out
}

// numbered returns the texts of the items of each numbered list that stands in no
// other list.
func numbered(text template.HTML) [][]string {
	root, err := html.Parse(strings.NewReader(string(text)))
	if err != nil {
		return nil
	}
	var out [][]string
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch n.DataAtom {
		case atom.Ul:
			return
		case atom.Ol:
			out = append(out, items(n))
			return
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(root)
	return out
}

func items(list *html.Node) (out []string) {
	for c := range list.ChildNodes() {
		if words := itemText(c); c.DataAtom == atom.Li && words != "" {
			out = append(out, words)
		}
	}
	return out
}

func itemText(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// courseData says what a course is, when it is held, and the way to it. Sessions
// that are over or cancelled are not told of.
func (s *Site) courseData(v *visit, p *page, b courseBody) []seo.Thing {
	c := seo.Course{
		Name: b.Page.Title.Text, Provider: publisher(v), Offers: []seo.Offer{{Category: "Free"}},
		Page: seo.Page{URL: p.Canonical, Description: cmp.Or(p.Description, b.Page.Title.Text), InLanguage: b.Locale, Publisher: publisher(v)},
	}
	if b.Price.Amount > 0 {
		c.Offers = []seo.Offer{{Category: "Paid", Price: b.Price.Plain(), Currency: b.Price.Currency}}
	}
	if b.Minutes > 0 {
		c.Instances = append(c.Instances, seo.CourseInstance{Mode: seo.ModeOnline, Workload: seo.Duration(time.Duration(b.Minutes) * time.Minute)})
	}
	out := []seo.Thing{breadcrumbData(v, p.Crumbs, b.Page.Title.Text, p.Canonical)}
	for _, d := range b.Sessions {
		if d.Cancelled || !d.Ends.After(s.cfg.Now()) {
			continue
		}
		at, mode, attend := heldAt(d.Session, p.Canonical)
		c.Instances = append(c.Instances, seo.CourseInstance{Name: d.Title.Text, Mode: mode, StartDate: seo.At(d.Starts), EndDate: seo.At(d.Ends), Location: &at})
		out = append(out, seo.Event{
			Name: cmp.Or(d.Title.Text, b.Page.Title.Text), URL: p.Canonical, About: c.Description, Language: d.Language, StartDate: seo.At(d.Starts), EndDate: seo.At(d.Ends),
			Attend: attend, Status: seo.EventScheduled, Location: at, Organizer: publisher(v), Offers: c.Offers,
		})
	}
	return append([]seo.Thing{c}, out...)
}

// heldAt returns where a session is held: online if it names no place.
func heldAt(d courses.Session, address string) (at seo.Place, mode, attend string) {
	if d.Place == "" {
		return seo.Place{Virtual: true, URL: address}, seo.ModeOnline, seo.AttendOnline
	}
	return seo.Place{Name: d.Place, Address: d.Place}, seo.ModeOnsite, seo.AttendOnsite
}
