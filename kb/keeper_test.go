package kb_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/memkb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

func TestKeeper(t *testing.T) {
	profiletest.TestKeeper(t, func(t *testing.T) (profile.Keeper, []string) {
		library := kb.NewLibrary(memkb.New(), nil)
		root := profile.Actor{ID: "root", Roles: []profile.Role{profile.RoleAdmin}}
		_, err := library.SaveCategory(t.Context(), root, kb.Category{ID: "c", Audience: profile.Public(), Source: "en", Labels: map[string]kb.Label{"en": {Title: "C", Slug: "c"}}})
		require.NoError(t, err)
		a, err := library.Create(t.Context(), root, kb.Draft{Text: kb.Text{Title: "T", Body: "B"}, Meta: kb.Meta{Category: "c", Kind: kb.KindFAQ, Audience: profile.Public()}, Key: "k"})
		require.NoError(t, err)
		a, err = library.Publish(t.Context(), root, a.ID, "en", a.Version)
		require.NoError(t, err)
		for person, word := range map[string]string{"zqann": "canaryone", "zqann2": "canarytwo"} {
			_, err := library.Rate(t.Context(), profile.Actor{ID: person}, kb.Opinion{Article: a.ID, Comment: "it is " + word, Key: person})
			require.NoError(t, err)
		}
		for _, person := range []string{"zqann", "zqann2"} {
			only := profile.NewAudience("staff", "person:"+person+"+signed-in")
			_, err := library.SaveCategory(t.Context(), root, kb.Category{ID: "only" + strings.TrimPrefix(person, "zqann"), Audience: only, Source: "en", Labels: map[string]kb.Label{"en": {Title: "O", Slug: "o" + strings.TrimPrefix(person, "zqann")}}})
			require.NoError(t, err)
			_, err = library.Create(t.Context(), root, kb.Draft{Text: kb.Text{Title: "T", Body: "B"}, Meta: kb.Meta{Category: "c", Kind: kb.KindFAQ, Audience: only}, Key: "k" + person})
			require.NoError(t, err)
		}
		return library.Keeper(), []string{"canaryone"}
	})
}

// Who may see something is left without whoever is gone, and the others stay.
func TestErasureInAudiences(t *testing.T) {
	for mode, want := range map[profile.EraseMode][]string{
		profile.EraseModeDelete: {"staff"}, profile.EraseModePseudonym: {"person:gone-1+signed-in", "staff"},
	} {
		store := memkb.New()
		library := kb.NewLibrary(store, nil)
		root := profile.Actor{ID: "root", Roles: []profile.Role{profile.RoleAdmin}}
		_, err := library.SaveCategory(t.Context(), root, kb.Category{ID: "c", Audience: profile.NewAudience("staff", "person:ann+signed-in"), Source: "en", Labels: map[string]kb.Label{"en": {Title: "C", Slug: "c"}}})
		require.NoError(t, err)
		a, err := library.Create(t.Context(), root, kb.Draft{Text: kb.Text{Title: "T", Body: "B"}, Meta: kb.Meta{Category: "c", Kind: kb.KindFAQ, Audience: profile.NewAudience("staff", "person:ann+signed-in")}, Key: "k"})
		require.NoError(t, err)
		how := profile.Erasure{Mode: mode}
		if mode == profile.EraseModePseudonym {
			how.Pseudonym = "gone-1"
		}
		for _, done := range []int{2, 0} {
			erased, err := library.Keeper().Erase(t.Context(), "ann", how)
			require.NoError(t, err)
			require.Equal(t, done, erased.Renamed)
		}
		now, err := store.Article(t.Context(), a.ID)
		require.NoError(t, err)
		require.Equal(t, want, []string(now.Audience))
		require.Equal(t, a.Version+1, now.Version)
		all, _, err := store.Categories(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, []string(all[0].Audience))
	}
}

// A plainStore keeps articles and knows nothing of people.
type plainStore struct{ kb.Store }

func TestKeeperOfAStoreThatCannot(t *testing.T) {
	k := kb.NewLibrary(plainStore{memkb.New()}, nil).Keeper()
	_, err := k.Erase(t.Context(), "ann", profile.Erasure{Mode: profile.EraseModeDelete})
	require.Error(t, err, "nobody takes it for done")
	for _, err := range k.Export(context.Background(), "ann") {
		require.Error(t, err)
	}
}
