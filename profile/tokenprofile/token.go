package tokenprofile

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// Options say which tokens are good.
type Options struct {
	Issuer   string // what the claim "iss" must be; required
	Audience string // what must be in the claim "aud"; required
	Keys     []Key  // any of which a token may be signed with; required, several while one replaces another

	// Find returns who the claim "sub" is; nil means that it is the ID of a
	// person in the directory. ErrNotFound refuses the token.
	Find func(ctx context.Context, subject string) (profile.Actor, error)

	Life time.Duration    // how far ahead a token may expire; 0 means an hour, which is the most
	Skew time.Duration    // how far the clocks may be apart; 0 means 30 s, and 2 min is the most
	Now  func() time.Time // nil means time.Now
}

// An Authenticator is a [profile.Authenticator] for JSON Web Tokens in the
// header Authorization. Make one with [New].
type Authenticator struct {
	opts Options
	keys map[string]Key
}

var _ profile.Authenticator = (*Authenticator)(nil)

const (
	maxLife = time.Hour
	maxSkew = 2 * time.Minute
)

// New returns an Authenticator for the people of a directory. It refuses
// options with which a token would prove nothing.
func New(people *profile.Directory, o Options) (*Authenticator, error) {
	if o.Issuer == "" || o.Audience == "" {
		return nil, errors.New("tokenprofile: an issuer and an audience are required")
	}
	if len(o.Keys) == 0 {
		return nil, errors.New("tokenprofile: a key is required")
	}
	a := &Authenticator{keys: map[string]Key{}}
	for _, k := range o.Keys {
		k, err := k.check()
		if err != nil {
			return nil, fmt.Errorf("tokenprofile: key %q: %w", k.ID, err)
		}
		if _, ok := a.keys[k.ID]; ok {
			return nil, fmt.Errorf("tokenprofile: key %q: there are two", k.ID)
		}
		a.keys[k.ID] = k
	}
	o.Keys = nil
	if o.Find == nil {
		if people == nil {
			return nil, errors.New("tokenprofile: a directory is required")
		}
		o.Find = people.Actor
	}
	var err error
	if o.Life, o.Skew, err = spans(o.Life, o.Skew); err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	a.opts = o
	return a, nil
}

func spans(life, skew time.Duration) (time.Duration, time.Duration, error) {
	if life == 0 {
		life = maxLife
	}
	if skew == 0 {
		skew = 30 * time.Second
	}
	if life < time.Second || life > maxLife || skew < 0 || skew > maxSkew {
		return 0, 0, errors.New("tokenprofile: life is a second to an hour, skew at most two minutes")
	}
	return life, skew, nil
}

// Authenticate implements [profile.Authenticator].
func (a *Authenticator) Authenticate(r *http.Request) (profile.Actor, error) {
	token, found, err := bearer(r)
	if err != nil || !found {
		return profile.Actor{}, err
	}
	subject, err := a.subject(token)
	if err != nil {
		return profile.Actor{}, err
	}
	return find(r.Context(), a.opts.Find, subject)
}

// find returns who a proved subject is.
func find(ctx context.Context, find func(context.Context, string) (profile.Actor, error), subject string) (profile.Actor, error) {
	actor, err := find(ctx, subject)
	switch {
	case errors.Is(err, profile.ErrNotFound):
		return profile.Actor{}, refuse("the subject is nobody here")
	case err != nil:
		return profile.Actor{}, fmt.Errorf("token: %w", err)
	case actor.Anonymous():
		return profile.Actor{}, refuse("the subject is nobody")
	}
	return actor, nil
}

// bearer returns the token of a request. One with another scheme has none.
func bearer(r *http.Request) (token string, found bool, err error) {
	values := r.Header.Values("Authorization")
	switch {
	case len(values) == 0:
		return "", false, nil
	case len(values) > 1:
		return "", false, refuse("there are two Authorization headers")
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", false, nil
	}
	return token, true, nil
}

// refuse returns the error of a token that is not good. why must hold nothing
// that came with it.
func refuse(why string) error {
	return fmt.Errorf("token: %s: %w", why, errs.Say(errs.Forbidden, "error.profile.signed_out", nil))
}

const maxSubject = 255 // bytes

// validSubject takes what can be one subject only, however it is read.
func validSubject(s string) bool {
	return s != "" && len(s) <= maxSubject && utf8.ValidString(s) && s == strings.TrimSpace(s) &&
		!strings.ContainsFunc(s, func(r rune) bool { return r == unicode.ReplacementChar || !unicode.IsPrint(r) })
}
