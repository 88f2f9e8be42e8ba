package courses

import (
	"context"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// A Store keeps all of a school. It has no rules about who may do what.
//
// Implementations
//   - must be safe for concurrent use, on several instances at once;
//   - must do each call as a whole or not at all;
//   - must return ErrNotFound for what is not there, ErrConflict for a version that
//     is not the next one and for what is there already, and ErrInvalid for text
//     with a NUL or that is not UTF-8;
//   - must keep times in UTC in microseconds, and nothing of the slices and maps
//     that they are given or give;
//   - must pass coursestest.TestStore.
type Store interface {
	CourseStore
	LearnerStore
	SessionStore
	PersonStore
}

// A CourseStore keeps courses with their content.
type CourseStore interface {
	Course(ctx context.Context, id string) (Course, error)

	// CourseAt returns the ID of the course that has a slug, or once had it.
	CourseAt(ctx context.Context, slug string) (id string, err error)

	// Courses returns a page of courses by rank and ID, and the position of the
	// next page, "" after the last.
	Courses(ctx context.Context, q CourseQuery) ([]Course, string, error)

	// Tags counts the topics and languages of the courses that a query selects,
	// whatever its page, topic and language, by kind and value.
	Tags(ctx context.Context, q CourseQuery) ([]Tag, error)

	// SaveCourse adds a course of version 1 or replaces the version before, with a
	// new revision unless rev is nil. A slug that another course has, or once had,
	// is ErrConflict, and so is a revision that is there. So is a need that the
	// course did not have before and that would close a [Circle], however many
	// save at once.
	SaveCourse(ctx context.Context, c Course, rev *Revision) error

	Revision(ctx context.Context, course string, number int) (Revision, error)

	// Changes and WaitChanges are those of [search.Source], with IDs of courses.
	Changes(ctx context.Context, after string, limit int) (ids []string, next string, err error)
	WaitChanges(ctx context.Context, after string) error
}

// A CourseQuery selects courses.
type CourseQuery struct {
	Sight    *profile.Sight // only those whose audience admits it; nil means all
	Owner    string         // those of this owner too, whatever Sight says; "" means nobody's
	Statuses []Status       // nil means all
	IDs      []string       // nil means all
	Topic    string         // "" means all
	Language string         // that they have a title in; "" means all
	Article  string         // only those whose head or live revision shows this article or leads to it, see [Revision.Leading]; "" means all
	Free     *bool          // only free ones, or only those with a price; nil means all
	After    string         // position from the page before
	Limit    int            // 0 means DefaultLimit
}

// DefaultLimit is how long a page is if nothing is said.
const DefaultLimit = 50

// A Tag is a value that courses can be filtered by.
type Tag struct {
	Kind  string // TagTopic or TagLanguage
	Value string
	N     int // courses that have it
}

// The kinds of tags.
const (
	TagTopic    = "topic"
	TagLanguage = "language"
)

// A LearnerStore keeps who learns what.
type LearnerStore interface {
	Enrolment(ctx context.Context, course, person string) (Enrolment, error)
	EnrolmentOfOrder(ctx context.Context, order string) (Enrolment, error)
	EnrolmentOfCertificate(ctx context.Context, number string) (Enrolment, error)

	// Enrolments returns a page, those asked for last first and then by ID.
	Enrolments(ctx context.Context, q EnrolmentQuery) ([]Enrolment, string, error)

	// SaveEnrolment adds an enrolment of version 1 or replaces the version before.
	// A second one of the same person in the same course is ErrConflict.
	SaveEnrolment(ctx context.Context, e Enrolment) error
}

// An EnrolmentQuery selects enrolments.
type EnrolmentQuery struct {
	Course string         // "" means all
	Person string         // "" means everybody's
	States []State        // nil means all
	Sight  *profile.Sight // only in courses whose audience admits it and that are no drafts; nil means all
	After  string
	Limit  int
}

// A SessionStore keeps dates and who has a seat.
type SessionStore interface {
	Session(ctx context.Context, id string) (Session, error)

	// Sessions returns a page by start and ID.
	Sessions(ctx context.Context, q SessionQuery) ([]Session, string, error)

	// SaveSession adds a session of version 1 or replaces the version before.
	// Those in line move up to seats that become free; who did is returned. It
	// takes no seat away from anybody.
	SaveSession(ctx context.Context, s Session) (moved []Booking, err error)

	// Book gives a person a seat, or a place in line if none is left. Whoever has
	// one already gets ErrConflict.
	Book(ctx context.Context, b Booking) (Booking, error)

	// Unbook takes a seat or a place in line back, and gives the seat to the first
	// in line, who is returned. Whoever has neither gets ErrNotFound.
	Unbook(ctx context.Context, session, person string) (moved []Booking, err error)

	// Attend says whether somebody with a seat was there.
	Attend(ctx context.Context, session, person string, was bool) error

	// Bookings returns a page by session and place in line.
	Bookings(ctx context.Context, q BookingQuery) ([]Booking, string, error)
}

// A SessionQuery selects sessions.
type SessionQuery struct {
	Courses []string  // nil means of all
	From    time.Time // that end after it; zero means all
	To      time.Time // that start before it; zero means all
	Unasked bool      // only those that nobody was reminded of and that take place
	After   string
	Limit   int
}

// A BookingQuery selects bookings.
type BookingQuery struct {
	Session string // "" means of all
	Course  string // "" means of all
	Person  string // "" means everybody's
	Seats   []Seat // nil means all
	After   string
	Limit   int
}

// A PersonStore tells and forgets what is kept of people.
type PersonStore interface {
	// Written returns the revisions that a person saved, by course and number,
	// and OwnedBy the IDs of the courses that are theirs.
	Written(ctx context.Context, person string) ([]Revision, error)
	OwnedBy(ctx context.Context, person string) ([]string, error)

	// Forget puts the pseudonym in a person's place, and takes their name off
	// certificates; what they typed as answers goes. With an empty pseudonym
	// enrolments and bookings are removed and nobody stands in their place in
	// what they wrote. Their seats at sessions that start after the time go to
	// those in line. It returns how many records are gone, and in how many they
	// were replaced.
	Forget(ctx context.Context, person, pseudonym string, at time.Time) (removed, renamed int, err error)
}
