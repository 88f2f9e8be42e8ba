package profile

import (
	"context"
	"crypto/rand"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/stoa-go/stoa/internal/idem"
)

// SegmentOfLink returns the segment that holders of a link are in, for the
// audience of the one thing that it opens. Its name is longer than that of any
// segment with a rule can be, so no rule ever grants it; and it says neither
// purpose nor subject to whoever sees the audience.
func SegmentOfLink(purpose, subject string) string {
	sum := sha512.Sum512([]byte("stoa segment of link 1\x00" + purpose + "\x00" + subject))
	return "link:" + hex.EncodeToString(sum[:])
}

// Actor returns whoever holds l as somebody to act for. They have not signed in:
// they have no ID, no account, no role and no permission, and see what is public
// and what [SegmentOfLink] opens, which is one thing.
func (l Link) Actor() Actor {
	return Actor{Assurance: AssuranceLink, Segments: []string{SegmentOfLink(l.Purpose, l.Subject)}}
}

// Holds reports whether an actor is here by a link for the purpose and the
// subject. Capabilities ask it before they let a guest do more than look.
func (a Actor) Holds(purpose, subject string) bool {
	return a.Assurance == AssuranceLink && a.In(SegmentOfLink(purpose, subject))
}

// passPurpose is the purpose of the link that a browser holds after it has used
// one for the given purpose. A capital cannot stand in a purpose, so that no
// token that was sent is a pass.
func passPurpose(purpose string) string { return "Pass." + purpose }

// Enter uses a link and gives the browser a pass to what it was for, good for
// LinkOptions.PassFor. The pass of a browser that entered with a link of the
// same purpose, subject and address before ends.
func (s *Links) Enter(w http.ResponseWriter, r *http.Request, purpose, token string) (Link, error) {
	ctx := r.Context()
	l, err := s.Use(ctx, purpose, token)
	if err != nil {
		return Link{}, err
	}
	secret, now := rand.Text(), s.clock()
	pass := Link{
		ID: idem.New(), Purpose: passPurpose(purpose), Subject: l.Subject, Address: l.Address, MadeBy: l.MadeBy,
		Data: l.Data, Uses: 1, MadeAt: now, ExpiresAt: now.Add(s.opts.PassFor), Secret: linkSecret(passPurpose(purpose), secret),
	}
	if err := s.store.MakeLink(ctx, pass); err != nil {
		return Link{}, fmt.Errorf("enter by link: %w", err)
	}
	http.SetCookie(w, s.cookie(purpose+"/"+secret, pass.ExpiresAt))
	return l, nil
}

// Authenticate implements [Authenticator] for browsers with a pass. Without one
// it returns the zero Actor; a pass that is good no more is ErrForbidden. The
// host asks it where nobody has signed in.
func (s *Links) Authenticate(r *http.Request) (Actor, error) {
	if _, err := r.Cookie(s.opts.Cookie); err != nil {
		return Actor{}, nil
	}
	l, err := s.Current(r)
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrGone) {
		return Actor{}, errSignedOut()
	}
	if err != nil {
		return Actor{}, err
	}
	return l.Actor(), nil
}

// Current returns the link whose pass a request comes with, under the purpose
// that it was made for, so that a capability knows whose address it was sent to.
func (s *Links) Current(r *http.Request) (Link, error) {
	c, err := r.Cookie(s.opts.Cookie)
	if err != nil {
		return Link{}, linkError(errNoLink(), "")
	}
	purpose, secret, _ := cutLast(c.Value, '/')
	l, err := s.Peek(r.Context(), passPurpose(purpose), secret)
	if err != nil {
		return Link{}, err
	}
	l.Purpose = purpose
	return l, nil
}

// Leave ends the pass of a browser. It is no error if it has none.
func (s *Links) Leave(w http.ResponseWriter, r *http.Request) error {
	expired := s.cookie("", time.Time{})
	expired.MaxAge = -1
	http.SetCookie(w, expired)
	l, err := s.Current(r)
	if err != nil {
		if errors.Is(err, ErrNotFound) || errors.Is(err, ErrGone) {
			return nil
		}
		return err
	}
	return s.leave(r.Context(), l.ID)
}

func (s *Links) leave(ctx context.Context, id string) error {
	if _, err := s.store.EndLinks(ctx, LinkQuery{ID: id}, LinkDone); err != nil {
		return fmt.Errorf("leave: %w", err)
	}
	return nil
}

func (s *Links) cookie(value string, until time.Time) *http.Cookie {
	return &http.Cookie{
		Name: s.opts.Cookie, Value: value, Path: "/", Expires: until,
		HttpOnly: true, Secure: s.opts.Secure, SameSite: http.SameSiteLaxMode,
	}
}

func cutLast(s string, sep byte) (before, after string, found bool) {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == sep {
			return s[:i], s[i+1:], true
		}
	}
	return "", s, false
}
