package sqlkb_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/sqlkb"
	"github.com/stoa-go/stoa/profile"
)

// widest notes how many values each statement was given at most, by its first
// words.
type widest struct {
	sqlx.ExtContext
	most map[string]int
}

func (w *widest) note(query string, args []any) {
	all := strings.Fields(query)
	words := strings.Join(all[:min(3, len(all))], " ")
	w.most[words] = max(w.most[words], len(args))
}

func (w *widest) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	w.note(query, args)
	return w.ExtContext.ExecContext(ctx, query, args...)
}

func (w *widest) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	w.note(query, args)
	return w.ExtContext.QueryContext(ctx, query, args...)
}

func (w *widest) QueryxContext(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	w.note(query, args)
	return w.ExtContext.QueryxContext(ctx, query, args...)
}

func (w *widest) QueryRowxContext(ctx context.Context, query string, args ...any) *sqlx.Row {
	w.note(query, args)
	return w.ExtContext.QueryRowxContext(ctx, query, args...)
}

// TestManyArticles: however many articles are saved at once, no statement has more
// values than the databases take.
func TestManyArticles(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		require.NoError(t, sqlkb.Migrate(t.Context(), db.DB))
		tx, err := db.BeginTxx(t.Context(), nil)
		require.NoError(t, err)
		defer tx.Rollback() //nolint:errcheck // nothing is to be kept
		w := &widest{ExtContext: tx, most: map[string]int{}}
		s := sqlkb.New(w)
		version, at := 0, time.Unix(1_800_000_000, 0)
		save := func(n int) map[string]int {
			version++
			articles := make([]kb.Article, n)
			for i := range articles {
				id := fmt.Sprint("a", i)
				articles[i] = kb.Article{
					ID: id, Category: fmt.Sprint("c", i), Kind: kb.KindFAQ, Audience: profile.NewAudience("partner", "staff"), Products: []string{"p", "q"}, Related: []string{"x"}, Source: "en", Version: version, CreatedAt: at, UpdatedAt: at,
					Translations: []kb.Translation{{Locale: "en", Slug: id, Status: kb.StatusDraft, Title: id}, {Locale: "de", Slug: id + "-de", Status: kb.StatusDraft, Title: id}},
				}
			}
			w.most = map[string]int{}
			require.NoError(t, s.SaveArticles(t.Context(), articles))
			return w.most
		}
		save(1201)
		most := save(1201)
		require.Equal(t, most, save(1001), "as many values for 1201 articles as for 1001")
		for words, n := range most {
			require.Less(t, n, 32766, "what SQLite takes: %s", words)
		}
	})
}
