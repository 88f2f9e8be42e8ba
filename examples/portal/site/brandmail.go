package site

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"net/http"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/lru"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
	"github.com/stoa-go/stoa/profile/mailprofile"
)

// Mails go out in the name of a brand: of the one that what they are about is
// seen at, and otherwise of the one that its reader was on last. Name, sender,
// colours and links are that brand's.

// homes remembers the brands that people were on last, so that a page that they
// open costs no query.
type homes = lru.Cache[string, home]

type home struct {
	brand string
	until time.Time // another instance may know better after that
}

const homeFor = time.Minute

func newHomes() *homes { return lru.New[string, home](20_000) }

// severalBrands reports whether there is anything to tell apart.
func (s *Site) severalBrands() bool { return len(s.declared.Brands) > 1 }

// cameTo notes which brand somebody is on.
func (s *Site) cameTo(r *http.Request, by profile.Actor, b layout.Brand) {
	if !s.severalBrands() || by.Anonymous() || by.Viewer != "" || r.Method != http.MethodGet || by.ID == system.ID {
		return
	}
	now := s.cfg.Now()
	if h, ok := s.homes.Load(by.ID); ok && h.brand == b.ID && now.Before(h.until) {
		return
	}
	if err := s.db.setBrand(r.Context(), by.ID, b.ID); err != nil {
		s.cfg.Log.WarnContext(r.Context(), "brand not noted", "err", err)
		return
	}
	s.homes.Store(by.ID, home{b.ID, now.Add(homeFor)})
}

// homeOf returns the brand in whose name somebody is written to: where they are,
// or were last, or the first.
func (s *Site) homeOf(ctx context.Context, to profile.Actor) (string, error) {
	if !s.severalBrands() {
		return s.declared.Brand("").ID, nil
	}
	if at := s.brandAt(to); at != "" {
		return at, nil
	}
	last, err := s.db.brand(ctx, to.ID)
	if err != nil || !s.hasBrand(last) {
		last = s.declared.Brands[0].ID // one that is gone writes to nobody
	}
	return last, err
}

// brandAt returns the brand that somebody is on while they ask, "" for those who
// do not ask themselves.
func (s *Site) brandAt(by profile.Actor) string {
	for _, name := range by.Segments {
		if id, ok := strings.CutPrefix(name, brandSegment); ok && s.hasBrand(id) {
			return id
		}
	}
	return ""
}

// brandSegment is how the segment of everybody on a brand begins.
const brandSegment = "brand-"

func (s *Site) hasBrand(id string) bool {
	return slices.ContainsFunc(s.declared.Brands, func(b layout.Brand) bool { return b.ID == id })
}

// brandNamed returns a brand with the name that it is shown by.
func (s *Site) brandNamed(id string) layout.Brand {
	b := s.declared.Brand("")
	if i := slices.IndexFunc(s.declared.Brands, func(b layout.Brand) bool { return b.ID == id }); i >= 0 {
		b = s.declared.Brands[i]
	}
	b.Name = cmp.Or(b.Name, s.cfg.Brand)
	return b
}

// onEach calls f as a reader on one brand after the other, their own first,
// until what it asks for is there. Whoever reads on a brand is only asked there.
// It returns where that was.
func (s *Site) onEach(ctx context.Context, to profile.Actor, f func(profile.Actor) error) (brand string, err error) {
	if !s.severalBrands() || s.brandAt(to) != "" {
		return "", f(to)
	}
	own, err := s.homeOf(ctx, to)
	if err != nil {
		return "", err
	}
	ids := []string{own}
	for _, b := range s.declared.Brands {
		if b.ID != own {
			ids = append(ids, b.ID)
		}
	}
	for _, id := range ids {
		there := to
		there.Segments = append(slices.Clone(to.Segments), brandSegment+id)
		if err = f(there); !errors.Is(err, profile.ErrNotFound) {
			return id, err
		}
	}
	return "", err
}

// originOf returns what links of a brand begin with in messages: its first host,
// with the scheme and the port of the portal. Of the first brand it is what the
// portal was told.
func (s *Site) originOf(brand string) string {
	base := strings.TrimSuffix(s.cfg.links(), "/")
	b := s.brandNamed(brand)
	u, err := url.Parse(base)
	if err != nil || !s.severalBrands() || b.ID == s.declared.Brands[0].ID || len(b.Hosts) == 0 {
		return base
	}
	if u.Host = b.Hosts[0]; u.Port() == "" {
		if port := portOf(base); port != "" {
			u.Host += ":" + port
		}
	}
	return u.Scheme + "://" + u.Host
}

func portOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Port()
}

// brandLink returns the address of a page of a brand for a reader, in a language
// that the brand has.
func (s *Site) brandLink(to profile.Actor, brand, path string) string {
	locale := i18n.Locale(s.readersLocale(to.Locale))
	if own := s.tongues[brand]; own != nil && !slices.Contains(own.Offered(), locale) {
		locale = own.Default()
	}
	return s.originOf(brand) + i18n.JoinPath(locale, path)
}

// here returns an address of the portal without the host, whichever brand's it is.
func (s *Site) here(address string) string {
	for _, b := range s.declared.Brands {
		if path, ok := strings.CutPrefix(address, s.originOf(b.ID)+"/"); ok {
			return "/" + path
		}
	}
	return strings.TrimPrefix(address, s.cfg.links())
}

// senders are whom the mails of each brand are from.
func (s *Site) senders() map[string]mailprofile.Sender {
	out := map[string]mailprofile.Sender{}
	for _, b := range s.declared.Brands {
		b = s.brandNamed(b.ID)
		from, err := mail.ParseAddress(s.cfg.Mail.sender(b.Name))
		if err != nil {
			continue // the portal's own, which has been checked
		}
		if b.Sender != "" {
			from = &mail.Address{Name: b.Name, Address: b.Sender}
		}
		out[b.ID] = mailprofile.Sender{From: from.String(), Brand: s.letterhead(b)}
	}
	return out
}

// letterhead is what mails of a brand show of it.
func (s *Site) letterhead(b layout.Brand) mailprofile.Brand {
	head := mailprofile.Brand{Name: b.Name, Home: s.originOf(b.ID), Colour: brandColour}
	if colour, ok := s.arranger.Theme(b.ID).Light["deep"]; ok {
		head.Colour = colour.String()
	}
	return head
}

// brandKeeper hands over and forgets which brand somebody was on.
func (s *Site) brandKeeper() profile.Keeper {
	return profile.NewKeeper("brand", s.exportBrand, s.eraseBrand)
}

func (s *Site) exportBrand(ctx context.Context, person string) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		last, err := s.db.brand(ctx, person)
		if err != nil || last != "" {
			yield(map[string]string{"brand": last}, err)
		}
	}
}

func (s *Site) eraseBrand(ctx context.Context, person string, _ profile.Erasure) (profile.Erased, error) {
	n, err := s.db.forgetBrand(ctx, person)
	return profile.Erased{Removed: n}, err
}

// brand returns the brand that somebody was on last, "" if nobody knows.
func (d *database) brand(ctx context.Context, person string) (id string, err error) {
	err = sqldb.New(d.write).Get(ctx, &id, "brand", `select brand from stoa_portal_brand where person = $1`, person)
	if errors.Is(err, profile.ErrNotFound) {
		return "", nil
	}
	return id, err
}

func (d *database) setBrand(ctx context.Context, person, brand string) error {
	return sqldb.New(d.write).Write(ctx, func(tx sqlx.ExtContext) error {
		_, err := tx.ExecContext(ctx, `
			insert into stoa_portal_brand (person, brand) values ($1, $2)
			on conflict (person) do update set brand = excluded.brand`, person, brand)
		return err
	})
}

func (d *database) forgetBrand(ctx context.Context, person string) (int, error) {
	return d.change(ctx, `delete from stoa_portal_brand where person = $1`, person)
}
