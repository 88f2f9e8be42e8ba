package site

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/lru"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
)

// A stay is a visit as far as the order of pages goes: nothing moves until it is
// over. What it goes by follows from whose it is and when it began, so that all
// it takes to be the same on every instance is that they know the latter. That
// is in a cookie, which names nobody: of people, and where there may be several
// instances of everybody.
type stay struct{ began, last time.Time }

const (
	stayCookie  = "stoa_visit"
	stayIdle    = 30 * time.Minute // the pause that ends it
	stayLongest = 24 * time.Hour
	stayTold    = time.Minute // how often the browser is told that it goes on
)

// stays remembers when the visits of browsers began that send no cookie.
type stays = lru.Cache[string, time.Time]

func newStays() *stays { return lru.New[string, time.Time](20_000) }

// withStay says to which stay a request for a page belongs, and counts what
// people open.
func (s *Site) withStay(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := visitOf(r.Context())
		if !pageOf(v.Path) {
			next.ServeHTTP(w, r)
			return
		}
		v.stay = s.stayOf(w, r)
		if s.cfg.Holdout > 0 {
			r = r.WithContext(s.inArm(r.Context(), v))
		}
		if r.Method == http.MethodGet && r.Header.Get("Sec-Purpose") == "" {
			if s.cameFrom(w, r) {
				return
			}
			s.arranger.Opened(r.Context(), v.By, v.Path)
		}
		next.ServeHTTP(w, r)
	})
}

// pageOf reports whether there is a page at a path, and not a file that a page
// or a program loads.
func pageOf(path string) bool {
	return !strings.HasPrefix(path, "/media/") && !strings.HasSuffix(path, "/feed.atom") && !strings.HasPrefix(path, feedsPath) && path != "/sitemap.xml" && !strings.HasPrefix(path, "/sitemaps/") && path != "/robots.txt" && path != "/search/suggestions"
}

// inArm notes in the events of a request who is compared with whom.
func (s *Site) inArm(ctx context.Context, v *visit) context.Context {
	common := analytics.FromContext(ctx)
	common.Arms = append(common.Arms[:len(common.Arms):len(common.Arms)], s.arranger.Arm(ctx, v.By, v.stay))
	return analytics.NewContext(ctx, common)
}

// stayOf returns the visit that a request belongs to. Those who look at the
// portal as somebody else, who want not to be recognised and machines are on
// none.
func (s *Site) stayOf(w http.ResponseWriter, r *http.Request) layout.Visit {
	by, common := visitOf(r.Context()).By, analytics.FromContext(r.Context())
	out := layout.Visit{Visitor: common.Visitor, Brand: visitOf(r.Context()).Brand.ID}
	if by.Viewer != "" || by.Anonymous() && common.Visitor == "" {
		return out
	}
	now := s.cfg.Now().UTC()
	c, _ := r.Cookie(stayCookie)
	kept, ok := s.readStay(c, by, now)
	if !ok {
		kept = stay{began: s.begun(cmp.Or(common.Session, common.Visitor), by, now)}
	}
	if now.Sub(kept.last) >= stayTold && (!by.Anonymous() || !s.db.local()) && r.Method == http.MethodGet {
		kept.last = now
		http.SetCookie(w, s.cookie(stayCookie, s.writeStay(kept, by)))
	}
	out.Began, out.ID = kept.began, strconv.FormatInt(kept.began.UnixMicro(), 36)
	return out
}

// begun returns when the visit of a browser began that has sent no cookie yet:
// now, unless it has asked before. What sends none at all and is told apart by
// nothing else begins a new one each time.
func (s *Site) begun(session string, by profile.Actor, now time.Time) time.Time {
	now = now.Truncate(time.Microsecond)
	if session == "" {
		return now
	}
	key := session + " " + by.ID
	if at, ok := s.stays.Load(key); ok && now.Sub(at) < stayLongest {
		return at
	}
	s.stays.Store(key, now)
	return now
}

func (s *Site) writeStay(st stay, by profile.Actor) string {
	text := strconv.FormatInt(st.began.UnixMicro(), 36) + "." + strconv.FormatInt(st.last.Unix(), 36)
	return text + "." + s.signStay(text, by)
}

// readStay returns the stay in a cookie, if it is of the same person and goes on.
func (s *Site) readStay(c *http.Cookie, by profile.Actor, now time.Time) (stay, bool) {
	if c == nil {
		return stay{}, false
	}
	began, rest, _ := strings.Cut(c.Value, ".")
	last, sign, _ := strings.Cut(rest, ".")
	if !hmac.Equal([]byte(sign), []byte(s.signStay(began+"."+last, by))) {
		return stay{}, false
	}
	b, err := strconv.ParseInt(began, 36, 64)
	l, fault := strconv.ParseInt(last, 36, 64)
	st := stay{time.UnixMicro(b).UTC(), time.Unix(l, 0).UTC()}
	over := now.Sub(st.last) >= stayIdle || now.Sub(st.began) >= stayLongest
	return st, err == nil && fault == nil && !over
}

func (s *Site) signStay(text string, by profile.Actor) string {
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte("stay|" + by.ID + "|" + text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:12])
}

// cameFrom counts that somebody has followed a link of a block, which its
// address says, and leads on to the address without. It reports whether it did.
func (s *Site) cameFrom(w http.ResponseWriter, r *http.Request) bool {
	v := visitOf(r.Context())
	from := v.Query.Get(blockParam)
	if from == "" || strings.Contains(from, "/") || !strings.HasPrefix(v.Path, "/articles/") && !strings.HasPrefix(v.Path, "/categories/") {
		return false
	}
	s.arranger.Used(r.Context(), v.By, from)
	q := r.URL.Query()
	q.Del(blockParam)
	to := v.link(v.Path)
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	http.Redirect(w, r, to, http.StatusFound)
	return true
}

// blockParam says in an address which block its link stood in.
const blockParam = "block"
