package courses

import (
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/profile"
)

type listParams struct {
	Locale   string `query:"locale" doc:"The reader's language."`
	Topic    string `query:"topic" doc:"Only courses of this topic."`
	Language string `query:"language" doc:"Only courses in this language."`
	Free     *bool  `query:"free" doc:"Only free courses, or only those with a price."`
	After    string `query:"after" doc:"Token from the page before."`
	Limit    int    `query:"limit" min:"1" max:"200" doc:"How many; 50 by default."`
}

type learningParams struct {
	Locale string `query:"locale" doc:"The reader's language."`
	After  string `query:"after" doc:"Token from the page before."`
	Limit  int    `query:"limit" min:"1" max:"200" doc:"How many; 50 by default."`
}

type learnersParams struct {
	ID    string `path:"id" doc:"The course's id."`
	State string `query:"state" doc:"Only those in this state."`
	After string `query:"after" doc:"Token from the page before."`
	Limit int    `query:"limit" min:"1" max:"200" doc:"How many; 50 by default."`
}

type idParams struct {
	ID string `path:"id" doc:"The course's id."`
}

type courseParams struct {
	ID     string `path:"id" doc:"The course's id."`
	Locale string `query:"locale" doc:"The reader's language."`
}

type lessonParams struct {
	ID     string `path:"id" doc:"The course's id."`
	Lesson string `path:"lesson" doc:"The lesson's id."`
	Locale string `query:"locale" doc:"The reader's language."`
}

type stepParams struct {
	ID     string `path:"id" doc:"The course's id."`
	Lesson string `path:"lesson" doc:"The lesson's id."`
}

type answerParams struct {
	ID     string `path:"id" doc:"The course's id."`
	Lesson string `path:"lesson" doc:"The lesson's id."`
	Number string `path:"number" doc:"Of the attempt."`
}

type seatParams struct {
	ID      string `path:"id" doc:"The course's id."`
	Session string `path:"session" doc:"The session's id."`
}

type personParams struct {
	ID     string `path:"id" doc:"The course's id."`
	Person string `path:"person" doc:"The learner's id."`
}

type numberParams struct {
	Number string `path:"number" doc:"The certificate's number."`
}

type certificateParams struct {
	Number string `path:"number" doc:"The certificate's number."`
	Locale string `query:"locale" doc:"The reader's language."`
}

type coursesWire struct {
	Courses []listedWire `json:"courses"`
	Next    string       `json:"next" doc:"Token of the next page, empty on the last."`
}

type listedWire struct {
	ID          string    `json:"id"`
	Slug        string    `json:"slug"`
	Title       string    `json:"title"`
	Summary     string    `json:"summary"`
	Locale      string    `json:"locale" doc:"Language of the title."`
	Languages   []string  `json:"languages"`
	Topics      []string  `json:"topics"`
	Lessons     int       `json:"lessons"`
	Minutes     int       `json:"minutes" doc:"How long all lessons take."`
	Price       moneyWire `json:"price" doc:"An amount of 0 is free."`
	Entry       Entry     `json:"entry" doc:"open, approval or segment."`
	Certificate bool      `json:"certificate" doc:"Whether who finishes it gets one."`
	State       State     `json:"state" doc:"The reader's; empty if they have nothing to do with it."`
	Done        int       `json:"done" doc:"Lessons that the reader has finished."`
	Of          int       `json:"of" doc:"Lessons of the revision that the reader learns from; 0 if they do not."`
	Next        string    `json:"next_session" doc:"When the next session begins, or empty."`
}

type moneyWire struct {
	Amount   int64  `json:"amount" doc:"In the smallest unit of the currency."`
	Currency string `json:"currency" doc:"ISO 4217, or empty."`
}

func wireOfListed(l Listed) listedWire {
	return listedWire{
		ID: l.ID, Slug: l.Slug, Title: l.Title.Text, Summary: l.Summary.Text, Locale: l.Title.Locale, Languages: append([]string{}, l.Languages...),
		Topics: append([]string{}, l.Topics...), Lessons: l.Lessons, Minutes: l.Minutes, Price: moneyWire(l.Price), Entry: l.Entry, Certificate: l.Certificate,
		State: l.State, Done: l.Progress.Done, Of: l.Progress.Of, Next: timeOf(l.Next),
	}
}

func timeOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

type courseWire struct {
	listedWire
	About   string       `json:"about" doc:"HTML, safe to show."`
	Modules []moduleWire `json:"modules"`
	Needs   []needWire   `json:"needs" doc:"Courses to be finished before."`
	Place   string       `json:"place" doc:"Lesson to go on with, or empty."`
	Newer   bool         `json:"newer" doc:"Whether there is newer content than the reader learns from."`
}

type moduleWire struct {
	Title   string         `json:"title"`
	Lessons []outlinedWire `json:"lessons"`
}

type outlinedWire struct {
	ID      string     `json:"id"`
	Kind    LessonKind `json:"kind" doc:"text, article, quiz or session."`
	Title   string     `json:"title"`
	Minutes int        `json:"minutes"`
	Done    bool       `json:"done"`
	Open    bool       `json:"open" doc:"Whether the reader may take it now."`
}

type needWire struct {
	Slug  string `json:"slug" doc:"Empty if the reader may not see the course."`
	Title string `json:"title"`
	Done  bool   `json:"done"`
}

func wireOfPage(p Page) courseWire {
	out := courseWire{listedWire: wireOfListed(p.Listed), About: string(p.About), Place: p.Place, Newer: p.Newer, Modules: []moduleWire{}}
	for _, m := range p.Modules {
		out.Modules = append(out.Modules, moduleWire{m.Title.Text, mapped(m.Lessons, func(l PageLesson) outlinedWire {
			return outlinedWire{l.ID, l.Kind, l.Title.Text, l.Minutes, l.Done, l.Open}
		})})
	}
	out.Needs = mapped(p.Needs, func(n Need) needWire { return needWire{n.Slug, n.Title.Text, n.Done} })
	return out
}

type enrolmentWire struct {
	Course       string   `json:"course"`
	State        State    `json:"state"`
	Done         int      `json:"done"`
	Of           int      `json:"of"`
	Certificates []string `json:"certificates" doc:"Their numbers."`
	Due          bool     `json:"due" doc:"Whether it has to be paid."`
}

func wireOfEnrolment(e Enrolment) enrolmentWire {
	return enrolmentWire{
		Course: e.Course, State: e.State, Done: e.Progress().Done, Of: e.Progress().Of, Due: e.State == StateUnpaid,
		Certificates: mapped(e.Certificates, func(c Certificate) string { return c.Number }),
	}
}

type checkoutWire struct {
	URL     string `json:"url" doc:"Where the buyer goes on, or empty."`
	Invoice bool   `json:"invoice" doc:"There will be an invoice."`
}

type learningWire struct {
	Courses []studiedWire `json:"courses"`
	Next    string        `json:"next" doc:"Token of the next page, empty on the last."`
}

type studiedWire struct {
	listedWire
	Certificates []string `json:"certificates" doc:"Their numbers."`
}

func wireOfStudied(s Studied) studiedWire {
	return studiedWire{wireOfListed(s.Listed), wireOfEnrolment(s.Enrolment).Certificates}
}

type lessonWire struct {
	ID      string     `json:"id"`
	Kind    LessonKind `json:"kind"`
	Title   string     `json:"title"`
	HTML    string     `json:"html" doc:"Safe to show."`
	Minutes int        `json:"minutes"`
	Done    bool       `json:"done"`
	Quiz    *quizWire  `json:"quiz" doc:"Null if it is none."`
}

type quizWire struct {
	Mark    int          `json:"mark" doc:"Percent that passes."`
	Left    int          `json:"left" doc:"Attempts that can still be begun."`
	Passed  bool         `json:"passed"`
	Attempt int          `json:"attempt" doc:"Number of the open attempt, 0 if there is none."`
	Asked   []askedWire  `json:"questions" doc:"Of the open attempt."`
	Results []resultWire `json:"results" doc:"Of ended attempts, the last one first."`
}

type askedWire struct {
	ID      string       `json:"id"`
	Kind    QuestionKind `json:"kind" doc:"single, multiple, text or order."`
	Prompt  string       `json:"prompt"`
	Choices []choiceWire `json:"choices"`
}

type choiceWire struct {
	Value string `json:"value"`
	Text  string `json:"text"`
}

type resultWire struct {
	Attempt int            `json:"attempt"`
	Percent int            `json:"percent"`
	Passed  bool           `json:"passed"`
	Answers []answeredWire `json:"answers"`
}

type answeredWire struct {
	Prompt  string   `json:"prompt"`
	Given   []string `json:"given"`
	Good    bool     `json:"good"`
	Right   []string `json:"right" doc:"Empty while the quiz can still be tried."`
	Explain string   `json:"explain"`
}

func texts(list []Said) []string { return mapped(list, func(s Said) string { return s.Text }) }

func wireOfLesson(l LessonPage) lessonWire {
	out := lessonWire{ID: l.ID, Kind: l.Kind, Title: l.Title.Text, HTML: string(l.HTML), Minutes: l.Minutes, Done: l.Done}
	if q := l.Quiz; q != nil {
		out.Quiz = &quizWire{Mark: q.Mark, Left: q.Left, Passed: q.Passed, Asked: []askedWire{}, Results: mapped(q.Results, wireOfResult)}
		if q.Sheet != nil {
			out.Quiz.Attempt, out.Quiz.Asked = q.Sheet.Attempt, mapped(q.Sheet.Questions, wireOfAsked)
		}
	}
	return out
}

func wireOfAsked(a Asked) askedWire {
	return askedWire{a.ID, a.Kind, a.Prompt.Text, mapped(a.Choices, func(c Choice) choiceWire { return choiceWire{c.Value, c.Text.Text} })}
}

func wireOfResult(r Result) resultWire {
	return resultWire{r.Attempt, r.Percent, r.Passed, mapped(r.Answers, func(a Answered) answeredWire {
		return answeredWire{a.Prompt.Text, texts(a.Given), a.Good, texts(a.Right), a.Explain.Text}
	})}
}

type attemptWire struct {
	Number  int  `json:"number"`
	Open    bool `json:"open"`
	Percent int  `json:"percent"`
	Passed  bool `json:"passed"`
}

func wireOfAttempt(a Attempt) attemptWire {
	return attemptWire{a.Number, a.Open(), a.Percent(), a.Passed}
}

type answersWire struct {
	Answers []answerWire `json:"answers" validate:"max=100,dive"`
}

type answerWire struct {
	Question string   `json:"question" validate:"required,max=64"`
	Given    []string `json:"given" doc:"Values of choices, in their order where there is one; or the text." validate:"max=12,dive,max=1000"`
}

type sessionsWire struct {
	Sessions []sessionWire `json:"sessions"`
}

type sessionWire struct {
	ID        string    `json:"id"`
	Title     Words     `json:"title" doc:"By language; empty means that of the course."`
	Starts    time.Time `json:"starts"`
	Ends      time.Time `json:"ends"`
	Zone      string    `json:"zone"`
	Place     string    `json:"place"`
	Link      string    `json:"link" doc:"Only for those with a seat."`
	Language  string    `json:"language"`
	Free      int       `json:"free" doc:"Seats that are left."`
	Waiting   int       `json:"waiting"`
	Cancelled bool      `json:"cancelled"`
	Seat      Seat      `json:"seat" doc:"The reader's: taken, waiting or empty."`
}

func wireOfDated(d Dated) sessionWire {
	title := d.Title
	if title == nil {
		title = Words{}
	}
	return sessionWire{
		ID: d.ID, Title: title, Starts: d.Starts, Ends: d.Ends, Zone: d.Zone, Place: d.Place, Link: d.Link, Language: d.Language,
		Free: d.Session.Free(), Waiting: d.Waiting, Cancelled: d.Cancelled, Seat: d.Seat,
	}
}

type newSessionWire struct {
	Starts   time.Time `json:"starts"`
	Ends     time.Time `json:"ends"`
	Zone     string    `json:"zone" validate:"required,max=64"`
	Place    string    `json:"place,omitempty" validate:"text=title"`
	Link     string    `json:"link,omitempty" validate:"max=2000"`
	Language string    `json:"language,omitempty" validate:"max=35"`
	Seats    int       `json:"seats" validate:"min=1"`
	Until    string    `json:"until,omitempty" doc:"Until when seats can be given back; empty means until it starts." validate:"max=40"`
}

func (w newSessionWire) session(course string) Session {
	until, _ := time.Parse(time.RFC3339Nano, w.Until)
	return Session{Course: course, Starts: w.Starts, Ends: w.Ends, Zone: w.Zone, Place: w.Place, Link: w.Link, Language: w.Language, Seats: w.Seats, Until: until}
}

type seatWire struct {
	Session string `json:"session"`
	Seat    Seat   `json:"seat" doc:"taken or waiting."`
}

type certificateWire struct {
	Number    string    `json:"number"`
	Title     string    `json:"title"`
	Name      string    `json:"name" doc:"Empty if the holder does not show it."`
	IssuedAt  time.Time `json:"issued_at"`
	ExpiresAt string    `json:"expires_at" doc:"Empty if it holds without end."`
	Valid     bool      `json:"valid"`
}

func wireOfCertificate(c PublicCertificate) certificateWire {
	return certificateWire{c.Number, c.Title.Text, c.Name, c.IssuedAt, timeOf(c.ExpiresAt), c.Valid}
}

type shownWire struct {
	Name   string `json:"name" doc:"Empty shows none." validate:"text=name"`
	Hidden bool   `json:"hidden" doc:"Nobody else finds it."`
}

type learnersWire struct {
	Learners []learnerWire `json:"learners"`
	Next     string        `json:"next" doc:"Token of the next page, empty on the last."`
}

type learnerWire struct {
	Person string    `json:"person"`
	State  State     `json:"state"`
	Done   int       `json:"done"`
	Of     int       `json:"of"`
	Order  string    `json:"order" doc:"Id of what is or was to be paid, or empty."`
	Paid   bool      `json:"paid"`
	Asked  time.Time `json:"asked_at"`
}

func wireOfLearner(e Enrolment) learnerWire {
	out := learnerWire{Person: e.Person, State: e.State, Done: e.Progress().Done, Of: e.Progress().Of, Asked: e.AskedAt}
	if e.Order != nil {
		out.Order, out.Paid = e.Order.ID, e.Order.Paid()
	}
	return out
}

type decisionWire struct {
	Admit bool `json:"admit"`
}

type draftWire struct {
	Source   string       `json:"source,omitempty" doc:"Language; empty means the default one." validate:"max=35"`
	Settings settingsWire `json:"settings"`
	Content  Content      `json:"content"`
	Note     string       `json:"note,omitempty" validate:"text=reason"`
}

type settingsWire struct {
	Slug        string    `json:"slug,omitempty" validate:"max=200"`
	Audience    []string  `json:"audience,omitempty" doc:"Who may see it; empty is nobody."`
	Topics      []string  `json:"topics,omitempty"`
	Rank        int       `json:"rank,omitempty"`
	Entry       Entry     `json:"entry,omitempty" validate:"max=20"`
	Admits      []string  `json:"admits,omitempty"`
	Price       moneyWire `json:"price,omitzero"`
	Needs       []string  `json:"needs,omitempty"`
	InOrder     bool      `json:"in_order,omitempty"`
	Certificate bool      `json:"certificate,omitempty"`
	Months      int       `json:"months,omitempty"`
}

func (d draftWire) draft() Draft {
	s := d.Settings
	return Draft{
		Source: d.Source, Content: d.Content, Note: d.Note,
		Settings: Settings{
			Slug: s.Slug, Audience: profile.Audience(s.Audience), Topics: s.Topics, Rank: s.Rank, Entry: s.Entry, Admits: profile.Audience(s.Admits),
			Price: i18n.Money(s.Price), Needs: s.Needs, InOrder: s.InOrder, Certificate: s.Certificate, Months: s.Months,
		},
	}
}

type manuscriptWire struct {
	ID       string       `json:"id"`
	Source   string       `json:"source"`
	Status   Status       `json:"status" doc:"draft, published or closed."`
	Live     int          `json:"live"`
	Head     int          `json:"head"`
	Version  int          `json:"version"`
	Settings settingsWire `json:"settings"`
	Content  Content      `json:"content"`
}

func wireOfManuscript(c Course, rev Revision) manuscriptWire {
	return manuscriptWire{
		ID: c.ID, Source: c.Source, Status: c.Status, Live: c.Live, Head: c.Head, Version: c.Version, Content: rev.Content,
		Settings: settingsWire{
			Slug: c.Slug, Audience: c.Audience, Topics: c.Topics, Rank: c.Rank, Entry: c.Entry, Admits: c.Admits, Price: moneyWire(c.Price), Needs: c.Needs,
			InOrder: c.InOrder, Certificate: c.Certificate, Months: c.Months,
		},
	}
}
