package kb_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// TestBulk: a change reaches each article that takes it, what is refused is told
// and keeps no other from being changed, trying changes nothing, and a retry does
// nothing twice.
func TestBulk(t *testing.T) {
	w := newWorld(t)
	w.place("open", "", "public")
	w.place("other", "", "public")
	shown := w.translate(w.show(draft("shown", "open", "public")), "de", "Gezeigt")
	own, err := w.Create(w.ctx(), author, draft("own", "open", "public"))
	require.NoError(t, err)
	d := draft("lacking", "open", "public")
	d.Kind = kb.KindTroubleshooting
	lacking := w.write(d)
	secret := w.write(draft("secret", "open", "account:acme"))
	ids := []string{shown.ID, own.ID, lacking.ID, secret.ID, "none"}

	type want struct {
		changes bool
		err     error
	}
	for _, tt := range []struct {
		name   string
		by     profile.Actor
		change kb.BulkChange
		want   []want
	}{
		{"author moves", author, kb.BulkChange{Do: kb.BulkMove, Category: "other"}, []want{{err: kb.ErrForbidden}, {changes: true}, {changes: true}, {err: kb.ErrNotFound}, {err: kb.ErrNotFound}}},
		{"moves nowhere", reviewer, kb.BulkChange{Do: kb.BulkMove, Category: "nowhere"}, []want{{err: kb.ErrInvalid}, {err: kb.ErrInvalid}, {err: kb.ErrInvalid}, {err: kb.ErrInvalid}, {err: kb.ErrNotFound}}},
		{"publishes", reviewer, kb.BulkChange{Do: kb.BulkPublish}, []want{{}, {changes: true}, {err: kb.ErrInvalid}, {changes: true}, {err: kb.ErrNotFound}}},
		{"author publishes", author, kb.BulkChange{Do: kb.BulkPublish}, []want{{err: kb.ErrForbidden}, {err: kb.ErrForbidden}, {err: kb.ErrForbidden}, {err: kb.ErrNotFound}, {err: kb.ErrNotFound}}},
		{"archives", reviewer, kb.BulkChange{Do: kb.BulkArchive}, []want{{changes: true}, {changes: true}, {changes: true}, {changes: true}, {err: kb.ErrNotFound}}},
		{"author gives away", author, kb.BulkChange{Do: kb.BulkOwner, Owner: "omar"}, []want{{err: kb.ErrForbidden}, {err: kb.ErrForbidden}, {err: kb.ErrForbidden}, {err: kb.ErrNotFound}, {err: kb.ErrNotFound}}},
		{"product", reviewer, kb.BulkChange{Do: kb.BulkProduct, Product: "hub"}, []want{{changes: true}, {changes: true}, {changes: true}, {changes: true}, {err: kb.ErrNotFound}}},
		{"no product", reviewer, kb.BulkChange{Do: kb.BulkUnlink, Product: "hub"}, []want{{}, {}, {}, {}, {err: kb.ErrNotFound}}},
		{"audience", reviewer, kb.BulkChange{Do: kb.BulkAudience, Audience: profile.NewAudience("partner")}, []want{{changes: true}, {changes: true}, {changes: true}, {changes: true}, {err: kb.ErrNotFound}}},
		{"verifies", reviewer, kb.BulkChange{Do: kb.BulkVerify}, []want{{changes: true}, {changes: true}, {changes: true}, {changes: true}, {err: kb.ErrNotFound}}},
		{"author deletes", author, kb.BulkChange{Do: kb.BulkDelete}, []want{{err: kb.ErrForbidden}, {changes: true}, {err: kb.ErrForbidden}, {err: kb.ErrNotFound}, {err: kb.ErrNotFound}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w.events.take()
			tried, err := w.TryBulk(w.ctx(), tt.by, tt.change, ids)
			require.NoError(t, err)
			require.Empty(t, w.events.take())
			for i, r := range tried {
				require.Equal(t, tt.want[i].changes, r.Changes, r.Title)
				if kept, err := w.store.Article(w.ctx(), r.Article); err == nil && r.Title != "" {
					require.Equal(t, kept.Version, r.Version)
				}
				if tt.want[i].err == nil {
					require.NoError(t, r.Err, r.Title)
				} else {
					require.ErrorIs(t, r.Err, tt.want[i].err, r.Title)
				}
			}
		})
	}
	for _, a := range []kb.Article{shown, own, lacking, secret} {
		kept, err := w.store.Article(w.ctx(), a.ID)
		require.NoError(t, err)
		require.Equal(t, a, kept, "trying changes nothing")
	}

	items := []kb.BulkItem{{shown.ID, shown.Version}, {own.ID, own.Version - 1}, {lacking.ID, lacking.Version}, {"none", 1}}
	first, err := w.Bulk(w.ctx(), reviewer, kb.BulkChange{Do: kb.BulkArchive}, items)
	require.NoError(t, err)
	require.Equal(t, kb.BulkResult{BulkItem: kb.BulkItem{Article: shown.ID, Version: shown.Version + 1}, Title: "About shown", Locale: "en", Changes: true}, first[0])
	require.ErrorIs(t, first[1].Err, kb.ErrConflict)
	require.NoError(t, first[2].Err)
	require.ErrorIs(t, first[3].Err, kb.ErrNotFound)
	again, err := w.Bulk(w.ctx(), reviewer, kb.BulkChange{Do: kb.BulkArchive}, items)
	require.NoError(t, err)
	require.Equal(t, first, again)
	got, err := w.Manuscript(w.ctx(), reviewer, shown.ID)
	require.NoError(t, err)
	require.Empty(t, got.Live(), "in all languages, at once")
	require.Equal(t, shown.Version+1, got.Version)

	for _, c := range []kb.BulkChange{{Do: "burn"}, {Do: kb.BulkOwner}, {Do: kb.BulkMove}, {Do: kb.BulkProduct}, {Do: kb.BulkAudience, Audience: profile.Audience{"no such: term"}}} {
		_, err := w.TryBulk(w.ctx(), reviewer, c, ids)
		require.ErrorIs(t, err, kb.ErrInvalid)
	}
	_, err = w.TryBulk(w.ctx(), reviewer, kb.BulkChange{Do: kb.BulkArchive}, make([]string, kb.MostBulk+1))
	require.ErrorIs(t, err, kb.ErrInvalid)
	_, err = w.Bulk(w.ctx(), profile.Actor{ID: "ann", Roles: []profile.Role{profile.RoleCustomer}}, kb.BulkChange{Do: kb.BulkArchive}, items)
	require.ErrorIs(t, err, kb.ErrForbidden)
}

// TestBulkAtOnce: what can be changed is stored in one call, and if that fails as
// somebody was quicker, one by one.
func TestBulkAtOnce(t *testing.T) {
	w := newWorld(t)
	w.place("open", "", "public")
	var items []kb.BulkItem
	for n := range 5 {
		a := w.show(draft(fmt.Sprint("n", n), "open", "public"))
		items = append(items, kb.BulkItem{Article: a.ID, Version: a.Version})
	}
	w.events.take()
	for _, c := range []kb.BulkChange{{Do: kb.BulkOwner, Owner: "omar"}, {Do: kb.BulkArchive}, {Do: kb.BulkDelete}} {
		results, err := w.Bulk(w.ctx(), reviewer, c, items)
		require.NoError(t, err)
		events := w.events.take()
		require.Len(t, events, len(items), c.Do)
		for i, r := range results {
			require.NoError(t, r.Err)
			require.True(t, r.Changes)
			require.Equal(t, items[i].Version+1, r.Version)
			kept, err := w.store.Article(w.ctx(), r.Article)
			require.NoError(t, err)
			require.Equal(t, r.Version, kept.Version)
			require.Contains(t, events[i], r.Article)
		}
		for i := range items {
			items[i].Version++
		}
	}
	a, b := w.show(draft("twice", "open", "public")), w.show(draft("once", "open", "public"))
	results, err := w.Bulk(w.ctx(), reviewer, kb.BulkChange{Do: kb.BulkProduct, Product: "hub"}, []kb.BulkItem{{a.ID, a.Version}, {a.ID, a.Version + 1}, {b.ID, b.Version}, {b.ID, b.Version + 5}})
	require.NoError(t, err)
	require.True(t, results[0].Changes && results[2].Changes)
	require.ErrorIs(t, results[3].Err, kb.ErrConflict)
	for _, id := range []string{a.ID, b.ID} {
		kept, err := w.store.Article(w.ctx(), id)
		require.NoError(t, err)
		require.Equal(t, []string{"hub"}, kept.Products[len(kept.Products)-1:])
	}
}
