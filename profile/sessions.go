package profile

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/internal/web"
)

// Sessions remember who signed in, for portals whose host has no sessions of
// its own. Each is in the store, so that ending it signs a browser out on every
// instance with its next request; the browser holds a random secret of which
// the store has only the hash. It is an [Authenticator].
type Sessions struct {
	store  SessionStore
	people *Directory
	opts   SessionOptions
}

// SessionOptions adjust Sessions. The zero value is ready to use.
type SessionOptions struct {
	Cookie    string        // name of the cookie; "" means "stoa_session"
	Secure    bool          // the portal is served by https only; the cookie's name begins with "__Host-" then
	Idle      time.Duration // how long a session lives without a request; 0 means three days
	Life      time.Duration // how long it lives at most; 0 means 30 days
	StrongFor time.Duration // how long a second factor counts; 0 means 15 minutes
	Events    analytics.Recorder
	Logger    *slog.Logger     // nil discards logs
	Now       func() time.Time // nil means time.Now

	// Besides ends what lets a person in besides their sessions, when all of these
	// are ended; nil means that nothing does.
	Besides func(ctx context.Context, by Actor, person string) error
}

// NewSessions returns Sessions of the people of a directory. A nil opts means
// the defaults.
func NewSessions(store SessionStore, people *Directory, opts *SessionOptions) *Sessions {
	var o SessionOptions
	if opts != nil {
		o = *opts
	}
	if o.Cookie == "" {
		o.Cookie = "stoa_session"
	}
	if o.Secure {
		o.Cookie = "__Host-" + o.Cookie
	}
	for _, d := range []struct {
		at   *time.Duration
		mean time.Duration
	}{{&o.Idle, 3 * 24 * time.Hour}, {&o.Life, 30 * 24 * time.Hour}, {&o.StrongFor, 15 * time.Minute}} {
		if *d.at == 0 {
			*d.at = d.mean
		}
	}
	if o.Events == nil {
		o.Events = analytics.Discard
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Sessions{store: store, people: people, opts: o}
}

// A SignIn is what a sign-in proved.
type SignIn struct {
	Person    string    // whom it signs in, an ID of the directory
	Via       string    // what vouched for them: "demo", "oidc:https://id.example"
	Subject   string    // who they are there, or empty
	Ticket    string    // what the sign-in is called there, or empty
	Assurance Assurance // 0 means AssuranceSignIn
	Until     time.Time // when what vouched for them ends the session; zero means that it does not
}

// Start signs somebody in: it begins a session and gives its secret to the
// browser. The session that the request came with, if any, ends, so that
// nobody goes on with a secret from before. A person who is not in the
// directory, or disabled, is ErrNotFound.
func (s *Sessions) Start(w http.ResponseWriter, r *http.Request, in SignIn) (Session, error) {
	ctx := r.Context()
	by, err := s.people.Actor(ctx, in.Person)
	if err != nil {
		return Session{}, s.Failed(ctx, in, fmt.Errorf("sign in: %w", err))
	}
	secret, now := rand.Text()+rand.Text(), s.clock()
	made := Session{
		ID: strings.ToLower(rand.Text()), Person: in.Person, Via: in.Via, Subject: in.Subject, Ticket: in.Ticket, Assurance: in.Assurance,
		Agent: agentOf(r), StartedAt: now, SeenAt: now, ExpiresAt: now.Add(s.opts.Life), Secret: hashOf(secret),
	}
	if made.Assurance == AssuranceNone {
		made.Assurance = AssuranceSignIn
	}
	if !in.Until.IsZero() && in.Until.Before(made.ExpiresAt) {
		made.ExpiresAt = in.Until.UTC().Truncate(time.Microsecond)
	}
	by.Session = made.ID
	deed := Deed{Action: "session.begun", Person: in.Person, Subject: "via/" + clip(in.Via), Account: by.Account}
	if err := s.people.audited(ctx, by, deed, func() error { return s.store.StartSession(ctx, made) }); err != nil {
		return Session{}, fmt.Errorf("sign in: %w", err)
	}
	if old, err := s.find(r); err == nil {
		q := SessionQuery{ID: old.ID}
		if old.Person == made.Person {
			q.Next = made.ID
		}
		if _, err := s.store.EndSessions(ctx, q); err != nil {
			return Session{}, fmt.Errorf("sign in: %w", err)
		}
	}
	http.SetCookie(w, s.cookie(secret, made.ExpiresAt))
	s.record(ctx, by, "session.started", made)
	made.Secret = ""
	return made, nil
}

// Failed writes down that somebody could not be signed in, and returns err. Ways
// to sign in call it; who the person is may not be known.
func (s *Sessions) Failed(ctx context.Context, in SignIn, err error) error {
	if s.people.audit == nil || err == nil {
		return err
	}
	// A person who is not here is no person: what was typed is not kept.
	if _, unknown := s.people.store.Person(ctx, in.Person); unknown != nil {
		in.Person = ""
	}
	deed := Deed{Action: "session.begun", Person: in.Person, Subject: "via/" + clip(in.Via), Outcome: OutcomeRefused}
	if _, untold := s.people.audit.Audit(context.WithoutCancel(ctx), Actor{}, deed); untold != nil {
		s.opts.Logger.ErrorContext(ctx, "failed sign-in not written down", "error", untold)
	}
	return err
}

// End signs out the browser that a request comes from. It is no error if
// nobody had signed in.
func (s *Sessions) End(w http.ResponseWriter, r *http.Request) error {
	http.SetCookie(w, s.expired())
	old, err := s.find(r)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	deed := Deed{Action: "session.ended", Person: old.Person}
	err = s.people.audited(r.Context(), Actor{ID: old.Person, Session: old.ID}, deed, func() error {
		_, err := s.store.EndSessions(r.Context(), SessionQuery{ID: old.ID})
		return err
	})
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	s.record(r.Context(), Actor{ID: old.Person}, "session.ended", old)
	return nil
}

// Authenticate implements [Authenticator]. A request with the secret of a
// session that has ended, or of somebody who has left, is refused with
// ErrForbidden; see [Sessions.Refused].
func (s *Sessions) Authenticate(r *http.Request) (Actor, error) {
	if _, err := r.Cookie(s.opts.Cookie); err != nil {
		return Actor{}, nil
	}
	session, err := s.find(r)
	if errors.Is(err, ErrNotFound) {
		return Actor{}, errSignedOut()
	}
	if err != nil {
		return Actor{}, err
	}
	a, err := s.people.signedIn(r.Context(), session.Person, session.StartedAt)
	if errors.Is(err, ErrNotFound) {
		return Actor{}, errSignedOut()
	}
	if err != nil {
		return Actor{}, err
	}
	a.Assurance, a.Session = s.assurance(session), session.ID
	s.see(r.Context(), session)
	if session.Viewing == "" {
		return a, nil
	}
	return s.viewed(r.Context(), a, session)
}

// Refused answers requests whose session has ended, for
// [MiddlewareOptions].Refused: it takes the cookie away, sends readers to the
// page that they asked for, which they see as anybody does, and tells everybody
// else with status 403.
func (s *Sessions) Refused() http.Handler {
	return web.Handler(s.opts.Logger, func(w http.ResponseWriter, r *http.Request) error {
		http.SetCookie(w, s.expired())
		if r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html") && valid.ReturnPath(r.RequestURI) == r.RequestURI {
			w.Header().Set("Cache-Control", "no-store")
			http.Redirect(w, r, r.RequestURI, http.StatusSeeOther)
			return nil
		}
		return errSignedOut()
	})
}

// Current returns the session that a request comes from, or ErrNotFound.
func (s *Sessions) Current(r *http.Request) (Session, error) {
	session, err := s.find(r)
	session.Secret = ""
	return session, err
}

// find returns the live session of a request.
func (s *Sessions) find(r *http.Request) (Session, error) {
	c, err := r.Cookie(s.opts.Cookie)
	if err != nil || c.Value == "" {
		return Session{}, fmt.Errorf("session: %w", ErrNotFound)
	}
	session, err := s.store.Session(r.Context(), hashOf(c.Value))
	if err != nil {
		return Session{}, fmt.Errorf("session: %w", err)
	}
	if now := s.clock(); !now.Before(session.ExpiresAt) || now.Sub(session.SeenAt) > s.opts.Idle {
		return Session{}, fmt.Errorf("session: expired: %w", ErrNotFound)
	}
	return session, nil
}

// assurance is what the sign-in proves now: a second factor wears off.
func (s *Sessions) assurance(session Session) Assurance {
	if session.Assurance == AssuranceStrong && s.clock().Sub(session.StartedAt) > s.opts.StrongFor {
		return AssuranceSignIn
	}
	return session.Assurance
}

// seeEvery is how exactly it is known when a session was last used.
const seeEvery = 5 * time.Minute

// see notes that a session is in use. A request does not fail for it.
func (s *Sessions) see(ctx context.Context, session Session) {
	now := s.clock()
	if now.Sub(session.SeenAt) < seeEvery {
		return
	}
	if err := s.store.SeeSession(ctx, session.ID, now); err != nil {
		s.opts.Logger.WarnContext(ctx, "use of a session not noted", "error", err)
	}
}

func (s *Sessions) cookie(secret string, until time.Time) *http.Cookie {
	return &http.Cookie{
		Name: s.opts.Cookie, Value: secret, Path: "/", Expires: until,
		HttpOnly: true, Secure: s.opts.Secure, SameSite: http.SameSiteLaxMode,
	}
}

func (s *Sessions) expired() *http.Cookie {
	c := s.cookie("", time.Time{})
	c.MaxAge = -1
	return c
}

func (s *Sessions) clock() time.Time { return s.opts.Now().UTC().Truncate(time.Microsecond) }

func (s *Sessions) record(ctx context.Context, by Actor, name string, session Session) {
	s.opts.Events.Record(ctx, analytics.Event{
		Name: name, At: s.clock(), User: by.ID, Account: by.Account, Subject: "person/" + session.Person,
		Props: map[string]string{"via": session.Via},
	})
}

// hashOf is what the store knows a secret by: its copy lets nobody in.
func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

const maxAgent = 200 // bytes

func agentOf(r *http.Request) string {
	agent := strings.ToValidUTF8(strings.ReplaceAll(r.UserAgent(), "\x00", ""), "")
	return strings.ToValidUTF8(agent[:min(len(agent), maxAgent)], "")
}
