package site

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// The portal signs people in only in demo mode, as one of the demo's people: a
// cookie names the person, signed so that nobody can make one. A product hands
// the middleware its own authenticator instead.

const (
	sessionCookie = "stoa_session"
	sessionLength = 12 * time.Hour
	bearerPrefix  = "Bearer demo-"
)

type sessions struct {
	key []byte
	now func() time.Time
}

// issue returns a cookie that signs a person in.
func (s sessions) issue(person string, secure bool) *http.Cookie {
	until := s.now().Add(sessionLength)
	value := base64.RawURLEncoding.EncodeToString([]byte(person)) + "." + strconv.FormatInt(until.Unix(), 36)
	return &http.Cookie{
		Name: sessionCookie, Value: value + "." + s.sign(value), Path: "/", Expires: until,
		HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode,
	}
}

// expired returns a cookie that signs out.
func (s sessions) expired() *http.Cookie {
	return &http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

func (s sessions) sign(value string) string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte("session|" + value))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// person returns whom a request's cookie signs in, or "".
func (s sessions) person(r *http.Request) string {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return ""
	}
	i := strings.LastIndexByte(c.Value, '.')
	if i < 0 || !hmac.Equal([]byte(s.sign(c.Value[:i])), []byte(c.Value[i+1:])) {
		return ""
	}
	name, until, _ := strings.Cut(c.Value[:i], ".")
	seconds, err := strconv.ParseInt(until, 36, 64)
	if err != nil || s.now().Unix() > seconds {
		return ""
	}
	person, err := base64.RawURLEncoding.DecodeString(name)
	if err != nil {
		return ""
	}
	return string(person)
}

// authenticate says who sends a request. Somebody who was removed or disabled
// is nobody from the next request on.
func (s *Site) authenticate(r *http.Request) (profile.Actor, error) {
	if !s.cfg.Demo {
		return profile.Actor{}, nil
	}
	person := s.sessions.person(r)
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), bearerPrefix); ok {
		person = token
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
