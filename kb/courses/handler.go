package courses

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// Handler serves the JSON API under any prefix:
//
//	GET, POST                 /courses                               the catalogue, and a new draft
//	GET, PUT                  /courses/{id}                          one course, and changing it
//	GET                       /courses/{id}/manuscript               as those at the desk see it
//	PUT                       /courses/{id}/publication, /closure
//	PUT, DELETE               /courses/{id}/enrolment                enrolling and leaving
//	POST                      /courses/{id}/checkout
//	GET                       /courses/{id}/lessons/{lesson}
//	PUT                       /courses/{id}/lessons/{lesson}/finish
//	PUT                       /courses/{id}/lessons/{lesson}/attempt   beginning, or the open one
//	PUT                       /courses/{id}/lessons/{lesson}/attempts/{number}
//	GET, PUT                  /courses/{id}/learners, /courses/{id}/learners/{person}
//	GET, POST                 /courses/{id}/sessions
//	PUT, DELETE               /courses/{id}/sessions/{session}/seat
//	GET                       /learning
//	GET, PUT                  /certificates/{number}
func (s *School) Handler() http.Handler { return s.API().Handler() }

// API returns the operations that Handler serves, to be documented together with
// those of other capabilities.
func (s *School) API() *web.API {
	api := web.NewAPI("courses", s.opts.Logger)
	api.LimitText(valid.MaxRunes)
	s.serveReaders(api)
	s.serveLearners(api)
	s.serveDesk(api)
	return api
}

const (
	readers  = "whoever sees the course"
	learners = "signed in, whoever is enrolled in the course"
)

func (s *School) serveReaders(api *web.API) {
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/courses", Name: "courses.list", Summary: "Courses that the reader may see, by their place in the catalogue.",
		Policy: "everybody, of what they may see", Params: listParams{}, Out: coursesWire{},
	}, s.serveList)
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/courses/{id}", Name: "courses.course", Summary: "A course with its outline, and how far the reader is.",
		Policy: readers, Params: courseParams{}, Out: courseWire{},
	}, s.serveCourse)
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/courses/{id}/sessions", Name: "courses.sessions", Summary: "Dates of a course that are to come, with seats.",
		Policy: readers, Params: idParams{}, Out: sessionsWire{},
	}, s.serveSessions)
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/certificates/{number}", Name: "courses.certificate", Summary: "What the holder of a certificate shows of it.",
		Policy: "whoever has the number", Params: certificateParams{}, Out: certificateWire{},
	}, s.serveCertificate)
	api.Handle(web.Op{
		Method: http.MethodPut, Path: "/certificates/{number}", Name: "courses.show", Summary: "Says what the holder shows of a certificate.",
		Policy: "the holder", Params: numberParams{}, In: shownWire{}, Out: certificateWire{}, Create: false,
	}, s.serveShow)
}

func (s *School) serveLearners(api *web.API) {
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/learning", Name: "courses.learning", Summary: "Courses that the reader takes or took.",
		Policy: "signed in, one's own", Params: learningParams{}, Out: learningWire{},
	}, s.serveLearning)
	api.Handle(web.Op{
		Method: http.MethodPut, Path: "/courses/{id}/enrolment", Name: "courses.enrol", Summary: "Enrols the reader; again, it changes nothing.",
		Policy: "signed in, whoever sees the course", Params: idParams{}, Out: enrolmentWire{},
	}, s.act(func(ctx context.Context, by profile.Actor, r *http.Request, id string) (any, error) {
		e, err := s.Enrol(ctx, by, id)
		return wireOfEnrolment(e), err
	}))
	api.Handle(web.Op{
		Method: http.MethodDelete, Path: "/courses/{id}/enrolment", Name: "courses.leave", Summary: "Ends the reader's enrolment.", Policy: learners, Params: idParams{},
	}, s.act(func(ctx context.Context, by profile.Actor, _ *http.Request, id string) (any, error) {
		return nil, s.Leave(ctx, by, id)
	}))
	api.Handle(web.Op{
		Method: http.MethodPost, Path: "/courses/{id}/checkout", Name: "courses.checkout", Summary: "Begins to pay for a course, or goes on with it.",
		Policy: "signed in, who owes for the course", Params: idParams{}, Out: checkoutWire{}, Errors: []int{http.StatusConflict},
	}, s.act(func(ctx context.Context, by profile.Actor, _ *http.Request, id string) (any, error) {
		c, err := s.Checkout(ctx, by, id)
		return checkoutWire(c), err
	}))
	s.serveTaking(api)
}

func (s *School) serveTaking(api *web.API) {
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/courses/{id}/lessons/{lesson}", Name: "courses.lesson", Summary: "A lesson; of a quiz the open attempt without answers, and the results of ended ones.",
		Policy: learners, Params: lessonParams{}, Out: lessonWire{},
	}, s.serveLesson)
	api.Handle(web.Op{
		Method: http.MethodPut, Path: "/courses/{id}/lessons/{lesson}/finish", Name: "courses.finish", Summary: "Notes a lesson that is read as finished.",
		Policy: learners, Params: stepParams{}, Out: enrolmentWire{},
	}, s.act(func(ctx context.Context, by profile.Actor, r *http.Request, id string) (any, error) {
		e, err := s.Finish(ctx, by, id, r.PathValue("lesson"))
		return wireOfEnrolment(e), err
	}))
	api.Handle(web.Op{
		Method: http.MethodPut, Path: "/courses/{id}/lessons/{lesson}/attempt", Name: "courses.begin", Summary: "Begins an attempt at a quiz, or returns the open one.",
		Policy: learners, Params: stepParams{}, Out: attemptWire{}, Errors: []int{http.StatusTooManyRequests},
	}, s.act(func(ctx context.Context, by profile.Actor, r *http.Request, id string) (any, error) {
		a, err := s.Begin(ctx, by, id, r.PathValue("lesson"))
		return wireOfAttempt(a), err
	}))
	api.Handle(web.Op{
		Method: http.MethodPut, Path: "/courses/{id}/lessons/{lesson}/attempts/{number}", Name: "courses.answer", Summary: "Answers a quiz; of answers sent twice the first count.",
		Policy: learners, Params: answerParams{}, In: answersWire{}, Out: attemptWire{},
	}, s.serveAnswer)
	api.Handle(web.Op{
		Method: http.MethodPut, Path: "/courses/{id}/sessions/{session}/seat", Name: "courses.book", Summary: "Gives the reader a seat, or a place in line.",
		Policy: learners, Params: seatParams{}, Out: seatWire{}, Errors: []int{http.StatusConflict},
	}, s.act(func(ctx context.Context, by profile.Actor, r *http.Request, id string) (any, error) {
		b, err := s.Book(ctx, by, r.PathValue("session"))
		return seatWire{b.Session, b.Seat}, err
	}))
	api.Handle(web.Op{
		Method: http.MethodDelete, Path: "/courses/{id}/sessions/{session}/seat", Name: "courses.unbook", Summary: "Gives a seat or a place in line back, until the deadline.",
		Policy: learners, Params: seatParams{}, Errors: []int{http.StatusConflict},
	}, s.act(func(ctx context.Context, by profile.Actor, r *http.Request, id string) (any, error) {
		return nil, s.Unbook(ctx, by, r.PathValue("session"))
	}))
}

const atDesk = string(profile.PermissionContentWrite) + ", of what is theirs or meant for them; of all with " + string(profile.PermissionContentPublish)

func (s *School) serveDesk(api *web.API) {
	api.Handle(web.Op{
		Method: http.MethodPost, Path: "/courses", Name: "courses.create", Summary: "Adds a course that only the desk knows of.",
		Policy: string(profile.PermissionContentWrite), In: draftWire{}, Out: manuscriptWire{}, Create: true,
	}, s.serveCreate)
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/courses/{id}/manuscript", Name: "courses.manuscript", Summary: "A course with its newest content, answers included.",
		Policy: atDesk, Params: idParams{}, Out: manuscriptWire{},
	}, s.serveManuscript)
	api.Handle(web.Op{
		Method: http.MethodPut, Path: "/courses/{id}", Name: "courses.save", Summary: "Changes a course; content becomes a new revision.",
		Policy: atDesk, Params: idParams{}, In: draftWire{}, Out: manuscriptWire{}, Update: true,
	}, s.serveSave)
	api.Handle(web.Op{
		Method: http.MethodPut, Path: "/courses/{id}/publication", Name: "courses.publish", Summary: "Gives those who enrol from now on the newest content.",
		Policy: string(profile.PermissionContentPublish), Params: idParams{}, Out: manuscriptWire{}, Update: true,
	}, s.serveTurn(s.Publish))
	api.Handle(web.Op{
		Method: http.MethodPut, Path: "/courses/{id}/closure", Name: "courses.close", Summary: "Takes a course out of the catalogue.",
		Policy: string(profile.PermissionContentPublish), Params: idParams{}, Out: manuscriptWire{}, Update: true,
	}, s.serveTurn(s.Close))
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/courses/{id}/learners", Name: "courses.learners", Summary: "Who has to do with a course.",
		Policy: string(profile.PermissionCoursesTeach), Params: learnersParams{}, Out: learnersWire{},
	}, s.serveLearnerList)
	api.Handle(web.Op{
		Method: http.MethodPut, Path: "/courses/{id}/learners/{person}", Name: "courses.decide", Summary: "Lets somebody in who asked, or refuses them.",
		Policy: string(profile.PermissionCoursesTeach), Params: personParams{}, In: decisionWire{}, Out: enrolmentWire{}, Errors: []int{http.StatusConflict},
	}, s.serveDecide)
	api.Handle(web.Op{
		Method: http.MethodPost, Path: "/courses/{id}/sessions", Name: "courses.add_session", Summary: "Adds a date with seats.",
		Policy: string(profile.PermissionCoursesTeach), Params: idParams{}, In: newSessionWire{}, Out: sessionWire{}, Create: true,
	}, s.serveAddSession)
}

// act serves what needs nothing but a course.
func (s *School) act(do func(ctx context.Context, by profile.Actor, r *http.Request, id string) (any, error)) web.Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := web.PathValue(r, "id")
		if err != nil {
			return err
		}
		out, err := do(r.Context(), profile.FromContext(r.Context()), r, id)
		if err != nil {
			return err
		}
		if out == nil {
			return web.NoContent(w)
		}
		return web.JSON(w, r, http.StatusOK, out)
	}
}

func (s *School) serveList(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[listParams](r)
	if err != nil {
		return err
	}
	page, next, err := s.Catalogue(r.Context(), profile.FromContext(r.Context()), Query(q))
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, coursesWire{mapped(page, wireOfListed), next})
}

func (s *School) serveCourse(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[courseParams](r)
	if err != nil {
		return err
	}
	p, err := s.Course(r.Context(), profile.FromContext(r.Context()), r.PathValue("id"), q.Locale)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, wireOfPage(p))
}

func (s *School) serveSessions(w http.ResponseWriter, r *http.Request) error {
	list, err := s.Sessions(r.Context(), profile.FromContext(r.Context()), r.PathValue("id"))
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, sessionsWire{mapped(list, wireOfDated)})
}

func (s *School) serveCertificate(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[certificateParams](r)
	if err != nil {
		return err
	}
	c, err := s.Certificate(r.Context(), profile.FromContext(r.Context()), r.PathValue("number"), q.Locale)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, wireOfCertificate(c))
}

func (s *School) serveShow(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[shownWire](w, r, 0)
	if err != nil {
		return err
	}
	by, number := profile.FromContext(r.Context()), r.PathValue("number")
	if err := s.Show(r.Context(), by, number, Shown(in)); err != nil {
		return err
	}
	c, err := s.Certificate(r.Context(), by, number, by.Locale)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, wireOfCertificate(c))
}

func (s *School) serveLearning(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[learningParams](r)
	if err != nil {
		return err
	}
	page, next, err := s.Learning(r.Context(), profile.FromContext(r.Context()), q.Locale, q.After, q.Limit)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, learningWire{mapped(page, wireOfStudied), next})
}

func (s *School) serveLesson(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[lessonParams](r)
	if err != nil {
		return err
	}
	l, err := s.Lesson(r.Context(), profile.FromContext(r.Context()), r.PathValue("id"), r.PathValue("lesson"), q.Locale)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, wireOfLesson(l))
}

func (s *School) serveAnswer(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[answersWire](w, r, 0)
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil {
		return ErrNotFound
	}
	given := map[string][]string{}
	for _, a := range in.Answers {
		given[a.Question] = a.Given
	}
	a, err := s.Answer(r.Context(), profile.FromContext(r.Context()), r.PathValue("id"), r.PathValue("lesson"), number, given)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, wireOfAttempt(a))
}

func (s *School) serveCreate(w http.ResponseWriter, r *http.Request) error {
	d, err := web.Decode[draftWire](w, r, 0)
	if err != nil {
		return err
	}
	draft := d.draft()
	if draft.Key, err = web.IdempotencyKey(r); err != nil {
		return err
	}
	by := profile.FromContext(r.Context())
	c, err := s.Create(r.Context(), by, draft)
	if err != nil {
		return err
	}
	return s.writeManuscript(w, r, http.StatusCreated, by, c.ID)
}

func (s *School) serveManuscript(w http.ResponseWriter, r *http.Request) error {
	return s.writeManuscript(w, r, http.StatusOK, profile.FromContext(r.Context()), r.PathValue("id"))
}

func (s *School) writeManuscript(w http.ResponseWriter, r *http.Request, status int, by profile.Actor, id string) error {
	c, rev, err := s.Manuscript(r.Context(), by, id)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", web.ETag(c.Version))
	return web.JSON(w, r, status, wireOfManuscript(c, rev))
}

func (s *School) serveSave(w http.ResponseWriter, r *http.Request) error {
	d, err := web.Decode[draftWire](w, r, 0)
	if err != nil {
		return err
	}
	return s.serveTurn(func(ctx context.Context, by profile.Actor, id string, version int) (Course, error) {
		return s.Save(ctx, by, id, version, d.draft())
	})(w, r)
}

// serveTurn serves a change of one version of a course.
func (s *School) serveTurn(do func(context.Context, profile.Actor, string, int) (Course, error)) web.Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		version, err := web.IfMatch(r)
		if err == nil && version < 1 {
			err = web.ErrPrecondition
		}
		if err != nil {
			return err
		}
		by, id := profile.FromContext(r.Context()), r.PathValue("id")
		if _, err := do(r.Context(), by, id, version); err != nil {
			if _, explained := errors.AsType[errs.Fields](err); errors.Is(err, ErrConflict) && !explained {
				err = fmt.Errorf("%w: %w", web.ErrPrecondition, err)
			}
			return err
		}
		return s.writeManuscript(w, r, http.StatusOK, by, id)
	}
}

func (s *School) serveLearnerList(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[learnersParams](r)
	if err != nil {
		return err
	}
	var states []State
	if q.State != "" {
		states = []State{State(q.State)}
	}
	page, next, err := s.Learners(r.Context(), profile.FromContext(r.Context()), r.PathValue("id"), states, q.After, q.Limit)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, learnersWire{mapped(page, wireOfLearner), next})
}

func (s *School) serveDecide(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[decisionWire](w, r, 0)
	if err != nil {
		return err
	}
	e, err := s.Decide(r.Context(), profile.FromContext(r.Context()), r.PathValue("id"), r.PathValue("person"), in.Admit)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, wireOfEnrolment(e))
}

func (s *School) serveAddSession(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[newSessionWire](w, r, 0)
	if err != nil {
		return err
	}
	key, err := web.IdempotencyKey(r)
	if err != nil {
		return err
	}
	one, err := s.SaveSession(r.Context(), profile.FromContext(r.Context()), in.session(r.PathValue("id")), key)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusCreated, wireOfDated(Dated{Session: one}))
}

func mapped[T, W any](list []T, as func(T) W) []W {
	out := make([]W, len(list))
	for n, v := range list {
		out[n] = as(v)
	}
	return out
}
