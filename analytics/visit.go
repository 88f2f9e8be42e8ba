package analytics

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/stoa-go/stoa/internal/lru"
	"github.com/stoa-go/stoa/internal/web"
)

// Visits tells visitors and visits apart without cookies and without keeping
// anything that names somebody. A browser is known for one day by a hash of its
// address and User-Agent with that day's salt; when the salt is gone, nobody
// can make the connection again. A visit ends after a pause.
//
// Visits are remembered in the memory of one process: behind a load balancer
// that does not keep visitors on one instance, a visit counts once on each.
// Figures about unique visitors over more than a day have no meaning.
type Visits struct {
	opts VisitOptions

	mu       sync.Mutex
	sessions *lru.Cache[string, session]
	salts    map[string][]byte // of today and yesterday
}

// VisitOptions adjust Visits. The zero value is ready to use.
type VisitOptions struct {
	Salts   Salts                        // nil means salts in the memory of this process
	Address func(r *http.Request) string // whom a request is from; nil means the address found by the portal's middleware, or the connection's
	Idle    time.Duration                // the pause that ends a visit; 0 means 30 minutes
	Longest time.Duration                // after which a visit ends in any event; 0 means 24 hours
	Size    int                          // how many visits are remembered; 0 means 100,000
	Quiet   func(r *http.Request) bool   // reports whether a visitor wants not to be recognised; nil means by DNT and Sec-GPC
	Now     func() time.Time             // nil means time.Now
	Logger  *slog.Logger                 // nil discards logs
}

// Salts are one secret for each day, the same on all instances.
type Salts interface {
	// Salt returns the secret of a day ("2026-03-01"), and makes one if none has
	// asked before. It forgets those of the days before yesterday: a salt that
	// is kept makes visitors recognisable for as long as it is. Visits ask twice
	// a day.
	Salt(ctx context.Context, day string) ([]byte, error)
}

// randomSalts are known to nobody else. Visits remember them.
type randomSalts struct{}

func (randomSalts) Salt(context.Context, string) ([]byte, error) {
	salt := make([]byte, 32)
	rand.Read(salt)
	return salt, nil
}

type session struct {
	id, visitor string
	began, last time.Time
}

// NewVisits returns Visits. A nil opts means the defaults.
func NewVisits(opts *VisitOptions) *Visits {
	var o VisitOptions
	if opts != nil {
		o = *opts
	}
	if o.Salts == nil {
		o.Salts = randomSalts{}
	}
	if o.Address == nil {
		o.Address = func(r *http.Request) string { return web.ClientIPFrom(r).String() }
	}
	if o.Idle <= 0 {
		o.Idle = 30 * time.Minute
	}
	if o.Longest <= 0 {
		o.Longest = 24 * time.Hour
	}
	if o.Size <= 0 {
		o.Size = 100_000
	}
	if o.Quiet == nil {
		o.Quiet = Quiet
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Visits{opts: o, sessions: lru.New[string, session](o.Size), salts: map[string][]byte{}}
}

// Quiet reports whether a request asks not to be tracked, by Do Not Track or
// Global Privacy Control.
func Quiet(r *http.Request) bool {
	return r.Header.Get("Sec-GPC") == "1" || r.Header.Get("DNT") == "1"
}

// Middleware puts what all events of a request have in common into its context:
// visitor, session, path, referrer, device and channel "web".
func (v *Visits) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(NewContext(r.Context(), v.Visit(r))))
	})
}

// Visit returns what all events of a request have in common. A visitor who
// wants not to be recognised has no Visitor, and a Session for this request
// only; so has everybody while the salts cannot be had. Bots have neither.
func (v *Visits) Visit(r *http.Request) Event {
	e := Event{
		Path: r.URL.Path, Referrer: referrer(r), Device: DeviceOf(r.UserAgent()), Channel: ChannelWeb,
	}
	switch {
	case e.Device == DeviceBot:
	case v.opts.Quiet(r):
		e.Session = newID()
	default:
		e.Visitor, e.Session = v.recognise(r)
	}
	return e
}

// recognise returns the visitor and session of a request.
func (v *Visits) recognise(r *http.Request) (visitor, id string) {
	now := v.opts.Now().UTC()
	today, err := v.key(r, now)
	if err != nil {
		v.opts.Logger.WarnContext(r.Context(), "no salt for visits", "error", err)
		return "", newID()
	}
	v.mu.Lock()
	s, ok := v.open(today, now)
	v.mu.Unlock()
	if !ok {
		s = v.begin(r, today, now)
	}
	return s.visitor, s.id
}

// open returns the visit that goes on under key, which it keeps alive. The
// caller holds the lock.
func (v *Visits) open(key string, now time.Time) (session, bool) {
	s, ok := v.sessions.Load(key)
	if !ok || now.Sub(s.last) >= v.opts.Idle || now.Sub(s.began) >= v.opts.Longest {
		return session{}, false
	}
	s.last = now
	v.sessions.Store(key, s)
	return s, true
}

// begin returns the visit that goes on since yesterday, or a new one. A visit
// over midnight is one visit of one visitor.
func (v *Visits) begin(r *http.Request, today string, now time.Time) session {
	yesterday, err := v.key(r, now.AddDate(0, 0, -1))
	v.mu.Lock()
	defer v.mu.Unlock()
	if s, ok := v.open(today, now); ok {
		return s // another request of the same browser was first
	}
	s, ok := session{}, false
	if err == nil {
		s, ok = v.open(yesterday, now)
	}
	if !ok {
		s = session{id: newID(), visitor: today, began: now, last: now}
	}
	v.sessions.Store(today, s)
	return s
}

// key returns by what a browser is known on the day of t.
func (v *Visits) key(r *http.Request, t time.Time) (string, error) {
	salt, err := v.salt(r.Context(), t)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, salt)
	mac.Write([]byte(v.opts.Address(r)))
	mac.Write([]byte{0})
	mac.Write([]byte(r.UserAgent()))
	return hex.EncodeToString(mac.Sum(nil)[:16]), nil
}

// salt returns the salt of the day of t. It keeps those of two days.
func (v *Visits) salt(ctx context.Context, t time.Time) ([]byte, error) {
	day := Day(t)
	v.mu.Lock()
	salt, ok := v.salts[day]
	v.mu.Unlock()
	if ok {
		return salt, nil
	}
	made, err := v.opts.Salts.Salt(ctx, day)
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if salt, ok := v.salts[day]; ok {
		return salt, nil // another request was first, and may have used it
	}
	v.salts[day] = made
	oldest := Day(v.opts.Now().AddDate(0, 0, -1))
	maps.DeleteFunc(v.salts, func(day string, _ []byte) bool { return day < oldest })
	return made, nil
}

func newID() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// referrer returns where a visitor came from: of other sites scheme and host,
// of the own one the path too.
func referrer(r *http.Request) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	from := u.Scheme + "://" + strings.ToLower(u.Host)
	if strings.EqualFold(u.Host, r.Host) {
		from += u.Path
	}
	return from
}
