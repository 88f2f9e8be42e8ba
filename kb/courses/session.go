package courses

import "time"

// A Session is a date on which something is taught, with seats.
type Session struct {
	ID         string    `json:"id"`
	Course     string    `json:"course"`
	Title      Words     `json:"title"` // nil means that of the course
	Starts     time.Time `json:"starts"`
	Ends       time.Time `json:"ends"`
	Zone       string    `json:"zone"`        // IANA time zone of the place
	Place      string    `json:"place"`       // everybody who sees the course may read it
	Link       string    `json:"link"`        // where it is held online; only for those with a seat
	Language   string    `json:"language"`    // spoken there
	Seats      int       `json:"seats"`       // how many there are
	Until      time.Time `json:"until"`       // seats can be given back before; zero means before it starts
	Cancelled  bool      `json:"cancelled"`   // it does not take place
	RemindedAt time.Time `json:"reminded_at"` // when people were reminded; zero means not yet
	Version    int       `json:"version"`     // 1 in a new one; each change adds 1, and bookings none

	Taken   int `json:"taken"`   // seats, counted by the store
	Waiting int `json:"waiting"` // people in line, counted by the store
}

// Free returns how many seats are left.
func (s Session) Free() int { return max(0, s.Seats-s.Taken) }

// Begun reports whether the session has begun at a time.
func (s Session) Begun(at time.Time) bool { return !at.Before(s.Starts) }

// Deadline returns until when seats can be given back.
func (s Session) Deadline() time.Time {
	if s.Until.IsZero() {
		return s.Starts
	}
	return s.Until
}

// In returns the session with its times in its own zone.
func (s Session) In() Session {
	if zone, err := time.LoadLocation(s.Zone); err == nil {
		s.Starts, s.Ends = s.Starts.In(zone), s.Ends.In(zone)
	}
	return s
}

// Texts returns every text in s.
func (s Session) Texts() []string {
	return append([]string{s.ID, s.Course, s.Zone, s.Place, s.Link, s.Language}, s.Title.texts()...)
}

// A Seat is how somebody stands to a session.
type Seat string

// The seats.
const (
	SeatTaken     Seat = "taken"
	SeatWaiting   Seat = "waiting"   // in line
	SeatCancelled Seat = "cancelled" // given back
)

// A Booking is one person's seat at a session, or their place in line. There is
// at most one of each.
type Booking struct {
	Session  string    `json:"session"`
	Course   string    `json:"course"`
	Person   string    `json:"person"`
	Seat     Seat      `json:"seat"`
	Line     int       `json:"line"` // place in the order of asking, given by the store
	At       time.Time `json:"at"`
	Attended bool      `json:"attended"`
}
