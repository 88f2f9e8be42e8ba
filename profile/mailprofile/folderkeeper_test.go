package mailprofile_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/mailprofile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

func TestFolderKeeper(t *testing.T) {
	profiletest.TestKeeper(t, func(t *testing.T) (profile.Keeper, []string) {
		store, dir := memprofile.New(), t.TempDir()
		at := time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
		deliver := mailprofile.Folder(dir)
		for person, subject := range map[string]string{"zqann": "Geändert: canaryone", "zqann2": "Changed"} {
			require.NoError(t, store.SavePerson(t.Context(), profile.Person{ID: person, Name: person, Email: person + "@x.example", CreatedAt: at, UpdatedAt: at, Version: 1}))
			to := ann
			to.Email = person + "@x.example"
			c, err := mailprofile.NewFunc("help@portal.example", deliver, nil)
			require.NoError(t, err)
			require.NoError(t, c.Send(t.Context(), profile.Message{
				Key: person, To: to, Line: subject, At: at, Items: []profile.MessageItem{{Title: "T"}},
			}))
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, "other.eml"), []byte("no mail"), 0o600))
		return mailprofile.FolderKeeper(dir, store), []string{"Geändert: canaryone"}
	})
}
