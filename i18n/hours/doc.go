// Package hours knows when a team is there: business hours as a value, and time
// that passes only while somebody works.
//
// A [Plan] is what a team writes down: a zone, the hours of each day of the week,
// and the days that differ. [New] makes sure of it and makes it a [Calendar],
// which answers:
//
//	c.Open(at)                  // is anybody there?
//	c.NextOpening(at)           // and if not, when?
//	c.Between(from, to, waits...) // how long was it open, without what did not count?
//	c.Add(at, 8*time.Hour, waits...) // when will eight hours have been worked?
//
// # Hours
//
// Hours are half open: "09:00-17:00" is open at 9:00 and closed at 17:00. They
// belong to the day on which they begin and may end on the next: "22:00-30:00" is
// a night, until 6:00. "00:00-24:00" is the whole day, and two of those leave no
// gap between them. A day that differs has hours of its own, or none, in place of
// those that would begin on it; a night that began the day before goes on.
//
// Times are those of clocks on the wall in the plan's zone. It opens when these
// first show the time of opening or a later one, and closes when they show no
// earlier time than that of closing any more. So a time that clocks leave out is
// the moment at which they do; of a time that they show twice the first opens and
// the last closes; and a night is an hour longer when they are put back.
//
// # Bounds
//
// A calendar that is never open says so ([ErrNever]) and does not look for ever.
// Weeks that are like others are counted and not walked through, so what is far
// away costs little. Nothing is open after the year 9999.
//
// # Zones
//
// Zones come from the system's database. A program that may run where there is
// none imports time/tzdata.
//
// # Errors
//
// What is wrong with a plan is said for each field, in the reader's language, and
// matches [ErrInvalid].
package hours
