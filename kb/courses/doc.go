// Package courses is where people learn: courses of lessons and quizzes, what
// each learner has done of them, certificates, and trainings with dates and seats.
//
// # Courses
//
// A [Course] says who may see it, how people get in and what it costs; its
// [Content] is kept in revisions, which never change. Whoever enrols keeps the
// revision that was live then, until they take over a newer one. Texts are [Words]
// in languages; what a language lacks is shown in the course's own.
//
// A course that somebody may not see does not exist for them: not in lists, counts,
// addresses, search or calendars, whether they are enrolled or not.
//
// # Learners
//
// An [Enrolment] is all that one person has to do with one course: their place,
// the lessons they finished, their attempts at quizzes, what they owe and the
// certificates they got. It is one record with a version, and each step of theirs
// is one write of it, so that a form sent twice, or from two tabs, counts once and
// nothing is half done.
//
// # Quizzes
//
// What is sent before somebody answers holds no answers: choices go by their place
// in an order of that attempt's own, which is the same each time that the attempt
// is looked at. Explanations come after answering; the right answers once the quiz
// is passed or no attempt is left.
//
// # Fees
//
// A course with a price unlocks nothing until it is paid. [Payments] begins a
// checkout and [School.Confirm] is told of its end; without one, orders wait to be
// paid by invoice.
//
// # Sessions
//
// A [Session] is a date with seats. When they are taken people wait in line and
// move up by themselves; of those who want the last seat at once exactly one has it.
//
// # Errors
//
// Methods return errors that match, with [errors.Is], one of [ErrNotFound],
// [ErrConflict], [ErrForbidden], [ErrInvalid], [ErrUnavailable] or [ErrTooMany].
// What an actor may not see is ErrNotFound.
//
// # Stores
//
// Subpackages provide stores: memcourses in memory, sqlcourses in PostgreSQL and
// SQLite.
//
// # Writing an adapter
//
// A learning platform that keeps courses of its own implements [Store], which has
// no rules, and proves it with coursestest.TestStore. One that takes money
// implements [Payments], which has one method.
package courses
