package kb_test

import (
	"context"
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
		return library.Keeper(), []string{"canaryone"}
	})
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
