package assets_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/assets"
	"github.com/stoa-go/stoa/profile/assets/memassets"
)

func serial(n int) string { return fmt.Sprintf("T1-0000-%04X", n) }

// TestTries: nobody finds out by trying which serial numbers there are, on
// however many instances.
func TestTries(t *testing.T) {
	asked := 0
	confirm := func(context.Context, assets.Asset) (bool, []assets.Warranty, error) {
		asked++
		return false, nil, assets.ErrNotFound
	}
	s := newShop(t, func(_ *assets.Ports, o *assets.Options) { o.Confirm, o.PerHour = confirm, 5 })
	second := newShop(t, func(p *assets.Ports, o *assets.Options) {
		*p, o.Confirm, o.PerHour = assets.PortsOf(s.store), confirm, 5
	})
	try := func(s *shop, by profile.Actor, n int) error {
		_, err := s.Register(t.Context(), by, assets.Registration{Serial: serial(n)})
		return err
	}
	for n := range 5 {
		require.ErrorIs(t, try([]*shop{s, second}[n%2], ann, n), assets.ErrInvalid)
	}
	for n := range 20 {
		err := try([]*shop{s, second}[n%2], ann, n)
		require.ErrorIs(t, err, assets.ErrTooMany)
		require.ErrorContains(t, err, "error.too_many_detail")
	}
	require.Equal(t, 5, asked)
	require.ErrorIs(t, try(s, bob, 1), assets.ErrInvalid, "everybody has their own")
	s.now = now.Add(time.Hour)
	require.ErrorIs(t, try(s, ann, 6), assets.ErrInvalid, "an hour later it goes on")
	_, err := s.Register(t.Context(), ann, assets.Registration{Serial: "nonsense"})
	require.ErrorContains(t, err, "serial_form", "what is none tells nothing")
	require.Equal(t, 7, asked)
}

// TestTriesSayHowLong: the time to wait is in the answer.
func TestTriesSayHowLong(t *testing.T) {
	s := newShop(t, func(_ *assets.Ports, o *assets.Options) { o.PerHour = 1 })
	first, err := s.Register(t.Context(), ann, assets.Registration{Serial: serial(1), Key: "key-1"})
	require.NoError(t, err)
	s.now = now.Add(20 * time.Minute)
	_, err = s.Register(t.Context(), ann, assets.Registration{Serial: serial(2)})
	require.Equal(t, web.TooMany(40*time.Minute).Error(), innermost(err).Error())
	require.ErrorIs(t, err, assets.ErrTooMany)
	again, err := s.Register(t.Context(), ann, assets.Registration{Serial: serial(1), Key: "key-1"})
	require.NoError(t, err, "what is repeated is no new try")
	require.Equal(t, first, again)
}

// innermost returns what wrap has named.
func innermost(err error) error {
	if inner, ok := err.(interface{ Unwrap() error }); ok {
		return inner.Unwrap()
	}
	return err
}

// TestUnconfirmedAreFew: nobody fills the store with what nobody has confirmed,
// by moving it about neither.
func TestUnconfirmedAreFew(t *testing.T) {
	s := newShop(t, func(_ *assets.Ports, o *assets.Options) { o.PerHour = 1000 })
	for n := range 100 {
		h := []assets.Holder{{Account: "acme"}, {Person: "bob", Account: "acme"}}[n%2]
		s.asset(t, fmt.Sprint("sure", n), h)
		s.asset(t, fmt.Sprint("other", n), assets.Holder{Account: "globex"}, func(a *assets.Asset) { a.Confirmed = false })
		if n < 99 {
			s.asset(t, fmt.Sprint("typed", n), h, func(a *assets.Asset) { a.Confirmed = false })
		}
	}
	_, err := s.Register(t.Context(), ann, assets.Registration{Serial: serial(1)})
	require.NoError(t, err, "the hundredth")
	_, err = s.Register(t.Context(), ann, assets.Registration{Serial: serial(2)})
	require.ErrorIs(t, err, assets.ErrTooMany)
	require.ErrorContains(t, err, "error.asset.unconfirmed")
	_, err = s.Register(t.Context(), ann, assets.Registration{Serial: serial(2), Private: true})
	require.NoError(t, err, "her own are counted by themselves")
}

// A strict store hands nothing over that was not asked for by name.
type strict struct {
	*memassets.Store
	seen int
}

func (s *strict) Assets(ctx context.Context, q assets.Query) ([]assets.Asset, string, error) {
	page, next, err := s.Store.Assets(ctx, q)
	s.seen += len(page)
	return page, next, err
}

// TestExportReadsOnesOwn: the export of one person does not read everybody's.
func TestExportReadsOnesOwn(t *testing.T) {
	s := newShop(t)
	for n := range 300 {
		s.asset(t, fmt.Sprint("x", n), assets.Holder{Account: "globex"})
	}
	s.asset(t, "mine", assets.Holder{Person: "ann"})
	_, err := s.Register(t.Context(), ann, assets.Registration{Serial: serial(1)})
	require.NoError(t, err)
	store := &strict{Store: s.store}
	for person, want := range map[string]int{"ann": 2, "bob": 0, "": 0} {
		store.seen = 0
		got := 0
		for _, err := range assets.Keeper(store).Export(t.Context(), person) {
			require.NoError(t, err)
			got++
		}
		require.Equal(t, []int{want, want}, []int{got, store.seen}, "of %q", person)
	}
}
