package site

import (
	"net/http"

	"github.com/stoa-go/stoa/search"
)

// An answerBlock is the passage above the results.
type answerBlock struct {
	*search.Answer
	Href   string // of the passage, which counts as following the hit
	Action string // where one says whether it was the answer
	Thanks bool   // one has just said so
}

// answerOf returns what to show of an answer, nil if there is none.
func (s *Site) answerOf(p *page, res search.Results) *answerBlock {
	a := res.Answer
	if a == nil {
		return nil
	}
	out := &answerBlock{Answer: a, Href: s.relink(p.visit, a.Hit.Path) + "?c=" + a.Hit.Click, Thanks: p.Query.Get("said") != ""}
	if a.Fragment != "" {
		out.Href += "#" + a.Fragment
	}
	out.Action = p.With("t", res.Token, "said", "")
	return out
}

// judgeAnswer takes what somebody says of the answer above their results, and
// leads back to these.
func (s *Site) judgeAnswer(w http.ResponseWriter, r *http.Request) error {
	if err := readable(r.ParseForm()); err != nil {
		return err
	}
	v := visitOf(r.Context())
	if err := s.engine.Answered(r.Context(), v.By, r.PostFormValue("answer"), r.PostFormValue("right") == "yes"); err != nil {
		return err
	}
	q := v.Query
	q.Set("said", "1")
	http.Redirect(w, r, v.link("/search")+"?"+q.Encode()+"#answer", http.StatusSeeOther)
	return nil
}
