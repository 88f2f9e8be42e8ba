package site

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/search"
)

// eventAvoided says that an answer that was found while somebody wrote a case was
// the one they needed. Its subject is the article.
const eventAvoided = "case.avoided"

// mostAnswers is how many answers are offered while somebody writes.
const mostAnswers = 3

// caseAnswers are what a search finds for what somebody begins to ask.
type caseAnswers struct {
	Hits  []caseAnswer
	Asked bool // there was something to search for
}

// A caseAnswer is an article that may answer a case before it is sent.
type caseAnswer struct {
	hit
	Ref   string    // of the article
	Token string    // what a form says to read it: its reference, and that of the hit
	Parts []kb.Part // its text, if it was asked for
}

// answersFor searches for what somebody begins to ask. The article that they want
// to read is among the answers with its text, whatever else is found.
func (s *Site) answersFor(r *http.Request, subject, read string) (*caseAnswers, error) {
	v := visitOf(r.Context())
	if subject = strings.TrimSpace(subject); subject == "" {
		return &caseAnswers{}, nil
	}
	res, err := s.engine.Search(r.Context(), v.By, search.Query{Text: firstOf(subject, maxSubject), Locale: string(v.Wanted), Limit: 10})
	if err != nil {
		return nil, err
	}
	out := &caseAnswers{Asked: true}
	ref, click, _ := strings.Cut(read, "|")
	for _, h := range res.Hits {
		if !strings.HasPrefix(h.Group, articleRef) || len(out.Hits) == mostAnswers && h.Group != ref {
			continue
		}
		one := caseAnswer{hit: s.hitOf(v, h), Ref: h.Group, Token: h.Group + "|" + h.Click}
		if h.Group == ref {
			if one.Parts, err = s.answerText(r, strings.TrimPrefix(ref, articleRef), click); err != nil {
				return nil, err
			}
		}
		out.Hits = append(out.Hits, one)
	}
	return out, nil
}

func firstOf(text string, n int) string {
	if runes := []rune(text); len(runes) > n {
		return string(runes[:n])
	}
	return text
}

// answerText returns the text of an article for a page that has others on it.
// Whoever reads it there has followed the hit.
func (s *Site) answerText(r *http.Request, id, click string) ([]kb.Part, error) {
	v := visitOf(r.Context())
	page, err := s.library.Article(r.Context(), v.By, id, string(v.Wanted))
	if err != nil {
		return nil, err
	}
	if err := s.engine.Clicked(r.Context(), v.By, click); err != nil {
		s.cfg.Log.WarnContext(r.Context(), "answer not noted as followed", "err", err)
	}
	one := printedArticle{Anchor: "answer", Page: page}
	one.document(v.Origin, nil)
	return one.Parts, nil
}

// caseAnswers answers a form while somebody writes it, as a piece of the page.
func (s *Site) caseAnswers(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[struct {
		Text string `query:"q" max:"1000"`
	}](r)
	if err != nil {
		return err
	}
	found, err := s.answersFor(r, q.Text, "")
	if err != nil {
		return err
	}
	view, err := s.views.byName["case-new"]()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	p := s.newPage(r, "")
	if err := view.ExecuteTemplate(&b, "case-answers", map[string]any{"Page": p, "Answers": found}); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err = w.Write(b.Bytes())
	return err
}

// caseAvoided notes that an answer was the one that somebody needed. Nothing of
// what they wrote is kept.
func (s *Site) caseAvoided(w http.ResponseWriter, r *http.Request, kind cases.Kind) error {
	v, ref := visitOf(r.Context()), r.PostFormValue("solved")
	knows, err := s.knowsArticle(r.Context(), v.By, ref)
	if err != nil {
		return err
	}
	if knows {
		s.events.Record(r.Context(), analytics.Event{
			Name: eventAvoided, Subject: ref, At: s.cfg.Now(), User: v.By.ID, Account: v.By.Account, Locale: string(v.Locale),
			Props: map[string]string{"kind": string(kind.Key)},
		})
	}
	http.Redirect(w, r, v.link(casesPath)+"?done=solved", http.StatusSeeOther)
	return nil
}
