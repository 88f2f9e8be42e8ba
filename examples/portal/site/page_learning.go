package site

import (
	"errors"
	"net/http"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/kb/courses"
)

type learningBody struct {
	Cards        []studiedCard
	Certificates []certificateRow
	First, Next  string
}

// A studiedCard is a course that somebody takes or took.
type studiedCard struct {
	Card courseCard
	Go   string // address of where to go on, "" if they cannot
}

type certificateRow struct {
	courses.Certificate
	Title courses.Said
	Href  string
	Valid bool
	Until string
}

// learning shows people the courses that they take, and their certificates.
func (s *Site) learning(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	list, next, err := s.school.Learning(r.Context(), v.By, string(v.Wanted), v.Query.Get("after"), coursesPerPage)
	if err != nil {
		return err
	}
	var b learningBody
	for _, one := range list {
		card := studiedCard{Card: s.courseCard(v, one.Listed)}
		if one.State == courses.StateActive {
			card.Go = card.Card.Href
			if one.Enrolment.Place != "" {
				card.Go = v.link(coursePath(one.Slug) + "/lessons/" + escape(one.Enrolment.Place))
			}
		}
		b.Cards = append(b.Cards, card)
		for _, c := range one.Enrolment.Certificates {
			b.Certificates = append(b.Certificates, s.certificateRow(v, c))
		}
	}
	p := s.newPage(r, v.P.T("courses.learning"))
	b.First, b.Next = pager(p, next)
	p.NoIndex, p.Body, p.Crumbs = true, b, s.accountCrumbs(v)
	return s.show(w, r, http.StatusOK, "learning", p)
}

func (s *Site) certificateRow(v *visit, c courses.Certificate) certificateRow {
	row := certificateRow{Certificate: c, Title: c.Title.In(string(v.Wanted), c.Source), Href: v.link("/certificates/" + escape(c.Number)), Valid: c.Valid(s.cfg.Now())}
	if !c.ExpiresAt.IsZero() {
		row.Until = v.P.Date(c.ExpiresAt, "medium")
	}
	return row
}

type certificateBody struct {
	courses.PublicCertificate
	Form   *sheet // nil for all but its holder
	Notice string
	Brand  string
	Link   string // in full, to be handed on
	Extent string // how long the course takes, "" if it does not say
}

// certificate shows what the holder of a certificate shows of it.
func (s *Site) certificate(w http.ResponseWriter, r *http.Request) error {
	return s.showCertified(w, r, http.StatusOK, nil, nil)
}

func (s *Site) showCertified(w http.ResponseWriter, r *http.Request, status int, typed *courses.Shown, faults map[string]string) error {
	v := visitOf(r.Context())
	c, err := s.school.Certificate(r.Context(), v.By, r.PathValue("number"), string(v.Wanted))
	if err != nil {
		return err
	}
	path := "/certificates/" + escape(c.Number)
	b := certificateBody{PublicCertificate: c, Brand: v.Brand.Name, Link: v.Origin + v.link(path)}
	if c.Minutes > 0 {
		b.Extent = minutes(v, c.Minutes)
	}
	if v.Query.Get("done") != "" {
		b.Notice = v.P.T("account.saved")
	}
	if c.Mine {
		shown := c.Shown
		if typed != nil {
			shown = *typed
		} else if shown.Name == "" { // offered, and shown to nobody before it is saved
			shown.Name = v.By.Name
		}
		b.Form = certificateForm(v, path, shown)
		b.Form.Wrong = len(faults) > 0
		b.Form.Faults = note(faults, b.Form.Basics)
	}
	// Whoever has the number may see it; nobody else is to stumble on it.
	w.Header().Set("Referrer-Policy", "no-referrer")
	p := s.newPage(r, v.P.T("courses.certificate_of", "course", c.Title.Text))
	p.NoIndex, p.Body = true, b
	return s.show(w, r, status, "certificate", p)
}

func certificateForm(v *visit, path string, shown courses.Shown) *sheet {
	hidden := ""
	if shown.Hidden {
		hidden = "yes"
	}
	return &sheet{Action: v.link(path), Submit: v.P.T("form.save"), Basics: []input{
		{Name: "name", Label: v.P.T("courses.shown_name"), Hint: v.P.T("courses.shown_name_note", "name", v.By.Name), Kind: "text", Value: shown.Name, Max: 120, Complete: "name"},
		{Name: "hidden", Label: v.P.T("courses.hidden"), Hint: v.P.T("courses.hidden_note"), Kind: "checkbox", Value: hidden},
	}}
}

// showCertificate keeps what the holder shows.
func (s *Site) showCertificate(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	shown := courses.Shown{Name: r.PostFormValue("name"), Hidden: r.PostFormValue("hidden") == "yes"}
	err := s.school.Show(r.Context(), v.By, r.PathValue("number"), shown)
	if wrong, ok := errors.AsType[errs.Fields](err); ok {
		return s.showCertified(w, r, http.StatusUnprocessableEntity, &shown, v.P.Fields(wrong))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, v.link("/certificates/"+escape(r.PathValue("number")))+"?done=1", http.StatusSeeOther)
	return nil
}
