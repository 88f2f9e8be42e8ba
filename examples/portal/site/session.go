package site

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile"
)

// The portal signs people in only in demo mode, as one of the demo's people: a
// cookie holds a word that nobody can guess, and the database, which has only
// its hash, says whose it is until they sign out. A product hands the middleware
// its own authenticator instead.

const (
	sessionCookie = "stoa_session"
	sessionLength = 12 * time.Hour
	bearerPrefix  = "Bearer demo-"
)

type sessions struct {
	db     *sqldb.DB
	now    func() time.Time
	secure bool // the portal is reached by https, whatever is between
}

// begin signs a person in and returns the cookie that says so.
func (s sessions) begin(r *http.Request, person string) (*http.Cookie, error) {
	word, until := rand.Text(), s.now().Add(sessionLength)
	ctx := r.Context()
	err := s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		if err := forget(ctx, tx, s.word(r), s.now()); err != nil {
			return err
		}
		_, err := sqldb.Exec(ctx, tx, `insert into stoa_portal_session (hash, person, ends_at) values ($1, $2, $3)`,
			hashed(word), person, sqldb.At(until))
		return err
	})
	c := s.cookie(r, sessionCookie, word)
	c.Expires = until
	return c, err
}

// end signs out whoever sent a request, everywhere the cookie was copied to, and
// returns one that takes it away.
func (s sessions) end(r *http.Request) (*http.Cookie, error) {
	err := s.db.Write(r.Context(), func(tx sqlx.ExtContext) error {
		return forget(r.Context(), tx, s.word(r), s.now())
	})
	c := s.cookie(r, sessionCookie, "")
	c.MaxAge = -1
	return c, err
}

// forget removes a session, and those that have ended by themselves.
func forget(ctx context.Context, tx sqlx.ExtContext, word string, now time.Time) error {
	_, err := sqldb.Exec(ctx, tx, `delete from stoa_portal_session where hash = $1 or ends_at <= $2`, hashed(word), sqldb.At(now))
	return err
}

// person returns whom a request's cookie signs in, or "".
func (s sessions) person(r *http.Request) (person string, err error) {
	word := s.word(r)
	if word == "" {
		return "", nil
	}
	err = s.db.Get(r.Context(), &person, "session", `select person from stoa_portal_session where hash = $1 and ends_at > $2`,
		hashed(word), sqldb.At(s.now()))
	if errors.Is(err, errs.NotFound) {
		return "", nil
	}
	return person, err
}

func (s sessions) word(r *http.Request) string {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return ""
	}
	return c.Value
}

// cookie returns a cookie for the whole portal that no script reads and no other
// site's form sends.
func (s sessions) cookie(r *http.Request, name, value string) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: "/", HttpOnly: true, Secure: s.secure || r.TLS != nil, SameSite: http.SameSiteLaxMode,
	}
}

func hashed(word string) string {
	sum := sha256.Sum256([]byte("session|" + word))
	return hex.EncodeToString(sum[:])
}

// authenticate says who sends a request. Somebody who was removed or disabled,
// or has signed out, is nobody from the next request on.
func (s *Site) authenticate(r *http.Request) (profile.Actor, error) {
	if !s.cfg.Demo {
		return profile.Actor{}, nil
	}
	person, token := strings.CutPrefix(r.Header.Get("Authorization"), bearerPrefix)
	if !token {
		var err error
		if person, err = s.sessions.person(r); err != nil {
			return profile.Actor{}, err
		}
	}
	if person == "" {
		return profile.Actor{}, nil
	}
	by, err := s.people.Actor(r.Context(), person)
	if errors.Is(err, profile.ErrNotFound) {
		return profile.Actor{}, nil
	}
	return by, err
}
