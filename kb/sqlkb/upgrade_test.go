package sqlkb_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/feed"
	"github.com/stoa-go/stoa/internal/migrate"
	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/sqlkb"
)

// TestUpgrade: of the names in an older database, those that only drafts have
// are not taken for shown.
func TestUpgrade(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		first := fstest.MapFS{}
		for _, dialect := range []string{"sqlite", "postgres"} {
			name := dialect + "/001_create_kb.sql"
			data, err := fs.ReadFile(sqlkb.Migrations(), name)
			require.NoError(t, err)
			first[name] = &fstest.MapFile{Data: data}
		}
		require.NoError(t, feed.Migrate(t.Context(), db.DB))
		require.NoError(t, migrate.Up(t.Context(), db.DB, "kb", first))
		for _, statement := range []string{
			`insert into stoa_article (id, category, kind, audience, products, tags, related, place, source, owner, external, input, visible, created_at, updated_at, version)
			 values ('a', 'c', 'faq', '["public"]', '[]', '[]', '[]', 0, 'en', '', '', '', true, '2026-01-01 00:00:00+00:00', '2026-01-01 00:00:00+00:00', 1)`,
			`insert into stoa_translation (article, locale, slug, status, live, head, based, title, summary, published_at)
			 values ('a', 'en', 'shown', 'published', 1, 1, 0, '', '', '2026-01-01 00:00:00+00:00'), ('a', 'de', 'draft', 'draft', 0, 1, 0, '', '', null)`,
			`insert into stoa_media (name, type, data, hash, at) values
				('Tour 1.2.webm', 'video/webm', '', 'h', '2026-01-01 00:00:00+00:00'), ('Tour 1.2.pt-BR.vtt', 'text/vtt', '', 'h', '2026-01-01 00:00:00+00:00'),
				('Tour 1.2.png', 'image/png', '', 'h', '2026-01-01 00:00:00+00:00'), ('Tour 1.2.pdf', 'application/pdf', '', 'h', '2026-01-01 00:00:00+00:00'), ('bare.vtt', 'text/vtt', '', 'h', '2026-01-01 00:00:00+00:00')`,
			`insert into stoa_article_slug (slug, article) values ('shown', 'a'), ('draft', 'a'), ('former', 'a')`,
		} {
			_, err := db.ExecContext(t.Context(), statement)
			require.NoError(t, err)
		}
		require.Error(t, sqlkb.Validate(t.Context(), db.DB))
		require.NoError(t, sqlkb.Migrate(t.Context(), db.DB))
		s := sqlkb.New(db)
		for name, stem := range map[string]string{"Tour 1.2.webm": "Tour 1.2", "Tour 1.2.pt-BR.vtt": "Tour 1.2", "Tour 1.2.png": "Tour 1.2", "Tour 1.2.pdf": "", "bare.vtt": ""} {
			m, err := s.Media(t.Context(), name)
			require.NoError(t, err)
			require.Equal(t, stem, m.Stem, name)
		}
		for slug, shown := range map[string]bool{"shown": true, "draft": false, "former": true} {
			id, err := s.Holder(t.Context(), slug)
			require.NoError(t, err)
			require.Equal(t, "a", id)
			_, err = s.Slug(t.Context(), slug)
			if shown {
				require.NoError(t, err, slug)
			} else {
				require.ErrorIs(t, err, kb.ErrNotFound, slug)
			}
		}
	})
}
