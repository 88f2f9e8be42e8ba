package site

import (
	"context"
	"iter"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile"
)

type importRow struct {
	ID     string                  `db:"id"`
	Person string                  `db:"person"`
	State  importState             `db:"state"`
	File   string                  `db:"file"`
	At     sqldb.Time              `db:"at"`
	Seen   sqldb.Time              `db:"seen"`
	Facts  sqldb.JSON[importFacts] `db:"facts"`
}

func (r importRow) job() importJob {
	return importJob{ID: r.ID, Person: r.Person, State: r.State, File: r.File, At: r.At.Time, Seen: r.Seen.Time, Facts: r.Facts.V}
}

const selectImport = `select id, person, state, file, at, seen, facts from stoa_portal_import `

// importOf returns an import.
func (d *database) importOf(ctx context.Context, id string) (importJob, error) {
	var row importRow
	err := sqldb.New(d.write).Get(ctx, &row, "import "+id, selectImport+`where id = $1`, id)
	return row.job(), err
}

// imports returns the newest imports.
func (d *database) imports(ctx context.Context, limit int) ([]importJob, error) {
	return d.selectImports(ctx, selectImport+`order by at desc, id limit $1`, limit)
}

// openImports returns those that have not ended, the oldest first.
func (d *database) openImports(ctx context.Context) ([]importJob, error) {
	return d.selectImports(ctx, selectImport+`where state in ('waiting', 'running', 'cancelling') order by at, id`)
}

// importsOf returns what somebody asked for.
func (d *database) importsOf(ctx context.Context, person string) ([]importJob, error) {
	return d.selectImports(ctx, selectImport+`where person = $1 order by at, id`, person)
}

func (d *database) selectImports(ctx context.Context, query string, args ...any) (out []importJob, err error) {
	var rows []importRow
	err = sqldb.New(d.write).Select(ctx, &rows, query, args...)
	for _, r := range rows {
		out = append(out, r.job())
	}
	return out, err
}

// addImport keeps a new import. One that is there already stays as it is.
func (d *database) addImport(ctx context.Context, j importJob) error {
	_, err := d.change(ctx, `
		insert into stoa_portal_import (id, person, state, file, at, seen, facts) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (id) do nothing`,
		j.ID, j.Person, j.State, j.File, sqldb.At(j.At), sqldb.At(j.Seen), sqldb.JSON[importFacts]{V: j.Facts})
	return err
}

// saveImport keeps how an import stands, if it is still in one of two states.
func (d *database) saveImport(ctx context.Context, j importJob, from, or importState) (bool, error) {
	n, err := d.change(ctx, `
		update stoa_portal_import set state = $1, file = $2, seen = $3, facts = $4 where id = $5 and state in ($6, $7)`,
		j.State, j.File, sqldb.At(j.Seen), sqldb.JSON[importFacts]{V: j.Facts}, j.ID, from, or)
	return n > 0, err
}

// cancelImport ends an import that nobody works on, and asks whoever works on it
// to end it. Whoever was not heard of since a time does not work on it.
func (d *database) cancelImport(ctx context.Context, id string, since time.Time) error {
	_, err := d.change(ctx, `
		update stoa_portal_import set state = case when state = 'waiting' or seen < $1 then 'cancelled' else 'cancelling' end
		where id = $2 and state in ('waiting', 'running', 'cancelling')`, sqldb.At(since), id)
	return err
}

// dropImportFiles forgets the files of imports that ended before a time.
func (d *database) dropImportFiles(ctx context.Context, before time.Time) error {
	_, err := d.change(ctx, `
		update stoa_portal_import set file = '' where file <> '' and seen < $1 and state in ('done', 'failed', 'cancelled')`, sqldb.At(before))
	return err
}

// importFiles returns the names of the files that are still needed.
func (d *database) importFiles(ctx context.Context) (names []string, err error) {
	err = sqldb.New(d.write).Select(ctx, &names, `select distinct file from stoa_portal_import where file <> ''`)
	return names, err
}

// expireImports removes imports that were asked for before a time, with what came
// of them. Those that have not ended go too: nobody has their file any more.
func (d *database) expireImports(ctx context.Context, e profile.Expiry) (n int, err error) {
	if e.Limit <= 0 {
		return 0, errs.Invalid
	}
	w := sqldb.NewWhere().And(`at < ?`, sqldb.At(e.Before))
	for _, person := range e.Held {
		w.And(`person <> ?`, person)
	}
	var ids []string
	query := `select id from stoa_portal_import ` + w.String() + ` order by at, id limit ` + w.Arg(e.Limit)
	if err := sqldb.New(d.write).Select(ctx, &ids, query, w.Args()...); err != nil || e.Dry {
		return len(ids), err
	}
	for _, id := range ids {
		gone, err := d.change(ctx, `delete from stoa_portal_import where id = $1`, id)
		if err != nil {
			return n, err
		}
		n += gone
	}
	return n, nil
}

// importKeeper hands over and forgets what somebody imported. What came of it
// stays in the library.
func (s *Site) importKeeper() profile.Keeper {
	return profile.NewKeeper("imports", s.exportImports, s.eraseImports)
}

func (s *Site) eraseImports(ctx context.Context, person string, _ profile.Erasure) (profile.Erased, error) {
	jobs, err := s.db.importsOf(ctx, person)
	if err != nil {
		return profile.Erased{}, err
	}
	n, err := s.db.change(ctx, `delete from stoa_portal_import where person = $1`, person)
	if err != nil {
		return profile.Erased{}, err
	}
	var files []string
	for _, j := range jobs {
		files = append(files, j.File)
	}
	return profile.Erased{Removed: n}, s.imports.drop(ctx, files)
}

func (s *Site) exportImports(ctx context.Context, person string) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		jobs, err := s.db.importsOf(ctx, person)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, j := range jobs {
			if !yield(map[string]any{"id": j.ID, "at": j.At, "state": j.State, "file": j.Facts.Known, "source": j.Facts.Source, "try": j.Facts.Try}, nil) {
				return
			}
		}
	}
}
